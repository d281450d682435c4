import { reasonFor } from './admit'
import { accountId, type Account } from '../core/account'
import { ERROR_CODES, SyncError, VersionMismatch, type ErrorCode } from '../errors'
import { runSkipped } from '../log'
import type { SyncMessage } from '../messages'
import type { Connection } from '../ports/connections'
import { rfc3339, type Deps } from './deps'
import { kindDone } from './operations'

/** What keeps the systems from saying what the runs need to know. */
export interface Trouble {
  readonly code: ErrorCode
  readonly transient: boolean
  readonly retryAfterMs: number
}

const LOOK_AGAIN_MS = 60_000

const troubleOf = ({ evidence }: SyncError): Trouble => ({
  code: evidence.code,
  transient: evidence.transient,
  retryAfterMs: evidence.retryAfterMs ?? LOOK_AGAIN_MS,
})

const lasting = (code: ErrorCode): Trouble => ({ code, transient: false, retryAfterMs: 0 })

/**
 * Asks both systems for what the runs need to know of a consented account and is not known yet: the mailbox's default calendar, who the
 * user is, the Oro calendar, the zone. What one of them does not say now leaves the rest as it is.
 */
export async function lookUp(
  deps: Deps,
  before: Connection,
): Promise<{ connection: Connection; trouble: Trouble | null }> {
  const { account, granted } = before
  let connection = before
  let trouble: Trouble | null = null
  const step = async (work: () => Promise<Connection | Trouble>): Promise<void> => {
    try {
      const said = await work()
      if ('account' in said) connection = said
      else trouble ??= said
    } catch (error) {
      if (!(error instanceof SyncError)) throw error
      trouble ??= troubleOf(error)
    }
  }
  await step(() => withMailbox(deps, connection))
  await step(() => withUser(deps, connection))
  if (granted.calendar) await step(() => withCalendar(deps, connection))
  if (!granted.calendar && !granted.tasks) trouble ??= lasting('consent')
  const { calendarId } = connection.oro
  if (calendarId !== null && trouble === null)
    await deps.connections.claimCalendar(account, calendarId)
  return { connection, trouble }
}

async function withMailbox(deps: Deps, connection: Connection): Promise<Connection> {
  const { account, granted, microsoft, oro } = connection
  const known = microsoft?.userId !== '' && (microsoft?.calendarId !== '' || !granted.calendar)
  if (!microsoft || known) return connection
  const profile = await deps.microsoft.profile(account, { calendar: granted.calendar })
  return {
    ...connection,
    microsoft: {
      ...microsoft,
      userId: profile.id,
      username: profile.username === '' ? microsoft.username : profile.username,
      displayName: profile.displayName,
      calendarId: profile.calendarId,
    },
    oro: { ...oro, timeZone: oro.zoneGiven ? oro.timeZone : (profile.timeZone ?? oro.timeZone) },
  }
}

async function withUser(deps: Deps, connection: Connection): Promise<Connection> {
  const { account, oro } = connection
  const user = await deps.oro.user(account)
  const zone = oro.timeZone === 'UTC' && !oro.zoneGiven ? await deps.oro.timeZone(account) : null
  return {
    ...connection,
    oro: {
      ...oro,
      email: oro.email ?? user?.email ?? null,
      name: user?.name ?? oro.name,
      timeZone: zone ?? oro.timeZone,
    },
  }
}

async function withCalendar(deps: Deps, connection: Connection): Promise<Connection | Trouble> {
  const { account, oro } = connection
  const calendarId = oro.calendarId ?? (await deps.oro.findCalendar(account))
  if (calendarId === null) return lasting('oro-calendar-missing')
  const { ok, code } = await deps.oro.checkCalendar(account.organizationId, calendarId)
  if (!ok && code !== 'ok' && code !== 'access')
    return { ...lasting(code), transient: code === 'oro-unreachable', retryAfterMs: LOOK_AGAIN_MS }
  const owner = await deps.oro.calendarOwner(account.organizationId, calendarId)
  const foreign = owner !== null && owner !== account.userId
  if (foreign || (await holderOf(deps, account, calendarId)) !== null)
    return lasting('oro-calendar-missing')
  return { ...connection, oro: { ...oro, calendarId } }
}

/** Another account that syncs this calendar already: two would copy each other's items back and forth. */
export async function holderOf(
  deps: Pick<Deps, 'connections'>,
  account: Account,
  calendarId: string,
): Promise<Account | null> {
  const holder = await deps.connections.accountOfCalendar(account.organizationId, calendarId)
  if (holder === null || holder.userId === account.userId) return null
  const connection = await deps.connections.get(holder)
  const syncs = connection?.value.microsoft && connection.value.oro.calendarId === calendarId
  return syncs ? holder : null
}

/**
 * Before a run: what Connect could not find out is asked for again.
 *
 * @returns null = not now; the account's next date, or its state, says when and why
 */
export async function completed(
  deps: Deps,
  message: SyncMessage,
  before: Connection,
): Promise<Connection | null> {
  if (reasonFor(before, message.kind) === null) return before
  const { account } = before
  const { connection, trouble } = await lookUp(deps, before)
  const now = deps.clock.now()
  if (trouble?.transient) {
    await deps.due.schedule(account, message.kind, now + trouble.retryAfterMs)
  }
  const found = await deps.connections.get(account)
  if (found) await keep(deps, { ...connection, ...stateAfter(before, trouble, now) }, found.etag)
  if (trouble === null) return { ...connection, reason: null }
  runSkipped(deps.log, { account: accountId(account), kind: message.kind, why: trouble.code })
  await kindDone(deps, message, { stopped: trouble.code })
  return null
}

/** An account that needs attention is well again when a run has gone through (`run.ts`). */
function stateAfter(
  before: Connection,
  trouble: Trouble | null,
  now: number,
): Pick<Connection, 'state' | 'reason' | 'since'> {
  const { state, since } = before
  if (trouble === null && state === 'needs-attention')
    return { state, reason: before.reason, since }
  const next = connectionState(trouble)
  return { ...next, since: next.state === state ? since : rfc3339(now) }
}

/** What an account is after it was looked up: what passes leaves it connected, and the runs ask again. */
export const connectionState = (trouble: Trouble | null): Pick<Connection, 'state' | 'reason'> =>
  trouble === null
    ? { state: 'connected', reason: null }
    : {
        state: trouble.transient ? 'connected' : stateOf(trouble.code),
        reason: { code: trouble.code, message: ERROR_CODES[trouble.code] },
      }

const stateOf = (code: ErrorCode): Connection['state'] =>
  code === 'token' || code === 'consent' || code === 'admin-consent'
    ? 'needs-reconnect'
    : 'needs-attention'

async function keep(deps: Deps, connection: Connection, etag: string): Promise<void> {
  try {
    await deps.connections.put(connection, etag)
  } catch (error) {
    // Somebody connected or disconnected just now: theirs is the newer word.
    if (!(error instanceof VersionMismatch)) throw error
  }
}
