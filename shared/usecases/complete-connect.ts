import { accountId, type Account } from '../core/account'
import { ERROR_CODES, SyncError, type ErrorCode } from '../errors'
import { connected } from '../log'
import type { Connection } from '../ports/connections'
import type { SignedIn } from '../ports/identity'
import { loadConnection } from './connection'
import { rfc3339, type Deps } from './deps'
import { recordAct } from './record-act'
import { enterSchedule } from './schedule'

export interface CompleteDeps extends Deps {
  /** Whether this cloud offers To Do at all. */
  readonly toDo: boolean
}

/** Asks both systems for what the runs need to know, stores it, and starts the first run. */
export async function complete(
  deps: CompleteDeps,
  account: Account,
  signedIn: SignedIn,
  asked: { readonly zone: string | null; readonly by: string | null },
): Promise<Connection> {
  const now = deps.clock.now()
  const { value, etag } = await loadConnection(deps, account)
  const profile = await profileOf(deps, account)
  const oro = await oroSide(deps, account, value, asked.zone ?? profile.timeZone)
  const has = (scope: string): boolean =>
    signedIn.scopes.some((granted) => granted.toLowerCase() === scope.toLowerCase())
  const granted = {
    calendar: has('Calendars.ReadWrite'),
    tasks: has('Tasks.ReadWrite') && deps.toDo,
  }
  const code: ErrorCode | null =
    profile.code ?? (oro.calendarId === null ? 'oro-calendar-missing' : null)
  const connection: Connection = {
    account,
    state: code === null ? 'connected' : 'needs-attention',
    microsoft: {
      homeAccountId: signedIn.homeAccountId,
      userId: profile.id,
      username: profile.username === '' ? signedIn.username : profile.username,
      displayName: profile.displayName,
      tenantId: signedIn.tenantId,
      calendarId: profile.calendarId,
    },
    granted,
    oro,
    reason: code === null ? null : { code, message: ERROR_CODES[code] },
    since: rfc3339(now),
    connectedAt: rfc3339(now),
  }
  await deps.connections.put(connection, etag)
  if (oro.calendarId !== null) await deps.connections.claimCalendar(account, oro.calendarId)
  connected(deps.log, { account: accountId(account), ...granted })
  await recordAct(deps, { level: 'user', account }, 'connect', asked.by)
  await enterSchedule(deps, account)
  for (const kind of ['calendar', 'tasks'] as const) {
    if (!granted[kind]) continue
    await deps.queue.sync({
      v: 1,
      accountId: accountId(account),
      kind,
      reason: 'first',
      at: rfc3339(now),
    })
  }
  return connection
}

/** A mailbox that cannot be read does not undo the consent: the connection says what is wrong with it (F6). */
async function profileOf(deps: CompleteDeps, account: Account) {
  try {
    return { ...(await deps.microsoft.profile(account)), code: null }
  } catch (error) {
    if (!(error instanceof SyncError)) throw error
    const nobody = { id: '', username: '', displayName: '', timeZone: null, calendarId: '' }
    return { ...nobody, code: error.evidence.code }
  }
}

async function oroSide(
  deps: CompleteDeps,
  account: Account,
  before: Connection,
  zone: string | null,
): Promise<Connection['oro']> {
  const quietly = async <T>(ask: () => Promise<T>): Promise<T | null> => {
    try {
      return await ask()
    } catch (error) {
      if (error instanceof SyncError) return null
      throw error
    }
  }
  const user = await quietly(() => deps.oro.user(account))
  const own = zone ?? (await quietly(() => deps.oro.timeZone(account)))
  return {
    calendarId: before.oro.calendarId ?? (await quietly(() => deps.oro.findCalendar(account))),
    timeZone: own ?? before.oro.timeZone,
    email: before.oro.email ?? user?.email ?? null,
    name: user?.name ?? before.oro.name,
  }
}
