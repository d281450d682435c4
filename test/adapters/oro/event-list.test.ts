import type { OroAnswer, OroRequest } from '../../../shared/adapters/oro/client'
import { listEvents } from '../../../shared/adapters/oro/event-list'

/** A list of so many rows, turned by one place at every request: offsets mean something else each time. */
function unstable(options: { rows: number; cap?: number; counted?: boolean }) {
  const rows = Array.from({ length: options.rows }, (_, index) => ({ id: index + 1 }))
  const requests: OroRequest[] = []
  const send = (request: OroRequest): Promise<OroAnswer> => {
    requests.push(request)
    rows.push(...rows.splice(0, 1))
    const size = Math.min(Number(request.query?.['limit']), options.cap ?? Infinity)
    const at = new Date(Date.parse('2026-09-01T08:00:00Z') + requests.length * 1000)
    const from = (Number(request.query?.['page']) - 1) * size
    return Promise.resolve({
      status: 200,
      headers: new Headers(
        options.counted === false
          ? {}
          : { 'x-include-total-count': String(rows.length), date: at.toUTCString() },
      ),
      body: rows.slice(from, from + size),
      retryAfterMs: null,
    })
  }
  return { send, requests, rows }
}

const count = async (list: ReturnType<typeof unstable>): Promise<number> =>
  new Set((await listEvents(list.send, '7')).rows.map(({ id }) => id)).size

describe('a complete list of a calendar', () => {
  it('asks once more, with room for all, when there are more rows than one page holds', async () => {
    const list = unstable({ rows: 6000 })
    expect(await count(list)).toBe(6000)
    expect(list.requests.map(({ query }) => query?.['limit'])).toEqual(['5000', '6500'])
    expect(list.requests[0]?.headers).toEqual({ 'x-include': 'totalCount' })
  })

  it('is as of its first page, so that nothing written while it is read is passed over', async () => {
    const { asOf } = await listEvents(unstable({ rows: 6000 }).send, '7')
    expect(asOf).toBe('2026-09-01T08:00:01Z')
  })

  it('collects pages until the count is reached where the page size is capped', async () => {
    expect(await count(unstable({ rows: 25, cap: 10 }))).toBe(25)
  })

  it('is whole for hundreds of rows in no order, however small the pages are', async () => {
    let seed = 1
    const random = (): number => (seed = (seed * 48271) % 2147483647) / 2147483647
    const list = unstable({ rows: 1000, cap: 100 })
    const shuffled = (request: OroRequest): Promise<OroAnswer> => {
      for (let at = list.rows.length - 1; at > 0; at -= 1) {
        const other = Math.floor(random() * (at + 1))
        ;[list.rows[at], list.rows[other]] = [list.rows[other]!, list.rows[at]!]
      }
      return list.send(request)
    }
    const { rows } = await listEvents(shuffled, '7')
    expect(new Set(rows.map(({ id }) => id)).size).toBe(1000)
  })

  it('goes by full pages where nothing is counted', async () => {
    const list = unstable({ rows: 6000, counted: false })
    expect(await count(list)).toBe(6000)
    expect(list.requests.map(({ query }) => query?.['limit'])).toEqual(['5000', '10000'])
  })

  it('fails instead of passing a part for the whole', async () => {
    const list = unstable({ rows: 10 })
    const lying = async (request: OroRequest): Promise<OroAnswer> => {
      const answer = await list.send(request)
      return { ...answer, headers: new Headers({ 'x-include-total-count': '11' }) }
    }
    await expect(listEvents(lying, '7')).rejects.toMatchObject({
      evidence: { code: 'oro-unreachable', transient: true },
    })
    expect(list.requests.length).toBeLessThan(30)
  })

  it('takes an answer that is no list for a failure', async () => {
    const send = (): Promise<OroAnswer> =>
      Promise.resolve({ status: 200, headers: new Headers(), body: undefined, retryAfterMs: null })
    await expect(listEvents(send, '7')).rejects.toMatchObject({
      evidence: { code: 'oro-unreachable' },
    })
  })
})
