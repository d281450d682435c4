/** A JSON object as it travels. */
export type Json = Record<string, unknown>

/** A wall-clock time in a zone, with the instant it means. All-day times are floating: midnight, `ms` in the zone they were written. */
export interface Moment {
  /** `yyyy-MM-ddTHH:mm:ss`, no offset, no fraction. */
  local: string
  /** The name that `originalStartTimeZone` answers: Windows name, or as given when seeded. */
  zone: string
  ms: number
}

/** A date of a series: its place (`yyyy-MM-dd` in the recurrence's zone) and its instants. */
export interface Occurrence {
  date: string
  startMs: number
  endMs: number
}

export interface SeriesState {
  /** Places that hold no occurrence any more. */
  cancelled: Set<string>
  /** Exceptions by their place. */
  exceptions: Map<string, StoredEvent>
  /** Grows when occurrence ids are renewed (G-18). */
  generation: number
}

export interface StoredEvent {
  key: number
  /** Answered under `Prefer: IdType="ImmutableId"`. */
  immutableId: string
  /** Answered without it; renewed when the event changes its calendar (G-17). */
  movableId: string
  calendar: Calendar
  /** Lies in Deleted Items. */
  deleted: boolean
  /** Source of changeKey and etag. */
  version: number
  createdMs: number
  modifiedMs: number
  start: Moment
  end: Moment
  /** Members answered as they are stored; ids, stamps and times are added when answered. */
  data: Json
  /** Members that are left out of every answer (G-20). */
  omit: string[]
  /** Extended properties, id → value. */
  properties: Map<string, string>
  /** Of the create: the id and what was asked. */
  transaction: { id: string; content: string } | null
  /** Masters only. */
  series: SeriesState | null
  /** Exceptions only. */
  exceptionOf: { master: StoredEvent; date: string } | null
}

/** One line of a calendar's change log, from which delta rounds are answered. */
export interface LogEntry {
  seq: number
  event: StoredEvent
  /** `gone` = deleted or moved to another calendar. */
  kind: 'created' | 'changed' | 'gone'
  /** Instants before the change; null for a creation. */
  before: { startMs: number; endMs: number } | null
  /** The id under which the event was known here, in both forms. */
  ids: { immutableId: string; movableId: string }
}

export interface Calendar {
  id: string
  data: Json
  isDefault: boolean
  events: Set<StoredEvent>
  log: LogEntry[]
}

export interface Mailbox {
  userId: string
  userPrincipalName: string
  displayName: string
  tenantId: string
  /** As `mailboxSettings.timeZone` answers it. */
  timeZone: string
  calendars: Map<string, Calendar>
  defaultCalendar: Calendar
  categories: Json[]
  /** By internal key, Deleted Items included, purged ones not. */
  events: Map<number, StoredEvent>
  /** Both id forms. */
  byId: Map<string, StoredEvent>
  byICalUId: Map<string, StoredEvent>
  /** `{id}\n{lower-cased value}` → events. */
  byProperty: Map<string, Set<StoredEvent>>
  /** transactionId → event, kept after deletion. */
  transactions: Map<string, StoredEvent>
  /** Changes so far; the position that delta links hold. */
  seq: number
  /** Edits by the user, past the API. */
  userChanges: number
  /** Raised to make every delta link of the mailbox stale. */
  syncGeneration: number
  /** Events that Exchange touches once more before the next request (G-27). */
  pendingTouches: Set<StoredEvent>
}

export type MailKind = 'invitation' | 'update' | 'cancellation' | 'response'

/** One mail that Exchange would have sent (contract 7.3, G-33, G-34). */
export interface Mail {
  at: string
  kind: MailKind
  /** The sending mailbox. */
  mailbox: string
  /** Immutable id of the event in the sending mailbox. */
  eventId: string
  iCalUId: string | null
  subject: string | null
  recipient: string
  /** `api` = a request caused it, `user` = an edit past the API. */
  cause: 'api' | 'user'
  comment: string | null
}

export type Cause = Mail['cause']
