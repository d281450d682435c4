import { randomBytes } from 'node:crypto'
import { startEntra, type EntraStandIn } from '../../../local/entra/start'
import { resolveCloud } from '../../../shared/adapters/entra/clouds'
import { createEntra } from '../../../shared/adapters/entra/entra'
import { createMemoryRows } from '../../../shared/adapters/memory/rows'
import { createLocalSecrets } from '../../../shared/adapters/secrets/local'
import { createTokenVault } from '../../../shared/adapters/tables/tokens'
import type { Account } from '../../../shared/core/account'
import { SyncError, type SyncErrorEvidence } from '../../../shared/errors'
import type { Entra, SignedIn, SignIn, TokenVault } from '../../../shared/ports/identity'
import { ADELE, CLIENT, CONTOSO, REDIRECT, SEED } from '../../local/entra/seed'

export const USER: Account = { organizationId: 1, userId: 42 }
export const MINUTE = 60_000
export const HOUR = 60 * MINUTE

const START = Date.parse('2026-09-10T12:00:00Z')

/** The token endpoint, for fault rules; MSAL adds a query to its address. */
export const TOKEN = '/oauth2/v2\\.0/token(\\?|$)'

export const isTokenCall = ({ path }: { path: string }): boolean => new RegExp(TOKEN).test(path)

export interface World {
  clock: { now: number }
  standIn: EntraStandIn
  vault: TokenVault
  /** Makes the next writes of the vault fail. */
  failWrites(times: number): void
  /** An adapter as another process would have it: the vault is shared, the memory is not. */
  entra(changes?: { clientSecret?: string; timeoutMs?: number; sleep?: () => Promise<void> }): Entra
  /** Goes through the whole code flow. */
  connect(entra: Entra, upn?: string, account?: Account): Promise<SignedIn>
  signIn(account?: Account): SignIn
  /** Calls of the token endpoint since `connect` or the last look. */
  tokenCalls(): { grant: unknown; status: number | null }[]
}

export async function createWorld(): Promise<World> {
  const clock = { now: START }
  const now = () => clock.now
  const standIn = await startEntra({ ...SEED, now })
  const rows = createTokenVault(createMemoryRows(), now)
  const key = randomBytes(32)
  let failures = 0
  let ids = 0
  const vault: TokenVault = {
    ...rows,
    write(account, sealed, etag) {
      if (failures === 0) return rows.write(account, sealed, etag)
      failures -= 1
      return Promise.reject(new Error('the store does not answer'))
    },
  }
  const signIn = (account = USER): SignIn => ({
    account,
    state: 'sample-state',
    nonce: 'sample-nonce',
    codeVerifier: 'sample-verifier-sample-verifier-sample-verifier',
    redirectUri: REDIRECT,
    loginHint: null,
  })
  return {
    clock,
    standIn,
    vault,
    signIn,
    failWrites(times) {
      failures = times
    },
    entra: ({ clientSecret = CLIENT.clientSecret, timeoutMs, sleep } = {}) =>
      createEntra({
        clientId: CLIENT.clientId,
        clientSecret,
        cloud: resolveCloud({
          name: 'custom',
          tenantId: CONTOSO,
          loginUrl: standIn.url,
          graphUrl: 'https://graph.microsoft.com',
        }),
        vault,
        secrets: createLocalSecrets({ key, randomBytes, now }),
        now,
        newId: () => `id-${String((ids += 1))}`,
        sleep: sleep ?? (() => Promise.resolve()),
        ...(timeoutMs === undefined ? {} : { timeoutMs }),
      }),
    async connect(entra, upn = ADELE, account = USER) {
      const request = signIn(account)
      const sentTo = await standIn.browse(await entra.authorizeUrl(request), upn)
      const signedIn = await entra.redeem(request, sentTo.searchParams.get('code') ?? '')
      standIn.server.log.length = 0
      return signedIn
    },
    tokenCalls() {
      const lines = standIn.server.log.splice(0)
      return lines.filter(isTokenCall).map((line) => ({
        grant: (line.body as { grant_type?: unknown }).grant_type,
        status: line.status,
      }))
    },
  }
}

/** The evidence of the `SyncError` that this fails with; anything else fails the test. */
export async function failure(call: Promise<unknown>): Promise<SyncErrorEvidence> {
  const outcome = await call.then(
    () => new Error('it did not fail'),
    (error: unknown) => error,
  )
  if (outcome instanceof SyncError) return outcome.evidence
  throw outcome instanceof Error ? outcome : new Error(String(outcome))
}
