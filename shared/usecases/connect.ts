import { accountId, parseAccountId, type Account } from '../core/account'
import type { Json } from '../core/model'
import { ERROR_CODES, ProblemAnswer, SyncError, type ErrorCode } from '../errors'
import { connectionFailed } from '../log'
import type { Connection } from '../ports/connections'
import type { Entra, SignIn } from '../ports/identity'
import type { Tickets } from '../ports/stores'
import { complete, type CompleteDeps } from './complete-connect'
import {
  LINK_LIFE_MS,
  loadConnection,
  SIGN_IN_LIFE_MS,
  withRequest,
  type BeginRequest,
} from './connection'
import { rfc3339 } from './deps'
import { holderOf } from './look-up'

/** What Connect needs besides the use cases of a run. */
export interface ConnectDeps extends CompleteDeps {
  readonly tickets: Tickets
  /** null until client id, secret and tenant are configured. */
  readonly entra: Entra | null
  /** 32 random bytes as base64url. */
  readonly newSecret: () => string
  readonly publicUrl: string
}

const configured = (deps: ConnectDeps): Entra => {
  if (deps.entra) return deps.entra
  throw new ProblemAnswer(409, 'Not configured', ERROR_CODES['not-configured'])
}

/** Begins Connect: a link that works once, for ten minutes. What there is of a connection stays until the new one is made. */
export async function beginConnect(
  deps: ConnectDeps,
  account: Account,
  request: BeginRequest,
  by: string | null,
): Promise<{ connectUrl: string; expiresAt: string }> {
  configured(deps)
  await refuseTaken(deps, account, request)
  const now = deps.clock.now()
  const { value, etag } = await loadConnection(deps, account)
  // A pop-up that is closed half-way must neither hide what was wrong before (T3) nor change what is being synced.
  if (value.state === 'none' || value.state === 'connecting') {
    const oro = withRequest(value.oro, request)
    const begun = { state: 'connecting' as const, since: rfc3339(now), reason: null }
    await deps.connections.put({ ...value, ...begun, oro }, etag)
  }
  const secret = deps.newSecret()
  const expiresAt = now + LINK_LIFE_MS
  const data: Json = { account: accountId(account), request: { ...request } as Json, by }
  await deps.tickets.put(secret, { purpose: 'start', data, expiresAt })
  return {
    connectUrl: `${deps.publicUrl}/api/oauth/start?ticket=${secret}`,
    expiresAt: rfc3339(expiresAt),
  }
}

/** A calendar that somebody else's mailbox is in step with is no calendar of this user. */
async function refuseTaken(
  deps: ConnectDeps,
  account: Account,
  { calendarId }: BeginRequest,
): Promise<void> {
  if (calendarId === undefined) return
  const holder = await holderOf(deps, account, String(calendarId))
  if (holder === null) return
  const detail = `Calendar ${String(calendarId)} is synced for user ${String(holder.userId)} already.`
  throw new ProblemAnswer(409, 'Calendar taken', detail, [{ pointer: '/calendarId', detail }])
}

interface Begun {
  readonly account: string
  readonly request: BeginRequest
  /** Who asked for the link, for the history. */
  readonly by: string | null
}

interface StateData extends Begun {
  readonly nonce: string
  readonly codeVerifier: string
}

/** A state is kept under both of its halves: it is found, and used up, by the browser alone that holds the cookie. */
const bound = (state: string, cookie: string): string => `${state}.${cookie}`

const redirectUri = (publicUrl: string): string => `${publicUrl}/api/oauth/callback`

