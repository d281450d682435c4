import { createMemoryRows } from '../../../shared/adapters/memory/rows'
import { createSyncState } from '../../../shared/adapters/tables/sync-state'
import type { Rows } from '../../../shared/ports/rows'

const ACCOUNT = { organizationId: 1, userId: 42 }

/** Rows of a worker that dies with its write number `last`. */
function dying(rows: Rows, last: number): Rows {
  let writes = 0
  const alive = <T>(work: () => Promise<T>): Promise<T> => {
    writes += 1
    return writes >= last ? Promise.reject(new Error('killed')) : work()
  }
  return {
    ...rows,
    put: (...given) => alive(() => rows.put(...given)),
    remove: (...given) => alive(() => rows.remove(...given)),
  }
}

describe('what a slice leaves over', () => {
  const rest = (...oro: string[]) => ({ oro, microsoft: [] })

  it.each([1, 2])('is never less than what is left, killed at write %i', async (last) => {
    const rows = createMemoryRows()
    await createSyncState(rows, ACCOUNT, 'calendar', 'pair').saveRest(rest('1', '2', '3'))
    const killed = createSyncState(dying(rows, last), ACCOUNT, 'calendar', 'pair')
    await expect(killed.saveRest(rest('3'))).rejects.toThrow('killed')
    const next = createSyncState(rows, ACCOUNT, 'calendar', 'pair')
    expect((await next.rest())?.oro).toEqual(expect.arrayContaining(['3']))
    await next.saveRest(rest('3'))
    expect(await next.rest()).toEqual(rest('3'))
    await next.saveRest(null)
    expect(await next.rest()).toBeNull()
  })
})
