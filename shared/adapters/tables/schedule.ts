import { createHash } from 'node:crypto'
import { accountId, type Account } from '../../core/account'
import type { Kind } from '../../core/model'
import { VersionMismatch } from '../../errors'
import type { Rows } from '../../ports/rows'
import type { DueEntry, DueIndex, Pending } from '../../ports/stores'
import { forwardTime } from './keys'

const PENDING = 'pending'
const DUE = 'due'
/** Where each account stands in the index: the partition sorts behind the shards. */
const PLACES = 'place'
const SHARDS = 16
/** A pending row older than this counts as absent (DESIGN 4). */
const PENDING_LIFE_MS = 120_000
/** The same for one without `sentAt`: its sender is just sending, or has failed and is asked again by its caller. */
const UNSENT_LIFE_MS = 5_000

interface PendingRow {
  readonly at: number
  readonly sentAt: number | null
}

/** Table `pending`: a hint waits for its run, further ones join it. */
export function createPending(rows: Rows): Pending {
  return {
    async begin(account, kind, now) {
      const fresh: PendingRow = { at: now, sentAt: null }
      try {
        await rows.put(PENDING, accountId(account), kind, fresh, null)
        return true
      } catch (error) {
        if (!(error instanceof VersionMismatch)) throw error
      }
      const row = await rows.get<PendingRow>(PENDING, accountId(account), kind)
      const life = row?.value.sentAt == null ? UNSENT_LIFE_MS : PENDING_LIFE_MS
      if (row && now - row.value.at < life) return false
      await rows.put(PENDING, accountId(account), kind, fresh)
      return true
    },
    async sent(account, kind, now) {
      const row = await rows.get<PendingRow>(PENDING, accountId(account), kind)
      if (!row) return
      try {
        await rows.put(PENDING, accountId(account), kind, { ...row.value, sentAt: now }, row.etag)
      } catch (error) {
        // The run was faster: it took the row away, and that is what the row is for.
        if (!(error instanceof VersionMismatch)) throw error
      }
    },
    async has(account, kind) {
      return (await rows.get(PENDING, accountId(account), kind)) !== undefined
    },
    clear: (account, kind) => rows.remove(PENDING, accountId(account), kind),
  }
}

const shardOf = (name: string): string =>
  String(createHash('sha256').update(name).digest().readUInt8(0) % SHARDS).padStart(2, '0')

/** Table `due`: sixteen shards in the order of time, and per account the place of its entry. */
export function createDueIndex(rows: Rows): DueIndex {
  interface Place {
    readonly shard: string
    readonly row: string
    readonly dueAt: number
  }
  const nameOf = (account: Account, kind: Kind): string => `${accountId(account)}|${kind}`
  const rowOf = (name: string, dueAt: number): string => `${forwardTime(dueAt)}|${name}`

  const index: DueIndex = {
    async due(now, limit) {
      const found = await rows.query<DueEntry>(DUE, {
        partitions: { from: '00', to: String(SHARDS - 1).padStart(2, '0') },
        to: forwardTime(now + 1),
        limit,
      })
      return found.map((row) => row.value).sort((a, b) => a.dueAt - b.dueAt)
    },
    async schedule(account, kind, dueAt) {
      const name = nameOf(account, kind)
      const place = await rows.get<Place>(DUE, PLACES, name)
      if (place?.value.dueAt === dueAt) return
      if (dueAt !== null) {
        const shard = shardOf(name)
        const row = rowOf(name, dueAt)
        await rows.put(DUE, shard, row, { account, kind, dueAt } satisfies DueEntry)
        await rows.put(DUE, PLACES, name, { shard, row, dueAt } satisfies Place)
      } else if (place) await rows.remove(DUE, PLACES, name)
      if (place) await rows.remove(DUE, place.value.shard, place.value.row)
    },
    async move(fired, dueAt) {
      const { account, kind } = fired
      const name = nameOf(account, kind)
      if ((await index.next(account, kind)) !== null) await index.schedule(account, kind, dueAt)
      if (fired.dueAt !== dueAt) await rows.remove(DUE, shardOf(name), rowOf(name, fired.dueAt))
    },
    async next(account, kind) {
      return (await rows.get<Place>(DUE, PLACES, nameOf(account, kind)))?.value.dueAt ?? null
    },
  }
  return index
}
