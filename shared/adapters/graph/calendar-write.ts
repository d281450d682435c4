import { same } from '../../core/fingerprint'
import type { Reading } from '../../core/model'
import { SyncError } from '../../errors'
import type { Change, Draft, Removal, Written } from '../../ports/side'
import { calendarPath, segment } from './calendar-container'
import { eventPath } from './calendar-read'
import type { GraphAnswer, GraphClient } from './client'
import { isDuplicateTransaction, isRemoved, namedField } from './errors'
import { bodyOf, hasOtherParts, writesBody } from './event-body'
import {
  fromGraphEvent,
  type EventContext,
  type GraphEvent,
  type NativeEvent,
} from './from-graph-event'
import { toGraphEvent } from './to-graph-event'

/**
 * The Oro id on an event (contract section 8). One name for the whole product and for ever: named properties are a finite quota of every
 * mailbox and are never freed.
 */
const ORO_EVENT_ID = 'String {5d3c1b52-2f0e-4f6a-9c1b-7a1f3f0e9b64} Name OroEventId'

/** What our property says: the Oro instance and the event, so that a mailbox that has met two instances is not misread (contract section 8). */
export const oroMark = (oroUrl: string, oroId: string): string =>
  `${oroUrl.replace(/^https?:\/\//, '')}/${oroId}`

/** In the detail of a failed create: another token is needed (G-31). */
const DUPLICATE_TOKEN = 'duplicate-token'

/** Works on the events of one account. */
interface EventWriter {
  readonly client: GraphClient
  readonly contextOf: (container: string) => EventContext
  readonly markOf: (oroId: string) => string
}

const readingOf = (writer: EventWriter, answer: GraphAnswer, container: string): Reading =>
  fromGraphEvent(answer.body as GraphEvent, writer.contextOf(container))

const written = (reading: Reading): Written => ({
  id: reading.id,
  container: reading.container,
  reading,
})

/** Events that carry the Oro id of the item across in our property. */
export async function findByMarker(
  writer: EventWriter,
  container: string,
  oroId: string,
): Promise<readonly Reading[]> {
  const quoted = writer.markOf(oroId).replaceAll("'", "''")
  const filter = `singleValueExtendedProperties/Any(ep: ep/id eq '${ORO_EVENT_ID}' and ep/value eq '${quoted}')`
  const path = `${calendarPath(container)}/events?$filter=${encodeURIComponent(filter)}&$top=10`
  const answer = await writer.client.ask({ method: 'GET', path }, 'container')
  const { value = [] } = answer.body as { value?: GraphEvent[] }
  return value.map((event) =>
    fromGraphEvent(event, { ...writer.contextOf(container), marker: oroId }),
  )
}

/**
 * Creates an event. Sent twice it is created once (G-30): the token is Graph's `transactionId`. A token that is taken by other content
 * leads to the event it made, which is brought to the wanted content (G-31).
 * @throws SyncError with detail `duplicate-token` when the token is taken and no single event is found
 */
export async function createEvent(writer: EventWriter, draft: Draft): Promise<Written> {
  const { fields, container, counterpart, token, categories } = draft
  const body = {
    ...toGraphEvent(fields),
    ...(writesBody(fields) ? { body: bodyOf(fields, null) } : {}),
    ...(categories.length > 0 ? { categories: categories.slice(0, 1) } : {}),
    transactionId: token,
    singleValueExtendedProperties: [{ id: ORO_EVENT_ID, value: writer.markOf(counterpart.id) }],
  }
  const path = `${calendarPath(container)}/events`
  const answer = await writer.client.send({ method: 'POST', path, body, repeatable: true })
  if (answer.status >= 200 && answer.status < 300) {
    const context = { ...writer.contextOf(container), marker: counterpart.id }
    return written(fromGraphEvent(answer.body as GraphEvent, context))
  }
  if (!isDuplicateTransaction(answer))
    throw namedField(writer.client.failure(answer, 'item'), fields)
  const [found, ...more] = await findByMarker(writer, container, counterpart.id)
  if (found === undefined || more.length > 0) {
    throw new SyncError({
      code: 'item-failed',
      scope: 'item',
      side: 'microsoft',
      transient: true,
      status: answer.status,
      detail: DUPLICATE_TOKEN,
    })
  }
  if (!draft.mayWrite()) {
    throw new SyncError({ code: 'item-failed', scope: 'item', side: 'microsoft', transient: true })
  }
  const differing = Object.fromEntries(
    Object.entries(fields).filter(([name, value]) => !same(found.fields[name] ?? null, value)),
  )
  return updateEvent(writer, {
    ref: found,
    fields: differing,
    reading: found,
    version: found.version,
  })
}

