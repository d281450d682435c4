import { startCompany, type Company, type Person } from '../scenarios/company'
import { appointment, at } from '../scenarios/observe'
import { expectAnswer, expectProblem } from './world'

let company: Company
beforeAll(async () => {
  company = await startCompany()
})
afterEach(() => {
  company.graph.faults.clear()
  company.oro.faults.clear()
  company.platform.broker.faults.clear()
})
afterAll(() => company.stop())

const get = (path: string) => company.call('GET', path)
const calendarOnly = { calendar: { enabled: true }, tasks: { enabled: false } }
const etagOf = async (path: string) => (await get(path)).headers.get('etag') ?? ''
const patch = async (path: string, body: object, headers: Record<string, string> = {}) =>
  company.call('PATCH', path, body, { 'if-match': await etagOf(path), ...headers })

/** An event in Oro that ends before it starts, which no system would take (Z7). */
const backwards = ({ calendarId }: Person, title: string, hours: number) =>
  company.oro.events.create({ calendarId, title, start: at(hours), end: at(hours - 1) })

describe('the answers have the form that is described', () => {
  it('of somebody who never connected', async () => {
    const person = await company.newPerson()
    const { path } = person
    const connection = expectAnswer(await get(`${path}/connection`), 200, 'connection')
    expect(connection.body).toMatchObject({ state: 'none', microsoft: null, reason: null })
    expectAnswer(await company.call('POST', `${path}/connection/check`), 200, 'check')
    const status = expectAnswer(await get(`${path}/status`), 200, 'status')
    expect(status.body.kinds.calendar).toMatchObject({ enabled: true, state: 'off' })
    expectAnswer(await get(`${path}/problems`), 200, 'problems')
    expectAnswer(await get(`${path}/history`), 200, 'history')
    expectAnswer(await get(`${path}/hold`), 200, 'hold')
    expectAnswer(await get(`${path}/settings`), 200, 'userSettings')
    expectProblem(await company.call('POST', `${path}/sync`), 409)
    expectProblem(await company.call('DELETE', `${path}/connection`), 409)
  })

  it('of somebody who is connected and syncs', async () => {
    const person = await company.connected(calendarOnly)
    const { path } = person
    // First, since the minute timer would find the events before the run that is asked for.
    await company.advance('PT61S')
    company.graph.createEvent(person.upn, appointment('Breakfast'))
    backwards(person, 'Backwards', 5)
    const started = expectAnswer(await company.sync(person), 202, 'operation')
    expect(started.body).toMatchObject({ type: 'sync', progress: { done: 0, total: 1 } })
    const ended = expectAnswer(await get(`/operations/${started.body.id}`), 200, 'operation')
    expect(ended.body).toMatchObject({ state: 'done', progress: { done: 1, total: 1 } })

    const connection = expectAnswer(await get(`${path}/connection`), 200, 'connection')
    expect(connection.body).toMatchObject({
      accountId: person.accountId,
      state: 'connected',
      microsoft: { username: person.upn },
      oro: { calendarId: person.calendarId, email: person.email },
    })
    const check = expectAnswer(await company.call('POST', `${path}/connection/check`), 200, 'check')
    expect(check.body.healthy).toBe(true)
    const status = expectAnswer(await get(`${path}/status`), 200, 'status')
    expect(status.body.kinds.calendar).toMatchObject({
      state: 'idle',
      counts: { linked: 1, withheld: 1, problems: 1 },
      lastRun: { reason: 'manual', writes: { oro: { created: 1 } }, mails: 0 },
    })
    const problems = expectAnswer(await get(`${path}/problems`), 200, 'problems')
    expect(problems.body.items).toMatchObject([{ code: 'time-invalid', label: 'Backwards' }])
    expectAnswer(await get(`${path}/history`), 200, 'history')
    const { id } = problems.body.items[0]
    const repair = await company.call('POST', `${path}/problems/${id}/repair`)
    expectProblem(repair, 409)
    expect(repair.body.detail).toMatch(/offers: .*retry/)
    expectAnswer(await company.call('POST', `${path}/problems/${id}/retry`), 204, 'nothing')
    await company.idle()
    // Still backwards: the problem is still told.
    expect((await get(`${path}/problems`)).body.items).toMatchObject([{ id, code: 'time-invalid' }])
    expectAnswer(await company.call('POST', `${path}/problems/${id}/ignore`), 204, 'nothing')
    expect((await get(`${path}/problems`)).body.items).toEqual([])
  })

  it('of deletions that are held, confirmed and refused', async () => {
    const person = await company.connected({
      ...calendarOnly,
      calendar: { enabled: true, deletionLimit: 1 },
    })
    const titles = ['One', 'Two', 'Three', 'Four']
    const ids = titles.map((title, hour) =>
      company.graph.createEvent(person.upn, appointment(title, hour)),
    )
    await company.advance('PT61S')
    await company.sync(person)
    for (const id of ids) company.graph.deleteEvent(person.upn, id)
    await company.advance('PT61S')
    await company.sync(person)
    const hold = expectAnswer(await get(`${person.path}/hold`), 200, 'hold')
    expect(hold.body).toMatchObject({ limit: 1 })
    expect(hold.body.items).toHaveLength(4)
    const [first, second] = hold.body.items as { id: string }[]
    const say = (answer: string, body: object) =>
      company.call('POST', `${person.path}/hold/${answer}`, body)
    const strange = await say('confirm', { ids: [first?.id, 'c-999999'] })
    expect(expectProblem(strange, 404)).toEqual(['/ids/1'])
    expect(expectAnswer(await say('confirm', { ids: [first?.id] }), 202, 'answered').body).toEqual({
      answered: 1,
    })
    expectAnswer(await say('refuse', { ids: [second?.id] }), 202, 'answered')
    await company.idle()
    expect((await get(`${person.path}/hold`)).body.items).toHaveLength(2)
    expect(company.oro.eventRows(person.calendarId)).toHaveLength(3)
    expect(expectAnswer(await say('confirm', {}), 202, 'answered').body).toEqual({ answered: 2 })
  })

  it('of administrators: settings, accounts, health, tickets, the document', async () => {
    const person = await company.connected(calendarOnly)
    const organization = `/organizations/${String(person.organizationId)}`
    expectAnswer(await get('/settings'), 200, 'systemSettings')
    expectAnswer(await get(`${organization}/settings`), 200, 'organizationSettings')
    const accounts = expectAnswer(await get(`${organization}/accounts`), 200, 'accounts')
    expect(accounts.body.items).toContainEqual(
      expect.objectContaining({ accountId: person.accountId, state: 'connected', held: 0 }),
    )
    expectAnswer(await get('/status'), 200, 'levelStatus')
    expectAnswer(await get('/health/details'), 200, 'health')
    const health = await company.call('GET', '/health', undefined, { 'x-functions-key': '' })
    expect(expectAnswer(health, 200, 'up').body).toEqual({ up: true })
    const document = expectAnswer(await get('/openapi.json'), 200, 'openApi')
    expect(document.body.openapi).toBe('3.1.1')
    for (const path of ['', organization, person.path]) {
      expectAnswer(await company.call('POST', `${path}/page-tickets`), 201, 'pageTicket')
    }
  })
})

