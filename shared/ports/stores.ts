import type { Account } from '../core/account'
import type { Json, Kind, Link, Pair, Side, Span } from '../core/model'
import type { ErrorCode, Step } from '../errors'
import type { Level, OwnSettings } from '../settings/schema'
import type { Connection } from './connections'

export interface Versioned<T> {
  readonly value: T
  readonly etag: string
}

export interface Writes {
  created: number
  updated: number
  deleted: number
}

export interface RunReport {
  readonly reason: string
  readonly startedAt: string
  readonly endedAt: string | null
  readonly calls: { readonly microsoft: number; readonly oro: number }
  readonly writes: { readonly microsoft: Writes; readonly oro: Writes }
  /** Mails that Outlook sent because of a user's own edit or deletion (P6). */
  readonly mails: number
}

/** The row `run` of one account and kind (DESIGN 4 and 5): lease, cursors, progress, and what the status shows. */
export interface RunRow {
  readonly owner: string | null
  /** Milliseconds of the epoch. */
  readonly leaseUntil: number
  readonly commitId: string
  readonly runId: string | null
  readonly slice: number
  /** No run before this moment: throttled until then. */
  readonly notBefore: number
  readonly throttledSince: string | null
  /** Failures in a row of the whole run: the wait before the next try grows with it. */
  readonly failures: number
  /** Microsoft account and Oro calendar or owner that the cursors belong to. */
  readonly containers: string
  /** When these were first connected, RFC 3339 UTC (`backfill`). */
  readonly connectedAt: string | null
  readonly cursors: Readonly<Record<Side, Json>>
  /** Where this account stands in Oro's audit feed, RFC 3339 UTC. */
  readonly feedSince: string | null
  readonly window: Span | null
  /** What the last full comparison was made with; another value forces one (sync-rules 11). */
  readonly comparedWith: string | null
  readonly lastFullOroAt: number
  /** When the last committed gather began. */
  readonly gatheredAt: number
  /** When old rows were last looked for, milliseconds of the epoch. */
  readonly purgedAt?: number
  readonly progress: { readonly done: number; readonly total: number } | null
  readonly lastSyncAt: string | null
  readonly lastAgreedAt: string | null
  readonly reason: { readonly code: ErrorCode; readonly message: string } | null
  readonly counts: Readonly<Record<'linked' | 'parked' | 'unlinked' | 'withheld' | 'held', number>>
  /** Deletions and re-creations of the last hour, for the brake. */
  readonly recent: readonly { readonly at: number; readonly count: number }[]
  readonly lastRun: RunReport | null
  /** Rows of each sort that exist: zero saves a query. */
  readonly open: {
    readonly problems: number
    readonly candidates: number
    readonly intents: number
    readonly rest: number
    readonly untaken: number
  }
}

/** One item (or connection) that could not be synced (DESIGN 7). */
export interface Problem {
  readonly id: string
  readonly kind: Kind
  readonly code: ErrorCode
  readonly message: string
  readonly side: Side | null
  readonly step: Step
  readonly operation: 'import' | 'export'
  readonly oroId: string | null
  readonly microsoftId: string | null
  readonly microsoftContainer: string | null
  readonly label: string
  readonly fields: readonly string[]
  readonly choices: readonly string[]
  readonly since: string
  readonly attempts: number
  readonly nextTryAt: string | null
  readonly ignored: boolean
}

/** A deletion or re-creation that waits: for the end of the run, or for a person (sync-rules 5). */
export interface Candidate {
  readonly oroId: string
  readonly kind: 'delete' | 're-create'
  readonly side: Side
  readonly label: string
  readonly span: Span | null
  readonly since: string
  readonly answer: 'confirm' | 'unlink' | 'recreate' | null
  readonly by: string | null
}

/** A write of several calls, or one that nothing makes repeatable, with the end it wants (sync-rules 6). */
export interface Intent {
  readonly id: string
  readonly kind: 'create'
  readonly on: Side
  /** Identity of the item across. */
  readonly from: { readonly id: string; readonly container: string }
  /** Its uid, by which Oro knows what was made of it. */
  readonly uid: string | null
  readonly token: string
  readonly generation: number
  /** What both sides say once it is created: the sent values. */
  readonly pairs: Readonly<Record<string, Pair>>
  /** What was seen of the item then (sync-rules 10): hidden or not, it may be otherwise when the create is found. */
  readonly stamp: string
  readonly at: string
}

/** An item without a counterpart that was there at Connect and stays alone until somebody changes it (`backfill: changed-after-connect`). */
export interface Untaken {
  readonly side: Side
  readonly id: string
  /** Fingerprint of each mapped field as it was found. */
  readonly fields: Readonly<Record<string, string>>
}

