import { VersionMismatch } from '../../errors'
import type { Row, RowQuery, Rows, RowWrite } from '../../ports/rows'

interface Stored {
  etag: string
  json: string
}

/** Rows in memory, honest to the last etag: what is read is a copy, what is written is checked as Azure checks it. */
export function createMemoryRows(): Rows {
  const tables = new Map<string, Map<string, Map<string, Stored>>>()
  let version = 0

  const found = (table: string, partition: string): Map<string, Stored> | undefined =>
    tables.get(table)?.get(partition)

  const partitionOf = (table: string, partition: string): Map<string, Stored> => {
    const partitions = tables.get(table) ?? new Map<string, Map<string, Stored>>()
    tables.set(table, partitions)
    const rows = partitions.get(partition) ?? new Map<string, Stored>()
    partitions.set(partition, rows)
    return rows
  }

  /** One that is named is not searched for: there is one per account. */
  const namesOf = (table: string, partitions: RowQuery['partitions']): string[] => {
    if (partitions && partitions.from === partitions.to) return [partitions.from]
    const names = [...(tables.get(table)?.keys() ?? [])].sort()
    return partitions
      ? names.filter((name) => name >= partitions.from && name <= partitions.to)
      : names
  }

  const check = (stored: Stored | undefined, etag: string | null | undefined): void => {
    if (etag === undefined) return
    if (etag === null ? stored !== undefined : stored?.etag !== etag) {
      throw new VersionMismatch('The row was changed by somebody else')
    }
  }

  const write = (rows: Map<string, Stored>, change: RowWrite): string | undefined => {
    if ('remove' in change) {
      rows.delete(change.remove)
      return undefined
    }
    version += 1
    const etag = `W/"${String(version)}"`
    rows.set(change.put, { etag, json: JSON.stringify(change.value) })
    return etag
  }

  const transact = (table: string, partition: string, writes: readonly RowWrite[]): string[] => {
    if (writes.length > 100) throw new RangeError('A transaction holds at most 100 writes')
    const rows = partitionOf(table, partition)
    for (const change of writes) {
      const key = 'remove' in change ? change.remove : change.put
      if ('remove' in change && !rows.has(key)) throw new VersionMismatch('The row is gone')
      check(rows.get(key), change.etag)
    }
    return writes.map((change) => write(rows, change)).filter((etag) => etag !== undefined)
  }

  const row = <T>(partition: string, key: string, stored: Stored): Row<T> => ({
    partition,
    row: key,
    etag: stored.etag,
    value: JSON.parse(stored.json) as T,
  })

  const query = <T>(table: string, { partitions, from, to, limit }: RowQuery): Row<T>[] => {
    const answer: Row<T>[] = []
    for (const name of namesOf(table, partitions)) {
      const rows = [...(found(table, name) ?? [])].filter(
        ([key]) => (from === undefined || key >= from) && (to === undefined || key < to),
      )
      for (const [key, stored] of rows.sort(([a], [b]) => (a < b ? -1 : 1))) {
        if (limit !== undefined && answer.length >= limit) return answer
        answer.push(row<T>(name, key, stored))
      }
    }
    return answer
  }

  return {
    get: <T>(table: string, partition: string, key: string) => {
      const stored = found(table, partition)?.get(key)
      return Promise.resolve(stored && row<T>(partition, key, stored))
    },
    query: <T>(table: string, wanted: RowQuery) => Promise.resolve(query<T>(table, wanted)),
    async put(table, partition, key, value, etag) {
      const change = { put: key, value, ...(etag === undefined ? {} : { etag }) }
      const [answered] = transact(table, partition, [change])
      return Promise.resolve(answered ?? '')
    },
    async remove(table, partition, key, etag) {
      if (etag === undefined && !found(table, partition)?.has(key)) return
      transact(table, partition, [{ remove: key, ...(etag === undefined ? {} : { etag }) }])
      return Promise.resolve()
    },
    async transact(table, partition, writes) {
      return Promise.resolve(transact(table, partition, writes))
    },
  }
}
