import { app } from '../../shared/compose'
import { VersionMismatch } from '../../shared/errors'
import { recordHint } from '../../shared/usecases/hints'
import { runSync } from '../../shared/usecases/run'
import { startCompany, type Company, type Person } from './company'
import {
  appointment,
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
  company = await startCompany()
})
afterAll(() => company.stop())
afterEach(() => {
  company.graph.faults.clear()
  company.oro.faults.clear()
  company.platform.broker.faults.clear()
})

describe('messages', () => {
  it('a lost one: the next interval brings the change', async () => {
    const person = await connected(company)
    await company.advance('PT61S')
    inOutlook(company, person, 'Found later')
    company.platform.broker.faults.add({ queue: 'calendar-sync', kind: 'drop-send' })
    await recordHint(app().deps, person, 'calendar')
    await company.idle()
    expectUsedUp(company)
    expect(titlesInOro(company, person)).toEqual([])
    await company.advance('PT16M')
    expectSame(company, person, ['Found later'])
    await expectSettled(company, person)
  })

  it('a doubled one: nothing is doubled', async () => {
    const person = await connected(company)
    await company.advance('PT61S')
    inOutlook(company, person, 'From Outlook')
    inOro(company, person, 'From Oro', 3)
    company.platform.broker.faults.add({ queue: 'calendar-sync', kind: 'duplicate' })
    await company.sync(person, { kind: 'calendar' })
    expectUsedUp(company)
    expectSame(company, person, ['From Oro', 'From Outlook'])
    await expectSettled(company, person)
  })

  it('the lock of one is lost while its run is under way: nothing is doubled', async () => {
    const person = await connected(company)
    await company.advance('PT61S')
    inOutlook(company, person, 'From Outlook')
    inOro(company, person, 'From Oro', 3)
    company.platform.broker.faults.add({ queue: 'calendar-sync', kind: 'lose-lock' })
    await company.sync(person, { kind: 'calendar' })
    expectUsedUp(company)
    await company.advance('PT3M')
    expectSame(company, person, ['From Oro', 'From Outlook'])
    await expectSettled(company, person)
  })

  it('W6: the queue refuses: the sender is told, and its next try is not swallowed', async () => {
    const person = await connected(company)
    await company.advance('PT61S')
    inOutlook(company, person, 'Told twice')
    company.platform.broker.faults.add({ queue: 'calendar-sync', kind: 'refuse-send', times: 0 })
    const { deps } = app()
    await expect(recordHint(deps, person, 'calendar')).rejects.toThrow()
    company.platform.broker.faults.clear()
    await recordHint(deps, person, 'calendar')
    await company.idle()
    expectSame(company, person, ['Told twice'])
  })
})

describe('slices', () => {
  it.each([
    ['a hint wants its turn', (person: Person) => recordHint(app().deps, person, 'calendar')],
    ['its minute is over', () => Promise.resolve(company.clock.advance(61_000))],
  ])('a long first sync shows how far it is, yields when %s, and finishes', async (_why, end) => {
    const person = await company.newPerson()
    await company.settings(person, { calendar: { enabled: true }, tasks: { enabled: false } })
    const many = 320
    company.graph.seedEvents(
      person.upn,
      Array.from({ length: many }, (_, number) => appointment(`Event ${String(number)}`, number)),
    )
    // Oro takes its time when a good part is done.
    company.oro.faults.add({ method: 'POST', path: 'calendarevents', skip: 120, delayMs: 800 })
    const connecting = company.connect(person)
    await until(() => titlesInOro(company, person).length >= 120)
    const { inProgress, progress, state } = (await company.status(person)).kinds.calendar
    expect({ inProgress, state, total: progress.total }).toEqual({
      inProgress: true,
      state: 'running',
      total: many,
    })
    expect(progress.done).toBeGreaterThan(0)
    expect(progress.done).toBeLessThanOrEqual(120)
    await end(person)
    await connecting
    await company.advance('PT2M')
    const ended = ((await company.local('GET', 'log')).body as { message: string }[])
      .map((line) => /^run\.ended (.*)$/.exec(line.message)?.[1] ?? 'null')
      .map((json) => JSON.parse(json) as { account: string; rest: number } | null)
      .filter((line) => line?.account === person.accountId)
      .map((line) => line?.rest)
    expect(ended[0]).toBeGreaterThan(0)
    expect(ended.at(-1)).toBe(0)
    expect(new Set(titlesInOro(company, person)).size).toBe(many)
    expect(titlesInOro(company, person)).toHaveLength(many)
    expect((await company.status(person)).kinds.calendar).toMatchObject({
      state: 'idle',
      counts: { linked: many, problems: 0 },
    })
    await expectSettled(company, person)
  })
})

