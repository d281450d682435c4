import { NO_TIME } from './defaults'
import { addressOf, attendeesOf, guestsOf } from './mail'
import type { Cause, Json, Mailbox, StoredEvent } from './model'
import { bump, index, nextKey, record, type World } from './world'

/** Members that an organiser's update carries into the attendees' copies. */
const CARRIED = [
  'subject',
  'body',
  'isAllDay',
  'importance',
  'sensitivity',
  'location',
  'locations',
  'recurrence',
  'type',
  'isOnlineMeeting',
  'onlineMeeting',
  'onlineMeetingProvider',
  'isCancelled',
  'responseRequested',
  'hideAttendees',
] as const

/** The copy of a meeting in another mailbox of this stand-in; undefined = none there. */
function copyIn(mailbox: Mailbox, event: StoredEvent): StoredEvent | undefined {
  const copy = mailbox.byICalUId.get(String(event.data['iCalUId']))
  return copy === undefined || copy.deleted || copy === event ? undefined : copy
}

/** Brings an organiser's event, as it is now, into the mailboxes of those attendees who live in this stand-in. */
export function deliver(world: World, organizer: Mailbox, event: StoredEvent, cause: Cause): void {
  for (const address of guestsOf(organizer, attendeesOf(event))) {
    const guest = world.byAddress.get(address)
    if (guest === undefined) continue
    const copy = copyIn(guest, event)
    if (copy === undefined) invite(world, guest, event, cause)
    else refresh(world, guest, copy, event, cause)
  }
}

function attendeesSeenBy(guest: Mailbox, event: StoredEvent): Json[] {
  const attendees = attendeesOf(event)
  if (event.data['hideAttendees'] !== true) return attendees.map((attendee) => ({ ...attendee }))
  const own = guest.userPrincipalName.toLowerCase()
  return attendees.filter((attendee) => addressOf(attendee) === own)
}

function invite(world: World, guest: Mailbox, event: StoredEvent, cause: Cause): void {
  const { transactionId: _own, ...data } = event.data
  const copy: StoredEvent = {
    key: nextKey(world),
    immutableId: world.ids.immutableId(),
    movableId: world.ids.movableId(),
    calendar: guest.defaultCalendar,
    deleted: false,
    version: 1,
    createdMs: world.now(),
    modifiedMs: world.now(),
    start: { ...event.start },
    end: { ...event.end },
    data: {
      ...data,
      categories: [],
      attendees: attendeesSeenBy(guest, event),
      isOrganizer: false,
      showAs: 'tentative',
      isReminderOn: true,
      reminderMinutesBeforeStart: 15,
      responseStatus: { response: 'notResponded', time: NO_TIME },
    },
    omit: [],
    properties: new Map(),
    transaction: null,
    series:
      event.series === null
        ? null
        : { cancelled: new Set(event.series.cancelled), exceptions: new Map(), generation: 1 },
    exceptionOf: null,
  }
  index(guest, copy)
  record(world, guest, copy, 'created', null, cause)
}

function refresh(
  world: World,
  guest: Mailbox,
  copy: StoredEvent,
  event: StoredEvent,
  cause: Cause,
): void {
  const before = { startMs: copy.start.ms, endMs: copy.end.ms }
  for (const member of CARRIED) copy.data[member] = event.data[member]
  copy.data['attendees'] = attendeesSeenBy(guest, event)
  copy.start = { ...event.start }
  copy.end = { ...event.end }
  bump(world, copy)
  record(world, guest, copy, 'changed', before, cause)
}

/** Marks the attendees' copies as cancelled; they stay where they are. */
export function cancelCopies(
  world: World,
  event: StoredEvent,
  addresses: string[],
  cause: Cause,
): void {
  for (const address of addresses) {
    const guest = world.byAddress.get(address)
    const copy = guest === undefined ? undefined : copyIn(guest, event)
    if (guest === undefined || copy === undefined || copy.data['isCancelled'] === true) continue
    copy.data['isCancelled'] = true
    copy.data['subject'] = `Canceled: ${String(copy.data['subject'] ?? '')}`
    copy.data['showAs'] = 'free'
    bump(world, copy)
    record(world, guest, copy, 'changed', { startMs: copy.start.ms, endMs: copy.end.ms }, cause)
  }
}

/** Notes an attendee's answer at the organiser, if he lives in this stand-in. */
export function noteResponse(
  world: World,
  guest: Mailbox,
  copy: StoredEvent,
  response: string,
  cause: Cause,
): void {
  const organizer = world.byAddress.get(addressOf(copy.data['organizer']))
  const event = organizer === undefined ? undefined : copyIn(organizer, copy)
  if (organizer === undefined || event === undefined) return
  const own = guest.userPrincipalName.toLowerCase()
  const time = new Date(world.now()).toISOString()
  event.data['attendees'] = attendeesOf(event).map((attendee) =>
    addressOf(attendee) === own ? { ...attendee, status: { response, time } } : attendee,
  )
  bump(world, event)
  record(
    world,
    organizer,
    event,
    'changed',
    { startMs: event.start.ms, endMs: event.end.ms },
    cause,
  )
}