export interface HistoryEntry {
  readonly at: string
  readonly kind: Kind | 'settings' | 'connection'
  readonly operation: string
  readonly side: Side | null
  readonly oroId: string | null
  readonly microsoftId: string | null
  readonly label: string
  readonly fields: readonly {
    readonly name: string
    readonly old: Json
    readonly new: Json
    readonly lost: Json
  }[]
  readonly why: string
  readonly by: string
}

export interface HistoryPage {
  readonly items: readonly HistoryEntry[]
  /** Where the next page begins; null = this was the last. */
  readonly next: string | null
}

/** Items read but not finished when a slice ended. */
export interface Rest {
  readonly oro: readonly string[]
  readonly microsoft: readonly string[]
}

export type StateChange =
  | { readonly put: 'link'; readonly link: Link; readonly previous: Link | null }
  | { readonly put: 'problem'; readonly problem: Problem; readonly known: boolean }
  | { readonly remove: 'problem'; readonly id: string }
  | { readonly put: 'candidate'; readonly candidate: Candidate; readonly known: boolean }
  | { readonly remove: 'candidate'; readonly oroId: string }
  | { readonly put: 'intent'; readonly intent: Intent; readonly known: boolean }
  | { readonly remove: 'intent'; readonly id: string }
  | { readonly put: 'untaken'; readonly untaken: Untaken; readonly known: boolean }
  | { readonly put: 'history'; readonly entry: HistoryEntry }
  /** Beside a link that is closed: by its date it is found again when its time is over. */
  | { readonly put: 'closed'; readonly oroId: string; readonly at: number }

/** The partition of one account and kind. Links are those of one pair of containers; all others are out of reach (sync-rules 3). */
export interface SyncState {
  run(): Promise<Versioned<RunRow> | null>
  /** Without any other row; throws `VersionMismatch`. `etag` null = first. */
  saveRun(run: RunRow, etag: string | null): Promise<string>
  /** Changes with the run row in one transaction under `If-Match` (at most 99); throws `VersionMismatch`. */
  commit(run: RunRow, etag: string, changes: readonly StateChange[]): Promise<string>
  linksByOro(ids: readonly string[]): Promise<ReadonlyMap<string, Link>>
  linksByMicrosoft(ids: readonly string[]): Promise<ReadonlyMap<string, Link>>
  links(): Promise<readonly Link[]>
  problems(): Promise<readonly Problem[]>
  /** Outside of a run (a person's answer); throws `VersionMismatch` when a run has ended the problem meanwhile. */
  answerProblem(problem: Problem): Promise<void>
  candidates(): Promise<readonly Candidate[]>
  /** The same for a held deletion. */
  answerCandidate(candidate: Candidate): Promise<void>
  intents(): Promise<readonly Intent[]>
  untaken(): Promise<readonly Untaken[]>
  /** May name more than is left: what was done already costs a look. */
  rest(): Promise<Rest | null>
  saveRest(rest: Rest | null): Promise<void>
  /** Takes the name and all values out of what is told of this item: it has become private (S6). */
  hideHistory(oroId: string): Promise<void>
  history(page: { limit: number; next: string | null }): Promise<{
    items: readonly HistoryEntry[]
    next: string | null
  }>
  record(entries: readonly HistoryEntry[]): Promise<void>
  /** Takes away history from before, and links that were closed before; a bounded number at a time, the rest the next day. */
  purge(before: number): Promise<void>
}

export interface Connections {
  get(account: Account): Promise<Versioned<Connection> | null>
  put(connection: Connection, etag: string | null): Promise<string>
  /** All, or the first `limit`. */
  list(organizationId: number, limit?: number): Promise<readonly Connection[]>
  organizations(): Promise<readonly number[]>
  /** The account behind an Oro calendar. */
  accountOfCalendar(organizationId: number, calendarId: string): Promise<Account | null>
  claimCalendar(account: Account, calendarId: string): Promise<void>
  /** The account that last linked an Oro task: a claim, its link is the truth. */
  accountOfTask(organizationId: number, taskId: string): Promise<Account | null>
  claimTask(account: Account, taskId: string): Promise<void>
}

export type Scope =
  | { readonly level: 'system' }
  | { readonly level: 'organization'; readonly organizationId: number }
  | { readonly level: 'user'; readonly account: Account }

