import type { Cause, Json, Mail, Mailbox, MailKind, StoredEvent } from './model'
import type { World } from './world'

/** Address of an attendee or organiser member, lower-cased; '' = none. */
export function addressOf(person: unknown): string {
  const email = (person as Json | null | undefined)?.['emailAddress'] as Json | null | undefined
  return String(email?.['address'] ?? '').toLowerCase()
}

export function attendeesOf(event: StoredEvent): Json[] {
  const attendees = event.data['attendees']
  return Array.isArray(attendees) ? (attendees as Json[]) : []
}

/** Writes one line of the ledger. */
export function post(
  world: World,
  mailbox: Mailbox,
  event: StoredEvent,
  kind: MailKind,
  recipient: string,
  cause: Cause,
  comment: string | null = null,
): void {
  const mail: Mail = {
    at: new Date(world.now()).toISOString(),
    kind,
    mailbox: mailbox.userPrincipalName,
    eventId: event.immutableId,
    iCalUId: (event.data['iCalUId'] as string | null | undefined) ?? null,
    subject: (event.data['subject'] as string | null | undefined) ?? null,
    recipient,
    cause,
    comment,
  }
  world.mails.push(mail)
}

/** Addresses of the attendees beside the mailbox itself. */
export function guestsOf(mailbox: Mailbox, attendees: Json[]): string[] {
  const own = mailbox.userPrincipalName.toLowerCase()
  return attendees.map(addressOf).filter((address) => address !== '' && address !== own)
}
