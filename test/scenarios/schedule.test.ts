import { app } from '../../shared/compose'
import { recordHint } from '../../shared/usecases/hints'
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
  company.oro.configureAudit({ events: true, auditDelayMs: 0 })
})

const MINUTE = 60_000
/** The longest interval: what arrives sooner did not come by polling. */
const SELDOM = { syncInterval: 1440 }

const minutesBetween = (times: readonly string[]): number[] =>
  times.slice(1).map((time, at) => (Date.parse(time) - Date.parse(times[at] ?? '')) / MINUTE)

describe('S5: the interval', () => {
  it('S5: runs start five minutes apart within 20 %', async () => {
    const person = await connected(company, {}, { syncInterval: 5 })
    await company.advance('PT5M')
    const started: string[] = []
    for (const number of [1, 2, 3, 4]) {
      inOutlook(company, person, `Number ${String(number)}`, number)
      await company.advance('PT5M')
      started.push((await company.status(person)).kinds.calendar.lastRun.startedAt)
    }
    expect(titlesInOro(company, person)).toHaveLength(4)
    for (const minutes of minutesBetween(started)) {
      expect(minutes).toBeGreaterThan(4)
      expect(minutes).toBeLessThan(6)
    }
  })

  it('S5: "sync now" works at once, and clicks within a minute cause one run', async () => {
    const person = await connected(company, {}, SELDOM)
    await company.advance('PT61S')
    inOutlook(company, person, 'Now')
    const seen = watch(company, person)
    const answers = await Promise.all(
      [1, 2, 3].map(() => company.call('POST', `${person.path}/sync`, { kind: 'calendar' })),
    )
    await company.idle()
    answers.push(await company.sync(person, { kind: 'calendar' }))
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202, 202])
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1)
    expect(titlesInOro(company, person)).toEqual(['Now'])
    const rounds = seen.graph().filter((line) => /deltatoken/.test(line.path))
    expect(rounds).toHaveLength(1)
    const operation = await company.call('GET', `/operations/${String(answers[0]?.body.id)}`)
    expect(operation.body).toMatchObject({ state: 'done', progress: { done: 1, total: 1 } })
    const again = await syncLater(company, person)
    expect(again.body.id).not.toBe(answers[0]?.body.id)
  })

  it('S5: a shorter interval takes effect within itself', async () => {
    const person = await connected(company, {}, SELDOM)
    await company.advance('PT2M')
    await company.settings(person, { syncInterval: 5 })
    inOutlook(company, person, 'Found by polling')
    await company.advance('PT6M')
    expect(titlesInOro(company, person)).toEqual(['Found by polling'])
    const { nextSyncAt } = (await company.status(person)).kinds.calendar
    expect(Date.parse(nextSyncAt) - company.clock.now()).toBeLessThan(5 * MINUTE)
  })
})

describe('probes', () => {
  const idle = async (own = {}): Promise<Person> => {
    const person = await connected(company, {}, own)
    inOutlook(company, person, 'Settled')
    await syncLater(company, person)
    await company.advance('PT20M')
    return person
  }

  it('an idle account costs one Graph call per interval, no call to Oro and no run', async () => {
    const person = await idle()
    const before = (await company.status(person)).kinds.calendar
    const seen = watch(company, person)
    await company.advance('PT30M')
    expect(seen.graph().map((line) => line.method)).toEqual(['GET', 'GET'])
    expect(seen.oro()).toEqual([])
    const after = (await company.status(person)).kinds.calendar
    expect(after.lastRun).toEqual(before.lastRun)
    const minutes = minutesBetween([before.lastSyncAt, after.lastSyncAt])[0]
    expect(minutes).toBeGreaterThan(25)
    expect(after.lastAgreedAt).toBe(after.lastSyncAt)
  })

  it('a change in Outlook is found by the probe and taken over by a run', async () => {
    const person = await idle()
    const id = String(company.graph.state(person.upn).events[0]?.['id'])
    company.graph.updateEvent(person.upn, id, { subject: 'Renamed' })
    await company.advance('PT15M')
    expectSame(company, person, ['Renamed'])
    await expectSettled(company, person)
  })

  it('a hint whose message was lost is found at the next interval', async () => {
    const person = await idle()
    company.platform.broker.faults.add({ queue: 'calendar-sync', kind: 'drop-send' })
    company.oro.events.update(company.oro.eventRows(person.calendarId)[0]?.id ?? 0, {
      title: 'Renamed in Oro',
    })
    await company.advance('PT2M')
    expectUsedUp(company)
    expect(subjectsInOutlook(company, person)).toEqual(['Settled'])
    await company.advance('PT15M')
    expectSame(company, person, ['Renamed in Oro'])
  })

  it('a throttled probe asks again when it was told to, not before', async () => {
    const person = await idle()
    company.graph.faults.add({
      path: 'deltatoken',
      principal: person.upn,
      status: 429,
      headers: { 'retry-after': '120' },
    })
    const seen = watch(company, person)
    await company.advance('PT15M')
    expectUsedUp(company)
    await company.advance('PT3M')
    const times = seen.graph().map((line) => line.at)
    expect(times.length).toBeGreaterThan(1)
    expect(minutesBetween(times)[0]).toBeGreaterThanOrEqual(2)
    expect((await company.status(person)).kinds.calendar.state).toBe('idle')
  })

  it('once a day the whole list of Oro is read, whatever the probes say', async () => {
    const person = await idle()
    company.clock.advance(24 * 60 * MINUTE)
    const seen = watch(company, person)
    await company.advance('PT20M')
    const lists = seen
      .oro()
      .filter((line) => line.path.includes(`calendar=${String(person.calendarId)}`))
    expect(lists.some((line) => !line.path.includes('updatedAt'))).toBe(true)
  })
})

