import { accountId, type Account } from '../../core/account'
import type { Kind, Link } from '../../core/model'
import { VersionMismatch } from '../../errors'
import { startingWith, type Rows, type RowWrite } from '../../ports/rows'
import type {
  Candidate,
  HistoryEntry,
  Intent,
  Problem,
  Rest,
  RunRow,
  StateChange,
  SyncState,
  Untaken,
} from '../../ports/stores'
import { chunks, forwardTime, hashed } from './keys'
import { historyKeyAt, purgeHistory } from './old-history'

const TABLE = 'sync'
/** Entries of one transaction share a moment; the number keeps them apart and in order. */
let sequence = 0

const historyKey = (entry: HistoryEntry): string => {
  sequence = (sequence + 1) % 1_000_000
  return `${historyKeyAt(entry.at)}:${String(999_999 - sequence).padStart(6, '0')}`
}

/** Keys of the links of one pair of containers. */
const linkKeys = (pair: string) => ({
  pair,
  oroKey: (oroId: string): string => `oro:${pair}:${oroId}`,
  microsoftKey: (id: string): string => `ms:${pair}:${hashed(id)}`,
  untakenKey: ({ side, id }: Untaken): string => `untaken:${pair}:${side}:${hashed(id)}`,
  closedKey: (at: number, oroId: string): string => `closed:${forwardTime(at)}:${pair}:${oroId}`,
})
type LinkKeys = ReturnType<typeof linkKeys>

/** A link that was closed, of whatever pair. */
interface Closed {
  readonly oroKey: string
  readonly pair: string
  readonly at: number
}
/** Closed links taken away at a time. */
const MOST_CLOSED = 300

function linkWrites(
  { oroKey, microsoftKey }: LinkKeys,
  link: Link,
  previous: Link | null,
): RowWrite[] {
  const writes: RowWrite[] = [{ put: oroKey(link.oroId), value: link }]
  if (previous && previous.oroId !== link.oroId) writes.push({ remove: oroKey(previous.oroId) })
  if (previous && previous.microsoftId === link.microsoftId && previous.oroId === link.oroId)
    return writes
  writes.push({ put: microsoftKey(link.microsoftId), value: { oroId: link.oroId } })
  if (previous && previous.microsoftId !== link.microsoftId) {
    writes.push({ remove: microsoftKey(previous.microsoftId) })
  }
  return writes
}

function toWrites(keys: LinkKeys, change: StateChange): RowWrite[] {
  if ('remove' in change) {
    const key = change.remove === 'candidate' ? change.oroId : change.id
    return [{ remove: `${change.remove}:${key}` }]
  }
  switch (change.put) {
    case 'link':
      return linkWrites(keys, change.link, change.previous)
    case 'problem':
      return [{ put: `problem:${change.problem.id}`, value: change.problem }]
    case 'candidate':
      return [{ put: `candidate:${change.candidate.oroId}`, value: change.candidate }]
    case 'intent':
      return [{ put: `intent:${change.intent.id}`, value: change.intent }]
    case 'untaken':
      return [{ put: keys.untakenKey(change.untaken), value: change.untaken }]
    case 'history':
      return [{ put: historyKey(change.entry), value: change.entry }]
    case 'closed': {
      const { oroId, at } = change
      const closed: Closed = { oroKey: keys.oroKey(oroId), pair: keys.pair, at }
      return [{ put: keys.closedKey(at, oroId), value: closed }]
    }
  }
}

/**
 * The partition `{accountId}:{kind}` of the table `sync` (DESIGN 5).
 *
 * @param containers Microsoft account and Oro calendar or owner whose links are meant
 */
