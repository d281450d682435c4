import { absorb } from '../core/absorb'
import { SIDES, type Link, type Pair, type Reading, type Side } from '../core/model'
import { SyncError } from '../errors'
import type { ItemState, Written } from '../ports/side'
import type { StateChange } from '../ports/stores'
import type { RunContext } from './run-context'
import { claimTasks } from './task-owners'

/** A write whose answer is still to be read back (Oro answers without the row, oro/README 3.13). */
export interface Answered {
  readonly on: Side
  readonly pairs: Readonly<Record<string, Pair>>
  readonly written: Written
}

/** An item after its writes: what to remember once the answers are complete. */
export interface Applied {
  readonly link: Link
  readonly previous: Link | null
  readonly answers: readonly Answered[]
  readonly changes: readonly StateChange[]
  /** A later write of the same item failed: what the earlier ones did is remembered all the same, then this is dealt with. */
  readonly failure?: SyncError
}

/** The version of a reading, beside the other side's. */
export const versionsWith = (versions: Link['versions'], reading: Reading): Link['versions'] => ({
  ...versions,
  [reading.side]: reading.version,
})

/** Outlook mails the people of a meeting when its organizer's event is changed or deleted (P6). */
export const mailed = (link: Pick<Link, 'role' | 'audience'>): number =>
  link.role === 'organizer' ? link.audience : 0

/** Reads back what a side did not answer, takes the answers into the base, and commits the group. */
export async function rememberGroup(context: RunContext, group: readonly Applied[]): Promise<void> {
  const back: Record<Side, ReadonlyMap<string, ItemState>> = {
    oro: new Map(),
    microsoft: new Map(),
  }
  let silent: SyncError | null = null
  await claimTasks(context, group)
  for (const side of SIDES) {
    try {
      back[side] = await readBack(context, side, group)
    } catch (error) {
      // Written is written: without the answer the sent values count, and the account stops afterwards.
      if (!(error instanceof SyncError)) throw error
      silent = error
    }
  }
  for (const { link, previous, answers, changes } of group) {
    let now = link
    for (const { on, pairs, written } of answers) {
      const state = back[on].get(written.id)
      const answer = written.reading ?? (state?.is === 'present' ? state.reading : null)
      now = { ...now, ...absorb(now, on, pairs, answer, written.adjusted) }
      if (answer) now = { ...now, versions: versionsWith(now.versions, answer) }
      if (answer) now = { ...now, span: answer.span }
    }
    await context.ledger.add([
      ...changes,
      ...(changed(now, previous) ? [linkChange(now, previous)] : []),
    ])
  }
  if (silent) throw silent
}

const linkChange = (link: Link, previous: Link | null): StateChange => ({
  put: 'link',
  link,
  previous,
})

/** A link that says what it said before is not written again: an unchanged world costs no storage write. */
function changed(link: Link, previous: Link | null): boolean {
  if (!previous) return true
  const told = (value: Link): string => JSON.stringify({ ...value, agreedAt: '' })
  return told(link) !== told(previous)
}

async function readBack(
  context: RunContext,
  side: Side,
  group: readonly Applied[],
): Promise<ReadonlyMap<string, ItemState>> {
  const refs = group.flatMap((applied) =>
    applied.answers
      .filter((answer) => answer.on === side && answer.written.reading === null)
      .map(({ written }) => ({ id: written.id, container: written.container })),
  )
  return refs.length > 0 ? context.sides[side].readBack(refs) : new Map<string, ItemState>()
}
