import type { Side } from './core/model'

/**
 * The closed set of codes in which this service speaks of what went wrong (DESIGN 7; each is explained in the README). The text is for
 * people: it names no title, address or token.
 */
export const ERROR_CODES = {
  // One item; the others go on.
  'refused-value': 'The other system refuses this value.',
  'zone-unknown': 'The time zone of this item is unknown.',
  'time-invalid': 'The item ends before it starts.',
  'not-organizer': 'Only the organizer can change this meeting.',
  'too-large': 'The item is too large to be kept in step.',
  'unsupported-series': 'Recurring events are not synced yet.',
  'unsupported-all-day': 'All-day events are not synced yet.',
  'ambiguous-match': 'Several items could be the counterpart; none was chosen.',
  'invalid-item': 'The item lacks what it needs to be synced.',
  private: 'The item is private; its hidden text is not changed from Oro.',
  held: 'A deletion waits for confirmation.',
  conflict: 'Both sides were changed; the setting decided.',
  moved: 'The item was moved to a place that is not synced.',
  'item-failed': 'The item could not be written; it is tried again.',
  // One account or connection.
  throttled: 'The mailbox is throttled by Microsoft.',
  access: 'Access is denied.',
  token: 'The sign-in has ended; connect again.',
  consent: 'The permission for this was not granted.',
  'admin-consent': 'An administrator has to consent first.',
  mailbox: 'This Microsoft account has no usable mailbox.',
  'container-gone': 'The synced calendar or list does not exist any more.',
  'oro-calendar-missing': 'The Oro calendar does not exist, is not known, or is not of this user.',
  'oro-credentials':
    'Oro refuses the application: the client id or secret is wrong, the application is inactive, or the Web API is switched off.',
  'oro-unreachable': 'Oro does not answer.',
  'microsoft-unreachable': 'Microsoft does not answer.',
  'not-configured': 'The service lacks the settings to talk to Microsoft.',
  'dead-letter': 'A piece of work failed again and again and was set aside.',
} as const satisfies Record<string, string>

export type ErrorCode = keyof typeof ERROR_CODES

/** Whom a failure concerns: one item, its calendar or list, the whole account, or the service's own configuration. */
export type ErrorScope = 'item' | 'container' | 'account' | 'service'

/** Oro's own alert terms (oro/README 9.3). */
export type Step = 'get_list' | 'get' | 'map' | 'save' | 'load'

export interface SyncErrorEvidence {
  code: ErrorCode
  scope: ErrorScope
  side: Side
  /** true: the same call may succeed later. */
  transient: boolean
  /** Milliseconds the other system asked us to wait. */
  retryAfterMs?: number
  status?: number
  /** The field whose value was refused, where the other system names it. */
  fields?: readonly string[]
  /** Said by the other system; never shown or logged, it may hold content. */
  detail?: string
  /** Claims of a challenge (G-64), base64. */
  claims?: string
  cause?: unknown
}

/** A failure of one of the other systems in our words. Adapters throw nothing else for what they expect to happen. */
export class SyncError extends Error {
  readonly evidence: SyncErrorEvidence
  constructor(evidence: SyncErrorEvidence) {
    super(
      `${evidence.side}: ${evidence.code}${evidence.status ? ` (${String(evidence.status)})` : ''}`,
      {
        cause: evidence.cause,
      },
    )
    this.name = 'SyncError'
    this.evidence = evidence
  }
}

/** The delta token is gone (graph/CONTRACT 11): read the window in full and compare. */
export class CursorExpired extends Error {
  override name = 'CursorExpired'
}

/** A row was changed by somebody else since it was read (HTTP 412 or 409 of the store). */
export class VersionMismatch extends Error {
  override name = 'VersionMismatch'
}

/** The store or the queue does not answer: the caller gives the work back. */
export class Unavailable extends Error {
  override name = 'Unavailable'
}

/** One fault of a request or configuration; `pointer` is a JSON pointer (RFC 6901) or a setting's name. */
export interface Violation {
  pointer: string
  detail: string
}

/** An answer in problem form (RFC 9457), thrown by use cases and turned into HTTP by the functions. */
export class ProblemAnswer extends Error {
  readonly status: number
  readonly title: string
  readonly violations: readonly Violation[]
  constructor(
    status: number,
    title: string,
    detail: string,
    violations: readonly Violation[] = [],
  ) {
    super(detail)
    this.name = 'ProblemAnswer'
    this.status = status
    this.title = title
    this.violations = violations
  }
}

/** A failure that concerns one item and stops no other (P10). */
export const isItemError = (error: unknown): error is SyncError =>
  error instanceof SyncError && error.evidence.scope === 'item'
