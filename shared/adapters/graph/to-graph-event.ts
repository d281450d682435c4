import type { Event } from '@microsoft/microsoft-graph-types'
import type { Fields, Json } from '../../core/model'
import { SyncError } from '../../errors'
import { toGraphTimes } from './times'

/** What is written: plain members of an event. */
type EventMembers = Pick<
  Event,
  'subject' | 'start' | 'end' | 'isReminderOn' | 'reminderMinutesBeforeStart'
>

const text = (value: Json | undefined): string => (typeof value === 'string' ? value : '')

const record = (value: Json): Readonly<Record<string, Json>> =>
  value !== null && typeof value === 'object' && !Array.isArray(value)
    ? (value as Readonly<Record<string, Json>>)
    : {}

/** A value that Graph would not understand, found before it is sent. */
const refused = (field: string, cause?: unknown): SyncError =>
  new SyncError({
    code: 'refused-value',
    scope: 'item',
    side: 'microsoft',
    transient: false,
    fields: [field],
    cause,
  })

function times(value: Json): Pick<EventMembers, 'start' | 'end'> {
  const { start, end, zone } = record(value)
  try {
    const [first, last] = toGraphTimes(
      [text(start), text(end)],
      typeof zone === 'string' ? zone : 'UTC',
    )
    if (!first || !last) throw refused('when')
    return { start: first, end: last }
  } catch (error) {
    if (error instanceof RangeError) throw refused('when', error)
    throw error
  }
}

/**
 * Members for the given fields alone. `description` and `attendeeList` are one body, which `body.ts` writes; attendees and organizer are
 * never written (contract 7.3).
 * @throws SyncError `refused-value` for a time or zone that does not exist
 */
export function toGraphEvent(fields: Fields): EventMembers {
  const { title, when, reminder } = fields
  return {
    ...(title === undefined ? {} : { subject: text(title) }),
    ...(when === undefined ? {} : times(when)),
    // Both are sent: which reminder an event has when one is left out is nowhere said (contract section 5).
    ...(reminder === undefined
      ? {}
      : typeof reminder === 'number'
        ? { isReminderOn: true, reminderMinutesBeforeStart: reminder }
        : { isReminderOn: false }),
  }
}
