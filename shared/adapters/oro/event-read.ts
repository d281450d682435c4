import { SyncError } from '../../errors'
import type { ItemRef, ItemState } from '../../ports/side'
import type { Reading } from '../../core/model'
import { hasCalendar, type CalendarProof } from './calendar-proof'
import { oroError } from './errors'
import { listEvents, type Send } from './event-list'
import { calendarOf, eventRow, isCopy, isException, type OroEventRow } from './event-row'

export const eventPath = (id: string): string =>
  `/api/rest/latest/calendarevents/${encodeURIComponent(id)}.json`

/** One row by id; null = 404, which alone proves nothing. Fails with a `SyncError`. */
export async function getEvent(send: Send, id: string): Promise<OroEventRow | null> {
  const answer = await send({ path: eventPath(id) })
  if (answer.status === 404) return null
  const row = answer.status === 200 ? eventRow(answer.body) : undefined
  if (row === undefined) throw oroError(answer)
  return withRule(send, row)
}

/**
 * A single GET hides the rule of a series from an attendee's copy, the list modes show it (oro/README 3.2): without this a copy of a
 * series would be taken for a single event.
 */
async function withRule(send: Send, row: OroEventRow): Promise<OroEventRow> {
  if (!isCopy(row) || isException(row) || !row.uid) return row
  const { rows } = await listEvents(send, calendarOf(row), { uid: row.uid })
  return rows.find((listed) => String(listed.id) === String(row.id)) ?? row
}

/** Reads events by id with the proof that deletion needs (sync-rules 4). Throws for nothing but refused credentials. */
export async function readEvents(
  send: Send,
  refs: readonly ItemRef[],
  fromRow: (row: OroEventRow) => Reading,
): Promise<Map<string, ItemState>> {
  const proofs = new Map<string, Promise<CalendarProof>>()
  const proof = (calendar: string): Promise<CalendarProof> => {
    const asked = proofs.get(calendar) ?? hasCalendar(send, calendar)
    proofs.set(calendar, asked)
    return asked
  }
  const read = async (ref: ItemRef): Promise<ItemState> => {
    try {
      const row = await getEvent(send, ref.id)
      if (row !== null) return stateOf(row, ref.container, fromRow)
      return (await proof(ref.container)) === 'exists'
        ? { is: 'gone', how: 'deleted' }
        : { is: 'unknown' }
    } catch (error) {
      return unreadable(error)
    }
  }
  return new Map(await Promise.all(refs.map(async (ref) => [ref.id, await read(ref)] as const)))
}

/** What a row found by id says about an item that was expected in `container`. */
export function stateOf(
  row: OroEventRow,
  container: string,
  fromRow: (row: OroEventRow) => Reading,
): ItemState {
  if (calendarOf(row) !== container) return { is: 'moved', container: calendarOf(row) }
  return row.isCancelled === true
    ? { is: 'gone', how: 'cancelled' }
    : { is: 'present', reading: fromRow(row) }
}

/** What a failed read by id says: refused credentials are thrown, they concern more than the item. */
export function unreadable(error: unknown): ItemState {
  if (!(error instanceof SyncError)) throw error
  const { code, transient } = error.evidence
  if (code === 'oro-credentials') throw error
  return code === 'access' && !transient ? { is: 'hidden', code } : { is: 'unknown' }
}
