import { startCompany, type Company, type Person } from './company'
import {
  appointment,
  expectSame,
  expectSettled,
  inOro,
  inOutlook,
  subjectsInOutlook,
  syncLater,
  titlesInOro,
} from './observe'
import { bodies, countsOf, only, problemsOf, writesOf } from './writes'
import { inOroTasks, inToDo, syncTasks } from './tasks-world'

let company: Company
beforeAll(async () => {
  company = await startCompany()
  await company.connected()
})
afterAll(() => company.stop())

const CHOSEN = { backfill: 'changed-after-connect' }

/** Somebody whose calendars hold something before the account is connected, a minute later. */
async function newcomer(calendar: object = {}): Promise<Person> {
  const person = await company.newPerson()
  await company.settings(person, {
    calendar: { enabled: true, ...CHOSEN, ...calendar },
    tasks: { enabled: false },
  })
  return person
}

/** Days in which no timer runs: the next sync finds them gone by. */
const asleep = (days: number): void => {
  company.clock.advance(days * 86_400_000)
}

/** An event of both sides must not be told apart by a reminder that Outlook sets by itself. */
const UNREMINDED = { isReminderOn: false }

describe('C2: with `changed-after-connect`', () => {
  it('what was there at Connect is left alone, what is made afterwards travels', async () => {
    const person = await newcomer()
    inOro(company, person, 'Old in Oro')
    inOutlook(company, person, 'Old in Outlook', 2)
    await company.advance('PT2M')
    const first = await writesOf(company, person, () => company.connect(person))
    expect([...first.graph, ...first.oro]).toEqual([])
    inOro(company, person, 'New in Oro', 4)
    inOutlook(company, person, 'New in Outlook', 6)
    await syncLater(company, person)
    const made = ['New in Oro', 'New in Outlook']
    expect(subjectsInOutlook(company, person)).toEqual([...made, 'Old in Outlook'])
    expect(titlesInOro(company, person)).toEqual([...made, 'Old in Oro'])
    expect(await problemsOf(company, person)).toEqual([])
    await expectSettled(company, person)
  })

  it('an old item is taken along once somebody changes it, and not for a new etag or a full read', async () => {
    const person = await newcomer()
    const oro = inOro(company, person, 'Old in Oro')
    const outlook = inOutlook(company, person, 'Old in Outlook', 2)
    await company.advance('PT2M')
    await company.connect(person)
    const idle = await writesOf(company, person, async () => {
      company.graph.touch(person.upn)
      await syncLater(company, person)
      await syncLater(company, person, { mode: 'full' })
      asleep(1.1)
      await syncLater(company, person)
    })
    expect([...idle.graph, ...idle.oro]).toEqual([])
    company.oro.events.update(oro, { title: 'Changed in Oro' })
    const export_ = await writesOf(company, person, () => syncLater(company, person))
    expect(only(bodies(export_.graph))).toMatchObject({ subject: 'Changed in Oro' })
    expect(export_.oro).toEqual([])
    company.graph.updateEvent(person.upn, outlook, { subject: 'Changed in Outlook' })
    const import_ = await writesOf(company, person, () => syncLater(company, person))
    expect(only(bodies(import_.oro))).toMatchObject({ title: 'Changed in Outlook' })
    expect(import_.graph).toEqual([])
    expectSame(company, person, ['Changed in Oro', 'Changed in Outlook'])
    await expectSettled(company, person)
  })

  it('an old item that is on both sides is linked, so that an edit of one does not double the other', async () => {
    const person = await newcomer()
    const id = inOro(company, person, 'On both sides', 200)
    company.graph.createEvent(person.upn, { ...appointment('On both sides', 200), ...UNREMINDED })
    await company.advance('PT2M')
    const first = await writesOf(company, person, () => company.connect(person))
    expect([...first.graph, ...first.oro]).toEqual([])
    expect(await countsOf(company, person)).toMatchObject({ linked: 1 })
    company.oro.events.update(id, { title: 'Renamed' })
    await syncLater(company, person)
    expectSame(company, person, ['Renamed'])
    await expectSettled(company, person)
  })

  it('the sync being off at Connect, what was made since then is sent when it is switched on', async () => {
    const person = await newcomer({ enabled: false })
    inOro(company, person, 'Before')
    await company.advance('PT2M')
    await company.connect(person)
    await company.advance('PT10M')
    inOro(company, person, 'Since', 3)
    const calls = company.graph.log.length
    await company.advance('PT16M')
    expect(company.graph.log.slice(calls).filter((l) => l.principal === person.upn)).toEqual([])
    await company.settings(person, { calendar: { enabled: true } })
    await syncLater(company, person)
    expect(subjectsInOutlook(company, person)).toEqual(['Since'])
    await expectSettled(company, person)
  })

  it('an old item that comes into the window later stays alone; with `window` all of them follow', async () => {
    const person = await newcomer({ daysAhead: 10 })
    inOro(company, person, 'Near', 100)
    inOro(company, person, 'Still far', 24 * 13)
    await company.advance('PT2M')
    await company.connect(person)
    const idle = await writesOf(company, person, async () => {
      asleep(3)
      await syncLater(company, person)
    })
    expect([...idle.graph, ...idle.oro]).toEqual([])
    await company.settings(person, { calendar: { backfill: 'window' } })
    await syncLater(company, person)
    expectSame(company, person, ['Near', 'Still far'])
    await expectSettled(company, person)
  })

  it('tasks choose alike', async () => {
    const person = await company.newPerson()
    await company.settings(person, {
      calendar: { enabled: false },
      tasks: { enabled: true, ...CHOSEN },
    })
    const old = company.oro.tasks.create({ ownerId: person.userId, subject: 'Old in Oro' })
    company.graph.toDo.createTask(person.upn, { title: 'Old in To Do' })
    await company.advance('PT2M')
    const first = await writesOf(company, person, () => company.connect(person))
    expect([...first.graph, ...first.oro]).toEqual([])
    company.graph.toDo.createTask(person.upn, { title: 'New in To Do' })
    await syncTasks(company, person)
    company.oro.tasks.update(old, { subject: 'Changed in Oro' })
    await syncTasks(company, person)
    expect(inOroTasks(company, person).map(({ subject }) => subject)).toEqual([
      'Changed in Oro',
      'New in To Do',
    ])
    expect(inToDo(company, person).map(({ title }) => title)).toEqual([
      'Old in To Do',
      'New in To Do',
      'Changed in Oro',
    ])
  })
})
