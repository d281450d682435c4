import { EVENTS, startCompany, stopAll, type TestOro } from './company'

afterEach(stopAll)

const PAGE = `${EVENTS}.json?calendar=7&page=1&limit=100`

/** Three events: updated at 09:00, 10:00 and 11:00. */
async function threeEvents(): Promise<TestOro> {
  const company = await startCompany()
  const at = (hour: number) => ({
    id: hour,
    calendarId: 7,
    title: String(hour),
    uid: `uid-${hour}`,
    start: '2026-09-15T08:00:00Z',
    end: '2026-09-15T09:00:00Z',
    createdAt: `2026-08-20T${String(hour).padStart(2, '0')}:00:00Z`,
  })
  company.oro.seed({ events: [at(9), at(10), at(11)] })
  return company
}

async function ids(company: TestOro, query: string): Promise<number[]> {
  const { body } = await company.call('GET', `${PAGE}&${query}`)
  return body.map((row: { id: number }) => row.id).sort((a: number, b: number) => a - b)
}

describe('page mode', () => {
  it.each([
    ['updatedAt>=2026-08-20T10:00:00Z', [10, 11]],
    ['updatedAt%3E=2026-08-20T10:00:00Z', [10, 11]],
    ['updatedAt>2026-08-20T10:00:00Z', [11]],
    ['updatedAt<2026-08-20T10:00:00Z', [9]],
    ['updatedAt<=2026-08-20T10:00:00Z', [9, 10]],
    ['updatedAt=2026-08-20T10:00:00Z', [10]],
    ['updatedAt<>2026-08-20T10:00:00Z', [9, 11]],
    ['updatedAt>=2026-08-20T12:00:00+02:00', [10, 11]],
    ['updatedAt>=2026-08-20T10:00:00', [10, 11]],
    ['createdAt>=2026-08-20T11:00:00Z', [11]],
    ['uid=uid-9', [9]],
  ])('understands the operator in %s', async (query, expected) => {
    expect(await ids(await threeEvents(), query)).toEqual(expected)
  })

  it('lets the last condition in sort order win: no closed range is possible', async () => {
    const company = await threeEvents()
    const range = ['updatedAt>=2026-08-20T10:00:00Z', 'updatedAt<=2026-08-20T10:00:00Z']
    expect(await ids(company, range.join('&'))).toEqual([10, 11])
    expect(await ids(company, [...range].reverse().join('&'))).toEqual([10, 11])
    const lower = ['updatedAt<=2026-08-20T09:00:00Z', 'updatedAt=2026-08-20T11:00:00Z']
    expect(await ids(company, lower.join('&'))).toEqual([9])
  })

  it('fails with 500 when the equals sign of an operator is encoded or the date is none', async () => {
    const company = await threeEvents()
    const encoded = await company.call('GET', `${PAGE}&updatedAt%3E%3D2026-08-20T10:00:00Z`)
    expect([encoded.status, encoded.body]).toEqual([500, { code: 500 }])
    expect((await company.call('GET', `${PAGE}&updatedAt>=soon`)).status).toBe(500)
  })

  it('has no stable order: two pages of one list may repeat and miss rows', async () => {
    const { call, oro } = await startCompany({ seed: 7 })
    oro.seed({
      events: Array.from({ length: 40 }, (_, index) => ({
        id: index + 1,
        calendarId: 7,
        title: 'Row',
        start: '2026-09-15T08:00:00Z',
        end: '2026-09-15T09:00:00Z',
      })),
    })
    const page = async (number: number): Promise<number[]> => {
      const path = `${EVENTS}.json?calendar=7&page=${number}&limit=20`
      return (await call('GET', path)).body.map((row: { id: number }) => row.id)
    }
    const seen = new Set([...(await page(1)), ...(await page(2))])
    expect(seen.size).toBeLessThan(40)
    const whole = await call('GET', `${EVENTS}.json?calendar=7&page=1&limit=100000`)
    expect(new Set(whole.body.map((row: { id: number }) => row.id)).size).toBe(40)
  })

  it('gives foreign keys now as numbers, now as numeric text', async () => {
    const company = await threeEvents()
    const seen = new Set<string>()
    for (let request = 0; request < 8; request += 1)
      for (const row of (await company.call('GET', PAGE)).body) seen.add(typeof row.organizerUserId)
    expect([...seen].sort()).toEqual(['number', 'string'])
  })

  it('names recurrence.timeZone where a single GET names recurrence.timezone', async () => {
    const { call, oro } = await startCompany()
    const [id] = oro.seed({
      events: [
        {
          calendarId: 7,
          title: 'Daily',
          start: '2026-09-15T08:00:00Z',
          end: '2026-09-15T09:00:00Z',
          recurrence: { recurrenceType: 'daily', timeZone: 'Europe/Berlin' },
        },
      ],
    }).events
    const single = (await call('GET', `${EVENTS}/${id}.json`)).body.recurrence
    expect(single).toMatchObject({ timezone: 'Europe/Berlin' })
    expect(single).not.toHaveProperty('timeZone')
    const listed = (await call('GET', PAGE)).body[0].recurrence
    expect(listed).toMatchObject({ timeZone: 'Europe/Berlin' })
    expect(listed).not.toHaveProperty('timezone')
  })

  it('lists nothing without a calendar and never a system calendar', async () => {
    const { call, oro } = await startCompany()
    oro.seed({
      systemCalendars: [{ id: 2, name: 'Holidays' }],
      events: [
        {
          systemCalendarId: 2,
          title: 'Holiday',
          start: '2026-09-15T08:00:00Z',
          end: '2026-09-15T09:00:00Z',
        },
      ],
    })
    expect((await call('GET', `${EVENTS}.json?page=1&limit=9`)).body).toEqual([])
    expect((await call('GET', `${EVENTS}.json?calendar=2&page=1&limit=9`)).body).toEqual([])
  })

  it('reads 5,000 rows of a calendar by updatedAt without listing the others', async () => {
    const { call, oro } = await startCompany()
    oro.seed({
      events: Array.from({ length: 5000 }, (_, index) => ({
        calendarId: 7,
        title: 'Row',
        start: '2026-09-15T08:00:00Z',
        end: '2026-09-15T09:00:00Z',
        createdAt: Date.parse('2026-08-20T00:00:00Z') + index * 1000,
      })),
    })
    const since = '2026-08-20T01:23:10Z'
    const { body, headers } = await call('GET', `${PAGE}&updatedAt>=${since}`, undefined, {
      headers: { 'x-include': 'totalCount' },
    })
    expect(body).toHaveLength(10)
    expect(headers.get('x-include-total-count')).toBe('10')
  })
})
