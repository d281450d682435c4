import { createHash } from 'node:crypto'
import { accountId, type Account } from '../core/account'
import { KINDS, type Kind } from '../core/model'
import { scheduleTicked } from '../log'
import { resolveSettings } from '../settings/resolve'
import { admit } from './admit'
import { rfc3339, type Deps } from './deps'

const MINUTE_MS = 60_000
/** Messages a second that Service Bus Standard takes without pushing back (DESIGN 4). */
const SENDS_PER_TICK = 400 * 45
const AT_ONCE = 32

/** A constant place within the interval for every account, so that not all of them come at once. */
export const offsetOf = (account: Account, spreadMs: number): number =>
  spreadMs <= 0
    ? 0
    : createHash('sha256').update(accountId(account)).digest().readUInt32BE(0) % spreadMs

/** Enters an account into the due index, or takes it out where a kind is not synced. */
export async function enterSchedule(deps: Deps, account: Account): Promise<void> {
  const settings = resolveSettings(await deps.settings.stack(account))
  const interval = settings.syncInterval * MINUTE_MS
  for (const kind of KINDS) {
    await deps.due.schedule(account, kind, deps.clock.now() + interval)
  }
}

export async function leaveSchedule(deps: Deps, account: Account): Promise<void> {
  for (const kind of KINDS) await deps.due.schedule(account, kind, null)
}

/** One minute's work: due accounts get their message and their next date, organizations their feed read (DESIGN 4). */
export async function tick(deps: Deps): Promise<void> {
  const started = deps.clock.now()
  const due = await deps.due.due(started, SENDS_PER_TICK)
  for (let at = 0; at < due.length; at += AT_ONCE) {
    await Promise.all(
      due
        .slice(at, at + AT_ONCE)
        .map((entry) => fire(deps, entry.account, entry.kind, entry.dueAt, started)),
    )
  }
  const organizations = await deps.connections.organizations()
  for (const organizationId of organizations) {
    await deps.queue.oroChanges({ v: 1, organizationId, at: rfc3339(started) })
  }
  const ms = deps.clock.now() - started
  scheduleTicked(deps.log, { due: due.length, organizations: organizations.length, ms })
}

async function fire(
  deps: Deps,
  account: Account,
  kind: Kind,
  dueAt: number,
  now: number,
): Promise<void> {
  const admission = await admit(deps, account, kind)
  const interval = admission.settings.syncInterval * MINUTE_MS
  if (admission.ok) {
    await deps.queue.sync({
      v: 1,
      accountId: accountId(account),
      kind,
      reason: 'interval',
      at: rfc3339(now),
    })
  }
  // From the date that was due, so that intervals do not drift (S5); from now after a long sleep.
  const next = dueAt + interval > now ? dueAt + interval : now + interval
  await deps.due.schedule(account, kind, next)
}
