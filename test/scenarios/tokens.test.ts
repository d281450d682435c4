import { resolveCloud } from '../../shared/adapters/entra/clouds'
import { startCompany, type Answer, type Company, type Person } from './company'
import {
  connected,
  expectSame,
  expectSettled,
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
  company.entra.server.faults.clear()
  company.graph.faults.clear()
  company.oro.faults.clear()
  company.graph.resetSwitches()
})

const connectionOf = async (person: Person): Promise<Answer['body']> =>
  (await company.call('GET', `${person.path}/connection`)).body as unknown

describe('T1: an access token near its end', () => {
  it('T1: is renewed before use, and the rotated refresh token is the one used next', async () => {
    const person = await connected(company)
    for (const round of [1, 2, 3]) {
      company.clock.advance(58 * 60_000)
      inOutlook(company, person, `Round ${String(round)}`, round)
      const seen = watch(company, person)
      await syncLater(company, person)
      expect(seen.graph().filter((line) => line.status === 401)).toEqual([])
      expect(titlesInOro(company, person)).toHaveLength(round)
    }
    const refresh = company.entra.issued.filter(
      (token) => token.kind === 'refresh' && token.user?.upn === person.upn,
    )
    expect(refresh.length).toBeGreaterThanOrEqual(4)
    // None was used twice: each renewal took the newest one.
    expect(refresh.every((token) => token.uses <= 1)).toBe(true)
    expect((await connectionOf(person)).state).toBe('connected')
  })
})

describe('T3: the refresh token is rejected', () => {
  it.each(['invalid-grant', 'invalid-grant-suberror', 'interaction-required'] as const)(
    'T3: %s: reconnect is needed, nobody asks again, nothing is touched',
    async (refusal) => {
      const person = await connected(company)
      inOro(company, person, 'Kept')
      await syncLater(company, person)
      company.entra.refuse(refusal, { upn: person.upn, times: 0 })
      company.entra.expire(person.upn, 'access')
      company.clock.advance(61 * 60_000)
      inOro(company, person, 'Waits', 2)
      await syncLater(company, person)
      expect(await connectionOf(person)).toMatchObject({
        state: 'needs-reconnect',
        reason: { code: 'token' },
      })
      expect((await company.status(person)).kinds.calendar.state).toBe('attention')
      const { body: accounts } = await company.call(
        'GET',
        '/organizations/1/accounts?state=needs-reconnect',
      )
      expect(accounts.items.map((item: { accountId: string }) => item.accountId)).toContain(
        person.accountId,
      )
      const seen = watch(company, person)
      await company.advance('PT40M')
      expect((await company.call('POST', `${person.path}/sync`, {})).status).toBe(409)
      expect(seen.graph()).toEqual([])
      expect(seen.tokens().filter((line) => line.principal === person.upn)).toEqual([])
      expect(subjectsInOutlook(company, person)).toEqual(['Kept'])

      company.entra.server.faults.clear()
      await company.connect(person)
      await company.advance('PT61S')
      expectSame(company, person, ['Kept', 'Waits'])
      await expectSettled(company, person)
    },
  )
})

describe('T4: the token endpoint is out of order', () => {
  it.each([
    ['500', { status: 500 }],
    ['503', { status: 503, headers: { 'retry-after': '60' } }],
    ['429', { status: 429, headers: { 'retry-after': '60' } }],
    ['no answer', { drop: 'before' as const }],
  ])('T4: %s: retried later, the account stays connected', async (_how, fault) => {
    const person = await connected(company)
    company.clock.advance(61 * 60_000)
    inOro(company, person, 'Later')
    company.entra.server.faults.add({
      method: 'POST',
      path: '/oauth2/v2\\.0/token',
      principal: person.upn,
      times: 3,
      ...fault,
    })
    await syncLater(company, person)
    expect(company.entra.server.log.some((line) => line.fault !== null)).toBe(true)
    expect(subjectsInOutlook(company, person)).toEqual([])
    expect((await connectionOf(person)).state).toBe('connected')
    await company.advance('PT15M')
    expectSame(company, person, ['Later'])
    expect((await connectionOf(person)).state).toBe('connected')
  })
})

