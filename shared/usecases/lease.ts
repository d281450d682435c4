import type { SyncMessage } from '../messages'
import { VersionMismatch } from '../errors'
import type { RunRow, SyncState, Versioned } from '../ports/stores'
import type { Deps } from './deps'
import { LEASE_MS } from './ledger'

/** A hint this much older than the last gather has been seen by it. */
const OLD_HINT_MS = 2_000

export const emptyRun = (): RunRow => ({
  owner: null,
  leaseUntil: 0,
  commitId: '',
  runId: null,
  slice: 0,
  notBefore: 0,
  throttledSince: null,
  failures: 0,
  containers: '',
  connectedAt: null,
  cursors: { oro: null, microsoft: null },
  feedSince: null,
  window: null,
  comparedWith: null,
  lastFullOroAt: 0,
  gatheredAt: 0,
  progress: null,
  lastSyncAt: null,
  lastAgreedAt: null,
  reason: null,
  counts: { linked: 0, parked: 0, unlinked: 0, withheld: 0, held: 0 },
  recent: [],
  lastRun: null,
  open: { problems: 0, candidates: 0, intents: 0, rest: 0, untaken: 0 },
})

/** Why this message is not carried out now; null = it is. */
export function notNow(
  row: RunRow,
  message: SyncMessage,
  now: number,
): { why: string; again?: number } | null {
  if (row.owner !== null && row.leaseUntil > now)
    return { why: 'leased', again: row.leaseUntil + 1000 }
  if (row.notBefore > now)
    return { why: 'not-before', ...(asksMore(message) ? { again: row.notBefore } : {}) }
  const at = Date.parse(message.at)
  // One that names items names what a list may not show (a deletion in Oro): it is always followed.
  const general = message.reason === 'hint' && message.ids === undefined
  if (general && at < row.gatheredAt - OLD_HINT_MS) return { why: 'seen' }
  const continues = message.reason === 'continuation'
  if (continues && (message.runId !== row.runId || message.slice !== row.slice))
    return { why: 'overtaken' }
  return null
}

/** What made the account wait has sent a message for that moment (`stop.ts`): one that asks for nothing else would only wait beside it. */
const asksMore = ({ operationId, ids, mode }: SyncMessage): boolean =>
  operationId !== undefined || ids !== undefined || mode !== undefined

/** Takes the run row for this message; null = somebody else was faster. */
export async function takeLease(
  deps: Deps,
  state: SyncState,
  found: Versioned<RunRow> | null,
  {
    row,
    containers,
    connectedAt,
    message,
  }: { row: RunRow; containers: string; connectedAt: string | null; message: SyncMessage },
): Promise<Versioned<RunRow> | null> {
  const now = deps.clock.now()
  const fresh = row.containers === containers ? row : forgetCursors(row, containers, connectedAt)
  const value: RunRow = {
    ...fresh,
    owner: deps.newId(),
    leaseUntil: now + LEASE_MS,
    runId: message.reason === 'continuation' ? row.runId : deps.newId(),
    slice: message.reason === 'continuation' ? row.slice : 0,
  }
  try {
    return { value, etag: await state.saveRun(value, found?.etag ?? null) }
  } catch (error) {
    if (error instanceof VersionMismatch) return null
    throw error
  }
}

/** Another Microsoft account or Oro calendar: nothing that was read before is of use. */
const forgetCursors = (row: RunRow, containers: string, connectedAt: string | null): RunRow => ({
  ...row,
  containers,
  connectedAt,
  cursors: { oro: null, microsoft: null },
  feedSince: null,
  comparedWith: null,
  window: null,
  counts: emptyRun().counts,
})
