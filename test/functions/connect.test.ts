import { startCompany, type Company, type Person } from '../scenarios/company'
import { beginSignIn, browser, expectProblem, pageCall } from './world'

let company: Company
beforeAll(async () => {
  company = await startCompany()
})
afterEach(() => {
  company.entra.server.faults.clear()
})
afterAll(() => company.stop())

const connectionOf = async ({ path }: Person) =>
  (await company.call('GET', `${path}/connection`)).body

/** The title of the pop-up's page. */
const said = async (answer: Response): Promise<string> =>
  /<h1>(.*)<\/h1>/.exec(await answer.text())?.[1] ?? ''

/** Signs in at Microsoft; answers the address that the browser is sent back to. */
const signIn = (location: string, person: Person, decision: 'accept' | 'cancel' = 'accept') =>
  company.entra.browse(location, person.upn, decision)

const runsOf = ({ accountId }: Person) =>
  company.platform.host
    .log()
    .filter(({ message }) => message.startsWith('run.started') && message.includes(accountId))

/** Nothing was connected, and no code was exchanged. */
async function expectRefused(person: Person, answer: Response): Promise<void> {
  expect(answer.status).toBe(400)
  expect(await said(answer)).toBe('Not connected')
  expect(await connectionOf(person)).toMatchObject({ state: 'connecting', microsoft: null })
  expect(company.entra.issued.filter(({ user }) => user?.upn === person.upn && user)).toEqual(
    expect.not.arrayContaining([expect.objectContaining({ kind: 'access' })]),
  )
}

describe('Connect', () => {
  it('goes through ticket, sign-in and callback once, and starts the first run', async () => {
    const person = await company.newPerson()
    await company.settings(person, { tasks: { enabled: false } })
    const tab = browser()
    const { location } = await beginSignIn(company, person, tab)
    const asked = new URL(location).searchParams
    expect(asked.get('code_challenge_method')).toBe('S256')
    expect(asked.get('nonce')).toMatch(/^[\w-]{43}$/)
    expect(asked.get('state')).toMatch(/^[\w-]{43}$/)
    expect(asked.get('redirect_uri')).toBe(`${company.platform.url}/api/oauth/callback`)
    expect(await connectionOf(person)).toMatchObject({ state: 'connecting' })
    const done = await tab.get(await signIn(location, person))
    expect(done.status).toBe(200)
    expect(await said(done)).toBe('Connected')
    // The cookie has done its work.
    expect(tab.jar.size).toBe(0)
    expect(await connectionOf(person)).toMatchObject({
      state: 'connected',
      microsoft: { username: person.upn },
      granted: { calendar: true, tasks: true },
    })
    await company.idle()
    expect(runsOf(person)).toHaveLength(1)
  })

  it('a link works once: a second click, a copy, an expired one begin nothing', async () => {
    const person = await company.newPerson()
    const { connectUrl } = await beginSignIn(company, person, browser())
    for (const tab of [browser(), browser()]) {
      const again = await tab.get(connectUrl)
      expect([again.status, tab.jar.size]).toEqual([400, 0])
    }
    const late = await company.call('POST', `${person.path}/connection`)
    await company.advance('PT11M')
    expect((await browser().get(late.body.connectUrl)).status).toBe(400)
  })

  it('the ticket of one purpose is of no use for another', async () => {
    const person = await company.newPerson()
    const begun = await company.call('POST', `${person.path}/connection`)
    const secret = new URL(begun.body.connectUrl).searchParams.get('ticket') ?? ''
    const base = `${company.platform.url}/api`
    expect((await browser().get(`${base}/oauth/admin-consent?ticket=${secret}`)).status).toBe(400)
    expect((await browser().get(`${base}/settings-page/open?ticket=${secret}`)).status).toBe(410)
    expectProblem(await pageCall(company, secret)('GET', `${person.path}/status`), 401)
    const callback = `${base}/oauth/callback?state=${secret}&code=1`
    expect((await browser().get(callback)).status).toBe(400)
    // None of these used it up.
    expect((await browser().get(begun.body.connectUrl)).status).toBe(302)
  })

  it('two pop-ups of one browser do not disturb each other', async () => {
    const [one, two] = [await company.newPerson(), await company.newPerson()]
    const tab = browser()
    const first = await beginSignIn(company, one, tab)
    const second = await beginSignIn(company, two, tab)
    for (const [person, { location }] of [
      [one, first],
      [two, second],
    ] as const) {
      expect((await tab.get(await signIn(location, person))).status).toBe(200)
      expect(await connectionOf(person)).toMatchObject({ microsoft: { username: person.upn } })
    }
  })

  it('again, while it works: the connection stays until the new one is made', async () => {
    const person = await company.connected()
    const before = await connectionOf(person)
    const tab = browser()
    const { location } = await beginSignIn(company, person, tab)
    expect(await connectionOf(person)).toEqual(before)
    const denied = await tab.get(await signIn(location, person, 'cancel'))
    expect(denied.status).toBe(400)
    expect(await connectionOf(person)).toEqual(before)
    const next = await beginSignIn(company, person, tab)
    expect((await tab.get(await signIn(next.location, person))).status).toBe(200)
    expect(await connectionOf(person)).toMatchObject({ state: 'connected' })
  })

  it('half-way: what nobody finishes is over after a while, and an earlier reason is not hidden', async () => {
    const person = await company.newPerson()
    await beginSignIn(company, person, browser())
    expect(await connectionOf(person)).toMatchObject({ state: 'connecting' })
    await company.advance('PT26M')
    expect(await connectionOf(person)).toMatchObject({ state: 'none' })

    const other = await company.connected({ tasks: { enabled: false } })
    company.entra.revoke(other.upn, { access: true })
    await company.advance('PT65M')
    expect(await connectionOf(other)).toMatchObject({
      state: 'needs-reconnect',
      reason: { code: 'token' },
    })
    await beginSignIn(company, other, browser())
    expect(await connectionOf(other)).toMatchObject({
      state: 'needs-reconnect',
      reason: { code: 'token' },
    })
  })

  it('denied: the reason is shown in the pop-up and in the connection', async () => {
    const person = await company.newPerson()
    const tab = browser()
    const { location } = await beginSignIn(company, person, tab)
    const denied = await tab.get(await signIn(location, person, 'cancel'))
    expect(denied.status).toBe(400)
    expect(await denied.text()).toContain('The permission for this was not granted.')
    expect(await connectionOf(person)).toMatchObject({
      state: 'none',
      microsoft: null,
      reason: { code: 'consent' },
    })
  })
})

