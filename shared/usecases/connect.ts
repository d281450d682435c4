import { accountId, parseAccountId, type Account } from '../core/account'
import type { Json } from '../core/model'
import { ERROR_CODES, ProblemAnswer, SyncError, type ErrorCode } from '../errors'
import { connected, connectionFailed } from '../log'
import type { Connection } from '../ports/connections'
import type { Entra, SignIn } from '../ports/identity'
import type { Connections, Tickets, Versioned } from '../ports/stores'
import { rfc3339, type Deps } from './deps'
import { enterSchedule } from './schedule'

/** What Connect needs besides the use cases of a run. */
export interface ConnectDeps extends Deps {
  readonly tickets: Tickets
  /** null until client id, secret and tenant are configured. */
  readonly entra: Entra | null
  /** 32 random bytes as base64url. */
  readonly newSecret: () => string
  readonly publicUrl: string
  readonly toDo: boolean
}

const START_LIFE_MS = 10 * 60_000
const STATE_LIFE_MS = 15 * 60_000

export const unconnected = (account: Account, now: number): Connection => ({
  account,
  state: 'none',
  microsoft: null,
  granted: { calendar: false, tasks: false },
  oro: { calendarId: null, timeZone: 'UTC', email: null, name: null },
  reason: null,
  since: rfc3339(now),
})

/** `GET …/connection` (DESIGN 7). */
export const showConnection = (connection: Connection) => ({
  accountId: accountId(connection.account),
  state: connection.state,
  microsoft: connection.microsoft && {
    username: connection.microsoft.username,
    displayName: connection.microsoft.displayName,
    tenantId: connection.microsoft.tenantId,
  },
  granted: connection.granted,
  oro: {
    calendarId: connection.oro.calendarId,
    timeZone: connection.oro.timeZone,
    email: connection.oro.email,
  },
  reason: connection.reason,
  since: connection.since,
})

export async function loadConnection(
  deps: { connections: Connections; clock: Deps['clock'] },
  account: Account,
): Promise<Versioned<Connection> | { value: Connection; etag: null }> {
  const found = await deps.connections.get(account)
  return found ?? { value: unconnected(account, deps.clock.now()), etag: null }
}

const configured = (deps: ConnectDeps): Entra => {
  if (deps.entra) return deps.entra
  throw new ProblemAnswer(409, 'Not configured', ERROR_CODES['not-configured'])
}

/** What the back office may know of its user better than we can find out. */
export interface BeginRequest {
  readonly calendarId?: number | undefined
  readonly timeZone?: string | undefined
  readonly email?: string | undefined
}

/** Begins Connect: a link that works once, for ten minutes. A connection that works goes on until the new one is made. */
export async function beginConnect(
  deps: ConnectDeps,
  account: Account,
  request: BeginRequest,
): Promise<{ connectUrl: string; expiresAt: string }> {
  configured(deps)
  const now = deps.clock.now()
  const { value, etag } = await loadConnection(deps, account)
  const working = value.state === 'connected'
  await deps.connections.put(
    {
      ...value,
      ...(working ? {} : { state: 'connecting' as const, since: rfc3339(now), reason: null }),
      oro: {
        ...value.oro,
        ...(request.calendarId === undefined ? {} : { calendarId: String(request.calendarId) }),
        ...(request.timeZone === undefined ? {} : { timeZone: request.timeZone }),
        ...(request.email === undefined ? {} : { email: request.email }),
      },
    },
    etag,
  )
  const secret = deps.newSecret()
  const expiresAt = now + START_LIFE_MS
  const data: Json = { account: accountId(account), zone: request.timeZone ?? null }
  await deps.tickets.put(secret, { purpose: 'start', data, expiresAt })
  return {
    connectUrl: `${deps.publicUrl}/api/oauth/start?ticket=${secret}`,
    expiresAt: rfc3339(expiresAt),
  }
}

interface StateData {
  readonly account: string
  readonly zone: string | null
  readonly nonce: string
  readonly codeVerifier: string
  readonly cookie: string
}

export const redirectUri = (publicUrl: string): string => `${publicUrl}/api/oauth/callback`

/** The pop-up's first step: the ticket becomes a state that is bound to this browser by a cookie. */
export async function startSignIn(
  deps: ConnectDeps,
  ticket: string,
  kind: 'user' | 'admin',
): Promise<{ location: string; cookie: string }> {
  const entra = configured(deps)
  const now = deps.clock.now()
  const taken = await deps.tickets.take(ticket, kind === 'user' ? 'start' : 'admin-start', now)
  const begun = taken?.data as unknown as { account: string; zone: string | null } | undefined
  const account = begun && parseAccountId(begun.account)
  if (!begun || !account) {
    throw new ProblemAnswer(
      400,
      'Link used or expired',
      'This link works once and for ten minutes. Press Connect again.',
    )
  }
  const state = deps.newSecret()
  const cookie = deps.newSecret()
  const data: StateData = {
    account: begun.account,
    zone: begun.zone,
    nonce: deps.newSecret(),
    codeVerifier: deps.newSecret() + deps.newSecret().slice(0, 10),
    cookie,
  }
  const purpose = kind === 'user' ? ('state' as const) : ('admin-state' as const)
  await deps.tickets.put(state, { purpose, data: { ...data }, expiresAt: now + STATE_LIFE_MS })
  const uri = redirectUri(deps.publicUrl)
  if (kind === 'admin')
    return { location: entra.adminConsentUrl({ state, redirectUri: uri }), cookie }
  const { value } = await loadConnection(deps, account)
  const loginHint = value.microsoft?.username ?? value.oro.email
  const location = await entra.authorizeUrl(signInOf(account, state, data, uri, loginHint))
  return { location, cookie }
}