describe('T7: an administrator has to consent', () => {
  const begin = async (person: Person): Promise<{ url: string; cookie: string }> => {
    const begun = await company.call('POST', `${person.path}/connection`, {
      calendarId: person.calendarId,
      timeZone: 'UTC',
      email: person.email,
    })
    const start = await fetch(String(begun.body.connectUrl), { redirect: 'manual' })
    return {
      url: start.headers.get('location') ?? '',
      cookie: (start.headers.get('set-cookie') ?? '').split(';', 1)[0] ?? '',
    }
  }
  const finish = (back: URL | string, cookie: string): Promise<Response> =>
    fetch(back, { redirect: 'manual', headers: { cookie } })

  it('T7: a link for the administrator is offered; after the consent the user connects', async () => {
    const person = await company.newPerson()
    company.entra.set({ adminConsentNeeded: true })
    try {
      const { url, cookie } = await begin(person)
      await finish(await company.entra.browse(url, person.upn, 'accept'), cookie)
      const { reason } = await connectionOf(person)
      expect(reason).toMatchObject({ code: 'admin-consent' })
      expect(String(reason.adminConsentUrl)).toMatch(/\/api\/oauth\/admin-consent\?ticket=/)
      const asked = await fetch(String(reason.adminConsentUrl), { redirect: 'manual' })
      const adminCookie = (asked.headers.get('set-cookie') ?? '').split(';', 1)[0] ?? ''
      const consented = await company.entra.browse(
        asked.headers.get('location') ?? '',
        person.upn,
        'accept',
      )
      expect((await finish(consented, adminCookie)).status).toBe(200)
      await company.connect(person)
      expect((await connectionOf(person)).state).toBe('connected')
    } finally {
      company.entra.set({ adminConsentNeeded: false })
    }
  })

  it('T7: altered, reused and foreign states are refused', async () => {
    const person = await company.newPerson()
    const { url, cookie } = await begin(person)
    const back = await company.entra.browse(url, person.upn, 'accept')
    const altered = new URL(back)
    altered.searchParams.set('state', `${String(back.searchParams.get('state'))}x`)
    expect((await finish(altered, cookie)).status).toBe(400)
    const foreign = await begin(await company.newPerson())
    expect((await finish(back, foreign.cookie)).status).toBe(400)
    expect((await connectionOf(person)).state).not.toBe('connected')
    const again = await begin(person)
    const good = await company.entra.browse(again.url, person.upn, 'accept')
    expect((await finish(good, again.cookie)).status).toBe(200)
    expect((await finish(good, again.cookie)).status).toBe(400)
    expect((await connectionOf(person)).state).toBe('connected')
  })

  it('T7: an error in the answer is shown', async () => {
    const person = await company.newPerson()
    const { url, cookie } = await begin(person)
    const page = await finish(await company.entra.browse(url, person.upn, 'cancel'), cookie)
    expect(page.headers.get('content-type')).toMatch(/^text\/html/)
    expect(await page.text()).toMatch(/permission|not granted/i)
    expect((await connectionOf(person)).reason.code).toBe('consent')
  })
})

