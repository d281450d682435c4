import {
  ConfidentialClientApplication,
  LogLevel,
  type AuthenticationResult,
  type ICachePlugin,
} from '@azure/msal-node'
import { entraError } from './errors'
import { createExchangeNetwork } from './exchange'
import type { Authority } from './clouds'
import type { Tokens } from './vaulted'

export interface MsalDeps {
  readonly clientId: string
  readonly clientSecret: string
  readonly authority: () => Promise<Authority>
  /** Epoch milliseconds. */
  readonly now: () => number
  /** How long the token endpoint may take. */
  readonly timeoutMs: number
}

/**
 * One call with an MSAL client of its own, whose cache starts as `cache` ('' = empty). A client that lives longer would share its cache
 * between accounts, and would answer 60 s long out of memory after a failure, which then looks like a second one (G-65). Failures are
 * `SyncError`s.
 */
export async function withMsal<T>(
  deps: MsalDeps,
  cache: string,
  call: (client: ConfidentialClientApplication) => Promise<T>,
): Promise<{ result: T; cache: string; body: Record<string, unknown> }> {
  const { clientId, clientSecret, now, timeoutMs } = deps
  const { network, last } = createExchangeNetwork(timeoutMs)
  let kept = cache
  const cachePlugin: ICachePlugin = {
    beforeCacheAccess(context) {
      if (kept !== '') context.tokenCache.deserialize(kept)
      return Promise.resolve()
    },
    afterCacheAccess(context) {
      if (context.cacheHasChanged) kept = context.tokenCache.serialize()
      return Promise.resolve()
    },
  }
  const client = new ConfidentialClientApplication({
    auth: { clientId, clientSecret, ...(await deps.authority()) },
    cache: { cachePlugin },
    system: {
      networkClient: network,
      loggerOptions: {
        loggerCallback: () => undefined,
        logLevel: LogLevel.Error,
        piiLoggingEnabled: false,
      },
    },
  })
  try {
    const result = await call(client)
    return { result, cache: kept, body: last()?.body ?? {} }
  } catch (error) {
    throw entraError(error, last(), now())
  }
}

/** What is kept of an answer of MSAL. `body` = the token endpoint's own words, for the true life time. */
export function tokensOf(
  result: AuthenticationResult,
  cache: string,
  body: Record<string, unknown>,
  now: number,
): Tokens {
  const seconds = Number(body['expires_in'])
  return {
    cache,
    homeAccountId: result.account?.homeAccountId ?? '',
    scopes: result.scopes.map((scope) => scope.slice(scope.lastIndexOf('/') + 1)),
    accessToken: result.accessToken,
    expiresAt: now + (Number.isFinite(seconds) ? seconds * 1000 : 0),
  }
}
