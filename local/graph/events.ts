import { cancelCopies, deliver } from './copies'
import { eventDefaults } from './defaults'
import { accessDenied, GraphError, invalidRequest } from './errors'
import { addressOf, attendeesOf, guestsOf, post } from './mail'
import { applyMembers, checkMembers } from './members'
import { checkNeighbours, keepExceptions, redeliver } from './occurrences'
import type { Calendar, Cause, Json, Mailbox, StoredEvent } from './model'
import { checkSpan, momentOf } from './times'
import { bump, index, nextKey, record, setProperty, type World } from './world'

/** Members whose change Exchange keeps to the own mailbox: no update is mailed. */
const PERSONAL = new Set([
  'categories',
  'isReminderOn',
  'reminderMinutesBeforeStart',
  'showAs',
  'singleValueExtendedProperties',
  'multiValueExtendedProperties',
  'extensions',
])

/**
 * Creates an event as its owner's client would: invitations, meeting link, body rewriting and copies included.
 *
 * @param given a validated Graph event
 * @throws GraphError 400 for times, zones and recurrences that Exchange refuses
 */
export function createEvent(
  world: World,
  mailbox: Mailbox,
  calendar: Calendar,
  given: Json,
  cause: Cause,
): StoredEvent {
  if (given['start'] == null || given['end'] == null) {
    throw new GraphError(
      400,
      'ErrorPropertyValidationFailure',
      "At least one property failed validation: 'start' and 'end' are required.",
    )
  }
  const start = momentOf(given['start'] as Json, 'start', 'UTC')
  const end = momentOf(given['end'] as Json, 'end', 'UTC')
  checkSpan(start, end, given['isAllDay'] === true)
  checkMembers(calendar, given)
  const event: StoredEvent = {
    key: nextKey(world),
    immutableId: world.ids.immutableId(),
    movableId: world.ids.movableId(),
    calendar,
    deleted: false,
    version: 1,
    createdMs: world.now(),
    modifiedMs: world.now(),
    start,
    end,
    data: {
      ...eventDefaults(),
      iCalUId: world.ids.iCalUId(),
      organizer: {
        emailAddress: { name: mailbox.displayName, address: mailbox.userPrincipalName },
      },
    },
    omit: [],
    properties: new Map(),
    transaction: null,
    series: null,
    exceptionOf: null,
  }
  applyMembers(world, event, given)
  if (typeof given['transactionId'] === 'string') {
    event.data['transactionId'] = given['transactionId']
  }
  for (const [id, value] of propertiesOf(given)) event.properties.set(id, value)
  index(mailbox, event)
  record(world, mailbox, event, 'created', null, cause)
  for (const address of guestsOf(mailbox, attendeesOf(event))) {
    post(world, mailbox, event, 'invitation', address, cause)
  }
  deliver(world, mailbox, event, cause)
  if (cause === 'api' && world.switches.use(mailbox.userId, 'touchAfterCreate')) {
    mailbox.pendingTouches.add(event)
  }
  return event
}

export function propertiesOf(given: Json): [string, string][] {
  const list = given['singleValueExtendedProperties']
  if (!Array.isArray(list)) return []
  return (list as Json[]).map((entry) => [String(entry['id']), String(entry['value'] ?? '')])
}

/**
 * Changes an event: only the members given. `times` of start and end are checked together with those kept.
 *
 * @throws GraphError as `createEvent`; 400 when `transactionId` is among the members (contract 7.1); 403 by the switch `attendeeEdit`
 */
export function updateEvent(
  world: World,
  mailbox: Mailbox,
  event: StoredEvent,
  given: Json,
  cause: Cause,
): void {
  if (given['transactionId'] !== undefined) {
    throw invalidRequest('The TransactionId property can only be set on creation.')
  }
  checkMembers(event.calendar, given)
  const organised = event.data['isOrganizer'] === true
  const shared = Object.keys(given).filter((name) => !PERSONAL.has(name) && !name.includes('@'))
  if (!organised && shared.length > 0 && cause === 'api') {
    if (world.switches.use(mailbox.userId, 'attendeeEdit') === 'refuse') throw accessDenied()
  }
  const oldGuests = guestsOf(mailbox, attendeesOf(event))
  const oldAttendees = new Map(attendeesOf(event).map((one) => [addressOf(one), one]))
  const before = { startMs: event.start.ms, endMs: event.end.ms }
  const start =
    given['start'] == null
      ? event.start
      : momentOf(given['start'] as Json, 'start', event.start.zone)
  const end =
    given['end'] == null ? event.end : momentOf(given['end'] as Json, 'end', event.end.zone)
  checkSpan(start, end, (given['isAllDay'] ?? event.data['isAllDay']) === true)
  const { exceptionOf } = event
  if (exceptionOf !== null && given['start'] != null) {
    const place = { date: exceptionOf.date, startMs: before.startMs, endMs: before.endMs }
    checkNeighbours(exceptionOf.master, place, start.ms)
  }
  event.start = start
  event.end = end
  applyMembers(world, event, given)
  if (given['start'] != null || given['recurrence'] !== undefined) {
    keepExceptions(world, mailbox, event, cause)
  }
  for (const [id, value] of propertiesOf(given)) setProperty(mailbox, event, id, value)
  bump(world, event)
  record(world, mailbox, event, 'changed', before, cause)
  if (exceptionOf !== null) redeliver(world, mailbox, exceptionOf.master, cause)
  if (!organised || shared.length === 0) return
  const guests = guestsOf(mailbox, attendeesOf(event))
  const gone = oldGuests.filter((address) => !guests.includes(address))
  for (const address of gone) post(world, mailbox, event, 'cancellation', address, cause)
  const onlyAttendees = shared.length === 1 && shared[0] === 'attendees'
  for (const address of guests) {
    const known = oldAttendees.get(address)
    if (known === undefined) post(world, mailbox, event, 'invitation', address, cause)
    else if (!onlyAttendees || typeChanged(known, attendeesOf(event), address)) {
      const mails = 1 + (event.series?.exceptions.size ?? 0)
      for (let sent = 0; sent < mails; sent += 1) {
        post(world, mailbox, event, 'update', address, cause)
      }
    }
  }
  cancelCopies(world, event, gone, cause)
  deliver(world, mailbox, event, cause)
}

function typeChanged(known: Json, now: Json[], address: string): boolean {
  const current = now.find((attendee) => addressOf(attendee) === address)
  return current?.['type'] !== known['type']
}
