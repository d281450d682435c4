import type { Attendee, EventRow, Recurrence } from '../model'
import { fullName, type World } from '../state'
import { oldRestTime } from '../time'
import { sanitised } from './description'

type Json = Record<string, unknown>

/** One event as a single GET shows it: `recurrence.timezone`, no recurrence for copies (contract 3.2). */
export function readSingle(world: World, row: EventRow, callerId: number | null): Json {
  const shape = readCommon(world, row, callerId)
  if (row.recurrence) shape['recurrence'] = recurrenceShape(row.recurrence, 'timezone')
  shape['attendees'] = sortedAttendees(world, row).map((attendee) => attendeeShape(attendee))
  appendReminders(shape, row)
  return shape
}

/**
 * One row of a list: `recurrence.timeZone`, the parent's rule for copies, `fullName` with each attendee; foreign keys are at
 * times numeric strings (contract 3.2).
 */
export function readListed(world: World, row: EventRow, callerId: number | null): Json {
  const asText = world.random() < 0.5
  const key = (id: number | null): number | string | null =>
    asText && id !== null ? String(id) : id
  const shape = readCommon(world, row, callerId)
  for (const name of ['parentEventId', 'recurringEventId', 'organizerUserId'])
    shape[name] = key(shape[name] as number | null)
  const parent = row.parentId === null ? undefined : world.events.get(row.parentId)
  const recurrence = row.recurrence ?? parent?.recurrence
  if (recurrence) shape['recurrence'] = recurrenceShape(recurrence, 'timeZone')
  shape['attendees'] = sortedAttendees(world, row).map((attendee) => {
    const user = attendee.userId === null ? undefined : world.users.get(attendee.userId)
    return {
      ...attendeeShape(attendee),
      userId: key(attendee.userId),
      fullName: user ? fullName(user) : '',
    }
  })
  appendReminders(shape, row)
  return shape
}

/** The answer to POST (with id) and PUT (without): `organizerUserId` is text, there is no `updatedAt` (contract 3.14). */
export function readWritten(world: World, row: EventRow, callerId: number | null): Json {
  return {
    uid: row.uid,
    organizerEmail: row.organizerEmail,
    organizerDisplayName: row.organizerDisplayName,
    organizerUserId: row.organizerUserId === null ? null : String(row.organizerUserId),
    invitationStatus: invitationStatus(world, row),
    editableInvitationStatus: editableInvitationStatus(world, row, callerId),
  }
}

/** The attendees that an event shows: a copy has none of its own, the parent's are shown (contract 3.10). */
export function shownAttendees(world: World, row: EventRow): Attendee[] {
  const parent = row.parentId === null ? undefined : world.events.get(row.parentId)
  return parent ? parent.attendees : row.attendees
}

function invitationStatus(world: World, row: EventRow): string {
  return ownerAttendee(world, row)?.status ?? 'none'
}

function ownerAttendee(world: World, row: EventRow): Attendee | undefined {
  const ownerId = row.calendarId === null ? undefined : world.calendars.get(row.calendarId)?.ownerId
  return ownerId === undefined
    ? undefined
    : shownAttendees(world, row).find((attendee) => attendee.userId === ownerId)
}

function editableInvitationStatus(world: World, row: EventRow, callerId: number | null): boolean {
  const attendee = ownerAttendee(world, row)
  return attendee !== undefined && attendee.userId === callerId
}

function readCommon(world: World, row: EventRow, callerId: number | null): Json {
  return {
    id: row.id,
    uid: row.uid,
    title: row.title,
    description: sanitised(row.description),
    start: oldRestTime(row.start),
    end: oldRestTime(row.end),
    allDay: row.allDay,
    backgroundColor: row.backgroundColor,
    createdAt: oldRestTime(row.createdAt),
    updatedAt: oldRestTime(row.updatedAt),
    invitationStatus: invitationStatus(world, row),
    parentEventId: row.parentId,
    calendar: row.calendarId,
    recurringEventId: row.recurringEventId,
    originalStart: row.originalStart === null ? null : oldRestTime(row.originalStart),
    isCancelled: row.isCancelled,
    isOrganizer: row.isOrganizer,
    organizerEmail: row.organizerEmail,
    organizerDisplayName: row.organizerDisplayName,
    organizerUserId: row.organizerUserId,
    editable: row.parentId === null && row.isOrganizer !== false,
    removable: true,
    editableInvitationStatus: editableInvitationStatus(world, row, callerId),
  }
}

function appendReminders(shape: Json, row: EventRow): void {
  if (row.reminders.length > 0) shape['reminders'] = row.reminders
}

const sortedAttendees = (world: World, row: EventRow): Attendee[] =>
  [...shownAttendees(world, row)].sort((a, b) =>
    a.displayName < b.displayName ? -1 : a.displayName > b.displayName ? 1 : 0,
  )

const attendeeShape = (attendee: Attendee): Json => ({
  displayName: attendee.displayName,
  email: attendee.email,
  userId: attendee.userId,
  createdAt: oldRestTime(attendee.createdAt),
  updatedAt: oldRestTime(attendee.updatedAt),
  status: attendee.status,
  type: attendee.type,
})

const recurrenceShape = (rule: Recurrence, zoneKey: 'timezone' | 'timeZone'): Json => ({
  id: rule.id,
  recurrenceType: rule.recurrenceType,
  interval: rule.interval,
  instance: rule.instance,
  dayOfWeek: rule.dayOfWeek,
  dayOfMonth: rule.dayOfMonth,
  monthOfYear: rule.monthOfYear,
  startTime: oldRestTime(rule.startTime),
  endTime: rule.endTime === null ? null : oldRestTime(rule.endTime),
  occurrences: rule.occurrences,
  [zoneKey]: rule.timeZone,
})