describe('an operation whose run was overtaken by another', () => {
  it('is done once that run has taken its rest along', async () => {
    const person = await connected(company)
    await syncLater(company, person)
    const { deps } = app()
    const at = new Date(company.clock.now()).toISOString()
    const id = `1-${deps.newId()}`
    await deps.operations.put(
      {
        id,
        organizationId: 1,
        accountId: person.accountId,
        type: 'sync',
        state: 'running',
        progress: { done: 0, total: 1 },
        result: null,
        startedAt: at,
        endedAt: null,
        waitingFor: ['calendar'],
        mode: 'changes:calendar',
      },
      null,
    )
    const state = deps.stateOf(person, 'calendar')
    const found = await state.run()
    if (!found) throw new Error('No run yet')
    const { value, etag } = found
    const busy = { ...value, runId: 'the other', slice: 1, open: { ...value.open, rest: 1 } }
    await state.saveRun(busy, etag)
    const continuation = { reason: 'continuation', runId: 'mine', slice: 1 } as const
    const { accountId } = person
    await runSync(deps, { v: 1, accountId, kind: 'calendar', at, operationId: id, ...continuation })
    const shown = async () => (await company.call('GET', `/operations/${id}`)).body.state as string
    expect(await shown()).toBe('running')
    await company.advance('PT1M')
    expect(await shown()).toBe('done')
  })
})

describe('the lease', () => {
  it('of two workers one works, the other waits for its turn', async () => {
    const person = await connected(company)
    await company.advance('PT61S')
    inOro(company, person, 'One')
    company.graph.faults.add({
      method: 'POST',
      path: '/events$',
      principal: person.upn,
      delayMs: 400,
    })
    const seen = watch(company, person)
    await company.call('POST', `${person.path}/sync`, { kind: 'calendar' })
    await until(() => seen.graph().some((line) => line.method === 'POST'))
    expect((await company.status(person)).kinds.calendar).toMatchObject({
      state: 'running',
      inProgress: true,
    })
    // A second delivery past the session, as after a lock that was lost.
    await runSync(app().deps, {
      v: 1,
      accountId: person.accountId,
      kind: 'calendar',
      reason: 'interval',
      at: new Date(company.clock.now()).toISOString(),
    })
    expect(subjectsInOutlook(company, person).length).toBeLessThanOrEqual(1)
    expect(company.platform.broker.queue('calendar-sync').scheduled).not.toEqual([])
    await company.idle()
    await company.advance('PT2M')
    expectSame(company, person, ['One'])
    expect(seen.graphWrites()).toEqual(['POST'])
    await expectSettled(company, person)
  })

  it('a committer whose row was taken over stores nothing more', async () => {
    const person = await connected(company)
    await syncLater(company, person)
    const { deps } = app()
    const state = deps.stateOf(person, 'calendar')
    const found = await state.run()
    if (!found) throw new Error('No run yet')
    const taken = await state.saveRun({ ...found.value, owner: 'the other' }, found.etag)
    await expect(
      state.commit({ ...found.value, owner: 'late', commitId: 'x' }, found.etag, []),
    ).rejects.toBeInstanceOf(VersionMismatch)
    await state.saveRun({ ...found.value, owner: null }, taken)
  })
})
