import type { Reading } from '../../core/model'
import { CursorExpired, SyncError } from '../../errors'
import type { Gathered, GatherRequest, ItemRef, ItemState } from '../../ports/side'
import { calendarPath } from './calendar-container'
import type { GraphClient } from './client'
import { chainWindow, covers, cursorJson, cursorOf } from './delta-cursor'
import { readRound, type DeltaItem } from './delta-round'
import { fromGraphEvent, isDate, type EventContext, type GraphEvent } from './from-graph-event'

type Listed = GraphEvent & DeltaItem

/**
 * Reads what changed in a calendar since the cursor, or all of its window (contract sections 3 and 11).
 * @param read reads hinted items that the round does not list
 * @throws CursorExpired, and SyncError `container-gone` or `mailbox` when the calendar or the mailbox does not answer (G-69, G-73)
 */
export async function gatherCalendar(
  client: GraphClient,
  context: EventContext,
  request: GatherRequest,
  read: (refs: readonly ItemRef[]) => Promise<ReadonlyMap<string, ItemState>>,
): Promise<Gathered> {
  const { container } = context
  const cursor = cursorOf(request.cursor)
  const known =
    cursor !== null && client.owns(cursor.deltaLink) && covers(cursor, request.window, container)
      ? cursor
      : null
  const from = request.mode === 'full' ? null : known
  const window = from?.window ?? chainWindow(request.window)
  const first =
    from?.deltaLink ??
    `${calendarPath(container)}/calendarView/delta?startDateTime=${encodeURIComponent(window.start)}&endDateTime=${encodeURIComponent(window.end)}`
  const round = await readRound<Listed>(client, first).catch(async (error: unknown) => {
    throw await explained(client, container, from !== null, error)
  })
  const { readings, removed } = sorted(round.items, context)
  for (const [id, state] of await read(unlisted(request.ids, round.items, container))) {
    if (state.is === 'present') readings.set(state.reading.id, state.reading)
    else if (state.is === 'gone' || state.is === 'moved') removed.add(id)
  }
  return {
    readings: [...readings.values()],
    removed: [...removed],
    full: from === null,
    window,
    cursor: cursorJson({ deltaLink: round.deltaLink, window, container }),
    containers: [container],
    lost: [],
  }
}

function unlisted(
  ids: readonly string[],
  items: readonly Listed[],
  container: string,
): readonly ItemRef[] {
  if (ids.length === 0) return []
  const listed = new Set(items.flatMap(({ id, seriesMasterId }) => [id, seriesMasterId ?? id]))
  return [...new Set(ids)].filter((id) => !listed.has(id)).map((id) => ({ id, container }))
}

/**
 * One reading per item: the last word about an id counts (G-08). Dates of a series stand for their master, whose own reading is the
 * better one where it came (G-19).
 */
function sorted(
  items: readonly Listed[],
  context: EventContext,
): { readings: Map<string, Reading>; removed: Set<string> } {
  const last = new Map<string, Listed>()
  for (const item of items) last.set(item.id, item)
  const readings = new Map<string, Reading>()
  const removed = new Set<string>()
  for (const item of last.values()) {
    if (item['@removed'] !== undefined) removed.add(item.id)
    else {
      const reading = fromGraphEvent(item, context)
      if (!isDate(item) || !readings.has(reading.id)) readings.set(reading.id, reading)
    }
  }
  return { readings, removed }
}

/** What a 404 of a calendar's delta means: the calendar, the mailbox, or only the state is gone. */
async function explained(
  client: GraphClient,
  container: string,
  hadState: boolean,
  error: unknown,
): Promise<unknown> {
  if (!(error instanceof SyncError) || error.evidence.code !== 'container-gone') return error
  const own = await client.send({ method: 'GET', path: `${calendarPath(container)}?$select=id` })
  if (own.status === 200) return hadState ? new CursorExpired('404') : error
  if (own.status !== 404 && own.status !== 410) return client.failure(own, 'container')
  const answer = await client.send({ method: 'GET', path: '/me/calendar?$select=id' })
  return answer.status === 200 ? error : client.failure(answer, 'account')
}
