import { cancelCopies, noteResponse } from './copies'
import { invalidRequest } from './errors'
import { addressOf, attendeesOf, guestsOf, post } from './mail'
import type { Calendar, Cause, Mailbox, StoredEvent } from './model'
import { bump, index, record, removeEvent, type World } from './world'

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
