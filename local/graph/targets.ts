import { notFound } from './errors'
import type { Occurrence, StoredEvent } from './model'
import { parseOccurrenceId } from './render'
import type { RouteContext } from './routing'
import { occurrenceAt } from './series'
import { calendarOf } from './world'

/** An event, or one date of a series that is no exception. */
export type Target = { event: StoredEvent; occurrence: Occurrence | null }

/**
 * The event that a path names. Through a calendar's path only what lies in that calendar is found.
 *
 * @throws GraphError 404 `ErrorItemNotFound`
 */
export function target(context: RouteContext): Target {
  const { mailbox, parameters, world } = context
  const id = parameters['event-id'] ?? ''
  const calendarId = parameters['calendar-id']
  const calendar = calendarId === undefined ? null : calendarOf(mailbox, calendarId)
  const found = mailbox.byId.get(id)
  if (found !== undefined) {
    if (calendar !== null && (found.deleted || found.calendar !== calendar)) throw notFound()
    const reading = context.request.method === 'GET'
    if (found.deleted && !(reading && world.switches.use(mailbox.userId, 'deletedReadable'))) {
      throw notFound()
    }
    return { event: found, occurrence: null }
  }
  const place = parseOccurrenceId(id)
  const master = place === undefined ? undefined : mailbox.events.get(place.key)
  if (place === undefined || master === undefined || master.deleted) throw notFound()
  if (calendar !== null && master.calendar !== calendar) throw notFound()
  if (place.generation !== master.series?.generation) throw notFound()
  const exception = master.series.exceptions.get(place.date)
  if (exception !== undefined) return { event: exception, occurrence: null }
  const occurrence = occurrenceAt(master, place.date)
  if (occurrence === undefined) throw notFound()
  return { event: master, occurrence }
}
