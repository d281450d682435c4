import { app, type HttpRequest, type InvocationContext } from '@azure/functions'
import { request as rawRequest, type IncomingHttpHeaders } from 'node:http'
import { FUNCTION_KEY, runHost, stopHosts, type RunningHost } from './running-host'

jest.mock(
  '@azure/functions-core',
  () => jest.requireActual<object>('../../../local/host/functions-core'),
  { virtual: true },
)

afterAll(stopHosts)

const echo = async (request: HttpRequest, context: InvocationContext) => ({
  jsonBody: {
    name: context.functionName,
    method: request.method,
    url: request.url,
    params: request.params,
    query: Object.fromEntries(request.query),
    headers: Object.fromEntries(request.headers),
    body: Buffer.from(await request.arrayBuffer()).toString('hex'),
  },
})

type Echo = Awaited<ReturnType<typeof echo>>['jsonBody']

let running: RunningHost

beforeAll(async () => {
  running = await runHost(() => {
    const anonymous = { authLevel: 'anonymous', handler: echo } as const
    app.http('page-any', { ...anonymous, route: 'page/{*call}' })
    app.http('page-number', { ...anonymous, route: 'page/{id:int}' })
    app.http('page-status', { ...anonymous, route: 'page/status' })
    app.http('user', {
      ...anonymous,
      route: 'organizations/{o:int}/users/{u:int:min(1)}/settings/{field?}',
      methods: ['GET', 'PATCH'],
    })
    app.http('short', { ...anonymous, route: 'codes/{code:length(3)}' })
    app.http('worded', { ...anonymous, route: 'words/{word:regex(^a.*z$)}' })
    app.http('Unrouted', { ...anonymous })
    app.http('posted', { ...anonymous, methods: ['POST', 'PUT', 'DELETE'] })
    app.http('locked', { authLevel: 'function', handler: echo, route: 'locked' })
    app.http('for-admins', { authLevel: 'admin', handler: echo, route: 'for-admins' })
    app.http('silent', {
      authLevel: 'anonymous',
      handler: () => undefined as unknown as { status: number },
    })
    app.http('bytes', {
      authLevel: 'anonymous',
      handler: () => ({
        body: new Uint8Array([0, 255, 10, 13]),
        headers: { 'content-type': 'application/octet-stream', 'x-own': 'yes' },
      }),
    })
    app.http('no-content', { authLevel: 'anonymous', handler: () => ({ status: 204 }) })
    app.http('accepted', { authLevel: 'anonymous', handler: () => ({ status: 202 }) })
    app.http('moved', {
      authLevel: 'anonymous',
      handler: () => ({ status: 302, headers: { location: 'https://contoso.test/there' } }),
    })
    app.http('options', {
      authLevel: 'anonymous',
      methods: ['OPTIONS', 'HEAD', 'GET'],
      handler: () => ({ status: 200, body: 'four', headers: { allow: 'GET' } }),
    })
    app.http('baked', {
      authLevel: 'anonymous',
      handler: () => ({
        cookies: [
          {
            name: 'state',
            value: 'a b/c=d',
            maxAge: 600,
            secure: true,
            httpOnly: true,
            sameSite: 'Lax',
            path: '/api/oauth',
            domain: 'contoso.test',
            expires: new Date('2026-03-02T09:00:00Z'),
          },
          { name: 'plain', value: '1' },
          { name: 'third-party', value: '2', sameSite: 'None' },
        ],
      }),
    })
    app.http('broken', {
      authLevel: 'anonymous',
      handler: () => {
        throw new Error('the handler broke')
      },
    })
    app.http('wrong-answer', {
      authLevel: 'anonymous',
      handler: () => 'text' as unknown as { body: string },
    })
    app.http('talker', {
      authLevel: 'anonymous',
      handler: (_request, context) => {
        context.warn('something', { odd: 1 })
        return {}
      },
    })
  })
})

const echoed = async (path: string, init?: RequestInit): Promise<Echo> => {
  const response = await running.call(path, { headers: {}, ...init })
  expect(response.status).toBe(200)
  return (await response.json()) as Echo
}

