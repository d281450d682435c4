import { createMemoryRows } from '../../../shared/adapters/memory/rows'
import { createSyncState } from '../../../shared/adapters/tables/sync-state'
import type { Link } from '../../../shared/core/model'
import { startingWith, type Rows } from '../../../shared/ports/rows'
import { emptyRun } from '../../../shared/usecases/lease'

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

describe('closed links that are taken away', () => {
  const DAY = 86_400_000
  const NOW = Date.parse('2026-09-07T08:00:00Z')
  const rows = createMemoryRows()
  const state = createSyncState(rows, ACCOUNT, 'calendar', 'pair')
  const link = (oroId: string, more: Partial<Link> = {}): Link => ({
    oroId,
    microsoftId: `m${oroId}`,
    oroContainer: 'oro',
    microsoftContainer: 'microsoft',
    containers: 'pair',
    state: 'closed',
    reason: null,
    generation: 0,
    role: 'organizer',
    base: {},
    stamp: '',
    versions: { oro: '', microsoft: '' },
    refused: {},
    drift: {},
    span: null,
    label: oroId,
    audience: 0,
    agreedAt: new Date(NOW).toISOString(),
    ...more,
  })
  const closed = (oroId: string, days: number) => ({
    put: 'closed' as const,
    oroId,
    at: NOW + days * DAY,
  })
  let etag: string

  beforeAll(async () => {
    etag = await state.saveRun(emptyRun(), null)
    etag = await state.commit(emptyRun(), etag, [
      { put: 'link', link: link('old'), previous: null },
      closed('old', 1),
      {
        put: 'link',
        link: link('again', { agreedAt: new Date(NOW + 5 * DAY).toISOString() }),
        previous: null,
      },
      closed('again', 1),
      closed('again', 9),
      { put: 'link', link: link('alive', { state: 'linked' }), previous: null },
      closed('alive', 1),
      { put: 'link', link: link('moved'), previous: null },
      closed('moved', 1),
      // What was its Outlook item belongs to another one now.
      {
        put: 'link',
        link: link('heir', { state: 'linked', microsoftId: 'mmoved' }),
        previous: null,
      },
    ])
    await state.purge(NOW + 2 * DAY)
  })

  it('go with their pointer, while those that live, or lived again since, stay', async () => {
    const ids = ['old', 'again', 'alive', 'moved', 'heir']
    expect([...(await state.linksByOro(ids)).keys()]).toEqual(['again', 'alive', 'heir'])
    const found = await state.linksByMicrosoft(['mold', 'malive', 'mmoved'])
    expect([...found.values()].map(({ oroId }) => oroId).sort()).toEqual(['alive', 'heir'])
  })

  it('go by their last closing', async () => {
    await state.purge(NOW + 10 * DAY)
    expect(await state.linksByOro(['again'])).toEqual(new Map())
    const left = await rows.query('sync', { partitions: null, ...startingWith('closed:') })
    expect(left).toEqual([])
  })
})
