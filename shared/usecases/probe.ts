import type { Account } from '../core/account'
import type { Kind } from '../core/model'
import { ERROR_CODES, SyncError, VersionMismatch } from '../errors'
import type { Connection } from '../ports/connections'
import type { RunRow, Versioned } from '../ports/stores'
import type { Settings } from '../settings/schema'
import { containersOf } from './containers'
import { rfc3339, type Deps } from './deps'
import { comparisonOf, DAY_MS } from './gather'
import { KIND_RULES } from './kinds'
import { holdBackOthers, waitAfter } from './stop'

/** `quiet`: nothing to do until the next interval. `throttled`: a run makes sense from `until` (epoch milliseconds) on. Anything else is for a run to find out. */
export type Probed =
  { readonly is: 'quiet' | 'run' } | { readonly is: 'throttled'; readonly until: number }

interface Due {
  readonly account: Account
  readonly kind: Kind
  readonly connection: Connection
  readonly settings: Settings
  /** Whether the organization's feed would have told of a change in Oro. */
  readonly oroIsHeard: boolean
}

const UNNAMED_WAIT_MS = 30_000

/**
 * Asks an account that is due whether there is anything to run for (DESIGN 4, probes): one read of its mailbox's stored cursor, no session,
 * no write to either side. Only an account whose last run left nothing open is asked at all.
 */
export async function probe(deps: Deps, due: Due): Promise<Probed> {
  const { account, kind, connection, settings } = due
  const containers = containersOf(connection, kind)
  const state = deps.stateOf(account, kind, containers)
  const found = await state.run()
  if (!found || !due.oroIsHeard) return { is: 'run' }
  const policy = KIND_RULES[kind].policy(settings, connection.oro.timeZone)
  if (!settled(found.value, comparisonOf({ kind, policy, settings, containers }), deps.clock.now()))
    return { is: 'run' }
  if (found.value.open.problems > 0 && (await retryIsDue(deps, due))) return { is: 'run' }
  const meter = { microsoft: 0, oro: 0, feed: 0 }
  const context = { account, connection, settings, meter }
  const { cursors } = found.value
  try {
    if (await deps.microsoft.changed(context, kind, cursors.microsoft)) return { is: 'run' }
  } catch (error) {
    if (!(error instanceof SyncError)) throw error
    const asked = error.evidence.retryAfterMs ?? UNNAMED_WAIT_MS
    const until = deps.clock.now() + waitAfter(asked, found.value.failures)
    await holdBackOthers({ deps, account, kind }, until)
    await record(deps, due, found, (row, now) => ({
      ...row,
      notBefore: until,
      throttledSince: row.throttledSince ?? rfc3339(now),
      failures: row.failures + 1,
      reason: { code: 'throttled', message: ERROR_CODES.throttled },
    }))
    return { is: 'throttled', until }
  }
  await record(deps, due, found, (row, now) => ({
    ...row,
    lastSyncAt: rfc3339(now),
    lastAgreedAt: row.lastAgreedAt === row.lastSyncAt ? rfc3339(now) : row.lastAgreedAt,
  }))
  return { is: 'quiet' }
}

/** The last run ended well and left nothing to be done, and a run now would ask for nothing but changes. */
const settled = (row: RunRow, comparison: string, now: number): boolean =>
  row.owner === null &&
  row.reason === null &&
  row.notBefore <= now &&
  row.comparedWith === comparison &&
  now - row.lastFullOroAt < DAY_MS &&
  row.open.candidates + row.open.intents + row.open.rest === 0

async function retryIsDue(deps: Deps, { account, kind }: Due): Promise<boolean> {
  const now = deps.clock.now()
  const problems = await deps.stateOf(account, kind).problems()
  return problems.some(({ nextTryAt }) => nextTryAt !== null && Date.parse(nextTryAt) <= now)
}

async function record(
  deps: Deps,
  { account, kind }: Due,
  { value, etag }: Versioned<RunRow>,
  change: (row: RunRow, now: number) => RunRow,
): Promise<void> {
  try {
    await deps.stateOf(account, kind).saveRun(change(value, deps.clock.now()), etag)
  } catch (error) {
    // A run has begun meanwhile: its word is the newer one.
    if (!(error instanceof VersionMismatch)) throw error
  }
}
