import type { Account } from '../core/account'
import type { ErrorCode } from '../errors'
import type { Settings } from '../settings/schema'
import type { Connection } from './connections'
import type { Meter, SidePort } from './side'

/** Everything an adapter needs to serve one account and kind during one run. */
export interface AccountContext {
  readonly account: Account
  readonly connection: Connection
  readonly settings: Settings
  readonly meter: Meter
}

/** Access tokens of one account. Fails with `SyncError` `token` (person has to reconnect) or transient ones. */
export interface AccessTokens {
  /** `refresh` = the last one was refused; `claims` = answer of a challenge (G-64). */
  accessToken(account: Account, options?: { refresh?: boolean; claims?: string }): Promise<string>
}

export interface MailboxProbe {
  readonly ok: boolean
  readonly code: 'ok' | ErrorCode
}

/** Microsoft Graph as the use cases need it. */
export interface Microsoft {
  calendar(context: AccountContext): SidePort
  tasks(context: AccountContext): SidePort
  /** Display name, zone (IANA, null if unreadable) and default calendar, read after Connect; without that permission it is ''. */
  profile(
    account: Account,
    granted: { calendar: boolean },
  ): Promise<{
    id: string
    username: string
    displayName: string
    timeZone: string | null
    calendarId: string
  }>
  /**
   * One cheap read-only request on the stored cursor of a kind: did anything change (DESIGN 4, probes)?
   * `true` whenever the answer is not clearly "nothing". Fails with `SyncError` `throttled` only: a run has to wait then.
   */
  changed(context: AccountContext, kind: 'calendar' | 'tasks', cursor: unknown): Promise<boolean>
  /** Reads the default calendar; for "Check connection". */
  checkMailbox(account: Account): Promise<MailboxProbe>
  /** Reads the task lists; for "Check connection". */
  checkToDo(account: Account): Promise<MailboxProbe>
}

/** One row of Oro's audit feed (oro/README 6.2). */
export interface OroChange {
  readonly auditId: string
  readonly action: 'create' | 'update' | 'remove'
  readonly kind: 'calendar' | 'tasks'
  readonly id: string
  /** null for tasks and rows without it. */
  readonly calendarId: string | null
  /** RFC 3339 UTC. */
  readonly at: string
}

/** Oro as the use cases need it. */
export interface Oro {
  calendar(context: AccountContext): SidePort
  tasks(context: AccountContext): SidePort
  /**
   * Changes of a whole organization since `since` (RFC 3339 UTC) less an overlap of ten minutes, oldest first; null = the feed is not
   * readable (auditing denied). `until` comes from Oro's own `Date` header.
   */
  feed(
    organizationId: number,
    since: string,
    kind: 'calendar' | 'tasks',
    meter?: Pick<Meter, 'feed'>,
    /** Only rows of this action: fewer pages where others do not matter. */
    action?: OroChange['action'],
  ): Promise<{ changes: readonly OroChange[]; until: string } | null>
  /** The default calendar of a user, by walking connections of known ids or of the token's own user; null = not to be found. */
  findCalendar(account: Account): Promise<string | null>
  /** The user whose calendar this is, as far as its connections tell (oro/README 3.15); null = not told. */
  calendarOwner(organizationId: number, calendarId: string): Promise<number | null>
  /** Name and address as Oro stores it, for `organizerEmail`; null = no such user in this organization. */
  user(account: Account): Promise<{ email: string; name: string } | null>
  /** The zone of the token's own user if it is this one; null = unreadable (oro/README 5.2). */
  timeZone(account: Account): Promise<string | null>
  checkApi(organizationId: number): Promise<MailboxProbe>
  checkCalendar(organizationId: number, calendarId: string): Promise<MailboxProbe>
  /** Asks for a token with these credentials and forgets it. */
  checkCredentials(credentials: OroCredentials): Promise<MailboxProbe>
}

export interface OroCredentials {
  readonly clientId: string
  readonly clientSecret: string
}

/** Which credentials an organization's Oro application has; null = none configured. */
export interface OroCredentialStore {
  credentials(organizationId: number): Promise<OroCredentials | null>
}
