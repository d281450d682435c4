import { randomUUID } from 'node:crypto'
import type { StandInAnswer } from '../stand-in/server'
import { INTERACTION, type ProtocolCore } from './core'
import { findUser, readScopes, type Directory, type EntraTenant, type EntraUser } from './model'
import { faultPage, redirectBack, signInPage } from './pages'
import type { Tokens } from './tokens'

const CODE_SECONDS = 600
const RESPONSE_MODES = new Set(['query', 'fragment', 'form_post'])

export interface Realm {
  directory: Directory
  tokens: Tokens
  core: ProtocolCore
}

/** `/{tenant}/oauth2/v2.0/authorize` by GET or POST. */
export async function authorize(
  realm: Realm,
  tenant: EntraTenant,
  request: URLSearchParams,
): Promise<StandInAnswer> {
  const { directory } = realm
  const refused = await judge(realm, tenant, request)
  if (refused) return refused
  const hint = request.get('login_hint') ?? ''
  const known = hint === '' ? undefined : findUser(directory, tenant.id, hint)
  if (known && directory.switches(known).autoConsent) return decide(realm, tenant, request, known)
  if (request.get('prompt') === 'none')
    return back(request, {
      error: 'login_required',
      error_description: 'AADSTS50058: A silent sign-in request was sent but no user is signed in.',
    })
  return showSignIn(realm, tenant, request)
}

/** The form of the sign-in page came back. */
export async function signIn(
  realm: Realm,
  tenant: EntraTenant,
  form: URLSearchParams,
): Promise<StandInAnswer> {
  const request = new URLSearchParams(form.get('request') ?? '')
  // The hidden field comes from the browser: it is judged again like a new request.
  const refused = await judge(realm, tenant, request)
  if (refused) return refused
  if (form.get('decision') === 'cancel')
    return back(request, {
      error: 'access_denied',
      error_subcode: 'cancel',
      error_description: 'AADSTS65004: User declined to consent to access the app.',
    })
  const typed = form.get('username')?.trim() ?? ''
  const upn = typed === '' ? (form.get('account') ?? '') : typed
  const user = findUser(realm.directory, tenant.id, upn)
  if (!user)
    return showSignIn(realm, tenant, request, `AADSTS50034: The user account does not exist.`)
  return decide(realm, tenant, request, user)
}

function showSignIn(
  { directory }: Realm,
  tenant: EntraTenant,
  request: URLSearchParams,
  fault?: string,
): StandInAnswer {
  return signInPage(
    `/${tenant.id}/login`,
    request.toString(),
    directory.users.filter((user) => user.tenantId === tenant.id),
    {
      hint: request.get('login_hint') ?? '',
      scopes: readScopes(directory, request.get('scope') ?? '').graph,
      cutOpener: directory.switches().cutOpener,
      ...(fault === undefined ? {} : { fault }),
    },
  )
}

/** What the core objects to; undefined = a valid request of somebody who has yet to sign in. */
async function judge(
  { core, directory }: Realm,
  tenant: EntraTenant,
  request: URLSearchParams,
): Promise<StandInAnswer | undefined> {
  const clientId = request.get('client_id') ?? ''
  const client = directory.clients.find(
    (one) => one.clientId === clientId && one.tenantId === tenant.id,
  )
  if (!client)
    return faultPage(
      `AADSTS700016: Application with identifier '${clientId}' was not found in the directory.`,
    )
  if (!client.redirectUris.includes(request.get('redirect_uri') ?? ''))
    return faultPage(
      'AADSTS50011: The redirect URI specified in the request does not match the redirect URIs configured for the application.',
    )
  if (!RESPONSE_MODES.has(request.get('response_mode') ?? 'query'))
    return faultPage('AADSTS90023: Unsupported response_mode.')
  const { oidc, graph } = readScopes(directory, request.get('scope') ?? '')
  if (!oidc.includes('openid') || graph.some((name) => /[:/]/.test(name)))
    return back(request, {
      error: 'invalid_scope',
      error_description: `AADSTS70011: The provided value for the input parameter scope is not valid: openid and scopes of ${directory.graphOrigin} are expected.`,
    })
  const answer = await core.ask(corePath(tenant, request), { method: 'GET' })
  if (answer.location?.startsWith(INTERACTION)) return undefined
  const values = answer.location === null ? null : new URL(answer.location).searchParams
  if (values === null) return faultPage(`AADSTS900144: ${answer.text}`)
  return back(request, {
    error: values.get('error') ?? 'server_error',
    error_description: `AADSTS900144: ${values.get('error_description') ?? ''}`,
  })
}

/** What happens once it is known who sits there. */
async function decide(
  { core, directory, tokens }: Realm,
  tenant: EntraTenant,
  request: URLSearchParams,
  user: EntraUser,
): Promise<StandInAnswer> {
  const switches = directory.switches(user)
  const clientId = request.get('client_id') ?? ''
  if (switches.deny)
    return back(request, {
      error: 'access_denied',
      error_description: 'AADSTS65004: User declined to consent to access the app.',
    })
  if (switches.adminConsentNeeded && !directory.adminConsents.has(`${tenant.id} ${clientId}`))
    return back(request, {
      error: 'access_denied',
      error_description: 'AADSTS90094: The grant requires admin permission.',
    })
  const answer = await core.ask(corePath(tenant, request), {
    method: 'GET',
    cookie: await core.signedIn(user),
  })
  const code = answer.location === null ? null : new URL(answer.location).searchParams.get('code')
  if (code === null) throw new Error(`the core gave no code: ${answer.location ?? answer.text}`)
  const { oidc, graph } = readScopes(directory, request.get('scope') ?? '')
  const granted = switches.grantedScopes
  tokens.add({
    kind: 'code',
    token: code,
    user,
    tenantId: tenant.id,
    clientId,
    scopes: graph.filter((name) => granted?.includes(name) ?? true),
    oidc,
    expiresAt: directory.now() + CODE_SECONDS * 1000,
    core: code,
  })
  return back(request, { code, session_state: randomUUID() })
}

/** The core sees only what is its own: scopes of Graph and Entra's extra parameters stay in front of it. */
function corePath(tenant: EntraTenant, request: URLSearchParams): string {
  const inner = new URLSearchParams({ scope: 'openid', response_mode: 'query' })
  for (const name of [
    'client_id',
    'redirect_uri',
    'response_type',
    'code_challenge',
    'code_challenge_method',
    'nonce',
    'state',
  ]) {
    const value = request.get(name)
    if (value !== null) inner.set(name, value)
  }
  return `/${tenant.id}/oauth2/v2.0/authorize?${inner.toString()}`
}

/** Back to the application, with its state. */
export function back(request: URLSearchParams, values: Record<string, string>): StandInAnswer {
  const state = request.get('state')
  return redirectBack(
    request.get('redirect_uri') ?? '',
    request.get('response_mode') ?? 'query',
    state === null ? values : { ...values, state },
  )
}
