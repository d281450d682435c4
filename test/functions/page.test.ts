import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startCompany, type Answer, type Company, type Person } from '../scenarios/company'
import { appointment } from '../scenarios/observe'
import { expectAnswer, expectProblem, openPage, pageCall, stored } from './world'

let company: Company
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'settings-page-'))
  await writeFile(join(folder, 'index.html'), '<!doctype html><title>Settings</title>')
  company = await startCompany({
    settings: { BACK_OFFICE_ORIGIN: 'https://oro.example' },
    pageFolder: folder,
    tables: true,
  })
})
afterAll(async () => {
  await company.stop()
  await rm(folder, { recursive: true })
})

const calendarOnly = { calendar: { enabled: true }, tasks: { enabled: false } }
const strangers = '/organizations/2'

describe('the ticket of a page', () => {
  it('opens the page once, and not after five minutes', async () => {
    const person = await company.newPerson()
    for (const path of ['', '/organizations/1', person.path]) {
      const { body } = await company.call('POST', `${path}/page-tickets`)
      const open = () => fetch(body.url, { redirect: 'manual' })
      const [first, second] = [await open(), await open()]
      expect([first.status, second.status]).toEqual([303, 410])
      expect(first.headers.get('cache-control')).toBe('no-store')
      // In the fragment: neither a log nor a referrer sees it.
      expect(new URL(first.headers.get('location') ?? '').search).toBe('')
    }
    const { body } = await company.call('POST', `${person.path}/page-tickets`)
    await company.advance('PT5M1S')
    const late = await fetch(body.url, { redirect: 'manual' })
    expect(late.status).toBe(410)
    expect(await late.text()).toContain('Open it from Oro again.')
    expect(late.headers.get('content-security-policy')).toContain(
      'frame-ancestors https://oro.example',
    )
  })

  it('is no page token, and a page token opens no page', async () => {
    const { path } = await company.newPerson()
    const { body } = await company.call('POST', `${path}/page-tickets`)
    const ticket = new URL(body.url).searchParams.get('ticket') ?? ''
    expectProblem(await pageCall(company, ticket)('GET', `${path}/status`), 401)
    const { token } = await openPage(company, path)
    const again = await fetch(`${company.platform.url}/api/settings-page/open?ticket=${token}`, {
      redirect: 'manual',
    })
    expect(again.status).toBe(410)
  })
})

describe('the token of a page', () => {
  it('ends after an hour', async () => {
    const { path } = await company.newPerson()
    const page = await openPage(company, path)
    expect((await page.call('GET', `${path}/connection`)).status).toBe(200)
    await company.advance('PT1H1S')
    expectProblem(await page.call('GET', `${path}/connection`), 401)
  })

  it('altered in any place is none', async () => {
    const { path } = await company.newPerson()
    const { token } = await openPage(company, path)
    for (const place of [0, 20, token.length - 1]) {
      const other = token[place] === 'A' ? 'B' : 'A'
      const forged = token.slice(0, place) + other + token.slice(place + 1)
      expectProblem(await pageCall(company, forged)('GET', `${path}/connection`), 401)
    }
  })

  it('is no function key, and a function key is no page token', async () => {
    const { path } = await company.newPerson()
    const { token } = await openPage(company, path)
    const asKey = await company.call('GET', `${path}/status`, undefined, {
      'x-functions-key': token,
    })
    expect(asKey.status).toBe(401)
    expectProblem(await company.call('GET', `/page${path}/status`), 401)
  })

  it('acts for the person that the page was opened for, whatever the page says', async () => {
    const { path } = await company.newPerson()
    const page = await openPage(company, path, 'ada')
    const settings = await page.call('GET', `${path}/settings`)
    const changed = await page.call(
      'PATCH',
      `${path}/settings`,
      { syncInterval: 33 },
      { 'if-match': settings.headers.get('etag') ?? '', 'x-acting-user': 'the-boss' },
    )
    expect(changed.status).toBe(200)
    const { items } = (await page.call('GET', `${path}/history`)).body
    expect(items).toMatchObject([{ operation: 'settings', by: 'ada' }])
  })
})

