import { fingerprint } from '../core/fingerprint'
import type { Pairing } from '../core/newcomers'
import { type Reading, type Side } from '../core/model'
import type { Untaken } from '../ports/stores'
import type { Work } from './gather'
import type { RunContext } from './run-context'

const keyOf = ({ side, id }: { side: Side; id: string }): string => `${side}:${id}`

const fingerprints = ({ fields }: Reading): Untaken['fields'] =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, fingerprint(value)]))

/** A field that a side does not state (a reminder that is past, say) has not changed. */
const edited = (before: Untaken['fields'], now: Untaken['fields']): boolean =>
  Object.entries(now).some(([name, mark]) => (before[name] ?? mark) !== mark)

/**
 * Under `backfill: changed-after-connect` an item that was there at Connect and has no counterpart stays alone until somebody changes what
 * it says (C2, sync-rules 11). Its fingerprints are remembered before anything is written, so that a slice that ends early leaves none of
 * them over; what changed is taken along like any newcomer. Items that found each other are linked all the same: unlinked, the first edit
 * of one would double the other.
 */
export async function leaveUntaken(
  context: RunContext,
  work: Work,
  pairing: Pairing,
): Promise<Pairing> {
  const { kind, ledger, settings, state } = context
  if (settings[kind].backfill === 'window' || pairing.single.length === 0) return pairing
  const known = new Map<string, Untaken>()
  if (ledger.row().open.untaken > 0)
    for (const entry of await state.untaken()) known.set(keyOf(entry), entry)
  const synced = new Set(
    work.newcomers.filter(({ previous }) => previous !== null).map(({ reading }) => reading),
  )
  const single: Reading[] = []
  for (const reading of pairing.single) {
    const { side, id } = reading
    const before = known.get(keyOf(reading))
    const fields = fingerprints(reading)
    if (synced.has(reading) || (before && edited(before.fields, fields))) single.push(reading)
    else if (before) continue
    else if (wasThere(context, work, reading))
      await ledger.add([{ put: 'untaken', untaken: { side, id, fields }, known: false }])
    else single.push(reading)
  }
  await ledger.flush()
  return { ...pairing, single }
}

/**
 * Did it exist, as it is, when the account was connected? What a list of changes names has changed since; of a whole list only the time of
 * the last change says so, and where there is none, what the first comparison finds was there.
 */
function wasThere({ ledger }: RunContext, { full }: Work, reading: Reading): boolean {
  if (!full[reading.side]) return false
  const { connectedAt, comparedWith } = ledger.row()
  const changedAt = Date.parse(reading.modifiedAt)
  if (connectedAt === null || Number.isNaN(changedAt)) return comparedWith === null
  // Oro knows whole seconds only.
  return changedAt < Math.floor(Date.parse(connectedAt) / 1000) * 1000
}
