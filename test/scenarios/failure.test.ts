import { app } from '../../shared/compose'
import { recordHint } from '../../shared/usecases/hints'
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

const EVENTS = '/events$'

describe('F1: the answer of a create is lost', () => {
  it('F1: Graph stored the POST and the connection dropped: exactly one event, linked', async () => {
    const person = await connected(company)
    inOro(company, person, 'Lost answer')
    company.graph.faults.add({ method: 'POST', path: EVENTS, principal: person.upn, drop: 'after' })
    await syncLater(company, person)
    expectUsedUp(company)
    await syncLater(company, person)
    expectSame(company, person, ['Lost answer'])
    expect((await company.status(person)).kinds.calendar.counts).toMatchObject({
      linked: 1,
      problems: 0,
    })
    await expectSettled(company, person)
  })

  it('F1: Oro stored the POST, every answer was lost, and the user goes on editing in Outlook: the edit is kept, whoever wins', async () => {
    const person = await connected(company, { conflictResolution: 'oro' })
    const id = inOutlook(company, person, 'Written once')
    company.oro.faults.add({ method: 'POST', path: '/calendarevents', drop: 'after', times: 4 })
    await syncLater(company, person)
    company.graph.updateEvent(person.upn, id, { subject: 'Written anew' })
    company.oro.faults.clear()
    await company.advance('PT10M')
    expectSame(company, person, ['Written anew'])
    await expectSettled(company, person)
  })

  it('F1: every answer of that create is lost for a while', async () => {
    const person = await connected(company)
    inOro(company, person, 'Lost again')
    company.graph.faults.add({
      method: 'POST',
      path: EVENTS,
      principal: person.upn,
      drop: 'after',
      times: 4,
    })
    await syncLater(company, person)
    expectUsedUp(company)
    await company.advance('PT3M')
    expectSame(company, person, ['Lost again'])
    await expectSettled(company, person)
  })

  it('F1: Oro stored the POST and the connection dropped: exactly one event, linked', async () => {
    const person = await connected(company)
    inOutlook(company, person, 'Lost in Oro')
    company.oro.faults.add({ method: 'POST', path: 'calendarevents', drop: 'after' })
    await syncLater(company, person)
    expectUsedUp(company)
    await company.advance('PT3M')
    expectSame(company, person, ['Lost in Oro'])
    await expectSettled(company, person)
  })
})

describe('F2: a POST fails', () => {
  it.each([
    [500, false],
    [502, true],
    [504, true],
  ])('F2: %i (stored: %s) is repeated with the same transactionId only', async (status, after) => {
    const person = await connected(company)
    inOro(company, person, 'Once')
    const seen = watch(company, person)
    company.graph.faults.add({
      method: 'POST',
      path: EVENTS,
      principal: person.upn,
      status,
      after,
      times: 2,
    })
    await syncLater(company, person)
    expectUsedUp(company)
    const posts = seen.graph().filter((line) => line.method === 'POST' && /events$/.test(line.path))
    expect(posts.length).toBeGreaterThan(1)
    const tokens = posts.map((line) => (line.body as { transactionId?: string }).transactionId)
    expect(new Set(tokens).size).toBe(1)
    expect(tokens[0]).toEqual(expect.any(String))
    await company.advance('PT3M')
    expectSame(company, person, ['Once'])
    await expectSettled(company, person)
  })
})

describe('F6: the mailbox is not usable', () => {
  it.each([404, 400] as const)(
    'F6: %i MailboxNotEnabledForRESTAPI needs attention, deletes nothing and is not asked again and again',
    async (status) => {
      const [person, other] = [await connected(company), await connected(company)]
      inOro(company, person, 'Kept')
      await syncLater(company, person)
      company.graph.setSwitch(person.upn, 'mailboxUnusable', status)
      inOro(company, person, 'Waits', 2)
      await syncLater(company, person)
      const { body } = await company.call('GET', `${person.path}/connection`)
      expect(body).toMatchObject({ state: 'needs-attention', reason: { code: 'mailbox' } })
      expect((await company.status(person)).kinds.calendar.state).toBe('attention')

      const seen = watch(company, person)
      inOro(company, other, 'Of somebody else')
      await company.advance('PT1H')
      expect(seen.graph()).toEqual([])
      expect(subjectsInOutlook(company, other)).toEqual(['Of somebody else'])
      expect(titlesInOro(company, person)).toEqual(['Kept', 'Waits'])

      company.graph.setSwitch(person.upn, 'mailboxUnusable', null)
      const check = await company.call('POST', `${person.path}/connection/check`)
      expect(check.body.healthy).toBe(true)
      await company.idle()
      expectSame(company, person, ['Kept', 'Waits'])
      await expectSettled(company, person)
    },
  )
})

describe('F7: the synced calendar is deleted', () => {
  it('F7: in Outlook: the pair stops, the items stay in Oro, it is reported', async () => {
    const person = await connected(company)
    inOro(company, person, 'Survivor')
    await syncLater(company, person)
    const calendar = company.graph.state(person.upn).calendars[0]
    company.graph.deleteCalendar(person.upn, String(calendar?.['id']))
    await syncLater(company, person)
    expect(titlesInOro(company, person)).toEqual(['Survivor'])
    const { body } = await company.call('GET', `${person.path}/connection`)
    expect(body).toMatchObject({ state: 'needs-attention', reason: { code: 'container-gone' } })
    const seen = watch(company, person)
    await company.advance('PT1H')
    expect(seen.graph()).toEqual([])
    expect(titlesInOro(company, person)).toEqual(['Survivor'])
  })
})