/** Every call that looks at or changes something of a user, or of those above. */
const userCalls = (path: string): [string, string, object?][] => [
  ['GET', `${path}/settings`],
  ['PATCH', `${path}/settings`, { syncInterval: 99 }],
  ['GET', `${path}/connection`],
  ['POST', `${path}/connection`, {}],
  ['DELETE', `${path}/connection`],
  ['POST', `${path}/connection/check`],
  ['GET', `${path}/status`],
  ['GET', `${path}/problems`],
  ['POST', `${path}/problems/c-0123456789abcdef/ignore`],
  ['GET', `${path}/history`],
  ['GET', `${path}/hold`],
  ['POST', `${path}/hold/confirm`, {}],
  ['POST', `${path}/hold/refuse`, {}],
  ['POST', `${path}/sync`, {}],
  ['POST', `${path}/pause`],
  ['POST', `${path}/resume`],
]
const levelCalls = (path: string): [string, string, object?][] => [
  ['GET', `${path}/settings`],
  ['PATCH', `${path}/settings`, { syncInterval: 99 }],
  ['GET', `${path}/status`],
  ['GET', `${path}/history`],
  ['POST', `${path}/pause`],
  ['POST', `${path}/resume`],
]

describe('the page of one level', () => {
  let mine: Person
  let theirs: Person
  beforeAll(async () => {
    ;[mine, theirs] = [await company.connected(calendarOnly), await company.connected(calendarOnly)]
  })

  async function expectBarred(
    page: {
      call: (
        method: string,
        path: string,
        body?: unknown,
        headers?: Record<string, string>,
      ) => Promise<Answer>
    },
    calls: readonly [string, string, object?][],
  ): Promise<void> {
    const before = await stored(company)
    for (const [method, path, body] of calls) {
      const answer = await page.call(method, path, body, { 'if-match': '*' })
      expect([method, path, answer.status]).toEqual([method, path, 403])
      expectProblem(answer, 403)
      expect(JSON.stringify(answer.body)).not.toContain('@')
    }
    expect(await stored(company)).toEqual(before)
  }

  it('of a user neither sees nor changes another user, the organization or the system', async () => {
    const page = await openPage(company, mine.path)
    await expectBarred(page, [
      ...userCalls(theirs.path),
      ...userCalls(mine.path.replace('/organizations/1', strangers)),
      ...levelCalls('/organizations/1'),
      ['GET', '/organizations/1/accounts'],
      ...levelCalls(''),
      ['GET', '/health/details'],
      ['GET', '/openapi.json'],
    ])
  })

  it('of an organization neither sees nor changes another organization or the system', async () => {
    const page = await openPage(company, '/organizations/1')
    await expectBarred(page, [
      ...levelCalls(strangers),
      ...userCalls(`${strangers}/users/${String(mine.userId)}`),
      ['GET', `${strangers}/accounts`],
      ...levelCalls(''),
    ])
    // Its own level alone: nothing on it acts for one user.
    await expectBarred(page, userCalls(theirs.path))
    expect((await page.call('GET', '/organizations/1/accounts')).status).toBe(200)
  })

  it('of the system sees and changes that level alone', async () => {
    const page = await openPage(company, '')
    await expectBarred(page, [...levelCalls('/organizations/1'), ...userCalls(theirs.path)])
    expect((await page.call('GET', '/settings')).status).toBe(200)
  })

  it('is not misled by paths that are written in another way', async () => {
    const page = await openPage(company, mine.path)
    const before = await stored(company)
    const { organizationId: o, userId: u } = theirs
    for (const path of [
      `${mine.path}/../${String(u)}/status`,
      `${mine.path}/..%2f${String(u)}/status`,
      `${mine.path}%2f..%2f${String(u)}/connection`,
      `/organizations/${String(o)}/users/0${String(mine.userId)}/connection`,
      `/organizations/${String(o)}/users/${String(mine.userId)}.0/connection`,
      `/organizations/0x1/users/${String(mine.userId)}/connection`,
      `/organizations//users//connection`,
      `/../organizations/${String(o)}/users/${String(u)}/connection`,
    ]) {
      for (const method of ['GET', 'DELETE']) {
        const answer = await page.call(method, path)
        expect([path, [400, 401, 403, 404].includes(answer.status)]).toEqual([path, true])
      }
    }
    expect(await stored(company)).toEqual(before)
  })

  it('sees the operations of its own, not those of others', async () => {
    await company.advance('PT61S')
    const own = (await company.sync(mine)).body.id as string
    const other = (await company.sync(theirs)).body.id as string
    const page = await openPage(company, mine.path)
    expectAnswer(await page.call('GET', `/operations/${own}`), 200, 'operation')
    for (const id of [other, '1-abc', own.replace('1-', '2-')]) {
      expectProblem(await page.call('GET', `/operations/${id}`), 403)
      expectProblem(await page.call('POST', `/operations/${id}/cancel`), 403)
    }
    for (const level of ['/organizations/1', strangers, '']) {
      const above = await openPage(company, level)
      expectProblem(await above.call('GET', `/operations/${other}`), 403)
    }
  })

  it('cannot give itself tickets or Oro credentials', async () => {
    const page = await openPage(company, '')
    for (const [method, path, body] of [
      ['POST', '/page-tickets'],
      ['POST', `${mine.path}/page-tickets`],
      ['PUT', '/organizations/2/oro-credentials', { clientId: 'a', clientSecret: 'b' }],
    ] as const) {
      expectProblem(await page.call(method, path, body), 404)
    }
  })

  it('cannot say whose Oro calendar or address is synced: only the back office knows', async () => {
    const page = await openPage(company, mine.path)
    const body = { calendarId: theirs.calendarId, email: theirs.email, timeZone: 'UTC' }
    const answer = await page.call('POST', `${mine.path}/connection`, body)
    expect(expectProblem(answer, 400)).toEqual(['/calendarId', '/email', '/timeZone'])
    expectAnswer(await page.call('POST', `${mine.path}/connection`, {}), 201, 'connectLink')
    const { oro } = (await page.call('GET', `${mine.path}/connection`)).body
    expect(oro.calendarId).toBe(mine.calendarId)
  })
})

