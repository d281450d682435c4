import { createHash } from 'node:crypto'
import { accountId, type Account } from '../../core/account'
import type { Kind } from '../../core/model'
import { VersionMismatch } from '../../errors'
import type { Row, Rows, RowWrite } from '../../ports/rows'
import type { DueEntry, DueIndex, DueMove, Pending } from '../../ports/stores'
import { chunks, forwardTime } from './keys'

const PENDING = 'pending'
const DUE = 'due'
const SHARDS = 16
/** A move writes three rows; a transaction holds a hundred. */
const MOVES_AT_ONCE = 33
const WRITE_TRIES = 5
/** What Table Storage answers at once. */
const PAGE = 1000
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

const shards = Array.from({ length: SHARDS }, (_, index) => String(index).padStart(2, '0'))

const shardOf = (name: string): string =>
  shards[createHash('sha256').update(name).digest().readUInt8(0) % SHARDS] ?? ''

const nameOf = (account: Account, kind: Kind): string => `${accountId(account)}|${kind}`
const rowOf = (name: string, dueAt: number): string => `${forwardTime(dueAt)}|${name}`
/** Beside the entry, so that both are written at once; letters sort behind the dates. */
const PLACES = 'place|'
const placeOf = (name: string): string => `${PLACES}${name}`

/** Where an account's only entry is. */
interface Place {
  readonly dueAt: number
  readonly everyMs: number | null
}

function enter(entry: DueEntry): RowWrite[] {
  const name = nameOf(entry.account, entry.kind)
  const place: Place = { dueAt: entry.dueAt, everyMs: entry.everyMs }
  return [
    { put: rowOf(name, entry.dueAt), value: entry },
    { put: placeOf(name), value: place },
  ]
}

function moveWrites({ entry, dueAt, everyMs }: DueMove): RowWrite[] {
  if (entry.dueAt === dueAt) return []
  const old = rowOf(nameOf(entry.account, entry.kind), entry.dueAt)
  return [{ remove: old }, ...enter({ ...entry, dueAt, everyMs })]
}

/**
 * Table `due`: sixteen shards in the order of time, and per account the place of its entry. Entry and place change in one transaction: an
 * entry that a place does not know of cannot be, so that taking the old entry away is proof enough for a whole batch.
 */
export function createDueIndex(rows: Rows): DueIndex {
  /** @returns false = somebody else was faster */
  const written = async (shard: string, writes: readonly RowWrite[]): Promise<boolean> => {
    try {
      if (writes.length > 0) await rows.transact(DUE, shard, writes)
      return true
    } catch (error) {
      if (error instanceof VersionMismatch) return false
      throw error
    }
  }
  const placed = (name: string): Promise<Row<Place> | undefined> =>
    rows.get<Place>(DUE, shardOf(name), placeOf(name))

  return {
    async due(now, limit) {
      // Each for itself: a range within a partition is found by its key, one across partitions reads them all.
      const found = await Promise.all(
        shards.map((shard) =>
          rows.query<DueEntry>(DUE, {
            partitions: { from: shard, to: shard },
            to: forwardTime(now + 1),
            limit: Math.ceil(limit / SHARDS),
          }),
        ),
      )
      return found
        .flat()
        .map((row) => row.value)
        .sort((a, b) => a.dueAt - b.dueAt)
    },
    async *after(date) {
      for (const shard of shards) {
        let from: string | null = forwardTime(date + 1)
        while (from !== null) {
          const page: readonly Row<DueEntry>[] = await rows.query<DueEntry>(DUE, {
            partitions: { from: shard, to: shard },
            from,
            to: PLACES,
            limit: PAGE,
          })
          if (page.length > 0) yield page.map((row) => row.value)
          // Row keys hold no blank: nothing lies between this and the next.
          from = page.length < PAGE ? null : `${page.at(-1)?.row ?? ''} `
        }
      }
    },
    async schedule(account, kind, dueAt, everyMs) {
      const name = nameOf(account, kind)
      for (let attempt = 0; attempt < WRITE_TRIES; attempt += 1) {
        const place = await placed(name)
        if ((place?.value.dueAt ?? null) === dueAt) return
        const every = everyMs ?? place?.value.everyMs ?? null
        const left = place
          ? [
              { remove: rowOf(name, place.value.dueAt) },
              ...(dueAt === null ? [{ remove: placeOf(name), etag: place.etag }] : []),
            ]
          : []
        const put = dueAt === null ? [] : enter({ account, kind, dueAt, everyMs: every })
        const guarded = put.map((write) =>
          'put' in write && write.put === placeOf(name)
            ? { ...write, etag: place?.etag ?? null }
            : write,
        )
        if (await written(shardOf(name), [...left, ...guarded])) return
      }
      throw new VersionMismatch('The due entry is changed again and again')
    },
    async move(moves) {
      const byShard = new Map<string, DueMove[]>()
      for (const move of moves) {
        const shard = shardOf(nameOf(move.entry.account, move.entry.kind))
        const others = byShard.get(shard)
        if (others) others.push(move)
        else byShard.set(shard, [move])
      }
      await Promise.all(
        [...byShard].map(async ([shard, all]) => {
          for (const group of chunks(all, MOVES_AT_ONCE)) {
            if (await written(shard, group.flatMap(moveWrites))) continue
            // One of them has left or was moved by somebody: it stays as they left it, the others go on.
            for (const move of group) await written(shard, moveWrites(move))
          }
        }),
      )
    },
    async next(account, kind) {
      return (await placed(nameOf(account, kind)))?.value.dueAt ?? null
    },
  }
}
