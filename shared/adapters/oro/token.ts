import { SyncError } from '../../errors'
import type { MailboxProbe, OroCredentials, OroCredentialStore } from '../../ports/systems'
import { withTimeout } from '../http/fetch'
import { TIMEOUT_MS, withShortRetry } from '../http/retry'
import { LONGEST_WAIT_MS, parsed, REPEATS, withWholeBody } from './client'
import { unreachable } from './errors'

export interface TokenDeps {
  /** Origin of Oro; the token endpoint never has the back-office prefix (oro/README 2.1). */
  readonly oroUrl: string
  readonly credentials: OroCredentialStore
  readonly sleep: (ms: number) => Promise<void>
  /** Epoch milliseconds. */
  readonly now: () => number
}

/** Access tokens of Oro's applications, one per organization (oro/README 2.3). */
export interface OroTokens {
  /**
   * The token of this organization, cached until 30 s before its end, asked for by one request at a time. `refused` is a token that Oro
   * answered with 401: another one is fetched unless somebody else did so already. Fails with `oro-credentials` or `oro-unreachable`.
   */
  token(organizationId: number, refused?: string): Promise<string>
  /** Asks for a token with these credentials and forgets it. */
  check(credentials: OroCredentials): Promise<MailboxProbe>
}

interface Issued {
  readonly token: string
  /** Epoch milliseconds until which the token is used. */
  readonly until: number
}

/** A token is given up so long before its end, so that no request outlives it. */
const MARGIN_MS = 30_000

export function createTokens({ oroUrl, credentials, sleep, now }: TokenDeps): OroTokens {
  const issued = new Map<number, Issued>()
  const underWay = new Map<number, Promise<Issued>>()
  const send = withShortRetry(withWholeBody(withTimeout(fetch, TIMEOUT_MS)), {
    repeats: REPEATS,
    longestWaitMs: LONGEST_WAIT_MS,
    repeatable: () => true,
    sleep,
    now,
  })

  async function ask({ clientId, clientSecret }: OroCredentials): Promise<Issued> {
    let response: Response
    let body: unknown
    try {
      response = await send(`${oroUrl}/oauth2-token`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/json' },
        body: JSON.stringify({
          grant_type: 'client_credentials',
          client_id: clientId,
          client_secret: clientSecret,
        }),
        // The credentials go nowhere but to the configured origin.
        redirect: 'error',
      })
      body = parsed(await response.text())
    } catch (cause) {
      throw unreachable({ cause })
    }
    if (response.status === 400 || response.status === 401)
      throw refusedCredentials(response.status)
    const { access_token: token, expires_in: seconds } = (body ?? {}) as Record<string, unknown>
    if (!response.ok || typeof token !== 'string') throw unreachable({ status: response.status })
    const lifetime = typeof seconds === 'number' ? seconds * 1000 : 0
    return { token, until: now() + lifetime - MARGIN_MS }
  }

  async function renew(organizationId: number): Promise<Issued> {
    const own = await credentials.credentials(organizationId)
    if (own === null) throw refusedCredentials()
    const fresh = await ask(own)
    issued.set(organizationId, fresh)
    return fresh
  }

  return {
    async token(organizationId, refused) {
      const cached = issued.get(organizationId)
      if (cached !== undefined && cached.token !== refused && cached.until > now())
        return cached.token
      let request = underWay.get(organizationId)
      if (request === undefined) {
        request = renew(organizationId).finally(() => underWay.delete(organizationId))
        underWay.set(organizationId, request)
      }
      return (await request).token
    },
    async check(own) {
      try {
        await ask(own)
        return { ok: true, code: 'ok' }
      } catch (error) {
        if (error instanceof SyncError) return { ok: false, code: error.evidence.code }
        throw error
      }
    },
  }
}

/** Wrong secret, inactive application and the Web API switched off look the same (oro/README 2.2). */
const refusedCredentials = (status?: number): SyncError =>
  new SyncError({
    side: 'oro',
    code: 'oro-credentials',
    scope: 'service',
    transient: false,
    ...(status === undefined ? {} : { status }),
  })
