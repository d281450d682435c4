import { openTables } from '../../shared/adapters/tables/open-table'
import { createTableRows } from '../../shared/adapters/tables/rows'
import { app } from '../../shared/compose'
import { startCompany, type Company } from './company'
import {
  connected,
  expectSame,
  expectSettled,
  expectUsedUp,
  inOro,
  inOutlook,
  subjectsInOutlook,
  syncLater,
  titlesInOro,
  until,
  watch,
} from './observe'

let company: Company
beforeAll(async () => {
  company = await startCompany({ tables: true })
})
afterAll(() => company.stop())
afterEach(() => {
  company.graph.faults.clear()
  company.oro.faults.clear()
  company.storage.faults.clear()
  company.platform.broker.faults.clear()
})

/** The worker dies with the write number `write` to the table of states, and is not there to give its lease back. */
const killAt = (write: number): void => {
  company.storage.faults.add({
    table: 'sync',
    operation: 'transaction',
    skip: write,
    times: 6,
    drop: 'before',
  })
}

describe('F4: the worker is killed', () => {
  it.each([0, 1])(
    'F4: before its commit number %i: nothing is lost, nothing doubled',
    async (write) => {
      const person = await connected(company)
      await company.advance('PT61S')
      for (const number of [1, 2]) {
        inOro(company, person, `From Oro ${String(number)}`, number)
        inOutlook(company, person, `From Outlook ${String(number)}`, number)
      }
      killAt(write)
      await company.sync(person, { kind: 'calendar' })
      expectUsedUp(company)
      await company.advance('PT4M')
      expectSame(company, person, ['From Oro 1', 'From Oro 2', 'From Outlook 1', 'From Outlook 2'])
      expect((await company.status(person)).kinds.calendar.counts).toMatchObject({
        linked: 4,
        problems: 0,
      })
      await expectSettled(company, person)
    },
  )

  it('F4: the answer of each commit is lost: what was stored counts as stored', async () => {
    const person = await connected(company)
    await company.advance('PT61S')
    inOro(company, person, 'From Oro')
    inOutlook(company, person, 'From Outlook', 3)
    company.storage.faults.add({
      table: 'sync',
      operation: 'transaction',
      times: 2,
      drop: 'after',
    })
    const { body: operation } = await company.sync(person, { kind: 'calendar' })
    expectUsedUp(company)
    expectSame(company, person, ['From Oro', 'From Outlook'])
    const ended = await company.call('GET', `/operations/${String(operation.id)}`)
    expect(ended.body).toMatchObject({ state: 'done' })
    await expectSettled(company, person)
  })
})

describe('F8: the worker of a run dies', () => {
  it('F8: the lease runs out and the next run completes', async () => {
    const person = await connected(company)
    await company.advance('PT61S')
    inOro(company, person, 'After the crash')
    const { deps } = app()
    const state = deps.stateOf(person, 'calendar')
    const found = await state.run()
    if (!found) throw new Error('No run yet')
    const leaseUntil = company.clock.now() + 90_000
    await state.saveRun(
      { ...found.value, owner: 'dead worker', leaseUntil, progress: { done: 3, total: 9 } },
      found.etag,
    )
    expect((await company.status(person)).kinds.calendar).toMatchObject({
      state: 'running',
      inProgress: true,
      progress: { done: 3, total: 9 },
    })
    await company.sync(person, { kind: 'calendar' })
    expect(subjectsInOutlook(company, person)).toEqual([])
    await company.advance('PT92S')
    expectSame(company, person, ['After the crash'])
    expect((await company.status(person)).kinds.calendar).toMatchObject({
      state: 'idle',
      inProgress: false,
    })
    await expectSettled(company, person)
  })

  it('F8: a worker that hung comes back after its lease: it commits nothing, nothing is doubled', async () => {
    const person = await connected(company)
    await company.advance('PT61S')
    const ours = inOro(company, person, 'Title')
    inOro(company, person, 'New', 2)
    company.graph.faults.add({
      method: 'POST',
      path: '/events$',
      principal: person.upn,
      delayMs: 1500,
    })
    const seen = watch(company, person)
    await company.call('POST', `${person.path}/sync`, { kind: 'calendar' })
    await until(() => seen.graph().some((line) => line.method === 'POST'))
    // Session lock and lease end while the first worker waits for Graph; another one takes over.
    company.clock.advance(95_000)
    company.platform.broker.enqueueDue()
    company.oro.events.update(ours, { title: 'Title of the second worker' })
    await company.call('POST', `${person.path}/sync`, { kind: 'calendar' })
    await company.idle()
    await company.advance('PT3M')
    expectSame(company, person, ['New', 'Title of the second worker'])
    await expectSettled(company, person)
  })
})

