import { startCompany, type Company, type Person } from './company'
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
  watch,
} from './observe'

let company: Company
beforeAll(async () => {
  company = await startCompany()
})
afterAll(() => company.stop())
afterEach(() => {
  company.graph.faults.clear()
  company.graph.resetSwitches()
})

const SECOND = 1000

/** Milliseconds between the refused call and the next one to that mailbox. */
function waits(lines: readonly { at: string; status: number | null }[]): number[] {
  return lines.flatMap((line, index) => {
    const next = lines[index + 1]
    return line.status === 429 && next ? [Date.parse(next.at) - Date.parse(line.at)] : []
  })
}

const throttle = (person: Person, headers: Record<string, string>, times = 1): void => {
  company.graph.faults.add({ principal: person.upn, status: 429, headers, times })
}

describe('H1: Retry-After', () => {
  it.each([
    ['7', () => '7', 7 * SECOND],
    ['2.5', () => '2.5', 2500],
    ['a date', () => new Date(company.clock.now() + 70 * SECOND).toUTCString(), 68 * SECOND],
  ])(
    'H1: %s: the next call comes not earlier, the change is made once',
    async (_form, value, ms) => {
      const person = await connected(company)
      await company.advance('PT61S')
      inOro(company, person, 'Once')
      throttle(person, { 'retry-after': value() })
      const seen = watch(company, person)
      await company.sync(person, { kind: 'calendar' })
      expectUsedUp(company)
      await company.advance('PT2M')
      // The clock of the log runs a little unlike the one that waits.
      for (const wait of waits(seen.graph())) expect(wait).toBeGreaterThan(ms - 100)
      expect(waits(seen.graph())).toHaveLength(1)
      expectSame(company, person, ['Once'])
      expect(seen.graphWrites()).toEqual(['POST'])
      await expectSettled(company, person)
    },
  )
})

describe('H1: Retry-After binds the mailbox', () => {
  it.each([
    ['calendar', '/calendarView/delta'],
    ['tasks', '/todo/'],
  ] as const)('H1: said to the %s, it is heeded by the other kind too', async (kind, path) => {
    const person = await connected(company, {}, { tasks: { enabled: true } })
    await company.sync(person, {})
    await company.advance('PT61S')
    inOro(company, person, 'An event')
    company.oro.tasks.create({ ownerId: person.userId, subject: 'A task' })
    company.graph.faults.add({
      principal: person.upn,
      path,
      status: 429,
      headers: { 'retry-after': '300' },
    })
    await company.sync(person, { kind })
    expectUsedUp(company)
    const seen = watch(company, person)
    await company.sync(person, { kind: kind === 'calendar' ? 'tasks' : 'calendar' })
    await company.advance('PT4M')
    expect(seen.graph()).toEqual([])
    await company.advance('PT2M')
    expectSame(company, person, ['An event'])
    expect(company.graph.toDo.lists(person.upn).flatMap(({ tasks }) => tasks)).toHaveLength(1)
  })
})

describe('H2: no word about the wait', () => {
  it('H2: 30 seconds, then longer, capped', async () => {
    const person = await connected(company)
    await company.advance('PT61S')
    inOro(company, person, 'In the end')
    throttle(person, {}, 7)
    const seen = watch(company, person)
    await company.sync(person, { kind: 'calendar' })
    await company.advance('PT1H')
    expectUsedUp(company)
    const seconds = waits(seen.graph()).map((ms) => Math.round(ms / SECOND))
    expect(seconds).toHaveLength(7)
    expect(seconds[0]).toBeGreaterThanOrEqual(30)
    expect(seconds[0]).toBeLessThan(45)
    for (const [index, wait] of seconds.slice(1).entries())
      expect(wait).toBeGreaterThanOrEqual(seconds[index] ?? 0)
    expect(Math.max(...seconds)).toBeLessThanOrEqual(601)
    expect(seconds[1]).toBeGreaterThan(seconds[0] ?? 0)
    expectSame(company, person, ['In the end'])
  })
})

