import type { Json } from './model'

/** "No time" and "no date" as Graph writes them (G-29). */
export const NO_TIME = '0001-01-01T00:00:00Z'
const NO_DATE = '0001-01-01'

export const NO_LOCATION: Json = {
  displayName: '',
  locationType: 'default',
  uniqueIdType: 'unknown',
  address: {},
  coordinates: {},
}

/** Members of an event that nobody has set, as answers show them (`docs/event-create.response.json`). */
export function eventDefaults(): Json {
  return {
    categories: [],
    iCalUId: null,
    reminderMinutesBeforeStart: 15,
    isReminderOn: true,
    hasAttachments: false,
    hideAttendees: false,
    subject: '',
    bodyPreview: '',
    importance: 'normal',
    sensitivity: 'normal',
    isAllDay: false,
    isCancelled: false,
    isDraft: false,
    isOrganizer: true,
    responseRequested: true,
    seriesMasterId: null,
    showAs: 'busy',
    type: 'singleInstance',
    onlineMeetingUrl: null,
    isOnlineMeeting: false,
    onlineMeetingProvider: 'unknown',
    onlineMeeting: null,
    allowNewTimeProposals: true,
    responseStatus: { response: 'organizer', time: NO_TIME },
    body: { contentType: 'html', content: '' },
    location: NO_LOCATION,
    locations: [],
    recurrence: null,
    attendees: [],
  }
}

/** A written location as it is answered; null clears it. */
export function keptLocation(location: Json | null | undefined): Json {
  if (location === null || location === undefined) return NO_LOCATION
  const displayName = location['displayName'] ?? ''
  return {
    locationType: 'default',
    uniqueId: displayName,
    uniqueIdType: 'private',
    ...location,
    displayName,
  }
}

/** A written attendee as it is answered. */
export function keptAttendee(attendee: Json): Json {
  const address = (attendee['emailAddress'] ?? {}) as Json
  return {
    type: attendee['type'] ?? 'required',
    status: attendee['status'] ?? { response: 'none', time: NO_TIME },
    emailAddress: { name: address['name'] ?? address['address'], address: address['address'] },
  }
}

/** A recurrence with every member, zeros where its type has none (G-23, G-29). */
export function keptRecurrence(recurrence: Json, startLocal: string, zone: string): Json {
  const pattern = (recurrence['pattern'] ?? {}) as Json
  const range = (recurrence['range'] ?? {}) as Json
  const kind = String(range['type'] ?? 'noEnd')
  return {
    pattern: {
      type: pattern['type'],
      interval: pattern['interval'] ?? 1,
      month: pattern['month'] ?? 0,
      dayOfMonth: pattern['dayOfMonth'] ?? 0,
      ...(pattern['daysOfWeek'] === undefined ? {} : { daysOfWeek: pattern['daysOfWeek'] }),
      firstDayOfWeek: pattern['firstDayOfWeek'] ?? 'sunday',
      index: pattern['index'] ?? 'first',
    },
    range: {
      type: kind,
      startDate: startLocal.slice(0, 10),
      endDate: kind === 'endDate' ? range['endDate'] : NO_DATE,
      recurrenceTimeZone: range['recurrenceTimeZone'] ?? zone,
      numberOfOccurrences: kind === 'numbered' ? range['numberOfOccurrences'] : 0,
    },
  }
}
