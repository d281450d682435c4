import type { Fields, Json } from '../../core/model'
import type { OroReminder } from './event-row'

/**
 * What this service writes of an event. A DTO of its own: every other key is refused, so a GET body is never echoed (oro/README 3.3).
 * Attendees are never among them.
 */
export interface OroEventWrite {
  readonly calendar?: number
  readonly uid?: string
  readonly title?: string
  readonly description?: string
  /** Always `+00:00`: Oro ignores the offset and takes the digits as UTC (oro/README 3.4). */
  readonly start?: string
  readonly end?: string
  readonly allDay?: false
  readonly reminders?: readonly OroReminder[]
  readonly organizerEmail?: string
  readonly organizerDisplayName?: string
}

/** The write shape of the given fields in Oro's form; `reminder` is not among them, it needs the stored ones (`reminders.ts`). */
export function toOroEvent(fields: Fields): OroEventWrite {
  const when = record(fields['when'])
  const start = utc(when['start'])
  const end = utc(when['end'])
  return {
    ...(typeof fields['title'] === 'string' ? { title: fields['title'] } : {}),
    ...(typeof fields['description'] === 'string' ? { description: fields['description'] } : {}),
    ...(start === undefined || end === undefined ? {} : { start, end, allDay: false }),
  }
}

/** The organizer of a meeting that somebody else holds; settable on create alone (oro/README 3.11). */
export function organizerOf(
  fields: Fields,
): Pick<OroEventWrite, 'organizerEmail' | 'organizerDisplayName'> {
  const { email, name } = record(fields['organizer'])
  if (typeof email !== 'string' || email === '') return {}
  return {
    organizerEmail: email,
    ...(typeof name === 'string' && name !== '' ? { organizerDisplayName: name } : {}),
  }
}

/** An instant as Oro takes it: UTC, whole seconds, `+00:00`. */
function utc(value: Json | undefined): string | undefined {
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN
  return Number.isNaN(time) ? undefined : `${new Date(time).toISOString().slice(0, 19)}+00:00`
}

const record = (value: Json | undefined): Readonly<Record<string, Json>> =>
  value !== null && typeof value === 'object' && !Array.isArray(value)
    ? (value as Readonly<Record<string, Json>>)
    : {}