/** Without what fetch adds or hides. */
const raw = (
  method: string,
  path: string,
  headers: Record<string, string | string[]> = {},
  chunks: string[] = [],
): Promise<{ status: number; headers: IncomingHttpHeaders; body: string }> =>
  new Promise((resolve, reject) => {
    const request = rawRequest(running.url + path, { method, headers }, (response) => {
      const received: Buffer[] = []
      response.on('data', (chunk: Buffer) => received.push(chunk))
      response.on('end', () => {
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(received).toString(),
        })
      })
    })
    request.on('error', reject)
    for (const chunk of chunks) request.write(chunk)
    request.end()
  })

describe('routes', () => {
  it('prefer literals to parameters and constrained parameters to free ones, whatever the order of registration', async () => {
    expect((await echoed('/api/page/status')).name).toBe('page-status')
    expect((await echoed('/api/page/42')).name).toBe('page-number')
    expect((await echoed('/api/page/a/b')).name).toBe('page-any')
  })

  it('give parameters decoded, but an encoded slash stays encoded', async () => {
    expect((await echoed('/api/page/a%20b%2Fc/d%C3%A9')).params).toEqual({ call: 'a b%2Fc/dé' })
  })

  it('leave out an optional parameter that is not given', async () => {
    expect((await echoed('/api/organizations/1/users/42/settings')).params).toEqual({
      o: '1',
      u: '42',
    })
    expect((await echoed('/api/organizations/1/users/42/settings/x')).params).toEqual({
      o: '1',
      u: '42',
      field: 'x',
    })
  })

  it('leave out an empty catch-all', async () => {
    expect((await echoed('/api/page/')).params).toEqual({})
  })

  it.each([
    ['/api/organizations/one/users/42/settings', 'text for an int'],
    ['/api/organizations/1/users/0/settings', 'a number below min'],
    ['/api/codes/abcd', 'a wrong length'],
    ['/api/words/beta', 'a pattern that does not fit'],
    ['/api/organizations/1/users/42', 'a segment too few'],
    ['/api/codes/abc/d', 'a segment too many'],
    ['/api/nothing', 'no such route'],
    ['/page/status', 'a missing prefix'],
    ['/', 'the root'],
  ])('answer %s with 404 (%s)', async (path) => {
    const response = await running.call(path)
    expect(response.status).toBe(404)
    expect(await response.text()).toBe('')
  })

  it('fit in any case and with a slash at the end, and are the function name when none is given', async () => {
    expect((await echoed('/API/Codes/ABC/')).params).toEqual({ code: 'ABC' })
    expect((await echoed('/api/unrouted')).name).toBe('Unrouted')
  })

  it('answer 404 to a method that the route does not list, HEAD included', async () => {
    expect((await running.call('/api/posted')).status).toBe(404)
    expect((await running.call('/api/unrouted', { method: 'DELETE' })).status).toBe(404)
    expect((await running.call('/api/unrouted', { method: 'HEAD' })).status).toBe(404)
    expect((await running.call('/api/unrouted', { method: 'OPTIONS' })).status).toBe(404)
  })

  it('have the prefix that host.json names, also none', async () => {
    const register = () => {
      app.http('bare', { authLevel: 'anonymous', handler: echo })
    }
    const bare = await runHost(register, {
      hostJson: { extensions: { http: { routePrefix: '' } } },
    })
    expect((await bare.call('/bare')).status).toBe(200)
    const other = await runHost(register, {
      hostJson: { extensions: { http: { routePrefix: 'v1/sync' } } },
    })
    expect((await other.call('/v1/sync/bare')).status).toBe(200)
    expect((await other.call('/api/bare')).status).toBe(404)
  })
})

describe('keys', () => {
  it('are asked for by function and admin level, as header or as code', async () => {
    for (const path of ['/api/locked', '/api/for-admins']) {
      const refused = await running.call(path, { headers: {} })
      expect(refused.status).toBe(401)
      expect(await refused.text()).toBe('')
      expect((await running.call(path, { headers: { 'x-functions-key': 'wrong' } })).status).toBe(
        401,
      )
      expect((await running.call(`${path}?code=wrong`, { headers: {} })).status).toBe(401)
      expect((await running.call(path)).status).toBe(200)
      expect((await running.call(`${path}?code=${FUNCTION_KEY}`, { headers: {} })).status).toBe(200)
    }
  })

  it('are not looked at by anonymous functions, which get the code as any query', async () => {
    expect((await echoed('/api/unrouted?code=from-entra')).query).toEqual({ code: 'from-entra' })
  })

  it('do not turn an unknown route into 401', async () => {
    expect((await running.call('/api/unknown', { headers: {} })).status).toBe(404)
  })
})

