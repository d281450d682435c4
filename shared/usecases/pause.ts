import { KINDS } from '../core/model'
import type { Scope } from '../ports/stores'
import type { Deps } from './deps'
import { recordHint } from './hints'

/** From the answer on nothing is called for the users of this level; the stop survives a restart (S9). */
export async function pause(deps: Deps, scope: Scope): Promise<{ paused: true }> {
  await deps.settings.setPaused(scope, true)
  return { paused: true }
}

/** Takes back the stop of this level. No new consent is needed: who is not stopped elsewhere syncs at once. */
export async function resume(deps: Deps, scope: Scope): Promise<{ paused: false }> {
  await deps.settings.setPaused(scope, false)
  for (const account of await accountsOf(deps, scope)) {
    for (const kind of KINDS) await recordHint(deps, account, kind)
  }
  return { paused: false }
}

async function accountsOf(deps: Deps, scope: Scope) {
  if (scope.level === 'user') return [scope.account]
  const organizations =
    scope.level === 'organization' ? [scope.organizationId] : await deps.connections.organizations()
  const lists = await Promise.all(organizations.map((id) => deps.connections.list(id)))
  return lists.flat().map((connection) => connection.account)
}
