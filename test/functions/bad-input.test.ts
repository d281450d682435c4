import { request } from 'node:http'
import { allRoutes, type Route } from '../../functions/http/route'
import { startCompany, type Answer, type Company } from '../scenarios/company'
import { expectProblem, FUNCTION_KEY, stored } from './world'

let company: Company
let before: string[]
beforeAll(async () => {
  company = await startCompany({ tables: true })
  before = await stored(company)
  expect(before.length).toBeGreaterThan(0)
})
afterEach(async () => {
  // Whatever was wrong with a call, it leaves no trace.
  expect(await stored(company)).toEqual(before)
})
afterAll(() => company.stop())

const GOOD: Readonly<Record<string, string>> = {
  o: '1',
  u: '77',
  id: 'c-0123456789abcdef',
  choice: 'retry',
}

/** The path of a route, with these in place of good parameters. */
const pathOf = (route: Route, given: Record<string, string> = {}): string => {
  const good = route.path.startsWith('operations/') ? { ...GOOD, id: '1-abc' } : GOOD
  return `/${route.path.replace(/\{(\w+)\}/g, (_, name: string) => given[name] ?? good[name] ?? '')}`
}

const call = (route: Route, path: string, body?: unknown, headers: Record<string, string> = {}) => {
  const needs = route.headers.includes('if-match') ? { 'if-match': '*' } : {}
  return company.call(route.method, path, body, { ...needs, ...headers })
}

const described = (list: readonly Route[]) =>
  list.map((route) => [`${route.method} /${route.path}`, route] as const)

// The table is filled when the functions are registered: at the start of the company, after jest has collected the tests.
const each = async (
  wanted: (route: Route) => boolean,
  check: (route: Route) => Promise<void>,
): Promise<void> => {
  const routes = allRoutes().filter(wanted)
  expect(routes.length).toBeGreaterThan(0)
  for (const [name, route] of described(routes)) {
    try {
      await check(route)
    } catch (error) {
      throw new Error(`${name}: ${(error as Error).message}`, { cause: error })
    }
  }
}
const every = () => true
const takesBody = (route: Route) => route.body !== null
const isSettings = (route: Route) => route.name.startsWith('patch-settings')
const has = (parameter: string) => (route: Route) => route.path.includes(`{${parameter}}`)

describe('every call with a key', () => {
  it('is refused without the key and with a wrong one', async () => {
    await each(every, async (route) => {
      for (const key of ['', 'wrong', `${FUNCTION_KEY}x`]) {
        const answer = await call(route, pathOf(route), undefined, { 'x-functions-key': key })
        expect([answer.status, answer.body]).toEqual([401, ''])
      }
    })
  })

  it('is refused with another method, which is told the right ones', async () => {
    await each(every, async (route) => {
      const path = pathOf(route)
      const methods = allRoutes()
        .filter((other) => other.path === route.path)
        .map<string>((other) => other.method)
      for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
        if (methods.includes(method)) continue
        const answer = await company.call(method, path)
        expectProblem(answer, 405)
        expect(answer.headers.get('allow')?.split(', ').sort()).toEqual([...methods].sort())
      }
    })
  })

  it('as a call without a key is', async () => {
    for (const path of ['/health', '/oauth/callback']) {
      const answer = await company.call('PUT', path)
      expectProblem(answer, 405)
      expect(answer.headers.get('allow')).toBe('GET')
    }
  })

  it('names a query parameter that it does not know', async () => {
    await each(every, async (route) => {
      const answer = await call(route, `${pathOf(route)}?shoe=1&a%2Fb~c=2`)
      expect(expectProblem(answer, 400)).toEqual(expect.arrayContaining(['/shoe', '/a~1b~0c']))
    })
  })

  it('refuses a body that is not JSON, and one that is too large', async () => {
    await each(every, async (route) => {
      // fetch gives no GET a body.
      if (route.method === 'GET') return
      for (const text of ['{', 'null,', '{"a":1', '\u0000', "{'a':1}"]) {
        expect(expectProblem(await call(route, pathOf(route), text), 400)).toContain('')
      }
      const large = JSON.stringify({ text: 'x'.repeat(64 * 1024) })
      expect(expectProblem(await call(route, pathOf(route), large), 413)).toEqual([''])
    })
  })

  it('refuses a name of the acting user that nobody has', async () => {
    await each(
      ({ method }) => method !== 'GET',
      async (route) => {
        const headers = { 'x-acting-user': 'x'.repeat(201) }
        const answer = await call(route, pathOf(route), undefined, headers)
        expect(expectProblem(answer, 400)).toContain('/x-acting-user')
      },
    )
  })

  it.each(['0', '-1', '01', '1.5', '1e3', 'x', '2147483648', '99999999999', '%20', '1%00'])(
    'refuses %s as an id of Oro',
    async (id) => {
      await each(has('o'), async (route) => {
        const answer = await call(route, pathOf(route, { o: id, u: id }))
        const pointers = expectProblem(answer, 400)
        expect(pointers).toContain('/o')
        if (route.path.includes('{u}')) expect(pointers).toContain('/u')
      })
    },
  )

  it('takes the largest id that Oro can give', async () => {
    const largest = '2147483647'
    const path = `/organizations/${largest}/users/${largest}`
    expect((await company.call('GET', `${path}/connection`)).body).toMatchObject({
      accountId: `${largest}-${largest}`,
    })
    expect((await company.call('GET', `${path}/settings`)).status).toBe(200)
  })

  it('refuses ids of operations and problems, and choices, that are none', async () => {
    const user = '/organizations/1/users/77'
    for (const [method, path, pointer] of [
      ['GET', '/operations/nothing', '/id'],
      ['POST', '/operations/1-..%2f/cancel', '/id'],
      ['GET', `/operations/1-${'a'.repeat(61)}`, '/id'],
      ['POST', `${user}/problems/x-1/retry`, '/id'],
      ['POST', `${user}/problems/c-0123456789abcdef/forget`, '/choice'],
    ] as const) {
      expect(expectProblem(await company.call(method, path), 400)).toEqual([pointer])
    }
    expectProblem(await company.call('GET', '/operations/1-abc'), 404)
    expectProblem(await company.call('POST', '/operations/1-abc/cancel'), 404)
    expectProblem(await company.call('POST', `${user}/problems/c-0123456789abcdef/retry`), 404)
  })
})