describe('a request', () => {
  it('arrives with absolute url, lower-cased headers and comma-joined repetitions', async () => {
    const answer = await raw('GET', '/api/unrouted?a=1&b=%C3%A9&a=2', { 'X-Many': ['one', 'two'] })
    const got = JSON.parse(answer.body) as Echo
    expect(got.url).toBe(`${running.url}/api/unrouted?a=1&b=%C3%A9&a=2`)
    expect(got.query).toEqual({ a: '1,2', b: 'é' })
    expect(got.headers).toMatchObject({ 'x-many': 'one,two' })
  })

  it('keeps its bytes', async () => {
    const got = await echoed('/api/posted', { method: 'POST', body: new Uint8Array([0, 200, 255]) })
    expect(got.body).toBe('00c8ff')
    expect((await echoed('/api/posted', { method: 'PUT', body: 'é' })).body).toBe('c3a9')
    expect((await echoed('/api/posted', { method: 'DELETE' })).body).toBe('')
  })

  it('loses a body whose length was not announced, as without HTTP streaming', async () => {
    const answer = await raw('POST', '/api/posted', { 'transfer-encoding': 'chunked' }, [
      'ab',
      'cd',
    ])
    expect((JSON.parse(answer.body) as Echo).body).toBe('')
  })
})

describe('an answer', () => {
  it('of nothing is 204', async () => {
    const response = await running.call('/api/silent')
    expect(response.status).toBe(204)
    expect(await response.text()).toBe('')
  })

  it('keeps bytes, headers and status', async () => {
    const bytes = await running.call('/api/bytes')
    expect(Buffer.from(await bytes.arrayBuffer()).toString('hex')).toBe('00ff0a0d')
    expect(bytes.headers.get('content-type')).toBe('application/octet-stream')
    expect(bytes.headers.get('x-own')).toBe('yes')
    const moved = await running.call('/api/moved', { redirect: 'manual' })
    expect([moved.status, moved.headers.get('location')]).toEqual([
      302,
      'https://contoso.test/there',
    ])
  })

  it('without body has no bytes and says so', async () => {
    expect((await raw('GET', '/api/no-content')).headers).not.toHaveProperty('content-length')
    expect(await raw('GET', '/api/accepted')).toMatchObject({
      status: 202,
      body: '',
      headers: { 'content-length': '0' },
    })
  })

  it('to HEAD has the length but not the bytes, and OPTIONS reaches a function that lists it', async () => {
    expect(await raw('HEAD', '/api/options')).toMatchObject({
      status: 200,
      body: '',
      headers: { 'content-length': '4' },
    })
    expect(await raw('OPTIONS', '/api/options')).toMatchObject({
      status: 200,
      body: 'four',
      headers: { allow: 'GET' },
    })
  })

  it('sets cookies as ASP.NET writes them', async () => {
    const response = await running.call('/api/baked')
    expect(response.headers.getSetCookie()).toEqual([
      'state=a%20b%2Fc%3Dd; expires=Mon, 02 Mar 2026 09:00:00 GMT; max-age=600; domain=contoso.test; path=/api/oauth; secure; samesite=lax; httponly',
      'plain=1; path=/',
      'third-party=2; path=/; samesite=none',
    ])
  })

  it('is 500 without a body when the handler throws or answers no object, and the log tells why', async () => {
    for (const path of ['/api/broken', '/api/wrong-answer']) {
      const response = await running.call(path)
      expect(response.status).toBe(500)
      expect(await response.text()).toBe('')
    }
    const errors = running.host.log().filter((entry) => entry.level === 'error')
    expect(errors.map((entry) => entry.category)).toEqual([
      'Function.broken',
      'Function.wrong-answer',
    ])
    expect(errors[0]?.['exception']).toContain('the handler broke')
  })
})

describe('the log', () => {
  it('holds what a function says under its name, on the moved clock', async () => {
    await running.call('/api/talker')
    const lines = (await (await running.call('/_local/log', { headers: {} })).json()) as {
      at: string
      level: string
      category: string
      message: string
    }[]
    const line = lines.find((entry) => entry.category === 'Function.talker.User')
    expect(line).toMatchObject({ level: 'warning', message: 'something { odd: 1 }' })
    expect(line?.at).toMatch(/^2026-03-02T08:0/)
  })
})
