import { startCompany, type Company, type Person } from '../scenarios/company'
import { expectSame, inOro, inOutlook, watch } from '../scenarios/observe'
import { beginSignIn, browser, expectProblem } from './world'

let company: Company
beforeAll(async () => {
  company = await startCompany()
})
afterEach(() => {
  company.graph.faults.clear()
  company.oro.faults.clear()
  company.entra.set({ grantedScopes: null })
})
afterAll(() => company.stop())

const connectionOf = async ({ path }: Person) =>
  (await company.call('GET', `${path}/connection`)).body

const statusOf = async (person: Person) => (await company.status(person)).kinds.calendar

/** Connects as the back office does; `request` = what it knows of its user. Answers the pop-up's page. */
async function connect(person: Person, request: object): Promise<string> {
  const tab = browser()
  const begun = await company.call('POST', `${person.path}/connection`, request)
  const { location } = await tab.get(begun.body.connectUrl).then(({ headers }) => ({
    location: headers.get('location') ?? '',
  }))
  const answer = await tab.get(await company.entra.browse(location, person.upn, 'accept'))
  await company.idle()
  return answer.text()
}

const calendarOnly = (person: Person) =>
  company.settings(person, { calendar: { enabled: true }, tasks: { enabled: false } })

describe('what Connect asks both systems', () => {
  it.each([
    ['Graph does not answer', 'microsoft-unreachable', { path: '/me\\?', status: 503 }],
    ['the mailbox is throttled', 'throttled', { path: '/me/calendar\\?', status: 429 }],
  ])('%s: the account stays connected, and is asked again by itself', async (_why, code, fault) => {
    const person = await company.newPerson()
    await calendarOnly(person)
    inOro(company, person, 'Waits')
    company.graph.faults.add({ ...fault, principal: person.upn, times: 20 })
    expect(await connect(person, { calendarId: person.calendarId })).toContain('Connected')
    expect(await connectionOf(person)).toMatchObject({ state: 'connected', reason: { code } })
    expect(await statusOf(person)).toMatchObject({ state: 'attention', reason: { code } })
    company.graph.faults.clear()
    await company.advance('PT5M')
    expect(await connectionOf(person)).toMatchObject({
      state: 'connected',
      reason: null,
      microsoft: { displayName: expect.stringMatching(/^Person \d+$/) as unknown },
    })
    expect(await statusOf(person)).toMatchObject({ state: 'idle', reason: null })
    expectSame(company, person, ['Waits'])
  })

  it('Oro refuses the application: the reason names that, not the calendar', async () => {
    const person = await company.newPerson()
    await calendarOnly(person)
    company.oro.faults.add({ path: '.', status: 401, times: 50 })
    await connect(person, {})
    expect(await connectionOf(person)).toMatchObject({
      state: 'needs-attention',
      reason: { code: 'oro-credentials' },
    })
  })

  it('G-67: of a user who granted only tasks the calendar is not asked, and tasks sync', async () => {
    const person = await company.newPerson()
    company.entra.set({ grantedScopes: ['User.Read', 'Tasks.ReadWrite'] })
    const seen = watch(company, person)
    company.oro.tasks.create({ ownerId: person.userId, subject: 'Call' })
    await connect(person, { calendarId: person.calendarId })
    expect(await connectionOf(person)).toMatchObject({
      state: 'connected',
      reason: null,
      granted: { calendar: false, tasks: true },
      microsoft: { displayName: expect.stringMatching(/^Person/) as unknown },
    })
    expect(seen.graph().filter(({ path }) => path.includes('/calendar'))).toEqual([])
    const { calendar, tasks } = (await company.status(person)).kinds
    expect(calendar.reason.code).toBe('consent')
    expect(tasks.counts.linked).toBe(1)
  })

  it('of a user who granted nothing: connect again', async () => {
    const person = await company.newPerson()
    company.entra.set({ grantedScopes: ['User.Read'] })
    await connect(person, { calendarId: person.calendarId })
    expect(await connectionOf(person)).toMatchObject({
      state: 'needs-reconnect',
      reason: { code: 'consent' },
    })
  })

  it('a mailbox that became usable is found without anybody asking', async () => {
    const person = await company.newPerson()
    await calendarOnly(person)
    inOro(company, person, 'Waits')
    company.graph.setSwitch(person.upn, 'mailboxUnusable', 404)
    await connect(person, { calendarId: person.calendarId })
    expect(await connectionOf(person)).toMatchObject({
      state: 'needs-attention',
      reason: { code: 'mailbox' },
    })
    company.graph.setSwitch(person.upn, 'mailboxUnusable', null)
    const seen = watch(company, person)
    company.clock.advance(5 * 3_600_000)
    await company.advance('PT2M')
    expect(seen.graph()).toEqual([])
    company.clock.advance(3_600_000)
    await company.advance('PT16M')
    expect(await connectionOf(person)).toMatchObject({ state: 'connected', reason: null })
    expectSame(company, person, ['Waits'])
  })
})

describe('what the back office says', () => {
  it('a calendar that is synced for somebody else is refused', async () => {
    const owner = await company.connected({ tasks: { enabled: false } })
    const other = await company.newPerson()
    const { calendarId } = owner
    const answer = await company.call('POST', `${other.path}/connection`, { calendarId })
    expect(expectProblem(answer, 409)).toEqual(['/calendarId'])
    expect(await connectionOf(other)).toMatchObject({ state: 'none' })
  })

  it('a calendar of another user needs attention, and nothing is written into it', async () => {
    const [owner, person] = [await company.newPerson(), await company.newPerson()]
    await calendarOnly(person)
    inOutlook(company, person, 'Not yours')
    await connect(person, { calendarId: owner.calendarId })
    expect(await connectionOf(person)).toMatchObject({
      state: 'needs-attention',
      reason: { code: 'oro-calendar-missing' },
    })
    await company.sync(person, { kind: 'calendar' })
    expect(company.oro.eventRows(owner.calendarId)).toEqual([])
  })

  it('a calendar that does not exist needs attention', async () => {
    const person = await company.newPerson()
    await calendarOnly(person)
    await connect(person, { calendarId: 987_654 })
    expect(await connectionOf(person)).toMatchObject({
      state: 'needs-attention',
      reason: { code: 'oro-calendar-missing' },
      oro: { calendarId: 987_654 },
    })
  })

  it('stays when the user connects again without it, and waits for the consent while one is alive', async () => {
    const person = await company.newPerson()
    await calendarOnly(person)
    const { calendarId } = person
    await connect(person, { calendarId, timeZone: 'Europe/Berlin', email: 'other@oro.example' })
    const oro = { calendarId, timeZone: 'Europe/Berlin', email: 'other@oro.example' }
    expect(await connectionOf(person)).toMatchObject({ oro })
    await connect(person, {})
    expect(await connectionOf(person)).toMatchObject({ oro })
    await company.call('POST', `${person.path}/connection`, { timeZone: 'Asia/Tokyo' })
    expect(await connectionOf(person)).toMatchObject({ oro })
  })
})

describe('what Microsoft refuses', () => {
  it('is shown in its own words, harmless to look at', async () => {
    const person = await company.newPerson()
    const tab = browser()
    const { location } = await beginSignIn(company, person, tab)
    const back = await company.entra.browse(location, person.upn, 'cancel')
    back.searchParams.set('error', 'temporarily_unavailable')
    back.searchParams.set('error_description', 'AADSTS90033: <script>alert(1)</script>')
    const page = await (await tab.get(back)).text()
    expect(page).toContain('temporarily_unavailable: AADSTS90033')
    expect(page).not.toContain('<script>')
  })
})