export interface SettingsStore {
  get(scope: Scope): Promise<{ own: OwnSettings; etag: string | null }>
  put(scope: Scope, own: OwnSettings, etag: string | null): Promise<string>
  stack(account: Account): Promise<Record<Level, OwnSettings>>
  setPaused(scope: Scope, paused: boolean): Promise<void>
  /** The nearest level that stops this account; null = it runs. */
  paused(account: Account): Promise<Level | null>
  /** The same above a user. */
  pausedLevel(scope: Scope): Promise<Level | null>
  record(scope: Scope, entry: HistoryEntry): Promise<void>
  /** What was recorded at this level, newest first. */
  history(scope: Scope, page: { limit: number; next: string | null }): Promise<HistoryPage>
}

/** Coalescing of hints (DESIGN 4). */
export interface Pending {
  /** true = nobody waits yet: send, then `sent`. */
  begin(account: Account, kind: Kind, now: number): Promise<boolean>
  sent(account: Account, kind: Kind, now: number): Promise<void>
  has(account: Account, kind: Kind): Promise<boolean>
  clear(account: Account, kind: Kind): Promise<void>
}

export interface DueEntry {
  readonly account: Account
  readonly kind: Kind
  /** Milliseconds of the epoch. */
  readonly dueAt: number
  /** The interval by which it was entered, milliseconds; null = not known. */
  readonly everyMs: number | null
}

/** The next date of an entry that has fired. */
export interface DueMove {
  readonly entry: DueEntry
  readonly dueAt: number
  readonly everyMs: number | null
}

export interface DueIndex {
  /** Due now, oldest first; about so many of them if there are more. */
  due(now: number, limit: number): Promise<readonly DueEntry[]>
  /** Puts the account's only entry there; it has none = `null`. Without `everyMs` its interval stays. */
  schedule(account: Account, kind: Kind, dueAt: number | null, everyMs?: number): Promise<void>
  /** All entries with a later date, page by page in the order of their dates within a shard. */
  after(date: number): AsyncIterable<readonly DueEntry[]>
  /** Entries that have left or were moved meanwhile stay as they are. */
  move(moves: readonly DueMove[]): Promise<void>
  next(account: Account, kind: Kind): Promise<number | null>
}

export type OperationType = 'sync' | 'first-sync' | 'preview' | 'disconnect' | 'resync' | 'audit'
export type OperationState = 'queued' | 'running' | 'waiting' | 'done' | 'failed' | 'cancelled'

export interface Operation {
  readonly id: string
  readonly organizationId: number
  readonly accountId: string | null
  readonly type: OperationType
  readonly state: OperationState
  readonly progress: { readonly done: number; readonly total: number }
  readonly result: Json
  readonly startedAt: string
  readonly endedAt: string | null
  /** Kinds whose runs have not ended yet. */
  readonly waitingFor: readonly Kind[]
  readonly mode: string
}

export interface Operations {
  get(id: string): Promise<Versioned<Operation> | null>
  put(operation: Operation, etag: string | null): Promise<string>
  /** The newest of this account and type, to join it. */
  latest(organizationId: number, accountId: string, type: OperationType): Promise<Operation | null>
  /** Takes away those that were begun before, at most `limit`; answers how many. */
  purge(before: number, limit: number): Promise<number>
}

/** A secret given out once (Connect, OAuth state, page tickets and what they are traded for); only its hash is stored. */
export interface Ticket {
  readonly purpose: 'start' | 'state' | 'admin-start' | 'admin-state' | 'page' | 'page-token'
  readonly data: Json
  /** Milliseconds of the epoch. */
  readonly expiresAt: number
}

export interface Tickets {
  put(secret: string, ticket: Ticket): Promise<void>
  /** Takes it out: a second taker gets null, as does one with an expired ticket. */
  take(secret: string, purpose: Ticket['purpose'], now: number): Promise<Ticket | null>
  /** Leaves it in: null when there is none or it has expired. */
  find(secret: string, purpose: Ticket['purpose'], now: number): Promise<Ticket | null>
  /** Takes away those that expired before, at most `limit`; answers how many. */
  purge(before: number, limit: number): Promise<number>
}

/** Where an organization stands in Oro's audit feed: rows come late, so those within the overlap are remembered (oro/README 6.2). */
export interface FeedPosition {
  readonly since: string
  /** Rows above `floor` that were taken up. */
  readonly seen: readonly string[]
  /** Ids of rows ascend as they are written: what is not above this one has been taken up. */
  readonly floor?: number
  /** When rows that came late were last looked for, RFC 3339. */
  readonly lateAt?: string
  /** When it last told of anything, RFC 3339: where auditing is switched off it is readable and silent. */
  readonly spokeAt?: string | null
}

export interface FeedPositions {
  get(organizationId: number, kind: Kind): Promise<FeedPosition | null>
  put(organizationId: number, kind: Kind, position: FeedPosition): Promise<void>
}
