import type { Rows } from '../../ports/rows'
import { chunks, forwardTime } from './keys'

const PARTITION = 'expiry'
const AT_ONCE = 16

interface Expiring {
  readonly partition: string
  readonly row: string
}

/**
 * What nobody takes away goes by itself: a note per row in the order of time, so that a purge reads what is over and nothing else. Noted
 * before the row is written: a note without a row costs one look.
 */
export const createExpiry = (rows: Rows, table: string) => ({
  async note(at: number, partition: string, row: string): Promise<void> {
    const note: Expiring = { partition, row }
    await rows.put(table, PARTITION, `${forwardTime(at)}|${partition}|${row}`, note)
  },
  /** @returns how many were over, at most `limit` */
  async purge(before: number, limit: number): Promise<number> {
    const over = await rows.query<Expiring>(table, {
      partitions: { from: PARTITION, to: PARTITION },
      to: forwardTime(before),
      limit,
    })
    for (const group of chunks(over, AT_ONCE)) {
      await Promise.all(
        group.map(async ({ row, value }) => {
          await rows.remove(table, value.partition, value.row)
          await rows.remove(table, PARTITION, row)
        }),
      )
    }
    return over.length
  },
})
