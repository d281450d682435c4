import { SyncError } from '../errors'
import { withAlike } from './alike'
import { leaveUntaken } from './backfill'
import { loadHeld, settleDeletions, type Deletion } from './deletions'
import { finish } from './finish'
import { gather } from './gather'
import { endIntents, recoverIntents } from './intents'
import { linkedUnits } from './linked-units'
import { newcomerUnits, pairingOf } from './newcomer-units'
import { runUnits } from './process'
import { mayGoOn } from './rest'
import type { RunContext } from './run-context'
import { relinkMoves } from './task-moves'
import { settleOwners } from './task-owners'

/** A slice ends after this; the rest goes on in a continuation message (DESIGN 4). */
const SLICE_MS = 60_000

/** Has nobody paused or disconnected since the run was admitted (S9, T10)? */
export const stillWanted = ({ deps, account, connection }: RunContext): Promise<boolean> =>
  mayGoOn(deps, account, connection.microsoft?.homeAccountId)

/** gather → decide → apply → remember, for at most a minute. */
export async function slice(context: RunContext): Promise<void> {
  const { deps, ledger, startedAt } = context
  // A person who pauses or disconnects is not made to wait for the end of a run (S9, T10).
  const wanted = () => stillWanted(context)
  const gathered = await settleOwners(context, await relinkMoves(context, await gather(context)))
  const work = await withAlike(context, await recoverIntents(context, gathered))
  await ledger.keepAlive()
  const held = await loadHeld(context)
  const deletions: Deletion[] = []
  const linked = linkedUnits(context, work.linked, work.window, held, deletions)
  const pairing = await leaveUntaken(context, work, pairingOf(context, work))
  const units = [...linked, ...newcomerUnits(context, work, pairing, held)]
  await endIntents(
    context,
    units.map((unit) => unit.ids),
  )
  let first = true
  const goOn = async (): Promise<boolean> => {
    if (!(await wanted())) return false
    const begun = first
    first = false
    // A slice always finishes something before it yields (sync-rules 11).
    if (begun) return true
    if (deps.clock.now() - startedAt >= SLICE_MS) return false
    return !(await deps.pending.has(context.account, context.kind))
  }
  try {
    const left = [...(await runUnits(context, units, goOn))]
    const { left: undone } =
      deletions.length === 0 || (await wanted())
        ? await settleDeletions(context, deletions, held, work.suddenlyEmpty)
        : { left: deletions }
    await finish(context, work, left, undone)
  } catch (error) {
    // What was done is remembered; the cursors stay where they were, so that the rest is gathered again.
    if (error instanceof SyncError) await ledger.flush()
    throw error
  }
}