describe('lists come in pages that hold every entry once', () => {
  /** Reads a list page by page. */
  async function pages(path: string, limit: number): Promise<string[]> {
    const found: string[] = []
    let next: string | null = null
    do {
      const more: string = next === null ? '' : `&next=${next}`
      const { body } = await get(`${path}?limit=${String(limit)}${more}`)
      expect(body.items.length).toBeLessThanOrEqual(limit)
      found.push(...body.items.map((item: unknown) => JSON.stringify(item)))
      next = body.next as string | null
    } while (next !== null)
    return found
  }

  it('of the history of a user, a level above, and the accounts', async () => {
    const person = await company.connected(calendarOnly)
    for (const syncInterval of [20, 21, 22, 23, 24]) {
      expect((await patch(`${person.path}/settings`, { syncInterval })).status).toBe(200)
      expect((await patch('/organizations/1/settings', { syncInterval })).status).toBe(200)
    }
    await company.connected(calendarOnly)
    for (const path of [
      `${person.path}/history`,
      '/organizations/1/history',
      '/organizations/1/accounts',
    ]) {
      const whole = (await get(`${path}?limit=500`)).body.items as unknown[]
      expect(whole.length).toBeGreaterThan(1)
      const expected = whole.map((item) => JSON.stringify(item))
      for (const limit of [1, 2, 3]) expect(await pages(path, limit)).toEqual(expected)
    }
  })

  it('of problems, newest first', async () => {
    const person = await company.connected(calendarOnly)
    for (let hour = 0; hour < 5; hour += 1) {
      backwards(person, `Backwards ${String(hour)}`, hour)
      await company.advance('PT61S')
      await company.sync(person)
    }
    const whole = (await get(`${person.path}/problems`)).body.items as { since: string }[]
    expect(whole).toHaveLength(5)
    const times = whole.map(({ since }) => since)
    expect(times).toEqual(times.toSorted().reverse())
    expect(await pages(`${person.path}/problems`, 2)).toEqual(
      whole.map((one) => JSON.stringify(one)),
    )
  })
})

