import { createHmac, generateKeyPairSync } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Provider, type AdapterPayload } from 'oidc-provider'
import type { Directory, EntraTenant, EntraUser } from './model'

/**
 * The protocol core: one `oidc-provider` per tenant behind an inner port. It judges clients, redirect addresses, PKCE, nonce and single
 * use of codes and signs id tokens. It runs on the real clock and is told that everything lasts ten years: what expires is decided in
 * front of it, on the stand-in's clock (`tokens.ts`).
 */
export interface ProtocolCore {
  ask(
    path: string,
    request: { method: string; form?: Record<string, string>; cookie?: string },
  ): Promise<CoreAnswer>
  /** The cookie that stands for "this user has signed in". */
  signedIn(user: EntraUser): Promise<string>
  stop(): Promise<void>
}

export interface CoreAnswer {
  status: number
  location: string | null
  text: string
}

/** Where the core sends a browser whose request is valid but who has not signed in. */
export const INTERACTION = '/interaction'

const COOKIE_KEY = 'sample-cookie-key'
const TEN_YEARS = 10 * 365 * 86_400

// Making an RSA key takes a tenth of a second: one serves every stand-in of this process.
let signingKey: { kty?: string } | undefined
const jwks = () => {
  signingKey ??= generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
    format: 'jwk',
  }) as { kty?: string }
  return { keys: [{ ...signingKey, alg: 'RS256', use: 'sig', kid: 'sample-key' }] }
}

export async function startProtocolCore(directory: Directory, url: string): Promise<ProtocolCore> {
  const providers = new Map(
    directory.tenants.map((tenant) => [tenant.id, createProvider(directory, tenant, url)]),
  )
  const callbacks = new Map([...providers].map(([id, provider]) => [id, provider.callback()]))
  const server = createServer((request, response) => {
    const callback = callbacks.get((request.url ?? '').split('/')[1] ?? '')
    if (callback) void callback(request, response)
    else response.writeHead(404).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const inner = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`
  return {
    async ask(path, { method, form, cookie }) {
      const response = await fetch(inner + path, {
        method,
        redirect: 'manual',
        headers: cookie === undefined ? {} : { cookie },
        ...(form === undefined ? {} : { body: new URLSearchParams(form) }),
      })
      return {
        status: response.status,
        location: response.headers.get('location'),
        text: await response.text(),
      }
    },
    async signedIn(user) {
      const provider = providers.get(user.tenantId)
      if (!provider) throw new Error(`no tenant ${user.tenantId}`)
      const session = new provider.Session()
      session.loginAccount({ accountId: user.oid })
      await session.save(TEN_YEARS)
      const cookie = `_session=${session.jti}`
      return `${cookie}; _session.sig=${signature(cookie)}`
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve()
        })
        server.closeAllConnections()
      }),
  }
}

/** The signature of the `cookies` package. */
const signature = (cookie: string) =>
  createHmac('sha1', COOKIE_KEY).update(cookie).digest('base64url')

function createProvider(directory: Directory, tenant: EntraTenant, url: string): Provider {
  return new Provider(`${url}/${tenant.id}/v2.0`, {
    adapter: createStore(),
    jwks: jwks(),
    clients: directory.clients
      .filter((client) => client.tenantId === tenant.id)
      .map((client) => ({
        client_id: client.clientId,
        client_secret: client.clientSecret,
        redirect_uris: client.redirectUris,
        grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
        response_types: ['code'],
        token_endpoint_auth_method: 'client_secret_post',
      })),
    cookies: { keys: [COOKIE_KEY], names: { session: '_session' } },
    claims: {
      openid: ['sub', 'oid', 'tid', 'preferred_username', 'name', 'ver'],
    },
    conformIdTokenClaims: false,
    features: { devInteractions: { enabled: false }, clientCredentials: { enabled: true } },
    interactions: { url: () => INTERACTION },
    pkce: { required: () => true },
    issueRefreshToken: () => true,
    rotateRefreshToken: false,
    routes: {
      authorization: `/${tenant.id}/oauth2/v2.0/authorize`,
      token: `/${tenant.id}/oauth2/v2.0/token`,
      jwks: `/${tenant.id}/discovery/v2.0/keys`,
    },
    scopes: ['openid'],
    ttl: {
      AccessToken: TEN_YEARS,
      AuthorizationCode: TEN_YEARS,
      ClientCredentials: TEN_YEARS,
      Grant: TEN_YEARS,
      IdToken: 3600,
      Interaction: 3600,
      RefreshToken: TEN_YEARS,
      Session: TEN_YEARS,
    },
    findAccount: (_context, oid) => {
      const user = directory.users.find((one) => one.oid === oid && one.tenantId === tenant.id)
      return user && { accountId: oid, claims: () => idTokenClaims(user) }
    },
    async loadExistingGrant(context) {
      const { client, provider, session, params } = context.oidc
      if (!client || !session?.accountId) return undefined
      const grant = new provider.Grant({
        accountId: session.accountId,
        clientId: client.clientId,
      })
      grant.addOIDCScope(typeof params?.['scope'] === 'string' ? params['scope'] : 'openid')
      await grant.save()
      return grant
    },
    renderError: (context, out) => {
      context.body = JSON.stringify(out)
    },
  })
}

const idTokenClaims = (user: EntraUser) => ({
  sub: user.oid,
  oid: user.oid,
  tid: user.tenantId,
  preferred_username: user.upn,
  name: user.name,
  ver: '2.0',
})

/** Storage of the core. Its own access tokens are never asked for again. */
function createStore() {
  const rows = new Map<string, AdapterPayload>()
  return (name: string) => {
    const key = (id: string) => `${name}:${id}`
    const findBy = (field: 'uid' | 'userCode', value: string) =>
      Promise.resolve([...rows.values()].find((row) => row[field] === value))
    return {
      upsert(id: string, payload: AdapterPayload) {
        if (name !== 'AccessToken') rows.set(key(id), payload)
        return Promise.resolve()
      },
      find: (id: string) => Promise.resolve(rows.get(key(id))),
      findByUid: (uid: string) => findBy('uid', uid),
      findByUserCode: (userCode: string) => findBy('userCode', userCode),
      consume(id: string) {
        const row = rows.get(key(id))
        if (row) row['consumed'] = 1
        return Promise.resolve()
      },
      destroy(id: string) {
        rows.delete(key(id))
        return Promise.resolve()
      },
      revokeByGrantId(grantId: string) {
        for (const [id, row] of rows) if (row['grantId'] === grantId) rows.delete(id)
        return Promise.resolve()
      },
    }
  }
}
