import { KINDS } from '../core/model'
import type { DueEntry, DueMove, Scope } from '../ports/stores'
import { resolveSettings } from '../settings/resolve'
import type { Deps } from './deps'

const MINUTE_MS = 60_000
/** Accounts whose settings are read side by side. */
const AT_ONCE = 50

/** What applied at a level, and what applies from now on, to whoever has no nearer value; minutes. */
export interface IntervalChange {
  readonly before: number
  readonly after: number
}

/** A shorter interval counts from now on, a longer one from the next date (S5). */
export async function bringForward(
  deps: Deps,
  scope: Scope,
  { before, after }: IntervalChange,
): Promise<void> {
  if (after >= before) return
  const now = deps.clock.now()
  const interval = after * MINUTE_MS
  const latest = now + interval
  if (scope.level === 'user') {
    for (const kind of KINDS) {
      const next = await deps.due.next(scope.account, kind)
      if (next !== null && next > latest)
        await deps.due.schedule(scope.account, kind, latest, interval)
    }
    return
  }
  for await (const page of deps.due.after(latest)) {
    const here = page.filter(
      ({ account }) => scope.level === 'system' || account.organizationId === scope.organizationId,
    )
    const inherits = ({ everyMs }: DueEntry): boolean => everyMs === before * MINUTE_MS
    const heirs = here.filter(inherits)
    await deps.due.move(
      heirs.map((entry, index) => ({
        entry,
        // Spread over the interval: all at its end would be more than a minute can take.
        dueAt: now + Math.ceil((interval * (index + 1)) / heirs.length),
        everyMs: interval,
      })),
    )
    const others = here.filter((entry) => !inherits(entry))
    for (let at = 0; at < others.length; at += AT_ONCE) {
      const group = others.slice(at, at + AT_ONCE)
      const moves = await Promise.all(group.map((entry) => byOwnSettings(deps, entry, now)))
      await deps.due.move(moves.flat())
    }
  }
}

/** Entered by another interval: a nearer level has its own, or an earlier change has not reached the entry yet. */
async function byOwnSettings(deps: Deps, entry: DueEntry, now: number): Promise<DueMove[]> {
  const { syncInterval } = resolveSettings(await deps.settings.stack(entry.account))
  const everyMs = syncInterval * MINUTE_MS
  return entry.dueAt > now + everyMs ? [{ entry, dueAt: now + everyMs, everyMs }] : []
}
