import { VersionMismatch } from '../errors'
import type { Tickets } from '../ports/stores'
import type { Deps } from './deps'
import type { RunContext } from './run-context'

const DAY_MS = 86_400_000
/** History, closed links and operations are kept this long (DESIGN 5, sync-rules 3). */
const KEPT_MS = 90 * DAY_MS
/** Rows that one tick takes away of each sort. */
const MOST_PER_TICK = 200

const isDue = ({ purgedAt = 0 }: { purgedAt?: number }, now: number): boolean =>
  now - purgedAt >= DAY_MS

/**
 * Once a day a run takes old rows of its account away, under its lease: nobody reads a closed link that is just going. Without a change
 * there is one run a day as well, for Oro's full list.
 *
 * @returns what the run row says of it
 */
export async function purgeOfRun(context: RunContext): Promise<{ purgedAt?: number }> {
  const { deps, ledger, state } = context
  const now = deps.clock.now()
  if (!isDue(ledger.row(), now)) return {}
  // What this run has decided about closed links is written first.
  await ledger.flush()
  try {
    await state.purge(now - KEPT_MS)
  } catch (error) {
    // An entry was hidden or a row taken away meanwhile: tomorrow is another day.
    if (!(error instanceof VersionMismatch)) throw error
  }
  return { purgedAt: now }
}

/** Tickets that nobody used and operations that nobody looks at any more. */
export async function purgeOfTick(
  deps: Pick<Deps, 'clock' | 'operations'> & { readonly tickets: Tickets },
): Promise<void> {
  const now = deps.clock.now()
  await deps.tickets.purge(now, MOST_PER_TICK)
  await deps.operations.purge(now - KEPT_MS, MOST_PER_TICK)
}
