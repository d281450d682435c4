import type { Account } from '../core/account'
import type { Kind, Reading, Side } from '../core/model'
import type { Policy } from '../core/policy'
import { uuidV5 } from '../core/uid'
import { accountId } from '../core/account'
import type { SyncMessage } from '../messages'
import type { Connection } from '../ports/connections'
import type { Meter, SidePort } from '../ports/side'
import type { Intent, Problem, SyncState, Writes } from '../ports/stores'
import type { Settings } from '../settings/schema'
import type { Deps } from './deps'
import type { KindRules } from './kinds'
import type { Ledger } from './ledger'

/** What happened so far in a run; it becomes `lastRun` of the status. */
export interface Tally {
  readonly writes: Record<Side, Writes>
  mails: number
  failed: number
}

/** Everything one run works with. */
export interface RunContext {
  readonly deps: Deps
  readonly account: Account
  readonly kind: Kind
  readonly rules: KindRules
  readonly policy: Policy
  readonly settings: Settings
  readonly connection: Connection
  readonly containers: string
  readonly state: SyncState
  readonly sides: Readonly<Record<Side, SidePort>>
  readonly ledger: Ledger
  readonly meter: Meter
  readonly tally: Tally
  readonly message: SyncMessage
  readonly startedAt: number
  /** Problems known at the start, by id; kept up to date. */
  readonly problems: Map<string, Problem>
  /** Announced creates that nothing has ended yet, by id. */
  readonly intents: Map<string, Intent>
  /** Uids under which this run creates items in Oro, each with the id across that has it (`uidFor`). */
  readonly uids: Map<string, string>
}

export const newTally = (): Tally => ({
  writes: {
    oro: { created: 0, updated: 0, deleted: 0 },
    microsoft: { created: 0, updated: 0, deleted: 0 },
  },
  mails: 0,
  failed: 0,
})

/**
 * The uid that the counterpart of this item gets in Oro. Several Outlook events may share an iCalUId (G-28), of which Oro keeps one uid:
 * the first has it, each further one gets a uid of its own, so that none is taken for another.
 */
export function uidFor(
  context: RunContext,
  { id, side, keys }: Pick<Reading, 'id' | 'side' | 'keys'>,
  generation: number,
): string | undefined {
  const { uid } = keys
  if (side === 'oro' || uid === undefined) return uid
  const holder = context.uids.get(uid) ?? id
  context.uids.set(uid, holder)
  return holder === id ? uid : createToken(context, side, id, generation)
}

/** Makes the create of an item's counterpart repeatable (sync-rules 6): account, item, generation. */
export const createToken = (
  context: RunContext,
  side: Side,
  id: string,
  generation: number,
): string =>
  uuidV5([accountId(context.account), context.kind, side, id, String(generation)].join('|'))