describe('tables out of order', () => {
  it('tables answer 503 for a while: nothing is lost', async () => {
    const person = await connected(company)
    await company.advance('PT61S')
    inOutlook(company, person, 'From Outlook')
    inOro(company, person, 'From Oro', 3)
    company.storage.faults.add({ table: 'sync', status: 503, times: 5 })
    await company.sync(person, { kind: 'calendar' })
    expectUsedUp(company)
    await company.advance('PT4M')
    expectSame(company, person, ['From Oro', 'From Outlook'])
    await expectSettled(company, person)
  })

  it('T1: the store fails when the rotated token is to be kept: it is kept on retry', async () => {
    const person = await connected(company)
    company.clock.advance(59 * 60_000)
    inOutlook(company, person, 'First')
    company.storage.faults.add({ table: 'tokens', operation: 'update', status: 503 })
    await syncLater(company, person)
    expectUsedUp(company)
    await company.advance('PT5M')
    expectSame(company, person, ['First'])
    company.clock.advance(59 * 60_000)
    inOutlook(company, person, 'Second', 2)
    await syncLater(company, person)
    expectSame(company, person, ['First', 'Second'])
    expect((await company.call('GET', `${person.path}/connection`)).body.state).toBe('connected')
  })

  it('one that fails again and again becomes a problem that a person sees, and can be tried anew', async () => {
    const person = await connected(company)
    await company.advance('PT61S')
    inOutlook(company, person, 'In the end')
    // Ten deliveries, each with the three tries of the client.
    company.storage.faults.add({
      table: 'sync',
      operation: 'query',
      status: 500,
      times: 30,
    })
    await company.sync(person, { kind: 'calendar' })
    expectUsedUp(company)
    expect(titlesInOro(company, person)).toEqual([])
    expect(company.platform.broker.queue('calendar-sync').deadLetter).toEqual([])
    const problems = (await company.call('GET', `${person.path}/problems`)).body.items
    expect(problems).toMatchObject([{ code: 'dead-letter', choices: ['retry', 'ignore'] }])
    const retry = `${person.path}/problems/${String(problems[0].id)}/retry`
    expect((await company.call('POST', retry)).status).toBe(204)
    await company.advance('PT2M')
    expectSame(company, person, ['In the end'])
    expect((await company.call('GET', `${person.path}/problems`)).body.items).toEqual([])
  }, 60_000)
})

describe('credentials of organizations', () => {
  it('nothing of them lies in the tables in the clear', async () => {
    const credentials = { clientId: 'second-client', clientSecret: 'second-sample-secret' }
    company.oro.seed({
      organizations: [{ id: 2 }],
      users: [{ id: 900, email: 'service2@oro.example', organizationId: 2 }],
      applications: [{ ...credentials, organizationId: 2, userId: 900 }],
    })
    const { status } = await company.call('PUT', '/organizations/2/oro-credentials', credentials)
    expect(status).toBe(204)
    const { connectionString } = company.storage
    const rows = createTableRows(openTables({ connectionString }))
    const text = String((await rows.get<string>('tokens', '2', 'oro'))?.value)
    expect(text.length).toBeGreaterThan(40)
    expect(text).not.toContain(credentials.clientSecret)
    expect(text).not.toContain(credentials.clientId)
  })
})