describe('bodies', () => {
  it('name each unknown member', async () => {
    await each(takesBody, async (route) => {
      const body = '{"shoe": 1, "a/b": {"c": 2}, "__proto__": {"admin": true}}'
      const answer = await call(route, pathOf(route), body)
      const status = isSettings(route) ? 422 : 400
      const pointers = expectProblem(answer, status)
      expect(pointers).toEqual(expect.arrayContaining(['/shoe', '/a~1b', '/__proto__']))
    })
  })

  it('that are no object are refused as a whole', async () => {
    await each(takesBody, async (route) => {
      for (const body of ['[]', '1', 'null', '"text"', 'true']) {
        const answer = await call(route, pathOf(route), body)
        expect(expectProblem(answer, isSettings(route) ? 422 : 400)).toContain('')
      }
    })
  })

  it('are refused where a call takes none', async () => {
    await each(
      (route) => route.body === null && route.method !== 'GET',
      async (route) => {
        const answer = await call(route, pathOf(route), { ids: ['c-1'] })
        expect(expectProblem(answer, 400)).toEqual([''])
      },
    )
  })

  const user = '/organizations/1/users/77'
  it.each<[string, string, string, object, string[]]>([
    [
      'Connect: every member of a wrong type',
      'POST',
      `${user}/connection`,
      { calendarId: 'x', timeZone: 5, email: {} },
      ['/calendarId', '/timeZone', '/email'],
    ],
    [
      'Connect: values out of range',
      'POST',
      `${user}/connection`,
      { calendarId: 0, timeZone: 'Mars/Olympus', email: 'nobody' },
      ['/calendarId', '/timeZone', '/email'],
    ],
    [
      'Connect: an offset is no zone',
      'POST',
      `${user}/connection`,
      { timeZone: '+02:00' },
      ['/timeZone'],
    ],
    [
      'Oro credentials: both missing',
      'PUT',
      '/organizations/1/oro-credentials',
      {},
      ['/clientId', '/clientSecret'],
    ],
    [
      'Oro credentials: empty and too long',
      'PUT',
      '/organizations/1/oro-credentials',
      { clientId: '', clientSecret: 'x'.repeat(256) },
      ['/clientId', '/clientSecret'],
    ],
    [
      'sync: unknown kind and mode',
      'POST',
      `${user}/sync`,
      { kind: 'emails', mode: 'quick' },
      ['/kind', '/mode'],
    ],
    [
      'confirm: ids that are none',
      'POST',
      `${user}/hold/confirm`,
      { ids: ['c-1', 'x-1', 7] },
      ['/ids/1', '/ids/2'],
    ],
    ['confirm: an empty list is not "all"', 'POST', `${user}/hold/confirm`, { ids: [] }, ['/ids']],
    [
      'refuse: unknown end',
      'POST',
      `${user}/hold/refuse`,
      { ids: 'c-1', then: 'burn' },
      ['/ids', '/then'],
    ],
  ])('%s', async (_name, method, path, body, pointers) => {
    expect(expectProblem(await company.call(method, path, body), 400)).toEqual(pointers)
  })

  it('name faults of path, query and body in one answer', async () => {
    const path = '/organizations/0/users/x/sync?shoe=1'
    const answer = await company.call('POST', path, { kind: 'emails' })
    expect(expectProblem(answer, 400)).toEqual(['/o', '/u', '/shoe', '/kind'])
  })

  it('of unannounced length are not taken for none', async () => {
    const url = new URL(`${company.platform.url}/api${user}/hold/confirm`)
    const answer = await new Promise<Pick<Answer, 'status' | 'body' | 'headers'>>((resolve) => {
      const sent = request(url, { method: 'POST', headers: { 'x-functions-key': FUNCTION_KEY } })
      sent.on('response', (response) => {
        let text = ''
        response.on('data', (chunk: Buffer) => (text += chunk.toString()))
        response.on('end', () => {
          const headers = new Headers({ 'content-type': response.headers['content-type'] ?? '' })
          resolve({ status: response.statusCode ?? 0, body: JSON.parse(text), headers })
        })
      })
      sent.write('{"ids": ["c-1"]}')
      sent.end()
    })
    expect(expectProblem(answer, 411)).toEqual([''])
  })
})

