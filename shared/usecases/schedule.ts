import { accountId, type Account } from '../core/account'
import { KINDS } from '../core/model'
import { scheduleTicked } from '../log'
import { MOST_PROBES } from '../messages'
import type { DueEntry, Tickets } from '../ports/stores'
import { resolveSettings } from '../settings/resolve'
import { rfc3339, type Deps } from './deps'
import { purgeOfTick } from './purge'
import type { RestDeps } from './rest'

const MINUTE_MS = 60_000
/** Messages a second that Service Bus Standard takes without pushing back (DESIGN 4). */
const SENDS_PER_SECOND = 400
const SENDS_AT_ONCE = 100
/** Every account of a batch may ask for a run: so many batches a second keep to the pace. */
const BATCHES_PER_SECOND = SENDS_PER_SECOND / MOST_PROBES
/** What can be looked at within a minute; the rest stays due. */
const DUE_PER_TICK = SENDS_PER_SECOND * 60
/** For an entry that does not say: the built-in default. Its probe knows better, and says so. */
const USUAL_EVERY_MS = 15 * MINUTE_MS

/** Enters an account into the due index, or takes it out where a kind is not synced. */
export async function enterSchedule(deps: Deps, account: Account): Promise<void> {
  const settings = resolveSettings(await deps.settings.stack(account))
  const interval = settings.syncInterval * MINUTE_MS
  for (const kind of KINDS) {
    await deps.due.schedule(account, kind, deps.clock.now() + interval, interval)
  }
}

export async function leaveSchedule(deps: Deps, account: Account): Promise<void> {
  for (const kind of KINDS) await deps.due.schedule(account, kind, null)
}

/** From the date that was due, so that intervals do not drift (S5); from now after a long sleep. */
export const nextDate = (dueAt: number, everyMs: number | null, now: number): number => {
  const every = everyMs ?? USUAL_EVERY_MS
  return dueAt + every > now ? dueAt + every : now + every
}

export interface TickDeps extends RestDeps {
  readonly tickets: Tickets
}

type Send = () => Promise<void>

/**
 * One minute's work: organizations get their feed read, due accounts are asked about in batches and get their next date (DESIGN 4). What
 * cannot be sent stays due; a batch that is sent twice does no harm. The batches come out of the queue over the minute, so that the runs
 * they ask for keep to the same pace.
 */
export async function tick(deps: TickDeps): Promise<void> {
  const started = deps.clock.now()
  const at = rfc3339(started)
  const organizations = await deps.connections.organizations()
  const feeds = organizations.map(
    (organizationId): Send =>
      () =>
        deps.queue.oroChanges({ v: 1, organizationId, at }),
  )
  const due = await deps.due.due(started, DUE_PER_TICK)
  const moved: DueEntry[] = []
  const batches = batchesOf(due).map((batch, index): Send => async () => {
    const second = Math.floor(index / BATCHES_PER_SECOND)
    const message = { v: 1, at, due: batch.map(inMessage) } as const
    await deps.queue.probes(message, second === 0 ? undefined : started + second * 1000)
    moved.push(...batch)
  })
  const failures = await paced(deps, [...feeds, ...batches])
  await deps.due.move(
    moved.map((entry) => ({
      entry,
      dueAt: nextDate(entry.dueAt, entry.everyMs, started),
      everyMs: entry.everyMs,
    })),
  )
  scheduleTicked(deps.log, {
    due: moved.length,
    organizations: organizations.length,
    ms: deps.clock.now() - started,
  })
  if (failures.length > 0) throw failures[0]
  await purgeOfTick(deps)
}

function batchesOf(due: readonly DueEntry[]): DueEntry[][] {
  const count = Math.ceil(due.length / MOST_PROBES)
  return Array.from({ length: count }, (_, index) =>
    due.slice(index * MOST_PROBES, (index + 1) * MOST_PROBES),
  )
}

const inMessage = ({ account, kind, dueAt, everyMs }: DueEntry) => ({
  accountId: accountId(account),
  kind,
  dueAt,
  everyMs,
})

/** Sends no more than the pace allows. A bus that refuses is not pressed: the rest is for the next minute. */
async function paced(deps: RestDeps, sends: readonly Send[]): Promise<unknown[]> {
  for (let from = 0; from < sends.length; from += SENDS_AT_ONCE) {
    if (from > 0) await deps.sleep((SENDS_AT_ONCE * 1000) / SENDS_PER_SECOND)
    const ends = await Promise.allSettled(
      sends.slice(from, from + SENDS_AT_ONCE).map((send) => send()),
    )
    const failures = ends.flatMap((end): unknown[] =>
      end.status === 'rejected' ? [end.reason] : [],
    )
    if (failures.length > 0) return failures
  }
  return []
}
