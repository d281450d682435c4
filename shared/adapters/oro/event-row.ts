/** One reminder of an event (oro/README 3.12). */
export interface OroReminder {
  readonly method: string
  readonly interval: { readonly number: number; readonly unit: string }
}

/** One attendee as read. The list modes may give numbers as text (oro/README 3.2). */
export interface OroAttendee {
  readonly displayName?: string | null
  readonly email?: string | null
  readonly userId?: number | string | null
}

/**
 * An event as the old REST answers it (oro/README 3.2). Nothing is taken for granted: keys may be missing, numbers may be text, and
 * customers' own fields stand beside these.
 */
export interface OroEventRow {
  readonly id: number | string
  readonly calendar?: number | string | null
  readonly uid?: string | null
  readonly title?: string | null
  readonly description?: string | null
  readonly start?: string | null
  readonly end?: string | null
  readonly allDay?: boolean | null
  readonly updatedAt?: string | null
  readonly parentEventId?: number | string | null
  readonly recurringEventId?: number | string | null
  readonly isCancelled?: boolean | null
  readonly isOrganizer?: boolean | null
  readonly organizerEmail?: string | null
  readonly organizerDisplayName?: string | null
  readonly attendees?: readonly OroAttendee[] | null
  /** Absent unless recurring; absent as well for an attendee's copy of a series in a single GET. */
  readonly recurrence?: object | null
  /** Absent when there are none. */
  readonly reminders?: readonly OroReminder[] | null
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The event in an answer, or undefined if the answer is none. */
export const eventRow = (body: unknown): OroEventRow | undefined =>
  isObject(body) && (typeof body['id'] === 'number' || typeof body['id'] === 'string')
    ? (body as unknown as OroEventRow)
    : undefined

/** The events of a list answer; what is no event is left out. */
export const eventRows = (body: unknown): OroEventRow[] =>
  Array.isArray(body)
    ? body.flatMap((entry) => {
        const row = eventRow(entry)
        return row === undefined ? [] : [row]
      })
    : []

/** The calendar that holds the row as text; '' for rows that lie in no user's calendar. */
export const calendarOf = (row: OroEventRow): string =>
  row.calendar === null || row.calendar === undefined ? '' : String(row.calendar)

/** A date of one series (oro/README 3.8). */
export const isException = (row: OroEventRow): boolean =>
  row.recurringEventId !== null && row.recurringEventId !== undefined

/** Oro's automatic copy in an attendee's calendar (oro/README 3.10). */
export const isCopy = (row: OroEventRow): boolean =>
  row.parentEventId !== null && row.parentEventId !== undefined
