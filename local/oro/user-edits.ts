import type { AttendeeInput, EventInput } from './events/input'
import { removeEvent } from './events/remove'
import { createEvent, updateEvent } from './events/save'
import type { Actor, AttendeeStatus, EventRow } from './model'
import { calendarOwner, organizationOfCalendar, type World } from './state'
import { wholeSecond } from './time'

/** An event as a person enters it in Oro's own pages: times as RFC 3339 texts or milliseconds. */
export interface UserEvent extends Omit<
  EventInput,
  'start' | 'end' | 'originalStart' | 'createdAt' | 'attendees' | 'recurrence'
> {
  start?: string | number
  end?: string | number
  originalStart?: string | number | null
  attendees?: Partial<AttendeeInput>[]
  recurrence?: UserRule | null
}

export interface UserRule extends Partial<
  Omit<NonNullable<EventInput['recurrence']>, 'startTime' | 'endTime'>
> {
  recurrenceType: NonNullable<EventInput['recurrence']>['recurrenceType']
  timeZone: string
  startTime?: string | number
  endTime?: string | number | null
}

/** Edits past the API, as people make them in Oro's pages: the same copies, exceptions and audit rows, without the form. */
export interface EventEdits {
  create(event: UserEvent): number
  update(id: number, changes: UserEvent): void
  /** Moves an event to another calendar, as a person does by choosing one in the form. */
  move(id: number, calendarId: number): void
  /** Cancels one date of a series (`originalStart`), or an existing exception. Returns the exception's id. */
  cancel(id: number, originalStart?: string | number): number
  remove(id: number, how?: { notifyAttendees?: EventInput['notifyAttendees'] }): void
  /** A person answers an invitation: moves `updatedAt` of that person's copy, not of the organizer's event (contract 3.13). */
  answer(id: number, userId: number, status: AttendeeStatus): void
}

export function createEventEdits(world: World): EventEdits {
  const row = (id: number): EventRow => {
    const found = world.events.get(id)
    if (!found) throw new Error(`no event ${String(id)}`)
    return found
  }
  const actor = (calendarId: number | null): Actor => ({
    userId: calendarOwner(world, calendarId)?.id ?? null,
    organizationId: organizationOfCalendar(world, calendarId) ?? 1,
    by: 'user',
  })
  return {
    create: (event) =>
      createEvent(world, actor(event.calendarId ?? null), toInput(event, event.start)).id,
    update(id, changes) {
      const event = row(id)
      const first = changes.start ?? event.start
      updateEvent(world, actor(event.calendarId), event, toInput(changes, first))
    },
    move(id, calendarId) {
      updateEvent(world, actor(row(id).calendarId), row(id), { calendarId })
    },
    cancel(id, originalStart) {
      const event = row(id)
      if (originalStart === undefined) {
        removeEvent(world, actor(event.calendarId), event, { cancel: true, notify: 'none' })
        return id
      }
      const start = instant(originalStart)
      return createEvent(world, actor(event.calendarId), {
        calendarId: event.calendarId,
        title: event.title,
        description: event.description,
        start,
        end: start + (event.end - event.start),
        allDay: event.allDay,
        recurringEventId: event.id,
        originalStart: start,
        isCancelled: true,
        attendees: event.attendees,
      }).id
    },
    remove(id, how = {}) {
      const event = row(id)
      const notify = how.notifyAttendees ?? 'none'
      removeEvent(world, actor(event.calendarId), event, { cancel: false, notify })
    },
    answer(id, userId, status) {
      answer(world, row(id), userId, status)
    },
  }
}

function answer(world: World, row: EventRow, userId: number, status: AttendeeStatus): void {
  const holder = row.parentId === null ? row : world.events.get(row.parentId)
  const own = holder?.attendees.find((attendee) => attendee.userId === userId)
  if (!holder || !own) throw new Error(`user ${String(userId)} is no attendee of ${String(row.id)}`)
  const attendees = holder.attendees.map((attendee) =>
    attendee === own ? { ...attendee, status, updatedAt: world.second() } : attendee,
  )
  world.events.update(holder, { attendees })
  world.changes.user.events.updated += 1
  const calendarId = world.users.get(userId)?.calendarId
  const copy = world.events.copiesOf(holder.id).find((one) => one.calendarId === calendarId)
  if (copy) world.events.update(copy, { updatedAt: world.second() })
}

const instant = (value: string | number): number => {
  const parsed = typeof value === 'number' ? value : Date.parse(value)
  if (Number.isNaN(parsed)) throw new Error(`"${String(value)}" is no time`)
  return wholeSecond(parsed)
}

function toInput(event: UserEvent, first: string | number | undefined): EventInput {
  const { start, end, originalStart, attendees, recurrence, ...rest } = event
  const input: EventInput = { ...rest }
  if (start !== undefined) input.start = instant(start)
  if (end !== undefined) input.end = instant(end)
  if (originalStart !== undefined)
    input.originalStart = originalStart === null ? null : instant(originalStart)
  if (attendees !== undefined)
    input.attendees = attendees.map((one) => ({
      email: one.email ?? null,
      displayName: one.displayName ?? null,
      status: one.status ?? 'none',
      type: one.type,
    }))
  if (recurrence !== undefined)
    input.recurrence = recurrence === null ? null : toRule(recurrence, first ?? 0)
  return input
}

const toRule = (rule: UserRule, first: string | number): NonNullable<EventInput['recurrence']> => ({
  interval: 1,
  instance: null,
  dayOfWeek: [],
  dayOfMonth: null,
  monthOfYear: null,
  occurrences: null,
  ...rule,
  startTime: instant(rule.startTime ?? first),
  endTime: rule.endTime == null ? null : instant(rule.endTime),
})