describe('F7: what is wrong with the calendar alone', () => {
  it.each(['in Outlook', 'in Oro'])(
    'F7: %s: the calendar waits for somebody, tasks go on, and one does not heal the other',
    async (where) => {
      const person = await connected(company, {}, { tasks: { enabled: true } })
      await company.advance('PT2M')
      if (where === 'in Outlook') {
        const calendar = company.graph.state(person.upn).calendars[0]
        company.graph.deleteCalendar(person.upn, String(calendar?.['id']))
      } else {
        const route = { method: 'GET', path: '/calendarevents.json', status: 404, times: 0 }
        company.oro.faults.add({ ...route, body: '<html>Not found</html>' })
      }
      await syncLater(company, person)
      company.oro.tasks.create({ ownerId: person.userId, subject: 'Goes on' })
      await company.advance('PT10M')
      await company.sync(person, { kind: 'tasks' })
      expect(
        company.graph.toDo
          .lists(person.upn)
          .flatMap(({ tasks }) => tasks.map(({ title }) => title)),
      ).toEqual(['Goes on'])
      const { kinds } = await company.status(person)
      expect([kinds.calendar.state, kinds.tasks.state]).toEqual(['attention', 'idle'])
      const { body } = await company.call('GET', `${person.path}/connection`)
      expect(body.state).toBe('needs-attention')
      if (where === 'in Outlook') return
      company.oro.faults.clear()
      inOro(company, person, 'Back', 5)
      await company.advance('PT40M')
      expectSame(company, person, ['Back'])
    },
  )
})

describe('one row of Oro that cannot be read', () => {
  it('stops no other, and is tried again', async () => {
    const person = await connected(company)
    const [bad, good] = [inOro(company, person, 'Bad', 2), inOro(company, person, 'Good', 3)]
    await syncLater(company, person)
    await company.advance('PT20M')
    // A reminder moves no watermark: such an event is read by the id of the hint.
    company.oro.events.update(bad, {
      reminders: [{ method: 'email', interval: { number: 5, unit: 'M' } }],
    })
    company.oro.events.update(good, { title: 'Better' })
    company.oro.faults.add({ path: `/calendarevents/${String(bad)}.json`, status: 500, times: 0 })
    await recordHint(app().deps, person, 'calendar', { oro: [String(bad)] })
    await company.advance('PT5M')
    expect(subjectsInOutlook(company, person)).toEqual(['Bad', 'Better'])
    expect((await company.status(person)).kinds.calendar.state).toBe('idle')
    company.oro.faults.clear()
    await company.advance('PT20M')
    const event = company.graph.state(person.upn).events.find(({ subject }) => subject === 'Bad')
    expect(event).toMatchObject({ isReminderOn: true, reminderMinutesBeforeStart: 5 })
    await expectSettled(company, person)
  })
})

describe('a refusal of something that was not sent', () => {
  it('is no fault of what was: the change is tried again', async () => {
    const person = await connected(company)
    const id = inOutlook(company, person, 'Before', 2)
    await syncLater(company, person)
    company.graph.updateEvent(person.upn, id, { subject: 'After' })
    // Oro looks at stored reminders on every write (oro/README 3.12), by a clock that may be ahead of ours.
    const reminders = { errors: ['Reminder start date less than now.'] }
    const body = { code: 400, message: 'Validation Failed', errors: { children: { reminders } } }
    company.oro.faults.add({ method: 'PUT', status: 400, body, times: 2 })
    await syncLater(company, person)
    expectUsedUp(company)
    await company.advance('PT10M')
    expectSame(company, person, ['After'])
    expect((await company.status(person)).kinds.calendar.counts).toMatchObject({ problems: 0 })
    await expectSettled(company, person)
  })
})

describe('F10: ids with slash, plus and equals sign', () => {
  it('F10: every read, PATCH and DELETE hits the right event', async () => {
    const person = await connected(company)
    const numbers = [1, 2, 3, 4]
    const oroIds = numbers.map((number) =>
      inOro(company, person, `Event ${String(number)}`, number),
    )
    await syncLater(company, person)
    const ids = company.graph.state(person.upn).events.map((event) => String(event['id']))
    expect(ids.join('')).toMatch(/\//)
    expect(ids.join('')).toMatch(/\+/)
    expect(ids.join('')).toMatch(/=/)
    for (const id of oroIds.slice(0, 3)) {
      company.oro.events.update(id, { title: `Renamed ${String(id)}` })
    }
    company.oro.events.remove(oroIds[3] ?? 0)
    const seen = watch(company, person)
    await syncLater(company, person)
    expect(seen.graphWrites().sort()).toEqual(['DELETE', 'PATCH', 'PATCH', 'PATCH'])
    expectSame(
      company,
      person,
      oroIds.slice(0, 3).map((id) => `Renamed ${String(id)}`),
    )
    await expectSettled(company, person)
  })
})
