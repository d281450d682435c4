import { EVENTS, startCompany, stopAll, type TestOro } from './company'

afterEach(stopAll)

const SPAN = 'start=2026-09-14T00:00:00Z&end=2026-09-21T00:00:00Z'
const at = (title: string, changes: object): any => ({
  title,
  start: '2026-09-15T08:00:00Z',
  end: '2026-09-15T09:00:00Z',
  ...changes,
})

async function week(): Promise<TestOro & { titles(query: string): Promise<string[]> }> {
  const company = await startCompany()
  const connected = [{ connectionId: 15, calendarId: 9, backgroundColor: null }]
  company.oro.seed({
    calendars: [{ id: 7, connected }],
    systemCalendars: [{ id: 2, name: 'Holidays' }],
    events: [
      at('Own', { calendarId: 7 }),
      at('Connected', { calendarId: 9 }),
      at('System', { systemCalendarId: 2 }),
      at('Elsewhere', {
        calendarId: 7,
        start: '2026-10-15T08:00:00Z',
        end: '2026-10-15T09:00:00Z',
      }),
    ],
    tasks: [{ subject: 'Task', ownerId: 3, dueDate: '2026-09-16T08:00:00Z' }],
  })
  company.oro.tasks.remind(1, [{ method: 'email', interval: { number: 1, unit: 'H' } }])
  return {
    ...company,
    async titles(query) {
      const path = `${EVENTS}.json?calendar=7&${query}`
      const { body } = await company.call('GET', path, undefined, { clientId: 'nora' })
      return body.map((row: any) => `${row.calendarAlias} ${row.title}`).sort()
    },
  }
}

describe('interval mode', () => {
  it('adds system calendars and the caller’s dated tasks, and wins over page mode', async () => {
    const { titles } = await week()
    const expected = ['system System', 'tasks Task', 'user Own']
    expect(await titles(SPAN)).toEqual(expected)
    expect(await titles(`${SPAN}&page=1&limit=1`)).toEqual(expected)
  })

  it.each(['true', 'false', '1'])('adds connected calendars for subordinate=%s', async (value) => {
    const { titles } = await week()
    expect(await titles(`${SPAN}&subordinate=${value}`)).toContain('user Connected')
  })

  it('takes subordinate=0 for no', async () => {
    const { titles } = await week()
    expect(await titles(`${SPAN}&subordinate=0`)).not.toContain('user Connected')
  })

  it('shows the reminders of a task in a 30-minute row', async () => {
    const { call } = await week()
    const { body } = await call('GET', `${EVENTS}.json?calendar=7&${SPAN}`, undefined, {
      clientId: 'nora',
    })
    expect(body.find((row: any) => row.calendarAlias === 'tasks')).toMatchObject({
      start: '2026-09-16T08:00:00+00:00',
      end: '2026-09-16T08:30:00+00:00',
      reminders: [{ method: 'email', interval: { number: 1, unit: 'H' } }],
    })
  })
})

describe('one event as seen from a calendar', () => {
  it('is found in its own calendar only', async () => {
    const { call } = await week()
    const own = await call('GET', '/api/rest/v1/calendars/7/events/1.json')
    expect(own.body).toMatchObject({ id: 1, title: 'Own' })
    expect((await call('GET', '/api/rest/v1/calendars/9/events/1.json')).text).toBe('""')
  })
})
