import { createMicrosoft } from '../../shared/adapters/graph/microsoft'
import { resolveCloud } from '../../shared/adapters/entra/clouds'
import { app } from '../../shared/compose'
import { startCompany, type Company, type Person } from './company'
import { appointment } from './observe'
import { inOroTasks, taskStatus } from './tasks-world'
import { only } from './writes'

let company: Company
beforeAll(async () => {
  company = await startCompany()
})
afterAll(() => company.stop())
afterEach(() => {
  company.graph.resetSwitches()
})

const BOTH = { calendar: { enabled: true }, tasks: { enabled: true } }

/** Connects a person whose consent leaves these scopes out. */
async function consenting(scopes: readonly string[]): Promise<Person> {
  const person = await company.newPerson()
  await company.settings(person, BOTH)
  company.entra.set({ grantedScopes: [...scopes] }, person.upn)
  await company.connect(person)
  return person
}

const callsTo = (person: Person, part: string) =>
  company.graph.log.filter(({ path, principal }) => principal === person.upn && path.includes(part))

async function oneOfEach(person: Person): Promise<void> {
  company.graph.createEvent(person.upn, appointment('Meeting'))
  company.graph.toDo.createTask(person.upn, { title: 'Call Ann' })
  await company.advance('PT61S')
  await company.sync(person)
  await company.advance('PT16M')
}

describe('consent', () => {
  it('T6: calendar without tasks: the calendar syncs, tasks are shown as not permitted, To Do is not called', async () => {
    const person = await consenting(['Calendars.ReadWrite', 'User.Read', 'MailboxSettings.Read'])
    await oneOfEach(person)
    expect(only(company.oro.eventRows(person.calendarId))).toMatchObject({ title: 'Meeting' })
    expect(inOroTasks(company, person)).toEqual([])
    expect(callsTo(person, '/todo/')).toEqual([])
    expect(await taskStatus(company, person)).toMatchObject({
      state: 'attention',
      reason: { code: 'consent' },
    })
    const { body } = await company.call('GET', `${person.path}/connection`)
    expect(body).toMatchObject({ state: 'connected', granted: { calendar: true, tasks: false } })
  })

  it('T6: tasks without calendar: tasks sync, no event is called', async () => {
    const person = await consenting(['Tasks.ReadWrite', 'User.Read', 'MailboxSettings.Read'])
    await oneOfEach(person)
    expect(callsTo(person, '/calendarView')).toEqual([])
    expect(company.oro.eventRows(person.calendarId)).toEqual([])
    expect(only(inOroTasks(company, person))).toMatchObject({ subject: 'Call Ann' })
  })

  it('T6: a scope that the token names and Graph refuses stops tasks alone', async () => {
    const person = await company.newPerson()
    await company.settings(person, BOTH)
    company.graph.setSwitch(person.upn, 'deniedScopes', ['Tasks.ReadWrite'])
    await company.connect(person)
    await oneOfEach(person)
    expect(only(company.oro.eventRows(person.calendarId))).toMatchObject({ title: 'Meeting' })
    expect(await taskStatus(company, person)).toMatchObject({
      state: 'attention',
      reason: { code: 'access' },
    })
  })
})

describe('T11: a cloud without To Do', () => {
  afterEach(() => {
    Object.assign(app().deps, { toDo: true })
  })

  it('is not asked for tasks: shown as not offered, no To Do call, the calendar syncs', async () => {
    // What the table of clouds says of China; its hosts cannot be reached from here.
    expect(resolveCloud({ name: 'china', tenantId: 'tenant' }).toDo).toBe(false)
    Object.assign(app().deps, { toDo: false })
    const person = await company.newPerson()
    await company.settings(person, BOTH)
    await company.connect(person)
    await oneOfEach(person)
    expect(callsTo(person, '/todo/')).toEqual([])
    expect(only(company.oro.eventRows(person.calendarId))).toMatchObject({ title: 'Meeting' })
    expect(await taskStatus(company, person)).toMatchObject({
      state: 'attention',
      reason: { code: 'consent' },
    })
    const check = await company.call('POST', `${person.path}/connection/check`)
    expect(JSON.stringify(check.body)).not.toContain('"name":"to-do","ok":false')
    expect(callsTo(person, '/todo/')).toEqual([])
  })

  it('answers no run that was asked for it all the same', async () => {
    const microsoft = createMicrosoft({
      log: () => undefined,
      graphUrl: 'https://graph.example/v1.0',
      tokens: { accessToken: () => Promise.reject(new Error('Nobody is called')) },
      toDo: false,
      oroUrl: 'https://oro.example',
      now: () => company.clock.now(),
    })
    expect(await microsoft.checkToDo({ organizationId: 1, userId: 1 })).toEqual({
      ok: false,
      code: 'not-configured',
    })
  })
})
