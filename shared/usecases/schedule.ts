import { accountId, type Account } from '../core/account'
import { KINDS, type Kind } from '../core/model'
import { scheduleTicked } from '../log'
import { resolveSettings } from '../settings/resolve'
import type { DueEntry } from '../ports/stores'
import { admit } from './admit'
import { rfc3339, type Deps } from './deps'
import { oroIsHeard } from './oro-changes'
import { probe, type Probed } from './probe'

const MINUTE_MS = 60_000
/** Messages a second that Service Bus Standard takes without pushing back (DESIGN 4). */
const SENDS_PER_TICK = 400 * 45
/** How often an account that needs attention is tried unasked: a licence, say, may have been assigned meanwhile (F6). */
const ATTENTION_EVERY_MS = 6 * 60 * MINUTE_MS
/** Accounts looked at side by side; each is one small request to its own mailbox. */
const AT_ONCE = 50

/** Enters an account into the due index, or takes it out where a kind is not synced. */
export async function enterSchedule(deps: Deps, account: Account): Promise<void> {
  const settings = resolveSettings(await deps.settings.stack(account))
  const interval = settings.syncInterval * MINUTE_MS
  for (const kind of KINDS) {
    await deps.due.schedule(account, kind, deps.clock.now() + interval)
  }
}

/** A shorter interval counts from now on, a longer one from the next date (S5). */
export async function bringForward(deps: Deps, accounts: readonly Account[]): Promise<void> {
  const queue = [...accounts]
  const worker = async (): Promise<void> => {
    for (let account = queue.pop(); account; account = queue.pop()) {
      const settings = resolveSettings(await deps.settings.stack(account))
      const latest = deps.clock.now() + settings.syncInterval * MINUTE_MS
      for (const kind of KINDS) {
        const next = await deps.due.next(account, kind)
        if (next !== null && next > latest) await deps.due.schedule(account, kind, latest)
      }
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
}

export async function leaveSchedule(deps: Deps, account: Account): Promise<void> {
  for (const kind of KINDS) await deps.due.schedule(account, kind, null)
}

/** One minute's work: organizations get their feed read, due accounts their probe or message and their next date (DESIGN 4). */
export async function tick(deps: Deps): Promise<void> {
  const started = deps.clock.now()
  const organizations = await deps.connections.organizations()
  for (const organizationId of organizations) {
    await deps.queue.oroChanges({ v: 1, organizationId, at: rfc3339(started) })
  }
  const due = await deps.due.due(started, SENDS_PER_TICK)
  const feeds = new Map<string, Promise<boolean>>()
  const heard: OroIsHeard = ({ organizationId }, kind) => {
    const key = `${String(organizationId)}|${kind}`
    const known = feeds.get(key) ?? oroIsHeard(deps, organizationId, kind, started)
    feeds.set(key, known)
    return known
  }
  let quiet = 0
  const failures: unknown[] = []
  const queue = [...due].reverse()
  const worker = async (): Promise<void> => {
    for (let entry = queue.pop(); entry; entry = queue.pop()) {
      try {
        if (await fire(deps, entry, started, heard)) quiet += 1
      } catch (error) {
        failures.push(error)
        // Behind those who are due now: an account that fails stops no other. If even that fails, the store is away.
        await deps.due.move(entry, started + MINUTE_MS)
      }
    }
  }
  const workers = Array.from({ length: Math.min(AT_ONCE, due.length) }, worker)
  // All of them are waited for: what is cut off would go on behind the answer. Who was not reached stays due.
  const ends = await Promise.allSettled(workers)
  const failed = ends.find((end) => end.status === 'rejected')
  if (failed) throw failed.reason
  const ms = deps.clock.now() - started
  scheduleTicked(deps.log, {
    due: due.length,
    quiet,
    organizations: organizations.length,
    ms,
  })
  // All were reached; the log of the host shows that not all went well.
  if (failures.length > 0) throw failures[0]
}

type OroIsHeard = (account: Account, kind: Kind) => Promise<boolean>

/** @returns whether the account was found quiet and needs no run */
async function fire(deps: Deps, entry: DueEntry, now: number, heard: OroIsHeard): Promise<boolean> {
  const { account, kind, dueAt } = entry
  const admission = await admit(deps, account, kind)
  const interval = admission.settings.syncInterval * MINUTE_MS
  let quiet = false
  if (admission.ok) {
    const { connection, settings } = admission
    // A hint whose message was lost, or that came while nothing might be called, waits here: the interval is what finds it.
    const hinted = await deps.pending.has(account, kind)
    const told = hinted || (await heard(account, kind))
    const probed: Probed = hinted
      ? { is: 'run' }
      : await probe(deps, { account, kind, connection, settings, oroIsHeard: told })
    quiet = probed.is === 'quiet'
    // A run that a hint asks for looks into Oro's feed itself: that one told of something already.
    const reason = hinted ? ('hint' as const) : ('interval' as const)
    const message = { v: 1, accountId: accountId(account), kind, reason } as const
    if (probed.is === 'run') await deps.queue.sync({ ...message, at: rfc3339(now) })
    if (probed.is === 'throttled')
      await deps.queue.sync({ ...message, at: rfc3339(now) }, probed.until)
  }
  if (!admission.ok && admission.why === 'attention' && admission.connection) {
    const since = Date.parse(admission.connection.since)
    const tries = (until: number): number =>
      Math.floor(Math.max(0, until - since) / ATTENTION_EVERY_MS)
    if (tries(now) > tries(Math.min(now, dueAt) - interval)) {
      const message = { v: 1, accountId: accountId(account), kind, reason: 'retry' } as const
      await deps.queue.sync({ ...message, at: rfc3339(now) })
    }
  }
  // From the date that was due, so that intervals do not drift (S5); from now after a long sleep.
  const next = dueAt + interval > now ? dueAt + interval : now + interval
  await deps.due.move(entry, next)
  return quiet
}