describe('the change feed of an organization', () => {
  const linked = async (): Promise<{ person: Person; id: number }> => {
    const person = await connected(company, {}, SELDOM)
    const id = inOro(company, person, 'Before')
    await syncLater(company, person)
    await company.advance('PT2M')
    expectSame(company, person, ['Before'])
    return { person, id }
  }

  it('an edit in Oro arrives within two minutes without any call', async () => {
    const { person, id } = await linked()
    company.oro.events.update(id, { title: 'After' })
    await company.advance('PT2M')
    expectSame(company, person, ['After'])
    await expectSettled(company, person)
  })

  it('a deletion in Oro arrives within two minutes without any call', async () => {
    const { person, id } = await linked()
    company.oro.events.remove(id)
    await company.advance('PT2M')
    expectSame(company, person, [])
    await expectSettled(company, person)
  })

  it('one read serves all users of the organization', async () => {
    const { person, id } = await linked()
    const other = await linked()
    company.oro.events.update(id, { title: 'Mine' })
    company.oro.events.update(other.id, { title: 'Yours' })
    const seen = watch(company)
    await company.advance('PT1M')
    expectSame(company, person, ['Mine'])
    expectSame(company, other.person, ['Yours'])
    const byTimer = seen.feed().filter((line) => line.path.includes('CalendarEvent'))
    // Of the feed of events: one read for all by the timer, one by each of the two runs that it caused.
    expect(byTimer.length).toBeLessThanOrEqual(3)
  })

  it('audit rows that come late are not missed', async () => {
    const { person, id } = await linked()
    company.oro.configureAudit({ auditDelayMs: 4 * MINUTE })
    company.oro.events.remove(id)
    await company.advance('PT3M')
    expect(subjectsInOutlook(company, person)).toEqual(['Before'])
    await company.advance('PT3M')
    expectSame(company, person, [])
  })

  it('audit rows that Oro writes an hour late are found within minutes, while others come in time', async () => {
    company.graph.setSwitch('*', 'replays', false)
    const { person, id } = await linked()
    const other = await linked()
    await company.advance('PT15M')
    company.oro.configureAudit({ auditDelayMs: 60 * MINUTE })
    company.oro.events.update(id, { title: 'After' })
    inOro(company, person, 'New', 4)
    company.oro.configureAudit({ auditDelayMs: 0 })
    await company.advance('PT45M')
    company.oro.events.update(other.id, { title: 'In time' })
    await company.advance('PT10M')
    expectSame(company, other.person, ['In time'])
    expect(subjectsInOutlook(company, person)).toEqual(['Before'])
    await company.advance('PT20M')
    expectSame(company, person, ['After', 'New'])
    await expectSettled(company, person)
    company.graph.resetSwitches()
  })

  it.each([
    ['denied', () => company.oro.faults.add({ path: '/audits', status: 403, times: 0 })],
    ['switched off', () => company.oro.configureAudit({ events: false })],
  ])('auditing %s: edits come by polling, deletions by the daily full list', async (_how, deny) => {
    const person = await connected(company)
    const [kept, gone] = [inOro(company, person, 'Kept'), inOro(company, person, 'Gone', 3)]
    await syncLater(company, person)
    await company.advance('PT20M')
    deny()
    // For some hours a silent feed is taken for a quiet organization.
    company.clock.advance(4 * 60 * MINUTE)
    await company.advance('PT15M')
    company.oro.events.update(kept, { title: 'Kept and renamed' })
    company.oro.events.remove(gone)
    await company.advance('PT25M')
    expect(subjectsInOutlook(company, person)).toContain('Kept and renamed')
    company.clock.advance(24 * 60 * MINUTE)
    await company.advance('PT25M')
    expectSame(company, person, ['Kept and renamed'])
  })
})

describe('W11: what is not told is found', () => {
  it('W11: without any notification a change in Outlook arrives within one interval', async () => {
    const person = await connected(company)
    company.graph.createEvent(person.upn, appointment('Untold'))
    await company.advance('PT16M')
    expectSame(company, person, ['Untold'])
  })

  it('W4: ten equal hints cost one run, a later one is not swallowed', async () => {
    const person = await connected(company, {}, SELDOM)
    await company.advance('PT2M')
    const { deps } = app()
    const seen = watch(company, person)
    inOutlook(company, person, 'First')
    // The message takes its time: all ten come before the run begins.
    company.platform.broker.faults.add({ queue: 'calendar-sync', kind: 'delay', ms: 1000 })
    await Promise.all(Array.from({ length: 10 }, () => recordHint(deps, person, 'calendar')))
    await company.advance('PT2S')
    const rounds = () => seen.graph().filter((line) => /deltatoken/.test(line.path)).length
    expect(titlesInOro(company, person)).toEqual(['First'])
    expect(rounds()).toBe(1)
    inOutlook(company, person, 'Later', 2)
    await recordHint(deps, person, 'calendar')
    await company.idle()
    expect(titlesInOro(company, person)).toEqual(['First', 'Later'])
  })
})
