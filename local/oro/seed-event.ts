import type { Attendee, EventRow, Recurrence, Reminder } from './model'
import { randomUuid } from './random'
import { calendarOwner, fullName, organizationOfCalendar, userByEmail, type World } from './state'
import { wholeSecond } from './time'

/** RFC 3339 text or milliseconds. */
export type Instant = string | number

/** Rows put into the tables as they are: no form, no automatic copies, no audit row, no mail. Ids left out are handed out. */
export interface SeedEvent extends Partial<
  Omit<
    EventRow,
    'start' | 'end' | 'createdAt' | 'updatedAt' | 'originalStart' | 'attendees' | 'recurrence'
  >
> {
  calendarId?: number | null
  title: string
  start: Instant
  end: Instant
  createdAt?: Instant
  updatedAt?: Instant
  originalStart?: Instant | null
  attendees?: SeedAttendee[]
  recurrence?: SeedRecurrence | null
  reminders?: Reminder[]
}

export interface SeedAttendee extends Partial<Omit<Attendee, 'createdAt' | 'updatedAt'>> {
  createdAt?: Instant
  updatedAt?: Instant
}

export interface SeedRecurrence extends Partial<Omit<Recurrence, 'startTime' | 'endTime'>> {
  recurrenceType: Recurrence['recurrenceType']
  timeZone: string
  startTime?: Instant
  endTime?: Instant | null
}

export const instant = (value: Instant): number => {
  const parsed = typeof value === 'number' ? value : Date.parse(value)
  if (Number.isNaN(parsed)) throw new Error(`"${String(value)}" is no time`)
  return wholeSecond(parsed)
}

export function seedEvent(world: World, given: SeedEvent): number {
  const id = given.id ?? world.nextId('event')
  world.reserveId('event', id)
  const calendarId = given.calendarId ?? null
  const owner = calendarOwner(world, calendarId)
  const createdAt = instant(given.createdAt ?? world.now())
  const email = given.organizerEmail ?? owner?.email ?? null
  const organizationId = organizationOfCalendar(world, calendarId)
  const organizer = email === null ? undefined : userByEmail(world, organizationId, email)
  const row: EventRow = {
    uid: randomUuid(() => world.random()),
    systemCalendarId: null,
    description: null,
    allDay: false,
    backgroundColor: null,
    parentId: null,
    recurringEventId: null,
    isCancelled: false,
    isOrganizer: owner ? owner.email === email && given.parentId == null : null,
    organizerEmail: email,
    organizerDisplayName: organizer ? fullName(organizer) : email,
    organizerUserId: organizer?.id ?? null,
    reminders: [],
    ...given,
    id,
    calendarId,
    createdAt,
    updatedAt: instant(given.updatedAt ?? createdAt),
    start: instant(given.start),
    end: instant(given.end),
    originalStart: given.originalStart == null ? null : instant(given.originalStart),
    attendees: (given.attendees ?? []).map((one) =>
      seedAttendee(world, organizationId, createdAt, one),
    ),
    recurrence: given.recurrence ? seedRecurrence(world, given, given.recurrence) : null,
  }
  world.events.insert(row)
  return id
}

function seedAttendee(
  world: World,
  organizationId: number | undefined,
  createdAt: number,
  given: SeedAttendee,
): Attendee {
  const email = given.email ?? null
  const user = email === null ? undefined : userByEmail(world, organizationId, email)
  return {
    displayName: user ? fullName(user) : (email ?? ''),
    userId: user?.id ?? null,
    status: 'none',
    type: 'required',
    ...given,
    email,
    createdAt: instant(given.createdAt ?? createdAt),
    updatedAt: instant(given.updatedAt ?? given.createdAt ?? createdAt),
  }
}

function seedRecurrence(world: World, event: SeedEvent, given: SeedRecurrence): Recurrence {
  const id = given.id ?? world.nextId('recurrence')
  world.reserveId('recurrence', id)
  return {
    interval: 1,
    instance: null,
    dayOfWeek: [],
    dayOfMonth: null,
    monthOfYear: null,
    occurrences: null,
    ...given,
    id,
    startTime: instant(given.startTime ?? event.start),
    endTime: given.endTime == null ? null : instant(given.endTime),
  }
}
