import type { Json, Reading } from '../../core/model'
import { SyncError } from '../../errors'
import type { Gathered, GatherRequest, ItemRef, ItemState, SidePort } from '../../ports/side'
import type { AccountContext } from '../../ports/systems'
import { hasCalendar, type CalendarProof } from './calendar-proof'
import { answerDate, before, listEvents, type Send } from './event-list'
import { getEvent, readEvents, stateOf } from './event-read'
import { calendarOf, isException, type OroEventRow } from './event-row'
import { createEvent, removeEvent, uidOf, updateEvent, type Answered } from './event-write'
import { fromOroEvent } from './from-oro-event'

/** Rows written just before the last answer may show up after it (oro/README 6.1). */
const OVERLAP_MS = 120_000
/** From so many on, one list is fewer calls than single reads. */
const LIST_FROM = 3

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
    try {
      const row = await getEvent(send, id)
      return row === null || calendarOf(row) !== own() ? null : row
    } catch (error) {
      // Not ours to see any more: a question for `read`, like a 404.
      if (error instanceof SyncError && error.evidence.code === 'access') return null
      throw error
    }
  }

  async function gather(request: GatherRequest): Promise<Gathered> {
    const since = sinceOf(request.cursor)
    const full = request.mode === 'full' || since === null
    const { rows, asOf } = await listEvents(
      send,
      own(),
      full ? {} : { 'updatedAt>': before(since, OVERLAP_MS) },
    )
    const seen = new Set(rows.map((row) => String(row.id)))
    const unlisted = [...new Set(request.ids)].filter((id) => !seen.has(id))
    const hinted = full ? [] : await Promise.all(unlisted.map(ownRow))
    const found = hinted.filter((row) => row !== null)
    const foundIds = new Set(found.map((row) => String(row.id)))
    // Dates of a series stand for their master, which is a row of its own.
    const readings = [...rows, ...found].filter((row) => !isException(row)).map(fromRow)
    listed = full ? readings : null
    if (rows.length > 0) proof = Promise.resolve('exists')
    return {
      readings,
      removed: unlisted.filter((id) => !foundIds.has(id)),
      full,
      window: request.window,
      // Without Oro's clock the old watermark stays: rows are listed again, none is missed.
      cursor: asOf === null ? request.cursor : { since: asOf },
      containers: [own()],
      lost: [],
    }
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
    remove: (ref) => removeEvent(send, ref.id),

    async readBack(written) {
      const states = new Map<string, ItemState>()
      if (written.length >= LIST_FROM && wroteFrom !== null) {
        const { rows } = await listEvents(send, own(), {
          'updatedAt>': before(wroteFrom, OVERLAP_MS),
        })
        const byRowId = new Map(rows.map((row) => [String(row.id), row]))
        for (const { id, container } of written) {
          const row = byRowId.get(id)
          if (row !== undefined) states.set(id, stateOf(row, container, fromRow))
        }
      }
      wroteFrom = null
      // Changes of a reminder alone do not move `updatedAt` (oro/README 3.13).
      const rest = written.filter(({ id }: ItemRef) => !states.has(id))
      for (const [id, state] of await readEvents(send, rest, fromRow)) states.set(id, state)
      return states
    },
  }
}

function sinceOf(cursor: Json): string | null {
  if (cursor === null || typeof cursor !== 'object' || Array.isArray(cursor)) return null
  const { since } = cursor as Readonly<Record<string, Json>>
  return typeof since === 'string' && !Number.isNaN(Date.parse(since)) ? since : null
}

const missing = (): SyncError =>
  new SyncError({
    side: 'oro',
    code: 'oro-calendar-missing',
    scope: 'container',
    transient: false,
  })
