import type { StandInAnswer } from '../stand-in/server'
import type { Realm } from './authorize'
import { refuse, translated, type TokenRefusal } from './errors'
import { readScopes, type Directory, type EntraTenant } from './model'
import type { Issued } from './tokens'

/**
 * The switch before the core's token route: it knows what has expired or was revoked, gives a new refresh token at each use while the old
 * ones stay valid (G-62; the core would end the whole grant), answers with Entra's words and adds what Entra adds.
 */
export async function token(
  realm: Realm,
  tenant: EntraTenant,
  form: URLSearchParams,
): Promise<StandInAnswer> {
  const grantType = form.get('grant_type')
  if (grantType === 'authorization_code') return redeemCode(realm, tenant, form)
  if (grantType === 'refresh_token') return refresh(realm, tenant, form)
  return askCore(realm, tenant, form, { grant_type: grantType ?? '' }, (answer) => ({
    user: null,
    scopes: [],
    oidc: [],
    core: String(answer['access_token']),
  }))
}

/** To whom a token request belongs, as far as its code or refresh token tells. */
export function presented({ tokens }: Realm, form: URLSearchParams): Issued | undefined {
  return (
    tokens.find('code', form.get('code') ?? '') ??
    tokens.find('refresh', form.get('refresh_token') ?? '')
  )
}

async function redeemCode(
  realm: Realm,
  tenant: EntraTenant,
  form: URLSearchParams,
): Promise<StandInAnswer> {
  const now = realm.directory.now()
  const code = presented(realm, form)
  if (code && code.uses > 0)
    return refuse(
      {
        error: 'invalid_grant',
        code: 54005,
        text: 'OAuth2 Authorization code was already redeemed.',
      },
      now,
    )
  if (code && code.expiresAt <= now)
    return refuse(
      { error: 'invalid_grant', code: 70008, text: 'The provided authorization code has expired.' },
      now,
    )
  const inner = pick(form, ['grant_type', 'code', 'redirect_uri', 'code_verifier'])
  return askCore(realm, tenant, form, inner, (answer) => {
    if (!code) throw new Error('the core redeemed a code that was not handed out here')
    code.uses += 1
    return {
      user: code.user,
      scopes: code.scopes,
      oidc: code.oidc,
      core: String(answer['refresh_token']),
    }
  })
}

async function refresh(
  realm: Realm,
  tenant: EntraTenant,
  form: URLSearchParams,
): Promise<StandInAnswer> {
  const now = realm.directory.now()
  const held = presented(realm, form)
  const asked = readScopes(realm.directory, form.get('scope') ?? '')
  const refusal = held
    ? objection(realm.directory, held, asked.graph)
    : {
        error: 'invalid_grant',
        code: 9002313,
        text: 'Invalid request. Request is malformed or invalid.',
      }
  if (refusal) return refuse(refusal, now)
  const inner = { grant_type: 'refresh_token', refresh_token: held?.core ?? '' }
  return askCore(realm, tenant, form, inner, () => {
    if (!held) throw new Error('no refresh token')
    held.uses += 1
    return {
      user: held.user,
      scopes: asked.graph.length > 0 ? asked.graph : held.scopes,
      oidc: held.oidc,
      core: held.core,
      granted: held.scopes,
    }
  })
}

function objection(directory: Directory, held: Issued, asked: string[]): TokenRefusal | undefined {
  if (held.revoked)
    return {
      error: 'invalid_grant',
      code: 50173,
      text: 'The provided grant has expired due to it being revoked, a fresh auth token is needed.',
    }
  if (held.expiresAt <= directory.now())
    return {
      error: 'invalid_grant',
      code: 700082,
      text: 'The refresh token has expired due to inactivity.',
    }
  if (asked.some((name) => !held.scopes.includes(name)))
    return {
      error: 'invalid_grant',
      suberror: 'consent_required',
      code: 65001,
      text: 'The user or administrator has not consented to use the application.',
    }
  return undefined
}

interface Grant extends Pick<Issued, 'user' | 'scopes' | 'oidc' | 'core'> {
  /** What a refresh token may ask for later; absent = `scopes`. */
  granted?: string[]
}

async function askCore(
  realm: Realm,
  tenant: EntraTenant,
  form: URLSearchParams,
  inner: Record<string, string>,
  grantOf: (answer: Record<string, unknown>) => Grant,
): Promise<StandInAnswer> {
  const { core, directory } = realm
  const answer = await core.ask(`/${tenant.id}/oauth2/v2.0/token`, {
    method: 'POST',
    form: { ...inner, ...pick(form, ['client_id', 'client_secret']) },
  })
  const body = JSON.parse(answer.text) as Record<string, unknown>
  if (answer.status !== 200) {
    const refusal = translated(String(body['error']), String(body['error_description']))
    return refuse(refusal, directory.now())
  }
  const clientId = form.get('client_id') ?? ''
  return issue(realm, tenant, clientId, grantOf(body), body['id_token'], form.has('client_info'))
}

function issue(
  { directory, tokens }: Realm,
  tenant: EntraTenant,
  clientId: string,
  grant: Grant,
  idToken: unknown,
  wantsClientInfo: boolean,
): StandInAnswer {
  const { user, scopes, oidc, core } = grant
  const switches = directory.switches(user ?? undefined)
  const common = { user, tenantId: tenant.id, clientId, oidc, core }
  const access = tokens.add({
    ...common,
    kind: 'access',
    scopes,
    expiresAt: directory.now() + switches.accessTokenSeconds * 1000,
  })
  const renewal =
    user && oidc.includes('offline_access')
      ? tokens.add({
          ...common,
          kind: 'refresh',
          scopes: grant.granted ?? scopes,
          expiresAt: directory.now() + switches.refreshTokenSeconds * 1000,
        })
      : undefined
  const prefix = switches.prefixedScopes ? `${directory.graphOrigin}/` : ''
  return {
    status: 200,
    headers: { 'cache-control': 'no-store, no-cache', pragma: 'no-cache' },
    body: {
      token_type: 'Bearer',
      // In another order than asked; offline_access is never named.
      scope: [
        ...scopes.map((name) => prefix + name).reverse(),
        ...oidc.filter((name) => name !== 'offline_access').reverse(),
      ].join(' '),
      expires_in: switches.accessTokenSeconds,
      ext_expires_in: switches.accessTokenSeconds,
      access_token: access.token,
      ...(renewal ? { refresh_token: renewal.token } : {}),
      ...(user && oidc.includes('openid')
        ? { id_token: withClaims(String(idToken), switches.idTokenClaims) }
        : {}),
      // MSAL makes its home account id `oid.tid` of it.
      ...(user && wantsClientInfo
        ? { client_info: base64Json({ uid: user.oid, utid: user.tenantId }) }
        : {}),
    },
  }
}

/** A forged one would be signed as well as any: its signature is left as it is. */
function withClaims(token: string, claims: Readonly<Record<string, string>>): string {
  const [header = '', payload = '', signature = ''] = token.split('.')
  const stated = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object
  return [header, base64Json({ ...stated, ...claims }), signature].join('.')
}

const base64Json = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

function pick(form: URLSearchParams, names: string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = form.get(name)
      return value === null ? [] : [[name, value]]
    }),
  )
}