describe('what a browser is told', () => {
  it('the page may be framed by the back office alone and runs nothing but its own files', async () => {
    const answer = await fetch(`${company.platform.url}/api/settings-page/`)
    expect(answer.status).toBe(200)
    const policy = answer.headers.get('content-security-policy') ?? ''
    const parts = Object.fromEntries(
      policy.split('; ').map((part) => [part.split(' ', 1)[0], part.split(' ').slice(1).join(' ')]),
    )
    expect(parts).toMatchObject({
      'default-src': "'none'",
      'script-src': "'self'",
      'style-src': "'self'",
      'connect-src': "'self'",
      'base-uri': "'none'",
      'form-action': "'none'",
      'frame-ancestors': 'https://oro.example',
    })
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
    expect(answer.headers.get('referrer-policy')).toBe('no-referrer')
  })

  it('the address without its last slash leads to the one beside which the files of the page lie', async () => {
    const base = `${company.platform.url}/api/settings-page`
    const answer = await fetch(base, { redirect: 'manual' })
    expect(answer.status).toBe(308)
    expect(new URL(answer.headers.get('location') ?? '', base).href).toBe(`${base}/`)
  })

  it('the pop-up tells the back office alone, is framed by nobody and runs its one script', async () => {
    const person = await company.newPerson()
    const begun = await company.call('POST', `${person.path}/connection`)
    const start = await fetch(begun.body.connectUrl, { redirect: 'manual' })
    const cookie = (start.headers.get('set-cookie') ?? '').split(';', 1)[0] ?? ''
    const location = start.headers.get('location') ?? ''
    const back = await company.entra.browse(location, person.upn)
    const done = await fetch(back, { redirect: 'manual', headers: { cookie } })
    const html = await done.text()
    const posted = /postMessage\((.*?),("[^"]*")\)/.exec(html)
    expect(JSON.parse(posted?.[2] ?? '')).toBe('https://oro.example')
    expect(JSON.parse(posted?.[1] ?? '')).toEqual({
      type: 'oro-microsoft-365-connected',
      accountId: person.accountId,
    })
    const policy = done.headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).toMatch(/script-src 'sha256-[A-Za-z0-9+/=]{44}';/)
    expect(html.match(/<script/g)).toHaveLength(1)
  })

  it('a title with markup stays text in every answer, which is never taken for a page', async () => {
    const person = await company.connected(calendarOnly)
    const title = '<img src=x onerror=alert(1)></script><script>alert(2)</script>'
    company.graph.createEvent(person.upn, appointment(title))
    await company.advance('PT61S')
    await company.sync(person)
    const page = await openPage(company, person.path)
    const answer = await page.call('GET', `${person.path}/history`)
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/)
    const created = answer.body.items.find(({ kind }: { kind: string }) => kind === 'calendar')
    expect(created.label).toBe(title)
  })
})
