import type { Account } from '../core/account'
import { KINDS, type Kind } from '../core/model'
import type { Deps } from './deps'

export interface RestDeps extends Deps {
  readonly sleep: (ms: number) => Promise<void>
}

const LOOK_EVERY_MS = 100
const LOOKS = 200
const AT_ONCE = 32

interface Run {
  readonly account: Account
  readonly kind: Kind
}

/**
 * Waits until the runs of these accounts have given back their lease, some twenty seconds at the most: a run looks between its items whether it
 * still may (`mayGoOn`).
 *
 * @returns how many are still under way
 */
export async function waitForRest(deps: RestDeps, accounts: readonly Account[]): Promise<number> {
  let running = await underWay(
    deps,
    accounts.flatMap((account) => KINDS.map((kind) => ({ account, kind }))),
  )
  for (let look = 0; running.length > 0 && look < LOOKS; look += 1) {
    await deps.sleep(LOOK_EVERY_MS)
    running = await underWay(deps, running)
  }
  return running.length
}

async function underWay(deps: Deps, runs: readonly Run[]): Promise<Run[]> {
  const found: Run[] = []
  for (let at = 0; at < runs.length; at += AT_ONCE) {
    const group = runs.slice(at, at + AT_ONCE)
    const rows = await Promise.all(
      group.map(({ account, kind }) => deps.stateOf(account, kind).run()),
    )
    const now = deps.clock.now()
    found.push(
      ...group.filter((_run, index) => {
        const row = rows[index]?.value
        return row !== undefined && row.owner !== null && row.leaseUntil > now
      }),
    )
  }
  return found
}

/** Is a run that was admitted still wanted? No: somebody paused or disconnected meanwhile, or connected another mailbox (S9, T10). */
export async function mayGoOn(
  deps: Pick<Deps, 'connections' | 'settings'>,
  account: Account,
  homeAccountId: string | undefined,
): Promise<boolean> {
  const [connection, paused] = await Promise.all([
    deps.connections.get(account),
    deps.settings.paused(account),
  ])
  return paused === null && connection?.value.microsoft?.homeAccountId === homeAccountId
}
