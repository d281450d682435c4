import type { Account } from '../core/account'
import { KINDS, type Kind } from '../core/model'
import type { Connection } from '../ports/connections'
import type { Scope } from '../ports/stores'
import type { Deps } from './deps'
import { recordHint } from './hints'
import { recordAct } from './record-act'
import { waitForRest, type RestDeps } from './rest'

/**
 * From the answer on nothing is called for the users of this level; the stop survives a restart (S9).
 *
 * @returns `running`: runs that had not come to rest after some seconds; each stops at its next item
 */
export async function pause(
  deps: RestDeps,
  scope: Scope,
  by: string | null,
): Promise<{ paused: true; running: number }> {
  await deps.settings.setPaused(scope, true)
  await recordAct(deps, scope, 'pause', by)
  return { paused: true, running: await waitForRest(deps, await accountsOf(deps, scope)) }
}

/** Woken by the answer itself; of more accounts the others are looked at when their interval has passed, which it went on doing. */
const MOST_AT_ONCE = 1000
const SIDE_BY_SIDE = 16

async function wake(deps: Deps, account: Account, kind: Kind): Promise<void> {
  // A mark that was left while nothing might be called is no message that anybody waits for.
  await deps.pending.clear(account, kind)
  await recordHint(deps, account, kind)
}

/** Takes back the stop of this level. No new consent is needed: who is not stopped elsewhere syncs at once. */
export async function resume(
  deps: Deps,
  scope: Scope,
  by: string | null,
): Promise<{ paused: false }> {
  await deps.settings.setPaused(scope, false)
  await recordAct(deps, scope, 'resume', by)
  const accounts = (await accountsOf(deps, scope)).slice(0, MOST_AT_ONCE)
  for (let at = 0; at < accounts.length; at += SIDE_BY_SIDE) {
    const group = accounts.slice(at, at + SIDE_BY_SIDE)
    await Promise.all(group.flatMap((account) => KINDS.map((kind) => wake(deps, account, kind))))
  }
  return { paused: false }
}

/** `GET …/status` above a user: the nearest level that stops it, if any. */
export async function levelStatus(
  deps: Pick<Deps, 'settings'>,
  scope: Exclude<Scope, { level: 'user' }>,
) {
  return { paused: await deps.settings.pausedLevel(scope) }
}

const connectedOnes = (connections: readonly Connection[]): Account[] =>
  connections.filter(({ microsoft }) => microsoft !== null).map(({ account }) => account)

/** Everybody with a Microsoft account below a level. */
async function accountsOf(deps: Deps, scope: Scope): Promise<Account[]> {
  if (scope.level === 'user') return [scope.account]
  const organizations =
    scope.level === 'organization' ? [scope.organizationId] : await deps.connections.organizations()
  const lists = await Promise.all(organizations.map((id) => deps.connections.list(id)))
  return connectedOnes(lists.flat())
}
