import { keptBody, hasJoinBlock, previewOf, withJoinBlock } from './body'
import { cancelCopies, deliver, noteResponse } from './copies'
import {
  eventDefaults,
  keptAttendee,
  keptLocation,
  keptRecurrence,
  NO_LOCATION,
  NO_TIME,
} from './defaults'
import { accessDenied, GraphError, invalidRequest } from './errors'
import { addressOf, attendeesOf, guestsOf, post } from './mail'
import type { Calendar, Cause, Json, Mailbox, StoredEvent } from './model'
import { checkSeries } from './series'
import { checkSpan, momentOf } from './times'
import { bump, index, record, removeEvent, setProperty, type World } from './world'

let lastKey = 0
const nextKey = (): number => (lastKey += 1)

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

/** Members that a request may set and that are stored as they come. */
const PLAIN = [
  'allowNewTimeProposals',
  'categories',
  'hideAttendees',
  'importance',
  'isAllDay',
  'isReminderOn',
  'reminderMinutesBeforeStart',
  'responseRequested',
  'sensitivity',
  'showAs',
  'subject',
] as const

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
  const event: StoredEvent = {
    key: nextKey(),
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
  if (given['isAllDay'] === true && given['showAs'] === undefined) event.data['showAs'] = 'free'
  if (typeof given['transactionId'] === 'string') {
    event.data['transactionId'] = given['transactionId']
  }
  for (const [id, value] of propertiesOf(given)) event.properties.set(id, value)
  index(mailbox, event)
  record(world, mailbox, event, 'created', null, cause)
  for (const address of guestsOf(mailbox, attendeesOf(event))) {
    post(world, mailbox, event, 'invitation', address, cause)
  }
  deliver(world, mailbox, event, nextKey, cause)
  if (cause === 'api' && world.switches.use(mailbox.userId, 'touchAfterCreate')) {
    mailbox.pendingTouches.add(event)
  }
  return event
}

/**
 * Stores an event as the documentation shows one, without any side effect: members as given, absent ones with their defaults, those
 * named in `$omit` missing from every answer (G-20).
 *
 * @param given Graph event JSON; `id` becomes the immutable id; `$omit: string[]`
 */
export function seedEvent(
  world: World,
  mailbox: Mailbox,
  calendar: Calendar,
  given: Json,
): StoredEvent {
  const {
    $omit: omit,
    '@odata.etag': _etag,
    '@odata.type': _type,
    changeKey: _changeKey,
    id,
    start: givenStart,
    end: givenEnd,
    createdDateTime: created,
    lastModifiedDateTime: modified,
    originalStartTimeZone: startZone,
    originalEndTimeZone: endZone,
    singleValueExtendedProperties: _properties,
    ...members
  } = given
  const start = momentOf(givenStart as Json, 'start', 'UTC')
  const end = momentOf(givenEnd as Json, 'end', 'UTC')
  if (typeof startZone === 'string') start.zone = startZone
  if (typeof endZone === 'string') end.zone = endZone
  const data: Json = {
    ...eventDefaults(),
    iCalUId: world.ids.iCalUId(),
    organizer: { emailAddress: { name: mailbox.displayName, address: mailbox.userPrincipalName } },
    ...members,
  }
  const recurrence = members['recurrence'] as Json | null | undefined
  if (recurrence != null) {
    data['type'] = 'seriesMaster'
    data['recurrence'] = keptRecurrence(recurrence, start.local, start.zone)
  }
  if (members['bodyPreview'] === undefined) {
    data['bodyPreview'] = previewOf(String((data['body'] as Json | null)?.['content'] ?? ''))
  }
  if (members['location'] !== undefined && members['locations'] === undefined) {
    data['locations'] = members['location'] === null ? [] : [members['location']]
  }
  const now = world.now()
  const event: StoredEvent = {
    key: nextKey(),
    immutableId: typeof id === 'string' ? id : world.ids.immutableId(),
    movableId: world.ids.movableId(),
    calendar,
    deleted: false,
    version: 1,
    createdMs: typeof created === 'string' ? Date.parse(created) : now,
    modifiedMs: typeof modified === 'string' ? Date.parse(modified) : now,
    start,
    end,
    data,
    omit: Array.isArray(omit) ? omit.map(String) : [],
    properties: new Map(propertiesOf(given)),
    transaction: null,
    series:
      recurrence == null ? null : { cancelled: new Set(), exceptions: new Map(), generation: 1 },
    exceptionOf: null,
  }
  index(mailbox, event)
  record(world, mailbox, event, 'created', null, 'user')
  return event
}

