import type { LinkState } from '../core/model'
import { VersionMismatch } from '../errors'
import type { NewId } from '../ports/queue'
import type { RunRow, StateChange, SyncState } from '../ports/stores'

export const LEASE_MS = 90_000
const RENEW_MS = 30_000
/** No write to a vendor starts later than this before the lease ends (DESIGN 4): its answer must come within the lease. */
const WRITE_MARGIN_MS = 35_000
/** Rows of one transaction, the run row aside; a link may take four. */
const TRANSACTION_ROWS = 90
/** Characters of its values: none takes more than three bytes, and a transaction takes 3 MiB. */
const TRANSACTION_CHARACTERS = 1_000_000

const rowsOf = (change: StateChange): number => ('put' in change && change.put === 'link' ? 4 : 1)

const identity = (change: StateChange): string => {
  if ('remove' in change)
    return `${change.remove}:${change.remove === 'candidate' ? change.oroId : change.id}`
  switch (change.put) {
    case 'link':
      return `link:${change.link.oroId}`
    case 'problem':
      return `problem:${change.problem.id}`
    case 'candidate':
      return `candidate:${change.candidate.oroId}`
    case 'intent':
      return `intent:${change.intent.id}`
    case 'untaken':
      return `untaken:${change.untaken.side}:${change.untaken.id}`
    case 'history':
      return ''
    case 'closed':
      return `closed:${change.oroId}`
  }
}

/** A link that is closed by this is kept for a while from now on (sync-rules 3). */
const withClosing = (changes: readonly StateChange[], at: number): StateChange[] =>
  changes.flatMap((change): StateChange[] => {
    const closes = 'put' in change && change.put === 'link' && change.link.state === 'closed'
    return closes && change.previous?.state !== 'closed'
      ? [change, { put: 'closed', oroId: change.link.oroId, at }]
      : [change]
  })

/** The run row after these changes: how many links are in which state, and which sorts of rows exist. */
function counted(row: RunRow, changes: readonly StateChange[]): RunRow {
  const counts = { ...row.counts }
  const open = { ...row.open }
  const bump = (state: LinkState, by: number): void => {
    if (state !== 'closed') counts[state] += by
  }
  for (const change of changes) {
    if ('put' in change && change.put === 'link') {
      if (change.previous) bump(change.previous.state, -1)
      bump(change.link.state, 1)
    }
    const sort = 'put' in change ? change.put : change.remove
    const by = 'remove' in change ? -1 : 'known' in change && !change.known ? 1 : 0
    if (sort === 'problem') open.problems += by
    if (sort === 'candidate') open.candidates += by
    if (sort === 'intent') open.intents += by
    if (sort === 'untaken') open.untaken += by
  }
  return { ...row, counts, open }
}

/**
 * What a run remembers: every commit is one transaction with the run row under `If-Match`, so that of two workers only one writes
 * (DESIGN 4, lease and fencing). `VersionMismatch` from here means: stop, somebody else took over.
 */
export interface Ledger {
  row(): RunRow
  /** Takes the changes of one item; they are committed together. */
  add(changes: readonly StateChange[]): Promise<void>
  /** Commits what was added, and the run row as changed by `patch`; renews the lease. */
  flush(patch?: (row: RunRow) => RunRow): Promise<void>
  /** Commits only if the lease is getting old. */
  keepAlive(): Promise<void>
  /** Is there time left for a write to a vendor? */
  mayWrite(): boolean
}

export function createLedger(options: {
  state: SyncState
  row: RunRow
  etag: string
  now: () => number
  newId: NewId
}): Ledger {
  const { state, now, newId } = options
  let { row, etag } = options
  let waiting: StateChange[] = []
  let weight = 0
  let length = 0
  let names = new Set<string>()
  // Items are applied side by side; commits follow each other.
  let tail: Promise<void> = Promise.resolve()

  const commit = async (patch: (row: RunRow) => RunRow): Promise<void> => {
    const changes = waiting
    waiting = []
    weight = 0
    length = 0
    names = new Set()
    const released = patch(counted(row, changes))
    const next = {
      ...released,
      leaseUntil: released.owner === null ? 0 : now() + LEASE_MS,
      commitId: newId(),
    }
    etag = await stored(next, changes)
    row = next
  }
  /** The client asks again when an answer is lost, and is told that the row has changed: by this very commit (DESIGN 4). */
  const stored = async (next: RunRow, changes: readonly StateChange[]): Promise<string> => {
    try {
      return await state.commit(next, etag, changes)
    } catch (error) {
      const found = error instanceof VersionMismatch ? await state.run() : null
      if (found?.value.commitId !== next.commitId) throw error
      return found.etag
    }
  }
  const queued = (work: () => Promise<void>): Promise<void> => {
    const next = tail.then(work)
    tail = next.catch(() => undefined)
    return next
  }
  const flush: Ledger['flush'] = (patch = (same) => same) => queued(() => commit(patch))

  return {
    row: () => row,
    add: (given) =>
      queued(async () => {
        const changes = withClosing(given, now())
        const size = changes.reduce((sum, change) => sum + rowsOf(change), 0)
        const characters = JSON.stringify(changes).length
        const twice = changes.some((change) => names.has(identity(change)))
        const tooMuch =
          weight + size > TRANSACTION_ROWS || length + characters > TRANSACTION_CHARACTERS
        // Table Storage refuses two writes to one row within a transaction.
        if (twice || tooMuch) await commit((same) => same)
        waiting.push(...changes)
        weight += size
        length += characters
        for (const change of changes) if (identity(change) !== '') names.add(identity(change))
      }),
    flush,
    async keepAlive() {
      if (row.leaseUntil - now() < LEASE_MS - RENEW_MS) await flush()
    },
    mayWrite: () => now() < row.leaseUntil - WRITE_MARGIN_MS,
  }
}
