import type { SidePort } from '../../ports/side'
import type { AccountContext } from '../../ports/systems'
import { calendarIdOf, eventContext } from './calendar-container'
import { gatherCalendar } from './calendar-gather'
import { readEvents } from './calendar-read'
import { createEvent, findByMarker, oroMark, removeEvent, updateEvent } from './calendar-write'
import type { GraphClient } from './client'
import type { EventContext } from './from-graph-event'

/** Microsoft's side of one account's calendar: the default calendar that was stored at Connect (DESIGN 9). */
export function createCalendar(
  context: AccountContext,
  client: GraphClient,
  oroUrl: string,
): SidePort {
  const contextOf = (container: string): EventContext => eventContext(context, container)
  const writer = { client, contextOf, markOf: (oroId: string) => oroMark(oroUrl, oroId) }
  const read: SidePort['read'] = (refs) => readEvents(client, contextOf, refs)
  return {
    gather: async (request) =>
      gatherCalendar(client, contextOf(calendarIdOf(context)), request, read),
    read,
    find: async (counterpart) => findByMarker(writer, calendarIdOf(context), counterpart.id),
    create: (draft) => createEvent(writer, draft),
    update: (change) => updateEvent(writer, change),
    remove: (removal) => removeEvent(client, removal),
    // The answers of Graph's writes hold the whole event: only what was not answered is asked for.
    readBack: read,
  }
}