describe('settings', () => {
  it.each([
    ['/settings', { syncInterval: 4, calendar: { direction: 'up', daysBack: '1' }, shoe: 1 }],
    [
      '/organizations/1/settings',
      { syncInterval: 1441, calendar: { direction: 7, daysBack: -1 }, shoe: null },
    ],
  ])('%s: every fault at once, nothing stored', async (path, body) => {
    const answer = await company.call('PATCH', path, body, { 'if-match': '*' })
    expect(expectProblem(answer, 422).sort()).toEqual(
      ['/calendar/daysBack', '/calendar/direction', '/shoe', '/syncInterval'].sort(),
    )
  })

  it('with an If-Match that does not hold: 412, nothing stored', async () => {
    for (const path of [
      '/settings',
      '/organizations/1/settings',
      '/organizations/1/users/77/settings',
    ]) {
      const headers = { 'if-match': '"old", W/"older"' }
      expectProblem(await company.call('PATCH', path, { syncInterval: 30 }, headers), 412)
      expect((await company.call('GET', path)).body.syncInterval.own).toBeNull()
    }
  })
})

describe('paging', () => {
  const user = '/organizations/1/users/77'
  const forge = (text: string) => Buffer.from(text).toString('base64url')

  it.each([`${user}/problems`, `${user}/history`, '/history', '/organizations/1/accounts'])(
    '%s refuses a limit out of range and a next that was not given out',
    async (path) => {
      for (const limit of ['0', '-1', '501', 'ten', '1.5', '']) {
        const answer = await company.call('GET', `${path}?limit=${limit}`)
        expect(expectProblem(answer, 400)).toEqual(['/limit'])
      }
      for (const next of [
        'x',
        '%00',
        forge('run'),
        forge('candidate:'),
        forge('history:'),
        forge('history:0000000000000000:000000|candidate:'),
        forge('{"calendar":"oro:","tasks":null}'),
        forge('../../2'),
        'a'.repeat(2001),
      ]) {
        const answer = await company.call('GET', `${path}?next=${next}`)
        expect(expectProblem(answer, 400)).toEqual(['/next'])
      }
    },
  )

  it('refuses a state of accounts that does not exist', async () => {
    const answer = await company.call('GET', '/organizations/1/accounts?state=happy')
    expect(expectProblem(answer, 400)).toEqual(['/state'])
  })
})

describe('calls without a key', () => {
  it('say nothing of paths that do not exist, to strangers nothing at all', async () => {
    expectProblem(await company.call('GET', '/nothing/here'), 404)
    const stranger = await company.call('GET', '/nothing/here', undefined, {
      'x-functions-key': '',
    })
    expect([stranger.status, stranger.body]).toEqual([401, ''])
  })

  it('of the pop-up answer a page in plain words', async () => {
    for (const path of [
      '/oauth/start',
      '/oauth/start?ticket=forged',
      '/oauth/start?ticket=..%2f..%2f&ticket=2',
      '/oauth/admin-consent?ticket=forged',
      '/oauth/callback',
      '/oauth/callback?state=forged&code=1',
      `/oauth/callback?state=${'x'.repeat(5000)}&code=1`,
      '/oauth/callback?state=%00%2f%5c%23%3f&code=1',
      '/oauth/callback?error=access_denied&state=%3Cscript%3E',
    ]) {
      const answer = await company.call('GET', path, undefined, { 'x-functions-key': '' })
      expect([path, answer.status]).toEqual([path, 400])
      expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8')
      expect(answer.body).not.toContain('<script')
    }
  })

  it('of the page answer 401 without a token that was given out, whatever is asked', async () => {
    for (const authorization of [
      '',
      'Bearer',
      'Bearer x',
      'Basic eA==',
      `Bearer ${'x'.repeat(9000)}`,
    ]) {
      const headers = { 'x-functions-key': '', authorization }
      expectProblem(await company.call('GET', '/page/settings', undefined, headers), 401)
      expectProblem(await company.call('DELETE', '/page/nothing', undefined, headers), 401)
    }
  })

  it('of the static page give out its own files alone', async () => {
    for (const name of [
      'main.js',
      'host.json',
      '..%2fhost.json',
      'page-1.map',
      'page-..js',
      '%00',
    ]) {
      expectProblem(await company.call('GET', `/settings-page/${name}`), 404)
    }
    const old = await company.call('GET', '/settings-page/open?ticket=forged')
    expect(old.status).toBe(410)
    expect(old.headers.get('content-type')).toBe('text/html; charset=utf-8')
  })
})
