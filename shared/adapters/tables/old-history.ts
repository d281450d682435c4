import { startingWith, type Rows } from '../../ports/rows'
import { chunks, reverseTime } from './keys'

const HISTORY = startingWith('history:')
/** A first sync writes a thousand at once; what is more goes the next time. */
const MOST = 1000
/** A transaction holds a hundred. */
const AT_ONCE = 100

/** The beginning of the key of an entry: newest first. */
export const historyKeyAt = (at: string): string => `history:${reverseTime(at)}`

/** Takes away the entries of a partition from before, a bounded number. They are in the order of time: nothing else is read. */
export async function purgeHistory(
  rows: Rows,
  table: string,
  partition: string,
  before: number,
): Promise<void> {
  const old = await rows.query(table, {
    partitions: { from: partition, to: partition },
    from: historyKeyAt(new Date(before).toISOString()),
    to: HISTORY.to,
    limit: MOST,
  })
  for (const group of chunks(old, AT_ONCE))
    await rows.transact(
      table,
      partition,
      group.map(({ row, etag }) => ({ remove: row, etag })),
    )
}
