import type { ErrorCode } from './errors'

export type LogLevel = 'info' | 'warn' | 'error'

/** One line: ids, counts and codes, never content (DESIGN 10). */
export interface LogLine {
  readonly event: string
  readonly level: LogLevel
  readonly properties: Readonly<Record<string, string | number | boolean | null>>
}

export type Log = (line: LogLine) => void

const line =
  <P extends LogLine['properties']>(event: string, level: LogLevel) =>
  (log: Log, properties: P): void => {
    log({ event, level, properties })
  }

interface RunIds {
  [key: string]: string | number | boolean | null
  account: string
  kind: string
}

export const runStarted = line<RunIds & { reason: string; slice: number }>('run.started', 'info')
export const runEnded = line<
  RunIds & {
    ms: number
    microsoftCalls: number
    oroCalls: number
    writes: number
    failed: number
    rest: number
  }
>('run.ended', 'info')
/** The message was not needed or came too early; nothing was called. */
export const runSkipped = line<RunIds & { why: string }>('run.skipped', 'info')
/** The whole account waits: the code says why, `until` when it is tried again. */
export const runStopped = line<RunIds & { code: ErrorCode; until: string | null }>(
  'run.stopped',
  'warn',
)
export const itemFailed = line<RunIds & { code: ErrorCode; side: string; transient: boolean }>(
  'item.failed',
  'warn',
)
/** Look at `GET …/hold` and confirm or refuse. */
export const deletionsHeld = line<RunIds & { count: number; limit: number }>(
  'deletions.held',
  'warn',
)
/** What Microsoft's support asks for (Graph contract 2): our id of the call, theirs of the request, and which of their machines answered. */
export const graphRefused = line<{
  account: string
  method: string
  status: number
  code: string
  clientRequestId: string
  requestId: string | null
  date: string | null
  diagnostic: string | null
}>('graph.refused', 'warn')
/** Another worker took the lease; this one wrote nothing more. */
export const leaseLost = line<RunIds>('lease.lost', 'warn')
/** The message is in the dead-letter queue; the account has a problem `dead-letter`. */
export const deadLettered = line<{ queue: string; account: string | null; reason: string }>(
  'message.dead-lettered',
  'error',
)
export const messageRefused = line<{ queue: string; problems: string }>('message.refused', 'error')
export const hintRecorded = line<RunIds & { joined: boolean }>('hint.recorded', 'info')
export const scheduleTicked = line<{
  due: number
  organizations: number
  ms: number
}>('schedule.ticked', 'info')
export const accountsProbed = line<{ accounts: number; quiet: number; ms: number }>(
  'accounts.probed',
  'info',
)
/** This account could not be looked at; it is tried again in a minute. */
export const probeFailed = line<RunIds & { error: string }>('probe.failed', 'error')
/** The audit feed of this organization cannot be read: deletions in Oro are found by daily full lists only. */
export const feedUnreadable = line<{ organization: number }>('oro.feed-unreadable', 'warn')
export const feedRead = line<{ organization: number; changes: number; accounts: number }>(
  'oro.feed-read',
  'info',
)
export const connected = line<{ account: string; calendar: boolean; tasks: boolean }>(
  'connection.made',
  'info',
)
export const connectionFailed = line<{ account: string; code: ErrorCode }>(
  'connection.failed',
  'warn',
)
export const disconnected = line<{ account: string; cleanup: string }>('connection.removed', 'info')
export const requestFailed = line<{ route: string; error: string }>('request.failed', 'error')
