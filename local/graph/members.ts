import { hasJoinBlock, keptBody, previewOf, withJoinBlock } from './body'
import { keptAttendee, keptLocation, keptRecurrence, NO_LOCATION } from './defaults'
import { invalidRequest } from './errors'
import { addressOf, attendeesOf } from './mail'
import type { Calendar, Json, StoredEvent } from './model'
import { checkSeries } from './series'
import type { World } from './world'

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
 * What can be refused of a request's members, before anything is changed.
 *
 * @throws GraphError 400 for a recurrence without what its type requires, and for a meeting provider that the calendar does not allow
 */
export function checkMembers(calendar: Calendar, given: Json): void {
  if (given['recurrence'] != null) checkSeries(given['recurrence'] as Json)
  const provider = given['onlineMeetingProvider']
  const allowed = calendar.data['allowedOnlineMeetingProviders']
  if (provider == null || provider === 'unknown' || !Array.isArray(allowed)) return
  if (!allowed.includes(provider)) {
    throw invalidRequest(`The online meeting provider '${String(provider)}' is not allowed.`)
  }
}

/** Writes the members of a request into an event, as Exchange keeps them. Times and attendance are the caller's. */
export function applyMembers(world: World, event: StoredEvent, given: Json): void {
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

/** Writing `location` alone replaces `locations`, and `locations` alone make up `location` (G-39). */
function applyLocation(data: Json, given: Json): void {
  const kept =
    given['locations'] === undefined
      ? undefined
      : ((given['locations'] ?? []) as Json[]).map(keptLocation)
  if (given['location'] !== undefined) {
    const location = keptLocation(given['location'] as Json | null)
    data['location'] = location
    data['locations'] = kept ?? (location['displayName'] === '' ? [] : [location])
  } else if (kept !== undefined) {
    data['locations'] = kept
    const displayName = kept.map((location) => String(location['displayName'])).join('; ')
    data['location'] = kept.length === 0 ? NO_LOCATION : { ...kept[0], displayName }
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
  const joinUrl = `https://teams.microsoft.com/l/meetup-join/19%3ameeting_${world.ids.guid()}%40thread.v2/0?context=%7b%22Tid%22%3a%22sample%22%7d`
  data['isOnlineMeeting'] = true
  data['onlineMeetingProvider'] = provider === 'unknown' ? 'teamsForBusiness' : provider
  data['onlineMeeting'] = { joinUrl, conferenceId: '291633251', tollNumber: '+1 323-555-0166' }
  data['body'] = withJoinBlock(data['body'] as Json, joinUrl)
}
