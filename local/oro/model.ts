/** The rows of the Oro stand-in. Instants are milliseconds since the epoch, whole seconds as Oro stores them. */
export interface Organization {
  id: number
  name: string
  /** "Enable API" (contract 2.2): while off, even the token endpoint answers `invalid_client`. */
  apiEnabled: boolean
  /** False = this organization has no `oro_config_system` capability: configuration answers 403. */
  configurationReadable: boolean
}

/** An OAuth application: acts as one user of one organization (contract 2.3). */
export interface Application {
  clientId: string
  clientSecret: string
  organizationId: number
  userId: number
  active: boolean
  /** False = restricted to other APIs: the old REST API answers 403. */
  oldApi: boolean
}

export interface User {
  id: number
  organizationId: number
  username: string
  email: string
  firstName: string
  lastName: string
  enabled: boolean
  /** Secondary addresses. */
  emails: string[]
  externalId: string | null
  timeZone: string
  /** The default calendar. */
  calendarId: number
  createdAt: number
  updatedAt: number
}

export interface Calendar {
  id: number
  ownerId: number
  organizationId: number
  name: string
  /** Id of the stored connection of this calendar to itself. */
  connectionId: number
  /** Other user calendars shown inside this one. */
  connected: { connectionId: number; calendarId: number; backgroundColor: string | null }[]
}

export interface SystemCalendar {
  id: number
  /** null = system-wide (`public`). */
  organizationId: number | null
  name: string
  backgroundColor: string | null
}

export type AttendeeStatus = 'none' | 'accepted' | 'declined' | 'tentative'
export type AttendeeType = 'organizer' | 'required' | 'optional'

export interface Attendee {
  displayName: string
  email: string | null
  userId: number | null
  status: AttendeeStatus
  type: AttendeeType
  createdAt: number
  updatedAt: number
}

export interface Reminder {
  method: 'email' | 'web_socket'
  interval: { number: number; unit: 'M' | 'H' | 'D' | 'W' }
}

export type RecurrenceType = 'daily' | 'weekly' | 'monthly' | 'monthnth' | 'yearly' | 'yearnth'

export interface Recurrence {
  id: number
  recurrenceType: RecurrenceType
  interval: number
  instance: number | null
  dayOfWeek: string[]
  dayOfMonth: number | null
  monthOfYear: number | null
  startTime: number
  endTime: number | null
  occurrences: number | null
  timeZone: string
}

export interface EventRow {
  id: number
  uid: string | null
  /** null = an event of a system calendar, or one that was written without a calendar. */
  calendarId: number | null
  systemCalendarId: number | null
  title: string
  description: string | null
  start: number
  end: number
  allDay: boolean
  backgroundColor: string | null
  createdAt: number
  updatedAt: number
  /** Not null = automatic attendee copy (contract 3.10). */
  parentId: number | null
  /** Not null = exception (contract 3.8). */
  recurringEventId: number | null
  originalStart: number | null
  isCancelled: boolean
  isOrganizer: boolean | null
  organizerEmail: string | null
  organizerDisplayName: string | null
  organizerUserId: number | null
  attendees: Attendee[]
  recurrence: Recurrence | null
  reminders: Reminder[]
}

export type TaskStatus = string

export interface TaskRow {
  id: number
  organizationId: number
  ownerId: number
  createdById: number
  subject: string
  description: string | null
  dueDate: number | null
  status: TaskStatus
  taskPriority: string
  createdAt: number
  updatedAt: number
  /** Invisible in the JSON:API and in the old single read (contract 4.1). */
  reminders: Reminder[]
  activityTargets: { type: string; id: string }[]
  /** null = no workflow item (contract 4.2). */
  workflowItemId: number | null
}

/** Who writes: the token's user through the API, or a person in Oro's own pages. */
export interface Actor {
  userId: number | null
  organizationId: number
  by: 'api' | 'user'
}
