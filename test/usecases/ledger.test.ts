import { createMemoryRows } from '../../shared/adapters/memory/rows'
import { createSyncState } from '../../shared/adapters/tables/sync-state'
import type { HistoryEntry, StateChange } from '../../shared/ports/stores'
import { createLedger } from '../../shared/usecases/ledger'
import { emptyRun } from '../../shared/usecases/lease'

const ACCOUNT = { organizationId: 1, userId: 42 }

const history = (index: number, people: number): StateChange => {
  const list = Array.from(
    { length: people },
    (_, n) => `Person ${String(n)} <p${String(n)}@x.example>`,
  )
  const entry: HistoryEntry = {
    at: new Date(Date.UTC(2026, 8, 7, 8, 0, index)).toISOString(),
    kind: 'calendar',
    operation: 'update',
    side: 'microsoft',
    oroId: String(index),
    microsoftId: `m${String(index)}`,
    label: 'Meeting',
    fields: [{ name: 'attendeeList', old: list, new: list, lost: null }],
    why: 'edited',
    by: 'sync',
  }
  return { put: 'history', entry }
}

/** How large each transaction was: rows, the run's own included, and the characters of its changes. */
async function transactions(changes: readonly StateChange[]) {
  const state = createSyncState(createMemoryRows(), ACCOUNT, 'calendar', 'pair')
  const sizes: { changes: number; characters: number }[] = []
  const now = () => Date.UTC(2026, 8, 7, 8)
  let ids = 0
  const ledger = createLedger({
    state: {
      ...state,
      commit: (row, etag, given) => {
        sizes.push({ changes: given.length, characters: JSON.stringify(given).length })
        return state.commit(row, etag, given)
      },
    },
    row: emptyRun(),
    etag: await state.saveRun(emptyRun(), null),
    now,
    newId: () => String((ids += 1)),
  })
  for (const change of changes) await ledger.add([change])
  await ledger.flush()
  return sizes
}

describe('what one transaction takes', () => {
  it('is at most a hundred rows', async () => {
    const sizes = await transactions(Array.from({ length: 250 }, (_, index) => history(index, 1)))
    expect(sizes.map((size) => size.changes)).toEqual([90, 90, 70])
  })

  it('is at most 3 MiB, whatever is in the rows', async () => {
    const sizes = await transactions(Array.from({ length: 80 }, (_, index) => history(index, 1000)))
    expect(sizes.length).toBeGreaterThan(3)
    for (const { characters } of sizes) expect(characters).toBeLessThan(1_050_000)
    expect(sizes.reduce((sum, size) => sum + size.changes, 0)).toBe(80)
  })
})
