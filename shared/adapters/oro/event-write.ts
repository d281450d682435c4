import type { Fields, Json, Reading } from '../../core/model'
import { uuidV5 } from '../../core/uid'
import { SyncError } from '../../errors'
import type { Change, Draft, Written } from '../../ports/side'
import { isPage, type OroAnswer } from './client'
import { formErrors, oroError } from './errors'
import { EVENTS, listEvents, type Send } from './event-list'
import { eventPath, getEvent } from './event-read'
import { eventRow, isCopy, isException, type OroEventRow, type OroReminder } from './event-row'
import { reminders, stillAhead, storedReminders } from './reminders'
import { organizerOf, toOroEvent } from './to-oro-event'

export interface EventWriteDeps {
  readonly send: Send
  readonly now: () => number
  readonly fromRow: (row: OroEventRow) => Reading
}

/** Every write says so itself: this service never makes Oro mail anybody (oro/README 3.3). */
const SILENT = { notifyAttendees: 'none' } as const
/** Between our clock and Oro's, when Oro finds a reminder past that we do not. */
const CLOCK_MARGIN_MS = 300_000

/** The uid of an event made for this draft: that of the item across, else one derived from the token (oro/README 3.11, sync-rules 6). */
export const uidOf = ({ counterpart, token }: Draft): string =>
  counterpart.keys.uid ?? uuidV5(token)

/**
 * Creates an event. Repeatable: Oro keeps a uid once per calendar, so that a lost answer ends at the row made before. A row found
 * under this uid is answered with its reading, whatever it holds: the caller adopts it, or comes again with another uid when it is
 * some other item's.
 */
export async function createEvent(deps: EventWriteDeps, draft: Draft): Promise<Answered> {
  const { send, now } = deps
  const uid = uidOf(draft)
  const wanted = reminders(null, minutes(draft.fields['reminder']))
  const start = startOf(draft.fields, null)
  const json = {
    calendar: Number(draft.container),
    uid,
    ...toOroEvent(draft.fields),
    ...(draft.counterpart.role === 'attendee' ? organizerOf(draft.fields) : {}),
    ...SILENT,
  }
  if (json.title === undefined || json.start === undefined) throw incomplete()
  const post = (list: readonly OroReminder[]): Promise<OroAnswer> =>
    send({
      method: 'POST',
      path: EVENTS,
      json: list.length === 0 ? json : { ...json, reminders: list },
      repeatable: true,
    })
  let list = stillAhead(wanted, start, now())
  let answer = await post(list)
  if (reminderIsPast(answer) && list.length > 0) {
    list = []
    answer = await post(list)
  }
  const container = draft.container
  const row = answer.status === 201 ? eventRow(answer.body) : undefined
  if (row !== undefined)
    return {
      answer,
      written: { id: String(row.id), container, reading: null, ...adjusted(wanted, list) },
    }
  const found = uidIsTaken(answer) ? await byUid(deps, container, uid) : undefined
  if (found === undefined) throw oroError(answer)
  return { answer, written: { id: found.id, container, reading: found, ...adjusted(wanted, list) } }
}

/** A write and the answer it got, whose `Date` says when. */
export interface Answered {
  readonly written: Written
  readonly answer: OroAnswer | null
}

/**
 * Writes the given fields and no others: Oro merges on the top level (oro/README 3.3). It knows no `If-Match`, so that `version` cannot
 * be insisted on: what somebody else wrote meanwhile into another field survives, into this one not.
 */
export async function updateEvent(deps: EventWriteDeps, change: Change): Promise<Answered> {
  const { send, now } = deps
  const { ref, fields } = change
  const put = (json: object): Promise<OroAnswer> =>
    send({ method: 'PUT', path: eventPath(ref.id), json: { ...json, ...SILENT } })
  const content = toOroEvent(fields)
  const withReminder = fields['reminder'] !== undefined
  const written = { id: ref.id, container: ref.container, reading: null }
  if (!withReminder && Object.keys(content).length === 0)
    return { written: { ...written, reading: change.reading }, answer: null }

  let row = eventRow(change.reading?.native) ?? null
  // The reminders that survive beside the one of ours have to be sent along.
  if (withReminder) row ??= await storedEvent(send, ref.id)
  const wanted = withReminder ? reminders(row, minutes(fields['reminder'])) : undefined
  let list = wanted === undefined ? undefined : stillAhead(wanted, startOf(fields, row), now())
  let answer = await put(list === undefined ? content : { ...content, reminders: list })
  let expected = wanted
  if (reminderIsPast(answer)) {
    // Oro checks the stored reminders on every write and refuses it when the time of one has passed (oro/README 3.12): a past event
    // could never be corrected. A reminder that has fired is worth nothing any more, so just those are dropped, and told as adjusted.
    row ??= await storedEvent(send, ref.id)
    expected ??= storedReminders(row)
    list = stillAhead(expected, startOf(fields, row), now() + CLOCK_MARGIN_MS)
    answer = await put({ ...content, reminders: list })
  }
  if (answer.status !== 200 && answer.status !== 204) throw oroError(answer)
  return {
    answer,
    written: { ...written, ...adjusted(expected ?? [], list ?? expected ?? []) },
  }
}

/** Deletes without a mail. Gone already = done. */
export async function removeEvent(send: Send, id: string): Promise<void> {
  const answer = await send({ method: 'DELETE', path: eventPath(id), query: { ...SILENT } })
  if (!isRemoved(answer)) throw oroError(answer)
}

/** The answer to a deletion: done, or gone already. A page says that the route is gone, not the record (oro/README 3.14, 3.15). */
export const isRemoved = (answer: OroAnswer): boolean =>
  answer.status === 204 || answer.status === 200 || (answer.status === 404 && !isPage(answer))

/** The row that bars this uid: Oro counts neither copies nor exceptions (oro/README 3.11). */
async function byUid(
  { send, fromRow }: EventWriteDeps,
  calendar: string,
  uid: string,
): Promise<Reading | undefined> {
  const { rows } = await listEvents(send, calendar, { uid })
  const row = rows.find((listed) => !isCopy(listed) && !isException(listed))
  return row === undefined ? undefined : fromRow(row)
}

async function storedEvent(send: Send, id: string): Promise<OroEventRow> {
  const row = await getEvent(send, id)
  if (row === null)
    throw new SyncError({
      side: 'oro',
      code: 'item-failed',
      scope: 'item',
      transient: true,
      status: 404,
    })
  return row
}

const adjusted = (
  wanted: readonly OroReminder[],
  sent: readonly OroReminder[],
): { adjusted?: readonly string[] } =>
  wanted.length === sent.length ? {} : { adjusted: ['reminder'] }

function startOf(fields: Fields, row: OroEventRow | null): string {
  const when = fields['when']
  const start = when !== null && typeof when === 'object' ? (when as { start?: Json }).start : null
  return typeof start === 'string' ? start : (row?.start ?? '')
}

const minutes = (value: Json | undefined): number | null =>
  typeof value === 'number' ? value : null

const uidIsTaken = (answer: OroAnswer): boolean =>
  answer.status === 400 &&
  formErrors(answer.body).some(({ key, message }) => key === 'uid' && /unique/i.test(message))

const reminderIsPast = (answer: OroAnswer): boolean =>
  answer.status === 400 &&
  formErrors(answer.body).some(
    ({ key, message }) => key === 'reminders' && message === 'Reminder start date less than now.',
  )

const incomplete = (): SyncError =>
  new SyncError({ side: 'oro', code: 'invalid-item', scope: 'item', transient: false })
