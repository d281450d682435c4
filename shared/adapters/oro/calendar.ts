import type { Reading } from '../../core/model'
import { SyncError } from '../../errors'
import type { Gathered, GatherRequest, SidePort } from '../../ports/side'
import type { AccountContext } from '../../ports/systems'
import { hasCalendar, type CalendarProof } from './calendar-proof'
import { answerDate, listEvents, type Send } from './event-list'
import { getEvent, readEvents, stateOf } from './event-read'
import { calendarOf, isException, type OroEventRow } from './event-row'
import { createEvent, removeEvent, uidOf, updateEvent, type Answered } from './event-write'
import { fromOroEvent } from './from-oro-event'
import { gatherRows, readBackRows, unlessHidden, type RowSource } from './listed-rows'

/**
 * Oro's side of one account's calendar. Page mode lists stored rows without order and without tombstones: deletions come as hints or
 * by absence from a full list, and are confirmed by `read` (oro/README 3.5, 6; sync-rules 4).
 */
export function createCalendar(context: AccountContext, send: Send, now: () => number): SidePort {
  const calendar = context.connection.oro.calendarId
  const options = {
    userId: context.account.userId,
    withAttendeeList: context.settings.calendar.attendees === 'list-in-body',
  }
  const fromRow = (row: OroEventRow): Reading => fromOroEvent(row, { ...options, now: now() })
  const deps = { send, now, fromRow }
  /** The whole calendar as a full gather of this run saw it: answers for uids that this run has not created itself. */
  let listed: readonly Reading[] | null = null
  const created = new Set<string>()
  let proof: Promise<CalendarProof> | null = null
  let wroteFrom: string | null = null

  function own(): string {
    if (calendar !== null) return calendar
    throw missing()
  }

  async function ownRow(id: string): Promise<OroEventRow | null> {
    const row = await unlessHidden(() => getEvent(send, id))
    return row === null || calendarOf(row) !== own() ? null : row
  }

  const source = (): RowSource<OroEventRow> => ({
    container: own(),
    list: (since) => listEvents(send, own(), since === null ? {} : { 'updatedAt>': since }),
    get: ownRow,
    idOf: (row) => String(row.id),
  })

  async function gather(request: GatherRequest): Promise<Gathered> {
    const { rows, ...gathered } = await gatherRows(source(), request)
    // Dates of a series stand for their master, which is a row of its own.
    const readings = rows.filter((row) => !isException(row)).map(fromRow)
    listed = gathered.full ? readings : null
    if (rows.length > 0) proof = Promise.resolve('exists')
    return { ...gathered, readings }
  }

  /** An event written into an unknown calendar belongs to none and is lost (oro/README 3.3). */
  async function mustExist(): Promise<void> {
    proof ??= hasCalendar(send, own()).catch((error: unknown) => {
      proof = null
      throw error
    })
    if ((await proof) === 'missing') throw missing()
  }

  function remember({ written, answer }: Answered): Answered['written'] {
    if (answer !== null) wroteFrom ??= answerDate(answer)
    return written
  }

  async function byUid(uid: string): Promise<Reading[]> {
    if (listed !== null && !created.has(uid))
      return listed.filter((reading) => reading.keys.uid === uid)
    const { rows } = await listEvents(send, own(), { uid })
    return rows.filter((row) => !isException(row)).map(fromRow)
  }

  return {
    gather,
    read: (refs) => readEvents(send, refs, fromRow),

    async find(counterpart) {
      const { uid, marker } = counterpart.keys
      const marked = marker === undefined ? null : await ownRow(marker)
      const found = uid === undefined ? [] : await byUid(uid)
      return marked === null || found.some(({ id }) => id === String(marked.id))
        ? found
        : [fromRow(marked), ...found]
    },

    async create(draft) {
      await mustExist()
      created.add(uidOf(draft))
      return remember(await createEvent(deps, draft))
    },

    update: async (change) => remember(await updateEvent(deps, change)),
    remove: ({ ref }) => removeEvent(send, ref.id),

    readBack(written) {
      const from = wroteFrom
      wroteFrom = null
      return readBackRows(source, written, from, {
        stateOf: (row, container) => stateOf(row, container, fromRow),
        read: (refs) => readEvents(send, refs, fromRow),
      })
    },
  }
}

const missing = (): SyncError =>
  new SyncError({
    side: 'oro',
    code: 'oro-calendar-missing',
    scope: 'container',
    transient: false,
  })
