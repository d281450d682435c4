import type { Actor, EventRow, Recurrence } from '../model'
import { randomUuid } from '../random'
import { calendarOwner, fullName, organizationOfCalendar, userByEmail, type World } from '../state'
import { peopleChanged, resolveAttendees } from './attendees'
import { noteEvent } from './audit'
import { syncCopies } from './copies'
import { updateExceptions } from './exceptions'
import type { EventInput, RuleInput } from './input'
import { mailSave } from './notify'

/** Stores a new event; the form has been passed. */
export function createEvent(world: World, actor: Actor, input: EventInput): EventRow {
  const calendarId = knownCalendar(world, input.calendarId)
  const master =
    typeof input.recurringEventId === 'number'
      ? world.events.get(input.recurringEventId)
      : undefined
  const second = world.second()
  const row: EventRow = {
    id: world.nextId('event'),
    // The uid of a series is inherited by its exceptions (contract 3.8).
    uid: master?.uid ?? input.uid ?? randomUuid(() => world.random()),
    calendarId,
    systemCalendarId: null,
    title: input.title ?? '',
    description: input.description ?? null,
    start: input.start ?? second,
    end: input.end ?? second,
    allDay: input.allDay ?? false,
    backgroundColor: input.backgroundColor ?? null,
    createdAt: input.createdAt ?? second,
    updatedAt: second,
    parentId: null,
    recurringEventId: master?.id ?? null,
    originalStart: input.originalStart ?? null,
    isCancelled: input.isCancelled ?? false,
    ...organizerOf(world, calendarId, input),
    attendees: resolveAttendees(world, calendarId, [], input.attendees ?? []),
    recurrence: input.recurrence ? withId(world, input.recurrence) : null,
    reminders: input.reminders ?? [],
  }
  world.events.insert(row)
  world.changes[actor.by].events.created += 1
  noteEvent(world, actor, 'create', row)
  mailSave(world, actor, row, null, input.notifyAttendees ?? 'none')
  syncCopies(world, actor, row)
  return row
}

/** Merges a write into a stored event: keys left out keep their value; recurrence and attendees are replaced as a whole. */
export function updateEvent(world: World, actor: Actor, row: EventRow, input: EventInput): void {
  const before: EventRow = { ...row }
  const changes = changesFrom(world, row, input)
  world.events.update(row, changes)
  if (movesUpdatedAt(before, row)) world.events.update(row, { updatedAt: world.second() })
  world.changes[actor.by].events.updated += 1
  noteEvent(world, actor, 'update', row, before)
  mailSave(world, actor, row, before.attendees, input.notifyAttendees ?? 'none')
  if (input.updateExceptions === true) updateExceptions(world, actor, before, row)
  syncCopies(world, actor, row)
}

function changesFrom(world: World, row: EventRow, input: EventInput): Partial<EventRow> {
  const changes: Partial<EventRow> = {}
  if (input.title !== undefined) changes.title = input.title
  if (input.description !== undefined) changes.description = input.description
  if (input.start !== undefined) changes.start = input.start
  if (input.end !== undefined) changes.end = input.end
  if (input.allDay !== undefined) changes.allDay = input.allDay
  if (input.backgroundColor !== undefined) changes.backgroundColor = input.backgroundColor
  if (input.isCancelled !== undefined) changes.isCancelled = input.isCancelled
  if (input.reminders !== undefined) changes.reminders = input.reminders
  if (input.createdAt !== undefined) changes.createdAt = input.createdAt
  if (input.originalStart !== undefined) changes.originalStart = input.originalStart
  if (input.recurringEventId !== undefined) changes.recurringEventId = input.recurringEventId
  if (row.uid === null && input.uid) changes.uid = input.uid
  if (input.recurrence !== undefined)
    changes.recurrence = replacedRule(world, row, input.recurrence)
  const calendarId =
    input.calendarId === undefined ? row.calendarId : knownCalendar(world, input.calendarId)
  if (calendarId !== row.calendarId) {
    changes.calendarId = calendarId
    // The organizer stays: in another person's calendar the event is somebody else's (contract 3.10).
    changes.isOrganizer = isOwnersAddress(world, calendarId, row.organizerEmail)
  }
  if (row.organizerEmail === null && calendarId !== null)
    Object.assign(changes, organizerOf(world, calendarId, input))
  if (input.attendees !== undefined)
    changes.attendees = resolveAttendees(world, calendarId, row.attendees, input.attendees)
  return changes
}

const STORED = [
  'uid',
  'calendarId',
  'title',
  'description',
  'start',
  'end',
  'allDay',
  'backgroundColor',
  'createdAt',
  'recurringEventId',
  'originalStart',
  'isCancelled',
  'isOrganizer',
  'organizerEmail',
] as const

/** What moves `updatedAt` (contract 3.13): any stored field, another rule, other people; not a status, a type or reminders. */
function movesUpdatedAt(before: EventRow, after: EventRow): boolean {
  return (
    STORED.some((field) => before[field] !== after[field]) ||
    JSON.stringify(before.recurrence) !== JSON.stringify(after.recurrence) ||
    peopleChanged(before.attendees, after.attendees)
  )
}

function replacedRule(world: World, row: EventRow, rule: RuleInput | null): Recurrence | null {
  if (rule === null) return null
  return row.recurrence ? { id: row.recurrence.id, ...rule } : withId(world, rule)
}

const withId = (world: World, rule: RuleInput): Recurrence => ({
  id: world.nextId('recurrence'),
  ...rule,
})

/** An unknown calendar id has the effect of none: the event belongs to no calendar (contract 3.3). */
const knownCalendar = (world: World, calendarId: number | null | undefined): number | null =>
  typeof calendarId === 'number' && world.calendars.has(calendarId) ? calendarId : null

type Organizer = Pick<
  EventRow,
  'isOrganizer' | 'organizerEmail' | 'organizerDisplayName' | 'organizerUserId'
>

/** Organizer fields of an event that has none yet (contract 3.11): empty = the calendar owner; the comparison is case-sensitive. */
function organizerOf(world: World, calendarId: number | null, input: EventInput): Organizer {
  const owner = calendarOwner(world, calendarId)
  if (input.organizerEmail) {
    const user = userByEmail(world, organizationOfCalendar(world, calendarId), input.organizerEmail)
    return {
      isOrganizer: isOwnersAddress(world, calendarId, input.organizerEmail),
      organizerEmail: input.organizerEmail,
      organizerDisplayName:
        input.organizerDisplayName ?? (user ? fullName(user) : input.organizerEmail),
      organizerUserId: user?.id ?? null,
    }
  }
  return {
    isOrganizer: owner ? true : null,
    organizerEmail: owner?.email ?? null,
    organizerDisplayName: owner ? fullName(owner) : null,
    organizerUserId: owner?.id ?? null,
  }
}

function isOwnersAddress(
  world: World,
  calendarId: number | null,
  email: string | null,
): boolean | null {
  const owner = calendarOwner(world, calendarId)
  return owner ? owner.email === email : null
}