/** The pop-up's first step: the ticket becomes a state that is bound to this browser by a cookie. */
export async function startSignIn(
  deps: ConnectDeps,
  ticket: string,
  kind: 'user' | 'admin',
): Promise<{ location: string; state: string; cookie: string }> {
  const entra = configured(deps)
  const now = deps.clock.now()
  const taken = await deps.tickets.take(ticket, kind === 'user' ? 'start' : 'admin-start', now)
  const begun = taken?.data as unknown as Begun | undefined
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
    ...begun,
    nonce: deps.newSecret(),
    codeVerifier: deps.newSecret() + deps.newSecret().slice(0, 10),
  }
  const purpose = kind === 'user' ? ('state' as const) : ('admin-state' as const)
  const expiresAt = now + SIGN_IN_LIFE_MS
  await deps.tickets.put(bound(state, cookie), {
    purpose,
    data: { ...data } as unknown as Json,
    expiresAt,
  })
  const uri = redirectUri(deps.publicUrl)
  if (kind === 'admin')
    return { location: entra.adminConsentUrl({ state, redirectUri: uri }), state, cookie }
  const { value } = await loadConnection(deps, account)
  const loginHint = value.microsoft?.username ?? value.oro.email
  const location = await entra.authorizeUrl(signInOf(account, state, data, uri, loginHint))
  return { location, state, cookie }
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
  /** `name` null = an administrator consented; nobody is connected by that. */
  | { readonly ok: true; readonly account: Account; readonly name: string | null }
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
  const key = bound(state, callback.cookie ?? '')
  const admin = await deps.tickets.take(key, 'admin-state', now)
  const taken = admin ?? (await deps.tickets.take(key, 'state', now))
  const data = taken?.data as unknown as StateData | undefined
  const account = data && parseAccountId(data.account)
  if (!data || !account) {
    return refused('This sign-in was not begun here, or too long ago. Press Connect again.')
  }
  if (admin) return adminAnswer(deps, account, callback)
  if (callback.error !== null || callback.code === null) {
    const refusal = entra.signInError(
      callback.error ?? 'invalid_request',
      callback.errorDescription ?? '',
    )
    return fail(deps, account, refusal.evidence.code, said(callback))
  }
  const uri = redirectUri(deps.publicUrl)
  try {
    const signedIn = await entra.redeem(signInOf(account, state, data, uri, null), callback.code)
    const connection = await complete(deps, account, signedIn, data)
    return { ok: true, account, name: connection.microsoft?.username ?? null }
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
    return fail(deps, account, 'admin-consent', said(callback))
  }
  const { value, etag } = await loadConnection(deps, account)
  // The user may have connected long before the administrator looked at the link.
  if (value.reason?.code === 'admin-consent') {
    const since = rfc3339(deps.clock.now())
    await deps.connections.put({ ...value, ...consented(value), since }, etag)
  }
  return { ok: true, account, name: null }
}

const consented = ({ microsoft }: Connection): Pick<Connection, 'state' | 'reason'> =>
  microsoft
    ? { state: 'needs-reconnect', reason: { code: 'token', message: ERROR_CODES.token } }
    : { state: 'none', reason: null }

/** Keeps a connection that has its consent; one that was being made shows why it was not. */
async function fail(
  deps: ConnectDeps,
  account: Account,
  code: ErrorCode,
  details = '',
): Promise<CallbackResult> {
  connectionFailed(deps.log, { account: accountId(account), code })
  const now = deps.clock.now()
  const { value, etag } = await loadConnection(deps, account)
  const message = ERROR_CODES[code]
  if (value.state !== 'connected' && value.state !== 'needs-attention') {
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
  return refused(`${message}${details}`, account)
}

/** What Microsoft said, as it came: for the person, never stored or logged (T7). */
const said = ({ error, errorDescription }: Callback): string => {
  const words = [error, errorDescription?.slice(0, 400)].filter(Boolean).join(': ')
  return words === '' ? '' : ` Microsoft says: ${words}`
}

const ADMIN_LIFE_MS = 7 * 86_400_000

async function adminLink(deps: ConnectDeps, account: Account, now: number): Promise<string> {
  const secret = deps.newSecret()
  const data: Json = { account: accountId(account), request: {}, by: null }
  await deps.tickets.put(secret, { purpose: 'admin-start', data, expiresAt: now + ADMIN_LIFE_MS })
  return `${deps.publicUrl}/api/oauth/admin-consent?ticket=${secret}`
}
