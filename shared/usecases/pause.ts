import type { Account } from '../core/account'
import { KINDS } from '../core/model'
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

/** Takes back the stop of this level. No new consent is needed: who is not stopped elsewhere syncs at once. */
export async function resume(
  deps: Deps,
  scope: Scope,
  by: string | null,
): Promise<{ paused: false }> {
  await deps.settings.setPaused(scope, false)
  await recordAct(deps, scope, 'resume', by)
  for (const account of await accountsOf(deps, scope)) {
    for (const kind of KINDS) {
      // A mark that was left while nothing might be called is no message that anybody waits for.
      await deps.pending.clear(account, kind)
      await recordHint(deps, account, kind)
    }
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
export async function accountsOf(deps: Deps, scope: Scope): Promise<Account[]> {
  if (scope.level === 'user') return [scope.account]
  const organizations =
    scope.level === 'organization' ? [scope.organizationId] : await deps.connections.organizations()
  const lists = await Promise.all(organizations.map((id) => deps.connections.list(id)))
  return connectedOnes(lists.flat())
}
