import type { Mail } from '../mails'
import type { Actor, Attendee, EventRow } from '../model'
import { calendarOwner, type World } from '../state'
import { attendeeKey } from './attendees'
import type { Notify } from './input'

/** Mails of a save under `notifyAttendees`: `all` reaches everybody, `added_or_deleted` only those (contract 3.3). */
export function mailSave(
  world: World,
  actor: Actor,
  row: EventRow,
  before: Attendee[] | null,
  notify: Notify,
): void {
  if (notify === 'none') return
  const old = new Set((before ?? []).map(attendeeKey))
  const now = new Set(row.attendees.map(attendeeKey))
  for (const attendee of row.attendees) {
    const added = before === null || !old.has(attendeeKey(attendee))
    const kind = row.isCancelled ? 'cancellation' : added ? 'invitation' : 'update'
    if (added || notify === 'all') send(world, actor, row, attendee, kind)
  }
  for (const attendee of before ?? [])
    if (!now.has(attendeeKey(attendee))) send(world, actor, row, attendee, 'cancellation')
}

/** Mails of a removal: the attendees of an event, or the organizer when somebody drops the own copy. */
export function mailRemoval(world: World, actor: Actor, row: EventRow, notify: Notify): void {
  if (notify === 'none') return
  if (row.parentId !== null) {
    if (row.organizerEmail !== null) post(world, actor, row, row.organizerEmail, 'response')
    return
  }
  for (const attendee of row.attendees) send(world, actor, row, attendee, 'cancellation')
}

function send(
  world: World,
  actor: Actor,
  row: EventRow,
  attendee: Attendee,
  kind: Mail['kind'],
): void {
  const ownerId = calendarOwner(world, row.calendarId)?.id
  if (attendee.email === null || (attendee.userId !== null && attendee.userId === ownerId)) return
  post(world, actor, row, attendee.email, kind)
}

function post(world: World, actor: Actor, row: EventRow, to: string, kind: Mail['kind']): void {
  const { id: eventId, uid, calendarId, title } = row
  world.mails.add({ kind, to, eventId, uid, calendarId, title, by: actor.by })
}