describe('T7: the state', () => {
  it.each([
    ['altered', (back: URL) => alter(back, 'state', (state) => `${state.slice(0, -1)}_`)],
    ['cut', (back: URL) => alter(back, 'state', (state) => state.slice(0, -1))],
    ['empty', (back: URL) => alter(back, 'state', () => '')],
    ['missing', (back: URL) => back.searchParams.delete('state')],
  ])('%s: refused, and the right one still works', async (_how, change) => {
    const person = await company.newPerson()
    const tab = browser()
    const { location } = await beginSignIn(company, person, tab)
    const back = await signIn(location, person)
    const forged = new URL(back)
    change(forged)
    await expectRefused(person, await tab.get(forged))
    expect((await tab.get(back)).status).toBe(200)
  })

  it('of another browser, or without its cookie: refused, and not used up', async () => {
    const person = await company.newPerson()
    const tab = browser()
    const { location } = await beginSignIn(company, person, tab)
    const back = await signIn(location, person)
    await expectRefused(person, await browser().get(back))
    const thief = browser()
    for (const name of tab.jar.keys()) thief.jar.set(name, 'x'.repeat(43))
    await expectRefused(person, await thief.get(back))
    expect((await tab.get(back)).status).toBe(200)
  })

  it('of another sign-in of the same browser: refused', async () => {
    const [one, two] = [await company.newPerson(), await company.newPerson()]
    const tab = browser()
    const first = await beginSignIn(company, one, tab)
    const second = await beginSignIn(company, two, tab)
    const back = await signIn(first.location, one)
    // The code of one sign-in under the state of the other: PKCE and nonce do not fit.
    alter(back, 'state', () => new URL(second.location).searchParams.get('state') ?? '')
    const answer = await tab.get(back)
    expect(answer.status).toBe(400)
    expect(await connectionOf(two)).toMatchObject({ microsoft: null })
    expect(await connectionOf(one)).toMatchObject({ microsoft: null })
  })

  it('used: refused', async () => {
    const person = await company.newPerson()
    const tab = browser()
    const { location } = await beginSignIn(company, person, tab)
    const cookies = [...tab.jar]
    const back = await signIn(location, person)
    expect((await tab.get(back)).status).toBe(200)
    const connected = await connectionOf(person)
    for (const [name, value] of cookies) tab.jar.set(name, value)
    expect((await tab.get(back)).status).toBe(400)
    expect(await connectionOf(person)).toEqual(connected)
  })

  it('expired: refused', async () => {
    const person = await company.newPerson()
    const tab = browser()
    const { location } = await beginSignIn(company, person, tab)
    const back = await signIn(location, person)
    await company.advance('PT16M')
    expect((await tab.get(back)).status).toBe(400)
    expect(await connectionOf(person)).toMatchObject({ microsoft: null })
  })
})

function alter(url: URL, name: string, change: (value: string) => string): void {
  url.searchParams.set(name, change(url.searchParams.get(name) ?? ''))
}