describe('T9: "Check connection"', () => {
  const check = async (person: Person): Promise<Record<string, string>> => {
    const seen = watch(company, person)
    const { status, body } = await company.call('POST', `${person.path}/connection/check`)
    expect(status).toBe(200)
    expect(seen.graphWrites()).toEqual([])
    expect(seen.oroWrites()).toEqual([])
    return Object.fromEntries(
      body.probes.map(({ name, code }: { name: string; code: string }) => [name, code]),
    )
  }

  it('T9: healthy', async () => {
    const person = await connected(company)
    const { body } = await company.call('POST', `${person.path}/connection/check`)
    expect(body.healthy).toBe(true)
  })

  it('T9: token', async () => {
    const person = await connected(company)
    company.clock.advance(61 * 60_000)
    company.entra.refuse('invalid-grant', { upn: person.upn, times: 0 })
    expect((await check(person))['token']).toBe('token')
  })

  it('T9: consent', async () => {
    const person = await connected(company)
    company.clock.advance(61 * 60_000)
    company.entra.refuse('consent-required', { upn: person.upn, times: 0 })
    expect(Object.values(await check(person))).toContain('consent')
  })

  it('T9: mailbox, throttled', async () => {
    const person = await connected(company)
    company.graph.setSwitch(person.upn, 'mailboxUnusable', 404)
    expect((await check(person))['mailbox']).toBe('mailbox')
    company.graph.resetSwitches()
    company.graph.faults.add({
      path: '/me/calendar',
      principal: person.upn,
      status: 429,
      headers: { 'retry-after': '60' },
    })
    expect((await check(person))['mailbox']).toBe('throttled')
  })

  it('T9: Oro unreachable', async () => {
    const person = await connected(company)
    company.oro.faults.add({ status: 503, times: 0 })
    expect((await check(person))['oro-api']).toBe('oro-unreachable')
  })
})

describe('T10: disconnect, leaving the items', () => {
  it('T10: nothing is removed, the tokens are erased, a receipt says so, nothing is called', async () => {
    const person = await connected(company)
    inOro(company, person, 'From Oro')
    inOutlook(company, person, 'From Outlook', 3)
    await syncLater(company, person)
    const { status, body } = await company.call('DELETE', `${person.path}/connection?cleanup=leave`)
    expect(status).toBe(202)
    await company.idle()
    const receipt = await company.call('GET', `/operations/${String(body.id)}`)
    expect(receipt.body).toMatchObject({
      type: 'disconnect',
      state: 'done',
      result: { cleanup: 'leave', tokens: 'erased', removed: { oro: 0, microsoft: 0 } },
    })
    expect((await connectionOf(person)).state).toBe('none')
    const seen = watch(company, person)
    inOro(company, person, 'Afterwards', 5)
    await company.advance('PT20M')
    expect(seen.graph()).toEqual([])
    expect(seen.tokens().filter((line) => line.principal === person.upn)).toEqual([])
    expect(subjectsInOutlook(company, person)).toEqual(['From Oro', 'From Outlook'])
    expect(titlesInOro(company, person)).toEqual(['Afterwards', 'From Oro', 'From Outlook'])
  })

  it('T10: the same with Graph answering errors', async () => {
    const person = await connected(company)
    company.graph.faults.add({ principal: person.upn, status: 500, times: 0 })
    const { status } = await company.call('DELETE', `${person.path}/connection?cleanup=leave`)
    expect(status).toBe(202)
    expect((await connectionOf(person)).state).toBe('none')
  })
})

describe('T11: national clouds', () => {
  const tenantId = 'tenant'
  it.each([
    ['us-government', 'login.microsoftonline.us', 'graph.microsoft.us', true],
    ['us-government-dod', 'login.microsoftonline.us', 'dod-graph.microsoft.us', true],
    ['china', 'login.partner.microsoftonline.cn', 'microsoftgraph.chinacloudapi.cn', false],
  ] as const)('T11: %s: only its own hosts', async (name, login, graph, toDo) => {
    const cloud = resolveCloud({ name, tenantId })
    expect(new URL(cloud.loginUrl).host).toBe(login)
    expect(new URL(cloud.graphUrl).host).toBe(graph)
    expect(cloud.toDo).toBe(toDo)
    expect(cloud.toDoSubscriptions).toBe(false)
    const { authority, knownAuthorities } = await cloud.authority()
    expect(new URL(authority).host).toBe(login)
    expect(knownAuthorities).toEqual([login])
  })
})