describe('who asked', () => {
  it('is in the history: settings with old and new value, pause, resume, Connect and disconnect', async () => {
    const person = await company.newPerson()
    const headers = { 'x-acting-user': 'ada' }
    await patch(`${person.path}/settings`, {
      calendar: { enabled: true },
      tasks: { enabled: false },
    })
    await patch(`${person.path}/settings`, { syncInterval: 45 }, headers)
    await company.connect(person)
    await company.call('POST', `${person.path}/pause`, undefined, headers)
    await company.call('POST', `${person.path}/resume`, undefined, headers)
    await company.idle()
    await company.call('DELETE', `${person.path}/connection`, undefined, headers)
    const { items } = expectAnswer(await get(`${person.path}/history`), 200, 'history').body
    const acts = items.map(({ operation, by }: Record<string, string>) => [operation, by])
    expect(acts).toEqual([
      ['disconnect', 'ada'],
      ['resume', 'ada'],
      ['pause', 'ada'],
      ['connect', 'back-office'],
      ['settings', 'ada'],
      ['settings', 'back-office'],
    ])
    expect(items[4].fields).toEqual([{ name: 'syncInterval', old: null, new: 45, lost: null }])
  })

  it('is in the history of the level where it was done', async () => {
    const headers = { 'x-acting-user': 'grace' }
    await patch('/organizations/2/settings', { calendar: { daysBack: 9 } }, headers)
    await company.call('POST', '/organizations/2/pause', undefined, headers)
    const { items } = expectAnswer(await get('/organizations/2/history'), 200, 'history').body
    expect(items).toMatchObject([
      { kind: 'connection', operation: 'pause', label: 'organization', by: 'grace' },
      {
        kind: 'settings',
        by: 'grace',
        fields: [{ name: 'calendar.daysBack', old: null, new: 9 }],
      },
    ])
    expect((await get('/organizations/2/status')).body).toEqual({ paused: 'organization' })
    await company.call('POST', '/organizations/2/resume')
    expect((await get('/organizations/2/status')).body).toEqual({ paused: null })
  })
})

describe('changing settings', () => {
  it('two at once: one wins, the other is told (412), and nothing of it is stored', async () => {
    const person = await company.newPerson()
    const path = `${person.path}/settings`
    // For the first change of all, and for a later one.
    for (const base of [10, 100]) {
      const etag = await etagOf(path)
      const answers = await Promise.all(
        [1, 2, 3, 4].map((n) =>
          company.call('PATCH', path, { syncInterval: base + n }, { 'if-match': etag }),
        ),
      )
      const won = answers.filter(({ status }) => status === 200)
      expect(won).toHaveLength(1)
      for (const answer of answers) if (answer.status !== 200) expectProblem(answer, 412)
      expect((await get(path)).body.syncInterval.own).toBe(won[0]?.body.syncInterval.own)
      expect(won[0]?.headers.get('etag')).toBe(await etagOf(path))
    }
  })

  it('null gives a field back to the level above, which is seen at once', async () => {
    const person = await company.newPerson({ organizationId: 1 })
    const path = `${person.path}/settings`
    await patch(path, { calendar: { daysBack: 5 } })
    await patch('/organizations/1/settings', { calendar: { daysBack: 7 } })
    const own = (await get(path)).body.calendar.daysBack
    expect(own).toEqual({ own: 5, inherited: 7, effective: 5, from: 'user' })
    const given = await patch(path, { calendar: { daysBack: null } })
    expect(given.body.calendar.daysBack).toEqual({
      own: null,
      inherited: 7,
      effective: 7,
      from: 'organization',
    })
    await patch('/organizations/1/settings', { calendar: { daysBack: 8 } })
    expect((await get(path)).body.calendar.daysBack.effective).toBe(8)
  })
})

describe('sync now', () => {
  const runs = (person: Person) =>
    company.platform.host
      .log()
      .filter(
        ({ message }) =>
          message.startsWith('run.started') && message.includes(`"${person.accountId}"`),
      ).length

  it('S5: many clicks at the same moment and within a minute are one run', async () => {
    const person = await company.connected(calendarOnly)
    const before = runs(person)
    await company.advance('PT61S')
    const click = () => company.call('POST', `${person.path}/sync`)
    const clicks = await Promise.all(Array.from({ length: 8 }, click))
    await company.advance('PT30S')
    clicks.push(
      await click(),
      await company.call('POST', `${person.path}/sync`, { kind: 'calendar' }),
    )
    await company.idle()
    expect(new Set(clicks.map(({ body }) => body.id)).size).toBe(1)
    expect(runs(person)).toBe(before + 1)
    await company.advance('PT31S')
    expect((await click()).body.id).not.toBe(clicks[0]?.body.id)
    await company.idle()
    expect(runs(person)).toBe(before + 2)
  })

  it('one that was cancelled is not joined', async () => {
    const person = await company.connected(calendarOnly)
    await company.advance('PT61S')
    company.graph.faults.add({ method: 'GET', principal: person.upn, delayMs: 300 })
    const first = await company.call('POST', `${person.path}/sync`)
    const cancelled = await company.call('POST', `/operations/${first.body.id}/cancel`)
    expect(expectAnswer(cancelled, 200, 'operation').body).toMatchObject({ state: 'cancelled' })
    const second = await company.call('POST', `${person.path}/sync`)
    expect(second.body.id).not.toBe(first.body.id)
    await company.idle()
    expect((await get(`/operations/${first.body.id}`)).body.state).toBe('cancelled')
    expect((await get(`/operations/${second.body.id}`)).body.state).toBe('done')
  })
})