function propertiesOf(given: Json): [string, string][] {
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
  event.start = start
  event.end = end
  applyMembers(world, event, given)
  for (const [id, value] of propertiesOf(given)) setProperty(mailbox, event, id, value)
  bump(world, event)
  record(world, mailbox, event, 'changed', before, cause)
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
  deliver(world, mailbox, event, nextKey, cause)
}

function typeChanged(known: Json, now: Json[], address: string): boolean {
  const current = now.find((attendee) => addressOf(attendee) === address)
  return current?.['type'] !== known['type']
}

function applyMembers(world: World, event: StoredEvent, given: Json): void {
  const { data } = event
  for (const name of PLAIN) if (given[name] !== undefined) data[name] = given[name]
  if (given['attendees'] !== undefined) {
    const known = new Map(attendeesOf(event).map((one) => [addressOf(one), one]))
    data['attendees'] = ((given['attendees'] ?? []) as Json[]).map((attendee) => ({
      ...keptAttendee(attendee),
      ...(known.has(addressOf(attendee))
        ? { status: known.get(addressOf(attendee))?.['status'] }
        : {}),
    }))
  }
  applyLocation(data, given)
  applyRecurrence(event, given)
  applyMeeting(world, event, given)
  data['bodyPreview'] = previewOf(String((data['body'] as Json | null)?.['content'] ?? ''))
}

/** Writing `location` replaces `locations`, and the first of `locations` becomes `location` (G-39). */
function applyLocation(data: Json, given: Json): void {
  if (given['location'] !== undefined) {
    const location = keptLocation(given['location'] as Json | null)
    data['location'] = location
    data['locations'] = location === NO_LOCATION || location['displayName'] === '' ? [] : [location]
  } else if (given['locations'] !== undefined) {
    const locations = ((given['locations'] ?? []) as Json[]).map(keptLocation)
    data['locations'] = locations
    const names = locations.map((location) => String(location['displayName'])).join('; ')
    data['location'] =
      locations.length === 0 ? NO_LOCATION : { ...locations[0], displayName: names }
  }
}

function applyRecurrence(event: StoredEvent, given: Json): void {
  if (given['recurrence'] === undefined) {
    const kept = event.data['recurrence'] as Json | null | undefined
    // The range begins at the date of `start`, also after a move.
    if (given['start'] != null && kept != null) {
      event.data['recurrence'] = keptRecurrence(kept, event.start.local, event.start.zone)
      if (event.series !== null) event.series.generation += 1
    }
    return
  }
  const recurrence = given['recurrence'] as Json | null
  if (recurrence === null) {
    event.data['recurrence'] = null
    event.data['type'] = 'singleInstance'
    event.series = null
    return
  }
  checkSeries(recurrence)
  event.data['recurrence'] = keptRecurrence(recurrence, event.start.local, event.start.zone)
  event.data['type'] = 'seriesMaster'
  if (event.series === null) {
    event.series = { cancelled: new Set(), exceptions: new Map(), generation: 1 }
  } else {
    event.series.generation += 1
  }
}

/** Body and online meeting together: the join block lives in the body, and a body without it ends the meeting (G-25, G-26). */
function applyMeeting(world: World, event: StoredEvent, given: Json): void {
  const { data } = event
  if (given['body'] !== undefined) data['body'] = keptBody(given['body'] as Json | null)
  const meeting = data['onlineMeeting'] as Json | null
  if (meeting !== null && data['isOnlineMeeting'] === true) {
    if (given['body'] === undefined) return
    if (hasJoinBlock(data['body'] as Json, String(meeting['joinUrl']))) return
    data['isOnlineMeeting'] = false
    data['onlineMeeting'] = null
    data['onlineMeetingProvider'] = 'unknown'
    return
  }
  if (given['isOnlineMeeting'] !== true) return
  const provider = given['onlineMeetingProvider'] ?? 'teamsForBusiness'
  const allowed = event.calendar.data['allowedOnlineMeetingProviders']
  if (Array.isArray(allowed) && provider !== 'unknown' && !allowed.includes(provider)) {
    throw invalidRequest(`The online meeting provider '${String(provider)}' is not allowed.`)
  }
  const joinUrl = `https://teams.microsoft.com/l/meetup-join/19%3ameeting_${world.ids.guid()}%40thread.v2/0?context=%7b%22Tid%22%3a%22sample%22%7d`
  data['isOnlineMeeting'] = true
  data['onlineMeetingProvider'] = provider === 'unknown' ? 'teamsForBusiness' : provider
  data['onlineMeeting'] = { joinUrl, conferenceId: '291633251', tollNumber: '+1 323-555-0166' }
  data['body'] = withJoinBlock(data['body'] as Json, joinUrl)
}

