import { createHash } from 'node:crypto'
import { ResponseMode, type SilentFlowRequest } from '@azure/msal-node'
import { accountId, type Account } from '../../core/account'
import { SyncError, type ErrorCode } from '../../errors'
import type { Entra, Secrets, TokenVault } from '../../ports/identity'
import type { Cloud } from './clouds'
import { signInError } from './errors'
import { tokensOf, withMsal, type MsalDeps } from './msal'
import { createVaulted, type Held, type Tokens } from './vaulted'

export interface EntraDeps {
  readonly clientId: string
  readonly clientSecret: string
  readonly cloud: Cloud
  readonly vault: TokenVault
  readonly secrets: Secrets
  /** Epoch milliseconds. */
  readonly now: () => number
  readonly newId: () => string
  readonly sleep: (ms: number) => Promise<void>
  /** How long the token endpoint may take; absent = 15 s. */
  readonly timeoutMs?: number
}

/** Renewed so long before its end (T1), as MSAL does by itself. */
const EARLY_MS = 300_000
/** How often and how long a call waits for the refresh that somebody else has claimed. */
const WAITS_MS = [100, 200, 400, 800, 1500, 2000]
const OIDC = new Set(['openid', 'profile', 'email', 'offline_access'])

/** `Entra` on MSAL (graph/CONTRACT 14): tokens live in the vault, encrypted; every call has a client of its own. */
export function createEntra(deps: EntraDeps): Entra {
  const { cloud, now, newId, sleep, vault } = deps
  const msal: MsalDeps = {
    clientId: deps.clientId,
    clientSecret: deps.clientSecret,
    authority: () => cloud.authority(),
    now,
    timeoutMs: deps.timeoutMs ?? 15_000,
  }
  const vaulted = createVaulted(deps)
  const underWay = new Map<string, Promise<string>>()
  /** Version of the tokens that were refused for good: not tried again before they are replaced (G-63). */
  const refused = new Map<string, string>()

  /** Scopes follow the Graph root (graph/CONTRACT 14). OpenID's own are added by MSAL. */
  const prefixed = (scopes: readonly string[]) =>
    scopes.filter((scope) => !OIDC.has(scope)).map((scope) => `${cloud.graphUrl}/${scope}`)
  const wanted = prefixed([
    'User.Read',
    'Calendars.ReadWrite',
    ...(cloud.toDo ? ['Tasks.ReadWrite'] : []),
    'MailboxSettings.Read',
  ])

  /** Asks Entra with the refresh token of `held` and stores what comes back. */
  async function renew(account: Account, held: Held, claims?: string): Promise<string> {
    const id = accountId(account)
    if (refused.get(id) === held.etag) throw reconnect()
    let renewed: Tokens
    try {
      renewed = await askWithRefreshToken(held.tokens, claims)
    } catch (error) {
      if (error instanceof SyncError && error.evidence.code === 'token' && claims === undefined)
        refused.set(id, held.etag)
      throw error
    }
    if (await vaulted.replace(account, renewed, held.etag)) return renewed.accessToken
    // Connected anew, or disconnected, in the meantime: what the vault says now counts.
    const current = await vaulted.read(account)
    if (current === null) throw reconnect()
    return current.tokens.accessToken
  }

  async function askWithRefreshToken(tokens: Tokens, claims?: string): Promise<Tokens> {
    const { result, cache, body } = await withMsal(msal, tokens.cache, async (client) => {
      const known = await client.getTokenCache().getAllAccounts()
      const microsoft = known.find((one) => one.homeAccountId === tokens.homeAccountId)
      if (!microsoft) throw reconnect()
      const request: SilentFlowRequest = {
        account: microsoft,
        // Only what was granted: asking for more is refused as missing consent (G-67).
        scopes: prefixed(tokens.scopes),
        forceRefresh: true,
        ...(claims === undefined ? {} : { claims }),
      }
      return client.acquireTokenSilent(request)
    })
    return tokensOf(result, cache, body, now())
  }

  /** Renews under the claim; whoever finds it taken waits for the other's result. */
  async function renewClaimed(account: Account, before: Held, claims?: string): Promise<string> {
    const owner = newId()
    for (const wait of WAITS_MS) {
      if (await vault.claimRefresh(account, owner)) {
        try {
          const held = await vaulted.read(account)
          if (held === null) throw reconnect()
          return isNew(held, before) ? held.tokens.accessToken : await renew(account, held, claims)
        } finally {
          await vault.releaseRefresh(account, owner)
        }
      }
      await sleep(wait)
      const held = await vaulted.read(account)
      if (held === null) throw reconnect()
      if (isNew(held, before)) return held.tokens.accessToken
    }
    throw failure('microsoft-unreachable', true)
  }

  const isNew = (held: Held, before: Held) => held.etag !== before.etag && !expires(held)
  const expires = ({ tokens }: Held) => tokens.expiresAt - now() <= EARLY_MS

  return {
    async authorizeUrl({ state, nonce, codeVerifier, redirectUri, loginHint }) {
      const { result } = await withMsal(msal, '', (client) =>
        client.getAuthCodeUrl({
          scopes: wanted,
          redirectUri,
          state,
          nonce,
          responseMode: ResponseMode.QUERY,
          codeChallenge: createHash('sha256').update(codeVerifier).digest('base64url'),
          codeChallengeMethod: 'S256',
          ...(loginHint === null ? {} : { loginHint }),
        }),
      )
      return result
    },

    async redeem({ account, nonce, codeVerifier, redirectUri }, code) {
      // An empty cache: nothing of a Microsoft account connected before may stay.
      const { result, cache, body } = await withMsal(msal, '', (client) =>
        client.acquireTokenByCode({ scopes: wanted, redirectUri, code, codeVerifier, nonce }),
      )
      const tokens = tokensOf(result, cache, body, now())
      const { account: microsoft } = result
      const meant = isMeant(result.idTokenClaims, deps.clientId, cloud.tenantId)
      if (!microsoft || !tokens.homeAccountId || !meant) throw reconnect()
      await vaulted.insert(account, tokens)
      refused.delete(accountId(account))
      return {
        homeAccountId: tokens.homeAccountId,
        username: microsoft.username,
        tenantId: microsoft.tenantId,
        scopes: tokens.scopes,
      }
    },

    signInError,

    adminConsentUrl({ state, redirectUri }) {
      const url = new URL(`${cloud.loginUrl}/${cloud.tenantId}/v2.0/adminconsent`)
      url.searchParams.set('client_id', deps.clientId)
      url.searchParams.set('scope', wanted.join(' '))
      url.searchParams.set('redirect_uri', redirectUri)
      url.searchParams.set('state', state)
      return url.href
    },

    async accessToken(account, options = {}) {
      const held = await vaulted.read(account)
      if (held === null) throw reconnect()
      const forced = options.refresh === true || options.claims !== undefined
      if (!forced && !expires(held)) return held.tokens.accessToken
      const claims = options.claims === undefined ? undefined : decodedClaims(options.claims)
      const key = `${accountId(account)} ${claims ?? ''}`
      let renewal = underWay.get(key)
      if (renewal === undefined) {
        renewal = renewClaimed(account, held, claims).finally(() => underWay.delete(key))
        underWay.set(key, renewal)
      }
      return renewal
    },

    async forget(account) {
      refused.delete(accountId(account))
      await vaulted.remove(account)
    },
  }
}

const DIRECTORY_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/**
 * Was this id token made for this application, by its directory? It came from the token endpoint itself, so that its signature says nothing
 * more (OpenID Connect Core 3.1.3.7); MSAL looks at the nonce alone. `organizations` and names of domains are no directory's id.
 */
function isMeant(
  claims: { aud?: unknown; tid?: unknown },
  clientId: string,
  tenantId: string,
): boolean {
  const { aud = clientId, tid = tenantId } = claims
  const sameTenant = String(tid).toLowerCase() === tenantId.toLowerCase()
  return aud === clientId && (sameTenant || !DIRECTORY_ID.test(tenantId))
}

/** A challenge carries its claims in base64 (G-64); MSAL wants the JSON. */
function decodedClaims(claims: string): string {
  return claims.trimStart().startsWith('{') ? claims : Buffer.from(claims, 'base64').toString()
}

const reconnect = () => failure('token', false)

const failure = (code: ErrorCode, transient: boolean) =>
  new SyncError({ code, scope: 'account', side: 'microsoft', transient })