const signInOf = (
  account: Account,
  state: string,
  { nonce, codeVerifier }: StateData,
  uri: string,
  loginHint: string | null,
): SignIn => ({ account, state, nonce, codeVerifier, redirectUri: uri, loginHint })

/** What came back to the pop-up. */
export interface Callback {
  readonly state: string | null
  readonly code: string | null
  readonly error: string | null
  readonly errorDescription: string | null
  readonly adminConsent: string | null
  readonly cookie: string | null
}

export type CallbackResult =
  | { readonly ok: true; readonly account: Account; readonly name: string }
  | { readonly ok: false; readonly account: Account | null; readonly message: string }

const refused = (message: string, account: Account | null = null): CallbackResult => ({
  ok: false,
  account,
  message,
})

/** The pop-up's last step. A state that is altered, used, expired or another browser's is refused without a trace. */
export async function finishSignIn(deps: ConnectDeps, callback: Callback): Promise<CallbackResult> {
  const entra = configured(deps)
  const now = deps.clock.now()
  const { state } = callback
  if (state === null)
    return refused('The answer of Microsoft lacks its state. Press Connect again.')
  const admin = await deps.tickets.take(state, 'admin-state', now)
  const taken = admin ?? (await deps.tickets.take(state, 'state', now))
  const data = taken?.data as unknown as StateData | undefined
  const account = data && parseAccountId(data.account)
  if (!data || !account || data.cookie !== callback.cookie) {
    return refused('This sign-in was not begun here, or too long ago. Press Connect again.')
  }
  if (admin) return adminAnswer(deps, account, callback)
  if (callback.error !== null || callback.code === null) {
    const refusal = entra.signInError(
      callback.error ?? 'invalid_request',
      callback.errorDescription ?? '',
    )
    return fail(deps, account, refusal.evidence.code)
  }
  const uri = redirectUri(deps.publicUrl)
  try {
    const signedIn = await entra.redeem(signInOf(account, state, data, uri, null), callback.code)
    const connection = await complete(deps, account, signedIn, data.zone)
    return { ok: true, account, name: connection.microsoft?.username ?? '' }
  } catch (error) {
    if (!(error instanceof SyncError)) throw error
    return fail(deps, account, error.evidence.code)
  }
}

async function adminAnswer(
  deps: ConnectDeps,
  account: Account,
  callback: Callback,
): Promise<CallbackResult> {
  if (callback.error !== null || callback.adminConsent?.toLowerCase() !== 'true') {
    return fail(deps, account, 'admin-consent')
  }
  const { value, etag } = await loadConnection(deps, account)
  await deps.connections.put(
    { ...value, state: 'none', reason: null, since: rfc3339(deps.clock.now()) },
    etag,
  )
  return { ok: true, account, name: '' }
}

/** Keeps a connection that works; one that was being made shows why it was not. */
async function fail(deps: ConnectDeps, account: Account, code: ErrorCode): Promise<CallbackResult> {
  connectionFailed(deps.log, { account: accountId(account), code })
  const now = deps.clock.now()
  const { value, etag } = await loadConnection(deps, account)
  const message = ERROR_CODES[code]
  if (value.state !== 'connected') {
    const extra =
      code === 'admin-consent' ? { adminConsentUrl: await adminLink(deps, account, now) } : {}
    const state = value.microsoft ? ('needs-reconnect' as const) : ('none' as const)
    const reason = { code, message, ...extra }
    await deps.connections.put(
      {
        ...value,
        state: code === 'admin-consent' ? 'needs-reconnect' : state,
        reason,
        since: rfc3339(now),
      },
      etag,
    )
  }
  return refused(message, account)
}

const ADMIN_LIFE_MS = 7 * 86_400_000

async function adminLink(deps: ConnectDeps, account: Account, now: number): Promise<string> {
  const secret = deps.newSecret()
  const data: Json = { account: accountId(account), zone: null }
  await deps.tickets.put(secret, { purpose: 'admin-start', data, expiresAt: now + ADMIN_LIFE_MS })
  return `${deps.publicUrl}/api/oauth/admin-consent?ticket=${secret}`
}

/** Asks both systems for what the runs need to know, stores it, and starts the first run. */
async function complete(
  deps: ConnectDeps,
  account: Account,
  signedIn: {
    homeAccountId: string
    username: string
    tenantId: string
    scopes: readonly string[]
  },
  givenZone: string | null,
): Promise<Connection> {
  const now = deps.clock.now()
  const { value, etag } = await loadConnection(deps, account)
  const profile = await profileOf(deps, account)
  const oro = await oroSide(deps, account, value, givenZone ?? profile.timeZone)
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
  }
  await deps.connections.put(connection, etag)
  if (oro.calendarId !== null) await deps.connections.claimCalendar(account, oro.calendarId)
  connected(deps.log, { account: accountId(account), ...granted })
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
async function profileOf(deps: ConnectDeps, account: Account) {
  try {
    return { ...(await deps.microsoft.profile(account)), code: null }
  } catch (error) {
    if (!(error instanceof SyncError)) throw error
    const nobody = { id: '', username: '', displayName: '', timeZone: null, calendarId: '' }
    return { ...nobody, code: error.evidence.code }
  }
}

async function oroSide(
  deps: ConnectDeps,
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