/**
 * Changes the given fields only. Not repeated when its answer is lost: a second PATCH could mail people again.
 * @throws SyncError `item-failed` with status 412 when the event has changed since it was read
 */
export async function updateEvent(writer: EventWriter, change: Change): Promise<Written> {
  const { ref, fields, reading, version } = change
  const members = {
    ...withoutRepeats(toGraphEvent(fields), await presentReminder(writer, change)),
    ...(writesBody(fields) ? { body: bodyOf(fields, await presentBody(writer, change)) } : {}),
  }
  // A PATCH that says nothing would still mail people and change the version (contract 7.3).
  if (Object.keys(members).length === 0) return { id: ref.id, container: ref.container, reading }
  const answer = await writer.client
    .ask({ method: 'PATCH', path: eventPath(ref), body: members, ifMatch: version }, 'item')
    .catch((error: unknown) => {
      throw namedField(error, fields)
    })
  return written(readingOf(writer, answer, ref.container))
}

type Reminder = Pick<GraphEvent, 'isReminderOn' | 'reminderMinutesBeforeStart'>

/** One reminder is two members: the one that stands already is not said again (P8). */
function withoutRepeats<Members extends Reminder>(members: Members, present: Reminder): Members {
  const repeated = (name: string, value: unknown): boolean =>
    (name === 'isReminderOn' || name === 'reminderMinutesBeforeStart') && value === present[name]
  return Object.fromEntries(
    Object.entries(members).filter(([name, value]) => !repeated(name, value)),
  ) as Members
}

/** The reminder that is about to be replaced, if one is. */
async function presentReminder(
  writer: EventWriter,
  { ref, fields, reading }: Change,
): Promise<Reminder> {
  if (fields['reminder'] === undefined) return {}
  const known = (reading?.native as NativeEvent | undefined)?.event
  if (known) return known
  const path = `${eventPath(ref)}?$select=isReminderOn,reminderMinutesBeforeStart`
  return (await writer.client.ask({ method: 'GET', path }, 'item')).body as Reminder
}

/** The event whose body is about to be replaced: read again where the body holds more than the description. */
async function presentBody(
  writer: EventWriter,
  { ref, reading }: Change,
): Promise<GraphEvent | null> {
  const known = (reading?.native as NativeEvent | undefined)?.event
  if (known?.body && !hasOtherParts(known)) return known
  const path = `${eventPath(ref)}?$select=body,isOnlineMeeting,onlineMeeting`
  const answer = await writer.client.ask({ method: 'GET', path }, 'item')
  return answer.body as GraphEvent
}

/**
 * Deletes an event, or cancels it with a word to its people (D1), which takes no precondition (contract 7.4). Gone already = done.
 * @throws SyncError `item-failed` with status 412 when the event has changed since that version
 */
export async function removeEvent(
  client: GraphClient,
  { ref, message, version }: Removal,
): Promise<void> {
  const answer = await client.send(
    message === ''
      ? { method: 'DELETE', path: eventPath(ref), ifMatch: version }
      : {
          method: 'POST',
          path: `/me/events/${segment(ref.id)}/cancel`,
          body: { comment: message },
        },
  )
  if (!isRemoved(answer)) throw client.failure(answer, 'item')
}