/** Deletes as Outlook does: an organiser's delete mails cancellations, an attendee's only drops the own copy (G-34). */
export function deleteEvent(
  world: World,
  mailbox: Mailbox,
  event: StoredEvent,
  cause: Cause,
  options: { comment?: string | null; purge?: boolean } = {},
): void {
  if (event.data['isOrganizer'] === true) {
    const guests = guestsOf(mailbox, attendeesOf(event))
    for (const address of guests) {
      post(world, mailbox, event, 'cancellation', address, cause, options.comment ?? null)
    }
    cancelCopies(world, event, guests, cause)
  }
  removeEvent(world, mailbox, event, cause, options.purge)
}

export type Response = 'accepted' | 'declined' | 'tentativelyAccepted'

/**
 * Answers an invitation on the responder's own copy; a declined copy goes to Deleted Items.
 *
 * @throws GraphError 400 on an event that the user organises
 */
export function respond(
  world: World,
  mailbox: Mailbox,
  event: StoredEvent,
  response: Response,
  options: { comment?: string | null; sendResponse?: boolean },
  cause: Cause,
): void {
  if (event.data['isOrganizer'] === true) {
    throw invalidRequest(
      "Your request can't be completed. You can't respond to this meeting because you're the meeting organizer.",
    )
  }
  const time = new Date(world.now()).toISOString()
  const own = mailbox.userPrincipalName.toLowerCase()
  event.data['responseStatus'] = { response, time }
  event.data['attendees'] = attendeesOf(event).map((attendee) =>
    addressOf(attendee) === own ? { ...attendee, status: { response, time } } : attendee,
  )
  if (response === 'accepted') event.data['showAs'] = 'busy'
  if (response === 'tentativelyAccepted') event.data['showAs'] = 'tentative'
  bump(world, event)
  record(world, mailbox, event, 'changed', { startMs: event.start.ms, endMs: event.end.ms }, cause)
  if (options.sendResponse !== false) {
    const organizer = addressOf(event.data['organizer'])
    post(world, mailbox, event, 'response', organizer, cause, options.comment ?? null)
    noteResponse(world, mailbox, event, response, cause)
  }
  if (response === 'declined') removeEvent(world, mailbox, event, cause)
}

/** New change key, etag and modification time without content change (G-27). */
export function touchEvent(world: World, mailbox: Mailbox, event: StoredEvent, cause: Cause): void {
  bump(world, event)
  record(world, mailbox, event, 'changed', { startMs: event.start.ms, endMs: event.end.ms }, cause)
}

/** To another calendar: the non-immutable id changes (G-17). */
export function moveEvent(
  world: World,
  mailbox: Mailbox,
  event: StoredEvent,
  target: Calendar,
  cause: Cause,
): void {
  const before = { startMs: event.start.ms, endMs: event.end.ms }
  const source = event.calendar
  record(world, mailbox, event, 'gone', before, cause, source)
  source.events.delete(event)
  event.calendar = target
  if (world.switches.use(mailbox.userId, 'renewIdsOnMove')) {
    mailbox.byId.delete(event.movableId)
    event.movableId = world.ids.movableId()
  }
  event.deleted = false
  bump(world, event)
  index(mailbox, event)
  record(world, mailbox, event, 'created', null, cause)
}

/** The answer "no response yet", for copies that are seeded. */
export const NOT_RESPONDED: Json = { response: 'notResponded', time: NO_TIME }
