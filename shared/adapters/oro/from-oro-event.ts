import { canonicalHtml } from '../../html/canonical'
import type { Fields, Json, Reading, Unmappable } from '../../core/model'
import { ERROR_CODES, type ErrorCode } from '../../errors'
import { calendarOf, isCopy, isException, type OroAttendee, type OroEventRow } from './event-row'
import { nearestReminder } from './reminders'

export interface FromOroEventOptions {
  /** The user of the account, who is no audience of his own events. */
  readonly userId: number
  /** Where the setting does not ask for it, there is nobody to list (P6): a list that stands in a body still is taken away. */
  readonly withAttendeeList: boolean
  /** Epoch milliseconds. */
  readonly now: number
}

/**
 * Reads one row of Oro (single GET or page mode, oro/README 3.2) as a reading. Total: what cannot be mapped yet carries `unmappable`
 * and the fields as far as they are known.
 */
export function fromOroEvent(row: OroEventRow, options: FromOroEventOptions): Reading {
  const start = instant(row.start)
  const end = instant(row.end)
  const attendee = isCopy(row) || row.isOrganizer === false
  const title = cleanTitle(row.title)
  const attendees = row.attendees ?? []
  const fields: Record<string, Json> = {
    title,
    description: canonicalHtml(row.description ?? '', 'html'),
  }
  const reminder = nearestReminder(row)
  // Oro takes no reminder for what has begun (oro/README 3.12): that there is none says nothing then.
  if (reminder !== null || start === null || Date.parse(start) > options.now)
    fields['reminder'] = reminder
  if (start !== null && end !== null) fields['when'] = { start, end, allDay: row.allDay === true }
  fields['attendeeList'] = options.withAttendeeList ? attendees.map(namedAddress).sort() : []
  if (attendee) fields['organizer'] = organizer(row)
  const uid = row.uid?.toLowerCase()
  return {
    side: 'oro',
    id: String(row.id),
    container: calendarOf(row),
    version: row.updatedAt ?? '',
    modifiedAt: instant(row.updatedAt) ?? '1970-01-01T00:00:00Z',
    fields: fields satisfies Fields,
    role: attendee ? 'attendee' : 'organizer',
    cancelled: row.isCancelled === true,
    private: false,
    categories: [],
    keys: uid === undefined || uid === '' ? {} : { uid },
    span: start === null || end === null ? null : { start, end },
    unmappable: unmappable(row, start, end),
    label: title,
    audience: attendees.filter((one) => !isUser(one, options.userId)).length,
    native: row,
  }
}

const isUser = (one: OroAttendee, userId: number): boolean =>
  one.userId !== null && one.userId !== undefined && Number(one.userId) === userId

/** RFC 3339 in UTC to the second; null if it is none. */
export function instant(text: string | null | undefined): string | null {
  const time = Date.parse(text ?? '')
  return Number.isNaN(time) ? null : `${new Date(time).toISOString().slice(0, 19)}Z`
}

const cleanTitle = (title: string | null | undefined): string =>
  (title ?? '').replace(/\p{Cc}/gu, '').trim()

const namedAddress = ({ displayName, email }: OroAttendee): string =>
  [displayName?.trim() ?? '', email ? `<${email}>` : ''].filter((part) => part !== '').join(' ')

const organizer = (row: OroEventRow): Json => ({
  name: row.organizerDisplayName ?? '',
  email: row.organizerEmail ?? '',
})

function unmappable(row: OroEventRow, start: string | null, end: string | null): Unmappable | null {
  if (isException(row) || (row.recurrence !== null && row.recurrence !== undefined))
    return because('unsupported-series')
  if (start === null || end === null) return because('invalid-item')
  if (row.allDay === true) return because('unsupported-all-day')
  return end < start ? because('time-invalid') : null
}

const because = (code: ErrorCode): Unmappable => ({ code, message: ERROR_CODES[code] })
