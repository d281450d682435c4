import { startCompany, type Company, type Person } from '../scenarios/company'
import { beginSignIn, browser, expectAnswer, expectProblem } from './world'

// A company for each test: a tenant's consent holds for all that comes after.
let company: Company
afterEach(() => company.stop())

const connectionOf = async ({ path }: Person) =>
  (await company.call('GET', `${path}/connection`)).body

/** The title of the pop-up's page. */
const said = async (answer: Response): Promise<string> =>
  /<h1>(.*)<\/h1>/.exec(await answer.text())?.[1] ?? ''

describe('T7: the consent of an administrator', () => {
  /** A person whose tenant wants an administrator; answers the link that the connection offers. */
  async function needing(): Promise<{ person: Person; link: string }> {
    const person = await company.newPerson()
    company.entra.set({ adminConsentNeeded: true })
    const tab = browser()
    const { location } = await beginSignIn(company, person, tab)
    await tab.get(await company.entra.browse(location, person.upn))
    const answer = await company.call('GET', `${person.path}/connection`)
    const { reason, state } = expectAnswer(answer, 200, 'connection').body
    expect([state, reason.code]).toEqual(['needs-reconnect', 'admin-consent'])
    return { person, link: reason.adminConsentUrl }
  }

  it('is offered as a link, is asked for once, and then the user connects', async () => {
    company = await startCompany()
    const { person, link } = await needing()
    const admin = browser()
    const start = await admin.get(link)
    const location = new URL(start.headers.get('location') ?? '')
    expect(location.pathname).toMatch(/\/v2\.0\/adminconsent$/)
    const back = await company.entra.browse(location.href, person.upn)
    // Not from another browser, not with another state.
    expect((await browser().get(back)).status).toBe(400)
    const forged = new URL(back)
    const state = forged.searchParams.get('state') ?? ''
    forged.searchParams.set('state', `${state.startsWith('x') ? 'y' : 'x'}${state.slice(1)}`)
    expect((await admin.get(forged)).status).toBe(400)
    expect(await connectionOf(person)).toMatchObject({ reason: { code: 'admin-consent' } })

    const thanks = await admin.get(back)
    expect([thanks.status, await said(thanks)]).toEqual([200, 'Thank you'])
    expect(await connectionOf(person)).toMatchObject({ state: 'none', reason: null })
    expect((await admin.get(back)).status).toBe(400)
    expect((await browser().get(link)).status).toBe(400)
    company.entra.set({ adminConsentNeeded: false })
    await company.connect(person)
    expect(await connectionOf(person)).toMatchObject({ state: 'connected' })
  })

  it('declined: the reason stays, with a new link', async () => {
    company = await startCompany()
    const { person, link } = await needing()
    company.entra.set({ denyAdminConsent: true })
    const admin = browser()
    const location = (await admin.get(link)).headers.get('location') ?? ''
    const refused = await admin.get(await company.entra.browse(location, person.upn))
    expect(refused.status).toBe(400)
    expect(await refused.text()).toContain('An administrator has to consent first.')
    const { state, reason } = await connectionOf(person)
    expect([state, reason.code]).toEqual(['needs-reconnect', 'admin-consent'])
    expect(reason.adminConsentUrl).not.toBe(link)
  })

  it('given late does not touch a connection that was made meanwhile', async () => {
    company = await startCompany()
    const { person, link } = await needing()
    company.entra.set({ adminConsentNeeded: false })
    await company.connect(person)
    const before = await connectionOf(person)
    const admin = browser()
    const location = (await admin.get(link)).headers.get('location') ?? ''
    expect((await admin.get(await company.entra.browse(location, person.upn))).status).toBe(200)
    expect(await connectionOf(person)).toEqual(before)
  })
})

describe('below a path of its own', () => {
  it('links, redirect and cookie keep the path', async () => {
    company = await startCompany({ settings: { PUBLIC_URL: 'https://sync.example/oro/sync' } })

    const person = await company.newPerson()
    const begun = await company.call('POST', `${person.path}/connection`)
    const url = new URL(begun.body.connectUrl)
    expect(url.href).toMatch(/^https:\/\/sync\.example\/oro\/sync\/api\/oauth\/start\?ticket=/)
    const start = await fetch(`${company.platform.url}/api/oauth/start${url.search}`, {
      redirect: 'manual',
    })
    const cookie = start.headers.get('set-cookie') ?? ''
    expect(cookie).toContain('; path=/oro/sync/api/oauth;')
    expect(cookie).toContain('; secure;')
    expect(cookie).toContain('; samesite=lax; httponly')
    const asked = new URL(start.headers.get('location') ?? '').searchParams
    expect(asked.get('redirect_uri')).toBe('https://sync.example/oro/sync/api/oauth/callback')
    const ticket = await company.call('POST', `${person.path}/page-tickets`)
    expect(ticket.body.url).toMatch(
      /^https:\/\/sync\.example\/oro\/sync\/api\/settings-page\/open\?/,
    )
  })
})

describe('without client id, secret and tenant', () => {
  it('nobody can connect, and the enable boxes are refused with the reason', async () => {
    company = await startCompany({
      settings: { MICROSOFT_CLOUD: 'global', MICROSOFT_LOGIN_URL: 'http://127.0.0.1:9' },
    })
    const user = '/organizations/1/users/77'
    expectProblem(await company.call('POST', `${user}/connection`), 409)
    const levels = ['', '/organizations/1', user]
    for (const path of levels) {
      const body = { calendar: { enabled: true, daysBack: 3 }, tasks: { enabled: true }, shoe: 1 }
      const answer = await company.call('PATCH', `${path}/settings`, body, { 'if-match': '*' })
      expect(expectProblem(answer, 422)).toEqual(['/shoe', '/calendar/enabled', '/tasks/enabled'])
      const other = { calendar: { enabled: false, daysBack: 3 } }
      const fine = await company.call('PATCH', `${path}/settings`, other, { 'if-match': '*' })
      expect(fine.status).toBe(200)
    }
    const details = await company.call('GET', '/health/details')
    expect(details.body.parts).toContainEqual(
      expect.objectContaining({ name: 'microsoft', ok: false }),
    )
  })
})
