import { EVENTS, meeting, startCompany, stopAll, type TestOro } from './company'

afterEach(stopAll)

const PRIYA = { email: 'priya.nair@example.com', displayName: 'Priya Nair', status: 'none' }
const RULE = {
  recurrenceType: 'daily',
  interval: 1,
  occurrences: 5,
  startTime: '2026-09-15T08:00:00+00:00',
  timeZone: 'Europe/Berlin',
}
const WEEK = `${EVENTS}.json?calendar=7&start=2026-09-14T00:00:00Z&end=2026-09-21T00:00:00Z`

interface Series extends TestOro {
  id: number
  path: string
  except(changes?: Record<string, unknown>): Promise<{ id: number; path: string }>
  starts(): Promise<string[]>
}

/** A daily series of five from 15 September, 08:00Z. */
async function series(changes: Record<string, unknown> = {}): Promise<Series> {
  const company = await startCompany()
  const { call } = company
  const created = await call(
    'POST',
    EVENTS,
    meeting({ uid: 'series', recurrence: RULE, ...changes }),
  )
  const { id } = created.body
  return {
    ...company,
    id,
    path: `${EVENTS}/${id}.json`,
    async except(exception = {}) {
      const { body } = await call('POST', EVENTS, {
        ...meeting({ start: '2026-09-16T12:00:00Z', end: '2026-09-16T13:00:00Z' }),
        recurringEventId: id,
        originalStart: '2026-09-16T08:00:00Z',
        ...exception,
      })
      return { id: body.id, path: `${EVENTS}/${body.id}.json` }
    },
    async starts() {
      const { body } = await call('GET', WEEK)
      return body.map((row: { start: string }) => row.start.slice(8, 13))
    },
  }
}

describe('an exception of a series', () => {
  it('is an own row that inherits the uid, replaces its date and leaves the master’s updatedAt alone', async () => {
    const { call, clock, except, path, id, starts } = await series()
    clock.now += 60_000
    const exception = await except({ uid: 'other' })
    expect((await call('GET', exception.path)).body).toMatchObject({
      uid: 'series',
      recurringEventId: id,
      originalStart: '2026-09-16T08:00:00+00:00',
    })
    expect((await call('GET', exception.path)).body).not.toHaveProperty('recurrence')
    expect((await call('GET', path)).body.updatedAt).toBe('2026-08-24T09:12:40+00:00')
    expect(await starts()).toEqual(['15T08', '16T12', '17T08', '18T08', '19T08'])
  })

  it('hides its date when cancelled', async () => {
    const { except, starts } = await series()
    await except({ isCancelled: true })
    expect(await starts()).toEqual(['15T08', '17T08', '18T08', '19T08'])
  })

  it('comes back even when cancelled if its originalStart matches no occurrence', async () => {
    const { except, starts } = await series()
    await except({ isCancelled: true, originalStart: '2026-09-16T08:00:01Z' })
    expect(await starts()).toEqual(['15T08', '16T08', '16T12', '17T08', '18T08', '19T08'])
  })

  it('gives the regular occurrence back when deleted', async () => {
    const { call, except, starts } = await series()
    const exception = await except()
    expect((await call('DELETE', exception.path)).status).toBe(204)
    expect((await call('GET', exception.path)).status).toBe(404)
    expect(await starts()).toEqual(['15T08', '16T08', '17T08', '18T08', '19T08'])
  })

  it.each(['1', 'true', 'false'])(
    'stays as a cancelled row when deleted with isCancelInsteadDelete=%s',
    async (value) => {
      const { call, except } = await series()
      const exception = await except()
      await call('DELETE', `${exception.path}?isCancelInsteadDelete=${value}`)
      expect((await call('GET', exception.path)).body.isCancelled).toBe(true)
    },
  )

  it.each(['0', ''])('is removed when the flag is "%s"', async (value) => {
    const { call, except } = await series()
    const exception = await except()
    await call('DELETE', `${exception.path}?isCancelInsteadDelete=${value}`)
    expect((await call('GET', exception.path)).status).toBe(404)
  })

  it('takes no recurrence at all on PUT, and no other calendar', async () => {
    const { call, except } = await series()
    const exception = await except()
    const ruled = await call('PUT', exception.path, { recurrence: null })
    expect(ruled.body.errors.errors).toEqual([
      'This form should not contain extra fields: "recurrence".',
    ])
    const moved = await call('PUT', exception.path, { calendar: 9 })
    expect(moved.body.errors.errors).toEqual([
      'Calendar of calendar event exception can not be changed.',
    ])
  })

  it('made without the attendees cancels that date in their calendars', async () => {
    const { call, except, oro } = await series({ attendees: [PRIYA] })
    await except()
    const [copy, date] = oro.eventRows(12)
    expect(date).toMatchObject({ recurringEventId: copy?.id, isCancelled: true })
    expect((await call('GET', `${EVENTS}/${date?.id}.json`)).body.isCancelled).toBe(true)
  })

  it('cancelled in an attendee’s copy is cancelled only there, and the person leaves the list', async () => {
    const { call, except, oro } = await series({ attendees: [PRIYA] })
    const exception = await except({ attendees: [PRIYA] })
    const copy = oro.eventRows(12).at(-1)
    await call('DELETE', `${EVENTS}/${copy?.id}.json?isCancelInsteadDelete=1`)
    expect((await call('GET', `${EVENTS}/${copy?.id}.json`)).body.isCancelled).toBe(true)
    expect((await call('GET', exception.path)).body).toMatchObject({
      isCancelled: false,
      attendees: [],
    })
  })
})

describe('a PUT on the master', () => {
  it('without updateExceptions leaves exceptions alone; moved times make orphans', async () => {
    const { call, except, path, starts } = await series()
    await except()
    await call('PUT', path, { start: '2026-09-15T09:00:00Z', end: '2026-09-15T10:00:00Z' })
    expect(await starts()).toEqual(['15T09', '16T09', '16T12', '17T09', '18T09', '19T09'])
  })

  it('with updateExceptions and another time or rule deletes all exceptions', async () => {
    const { call, except, path } = await series()
    const exception = await except()
    const recurrence = { ...RULE, occurrences: 4 }
    await call('PUT', path, { recurrence, updateExceptions: true })
    expect((await call('GET', exception.path)).status).toBe(404)
  })

  it('with updateExceptions gives other changes to the exceptions that still had the old value', async () => {
    const { call, except, path } = await series({ description: 'Old' })
    const same = await except({ description: 'Own' })
    await call('PUT', path, { title: 'New', description: 'New', updateExceptions: true })
    expect((await call('GET', same.path)).body).toMatchObject({ title: 'New', description: 'Own' })
  })
})

it('a deleted master takes exceptions and copies with it, the flag notwithstanding', async () => {
  const { call, except, path, oro } = await series({ attendees: [PRIYA] })
  await except({ attendees: [PRIYA] })
  await call('DELETE', `${path}?isCancelInsteadDelete=1`)
  expect(oro.eventRows()).toEqual([])
})
