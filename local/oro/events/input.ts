import type { AttendeeStatus, AttendeeType, Recurrence, Reminder } from '../model'

export interface AttendeeInput {
  displayName: string | null
  email: string | null
  status: AttendeeStatus
  /** undefined = the key was left out; null = given as null or unknown. */
  type: AttendeeType | null | undefined
}

export type RuleInput = Omit<Recurrence, 'id'>

export type Notify = 'all' | 'none' | 'added_or_deleted'

/** A write that passed the form: parsed values; a key that is absent was not submitted. */
export interface EventInput {
  calendarId?: number | null
  title?: string
  description?: string | null
  start?: number
  end?: number
  allDay?: boolean
  uid?: string | null
  backgroundColor?: string | null
  reminders?: Reminder[]
  attendees?: AttendeeInput[]
  notifyAttendees?: Notify
  createdAt?: number
  recurrence?: RuleInput | null
  recurringEventId?: number | null
  originalStart?: number | null
  isCancelled?: boolean
  updateExceptions?: boolean
  organizerEmail?: string | null
  organizerDisplayName?: string | null
}