export function createSyncState(
  rows: Rows,
  account: Account,
  kind: Kind,
  containers: string,
): SyncState {
  const partition = `${accountId(account)}:${kind}`
  const pair = hashed(containers).slice(0, 8)
  const keys = linkKeys(pair)
  const { oroKey, microsoftKey } = keys
  const here = { from: partition, to: partition }
  const all = async <T>(prefix: string): Promise<T[]> => {
    const found = await rows.query<T>(TABLE, { partitions: here, ...startingWith(prefix) })
    return found.map((row) => row.value)
  }
  /** Only where it is still there: a row that comes back behind the run's count of them would never be looked at. */
  const replace = async (key: string, value: unknown): Promise<void> => {
    const row = await rows.get(TABLE, partition, key)
    if (!row) throw new VersionMismatch('The row is gone')
    await rows.put(TABLE, partition, key, value, row.etag)
  }
  const linksByOro = async (ids: readonly string[]): Promise<Map<string, Link>> => {
    const found = new Map<string, Link>()
    for (const group of chunks(ids, 16)) {
      const links = await Promise.all(
        group.map((id) => rows.get<Link>(TABLE, partition, oroKey(id))),
      )
      for (const row of links) if (row) found.set(row.value.oroId, row.value)
    }
    return found
  }

  return {
    async run() {
      const row = await rows.get<RunRow>(TABLE, partition, 'run')
      return row ? { value: row.value, etag: row.etag } : null
    },
    saveRun: (run, etag) => rows.put(TABLE, partition, 'run', run, etag),
    async commit(run, etag, changes) {
      const writes: RowWrite[] = [
        { put: 'run', value: run, etag },
        ...changes.flatMap((change) => toWrites(keys, change)),
      ]
      const etags = await rows.transact(TABLE, partition, writes)
      return etags[0] ?? ''
    },
    linksByOro,
    async linksByMicrosoft(ids) {
      const pointers = new Map<string, string>()
      for (const group of chunks(ids, 16)) {
        const found = await Promise.all(
          group.map((id) => rows.get<{ oroId: string }>(TABLE, partition, microsoftKey(id))),
        )
        for (const row of found) if (row) pointers.set(row.value.oroId, row.row)
      }
      const links = await linksByOro([...pointers.keys()])
      return new Map([...links.values()].map((link) => [link.microsoftId, link]))
    },
    links: () => all<Link>(`oro:${pair}:`),
    problems: () => all<Problem>('problem:'),
    answerProblem: (problem) => replace(`problem:${problem.id}`, problem),
    candidates: () => all<Candidate>('candidate:'),
    answerCandidate: (candidate) => replace(`candidate:${candidate.oroId}`, candidate),
    intents: () => all<Intent>('intent:'),
    untaken: () => all<Untaken>(`untaken:${pair}:`),
    async rest() {
      const parts = await all<Rest>('rest:')
      if (parts.length === 0) return null
      return {
        oro: parts.flatMap((part) => part.oro),
        microsoft: parts.flatMap((part) => part.microsoft),
      }
    },
    async saveRest(rest) {
      const old = await rows.query(TABLE, { partitions: here, ...startingWith('rest:') })
      const ids = [
        ...(rest?.oro ?? []).map((id) => ({ oro: [id], microsoft: [] })),
        ...(rest?.microsoft ?? []).map((id) => ({ oro: [], microsoft: [id] })),
      ]
      // Behind those there are, which go last: a worker that dies in between leaves too many, never too few.
      let number = old.reduce((most, { row }) => Math.max(most, Number(row.slice(5)) + 1), 0)
      for (const group of chunks(ids, 2000)) {
        const part: Rest = {
          oro: group.flatMap((entry) => entry.oro),
          microsoft: group.flatMap((entry) => entry.microsoft),
        }
        await rows.put(TABLE, partition, `rest:${String(number).padStart(12, '0')}`, part)
        number += 1
      }
      for (const { row } of old) await rows.remove(TABLE, partition, row)
    },
    async history({ limit, next }) {
      const range = startingWith('history:')
      const found = await rows.query<HistoryEntry>(TABLE, {
        partitions: here,
        from: next ?? range.from,
        to: range.to,
        limit: limit + 1,
      })
      const more = found[limit]
      return { items: found.slice(0, limit).map((row) => row.value), next: more?.row ?? null }
    },
    async hideHistory(oroId) {
      const range = startingWith('history:')
      const found = await rows.query<HistoryEntry>(TABLE, { partitions: here, ...range })
      for (const { row, value } of found) {
        if (value.oroId !== oroId) continue
        const fields = value.fields.map(({ name }) => ({ name, old: null, new: null, lost: null }))
        await rows.put(TABLE, partition, row, { ...value, label: 'Private', fields })
      }
    },
    async purge(before) {
      await purgeHistory(rows, TABLE, partition, before)
      const old = await rows.query<Closed>(TABLE, {
        partitions: here,
        from: 'closed:',
        to: `closed:${forwardTime(before)}`,
        limit: MOST_CLOSED,
      })
      for (const { row, value } of old) {
        const link = await rows.get<Link>(TABLE, partition, value.oroKey)
        const writes: RowWrite[] = [{ remove: row }]
        // One that lived again and was closed anew has a later row of its own.
        if (link?.value.state === 'closed' && Date.parse(link.value.agreedAt) <= value.at) {
          writes.push({ remove: value.oroKey, etag: link.etag })
          const key = linkKeys(value.pair).microsoftKey(link.value.microsoftId)
          const pointer = await rows.get<{ oroId: string }>(TABLE, partition, key)
          if (pointer?.value.oroId === link.value.oroId)
            writes.push({ remove: key, etag: pointer.etag })
        }
        await rows.transact(TABLE, partition, writes)
      }
    },
    async record(entries) {
      for (const entry of entries) await rows.put(TABLE, partition, historyKey(entry), entry)
    },
  }
}