describe('H3: too many requests at a time', () => {
  it.each([429, 503])(
    'H3: %i on reads and writes alike: repeated, nothing dropped',
    async (status) => {
      const person = await connected(company)
      for (const number of [1, 2, 3]) inOutlook(company, person, `Here ${String(number)}`, number)
      await syncLater(company, person)
      const rows = company.oro.eventRows(person.calendarId)
      for (const row of rows) company.oro.events.update(row.id, { title: `${row.title}!` })
      inOro(company, person, 'New', 6)
      const body = { error: { code: 'ApplicationThrottled', message: 'MailboxConcurrency' } }
      for (const method of ['GET', 'PATCH', 'POST']) {
        company.graph.faults.add({
          method,
          principal: person.upn,
          status,
          headers: { 'retry-after': '1' },
          body,
          times: 1,
        })
      }
      await syncLater(company, person)
      await company.advance('PT5M')
      expectUsedUp(company)
      expectSame(company, person, ['Here 1!', 'Here 2!', 'Here 3!', 'New'])
      await expectSettled(company, person)
    },
  )

  it('H3: never more than two calendar requests at a time for one mailbox', async () => {
    const person = await connected(company)
    company.graph.setSwitch(person.upn, 'latencyMs', 5)
    for (let number = 0; number < 20; number += 1)
      inOro(company, person, `Event ${String(number)}`, number)
    const seen = watch(company, person)
    await syncLater(company, person)
    expect(subjectsInOutlook(company, person)).toHaveLength(20)
    expect(Math.max(...seen.graph().map((line) => line.inFlight))).toBeLessThanOrEqual(2)
  })
})

describe('H6: one mailbox throttled among healthy ones', () => {
  it('H6: the others keep their pace; the wait is scheduled, nobody sleeps through it', async () => {
    const person = await connected(company)
    const others = [await connected(company), await connected(company), await connected(company)]
    await company.advance('PT61S')
    company.graph.setSwitch(person.upn, 'retryAfterSeconds', 600)
    company.graph.setSwitch(person.upn, 'retryAfter', 'integer')
    company.graph.setSwitch(person.upn, 'throttledUntil', company.clock.now() + 600 * SECOND)
    for (const one of [person, ...others]) inOro(company, one, 'Soon')
    const began = performance.now()
    await company.sync(person, { kind: 'calendar' })
    expect(performance.now() - began).toBeLessThan(5000)
    const shown = (await company.status(person)).kinds.calendar
    expect(shown.state).toBe('throttled')
    expect(shown.reason).toMatchObject({ code: 'throttled' })
    expect(Date.parse(shown.nextSyncAt) - company.clock.now()).toBeGreaterThan(590 * SECOND)
    expect(Date.parse(shown.nextSyncAt) - company.clock.now()).toBeLessThan(610 * SECOND)
    for (const one of others) {
      await company.sync(one, { kind: 'calendar' })
      expectSame(company, one, ['Soon'])
    }
    const seen = watch(company, person)
    await company.advance('PT9M')
    expect(seen.graph()).toEqual([])
    await company.advance('PT3M')
    expectSame(company, person, ['Soon'])
    expect((await company.status(person)).kinds.calendar.state).toBe('idle')
  })
})

describe('H8: throttled without end', () => {
  it('H8: the items stay waiting and visible with age and reason, none is dropped', async () => {
    const person = await connected(company)
    inOro(company, person, 'Linked before')
    await syncLater(company, person)
    company.graph.setSwitch(person.upn, 'throttledUntil', -1)
    inOro(company, person, 'Waits', 2)
    await syncLater(company, person)
    const since = (await company.status(person)).kinds.calendar.lastAgreedAt
    const waiting: number[] = []
    for (const wait of ['PT30M', 'PT1H']) {
      await company.advance(wait)
      const shown = (await company.status(person)).kinds.calendar
      expect(shown.state).toBe('throttled')
      expect(shown.reason.code).toBe('throttled')
      expect(shown.lastAgreedAt).toBe(since)
      const { scheduled } = company.platform.broker.queue('calendar-sync')
      waiting.push(scheduled.filter(({ sessionId }) => sessionId === person.accountId).length)
    }
    // The change and the person's call wait; intervals that come meanwhile do not queue up behind them.
    expect(waiting).toEqual([2, 2])
    expect(titlesInOro(company, person)).toEqual(['Linked before', 'Waits'])
    expect(subjectsInOutlook(company, person)).toEqual(['Linked before'])
    const { body } = await company.call('GET', `${person.path}/connection`)
    expect(body.state).toBe('connected')
    company.graph.resetSwitches(person.upn)
    await company.advance('PT15M')
    expectSame(company, person, ['Linked before', 'Waits'])
    await expectSettled(company, person)
  })
})
