import type { Attendee, EventRow } from '../model'
import { fullName, organizationOfCalendar, userByEmail, type World } from '../state'
import type { AttendeeInput } from './input'

/** Who an attendee is when lists are compared: by e-mail, else by display name (contract 3.3). */
export const attendeeKey = (attendee: {
  email: string | null
  displayName: string | null
}): string => (attendee.email ?? attendee.displayName ?? '').toLowerCase()

/**
 * The list that replaces an event's attendees: people already stored keep their row, an e-mail of a user of the same
 * organization binds to that user (contract 3.10), a missing name becomes the e-mail.
 */
export function resolveAttendees(
  world: World,
  calendarId: number | null,
  stored: Attendee[],
  inputs: AttendeeInput[],
): Attendee[] {
  const organizationId = organizationOfCalendar(world, calendarId)
  const ownerId = calendarId === null ? undefined : world.calendars.get(calendarId)?.ownerId
  const known = new Map(stored.map((attendee) => [attendeeKey(attendee), attendee]))
  const second = world.second()
  return inputs.map((input) => {
    const user = input.email === null ? undefined : userByEmail(world, organizationId, input.email)
    const isOwner = user !== undefined && user.id === ownerId
    const next = {
      displayName: input.displayName ?? (user ? fullName(user) : (input.email ?? '')),
      email: input.email,
      userId: user?.id ?? null,
      status: input.status,
      type: input.type ?? (input.type === null && isOwner ? 'organizer' : 'required'),
    } satisfies Partial<Attendee>
    if (input.displayName === null && input.email !== null) next.displayName = input.email
    const old = known.get(attendeeKey(input))
    if (!old) return { ...next, createdAt: second, updatedAt: second }
    const same =
      old.displayName === next.displayName && old.status === next.status && old.type === next.type
    return { ...next, createdAt: old.createdAt, updatedAt: same ? old.updatedAt : second }
  })
}

/** People added, removed or renamed: what moves `updatedAt`. Another status or type alone does not (contract 3.13). */
export function peopleChanged(before: Attendee[], after: Attendee[]): boolean {
  const names = (list: Attendee[]): string =>
    JSON.stringify(list.map((one) => [attendeeKey(one), one.displayName]).sort())
  return names(before) !== names(after)
}

/** The same people, whatever their status, type or name: what a frozen list compares (contract 3.10). */
export function samePeople(before: Attendee[], inputs: AttendeeInput[]): boolean {
  const keys = (list: { email: string | null; displayName: string | null }[]): string =>
    JSON.stringify(list.map(attendeeKey).sort())
  return keys(before) === keys(inputs)
}

/** Users of Oro among the attendees who are not the owner of the event's calendar: each gets a copy. */
export function invitedUsers(world: World, row: EventRow): number[] {
  const ownerId = row.calendarId === null ? undefined : world.calendars.get(row.calendarId)?.ownerId
  const ids = row.attendees.map((attendee) => attendee.userId)
  return [...new Set(ids)].filter((id): id is number => id !== null && id !== ownerId)
}
