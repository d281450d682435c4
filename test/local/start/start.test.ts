import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buildIfMissing, runStart, type Running } from './running'

const NOWHERE = 'http://127.0.0.1:9'
const OUTSIDE = {
  ORO_URL: NOWHERE,
  MICROSOFT_CLOUD: 'custom',
  MICROSOFT_LOGIN_URL: NOWHERE,
  MICROSOFT_GRAPH_URL: NOWHERE,
}

beforeAll(buildIfMissing)

describe('npm start -- --once', () => {
  it('syncs the demo company, prints the table and ends well', async () => {
    const once = runStart(['--once'], {})
    expect(await once.exited).toBe(0)
    expect(once.errors()).toBe('')
    const rows = once
      .output()
      .split('\n')
      .filter((line) => / \d+ recurring, \d+ all-day /.test(line))
      .map((line) => line.trim().split(/\s{2,}/))
    expect(rows.map(([name]) => name)).toEqual([
      'Nora Feld',
      'Sam Ortiz',
      'Priya Nair',
      'Elin Berg',
      'Tomas Silva',
    ])
    for (const [, newInOro, newInOutlook, , adopted, , callsOro, callsGraph] of rows) {
      expect(Number(newInOro)).toBeGreaterThan(20)
      expect(Number(newInOutlook)).toBeGreaterThan(20)
      expect(Number(adopted)).toBe(5)
      expect(Number(callsOro)).toBeGreaterThan(0)
      expect(Number(callsGraph)).toBeGreaterThan(0)
    }
    expect(once.output()).toContain('Mails that Outlook or Oro sent because of it: 0')
  })
})

describe('npm start', () => {
  let demo: Running
  let api: string
  let oro: string
  let graph: string
  let page: string
  const address = async (pattern: RegExp): Promise<string> => (await demo.printed(pattern))[1] ?? ''
  const json = async (url: string, init?: RequestInit) =>
    (await (await fetch(url, init)).json()) as Record<string, never>

  beforeAll(async () => {
    demo = runStart([], { LOCAL_FUNCTION_KEY: 'sample-key' })
    await demo.printed(/Ctrl\+C ends it/)
    api = await address(/API\s+(http\S+)\/api/)
    oro = await address(/Oro\s+(http\S+) {2}stand-in/)
    graph = await address(/Graph\s+(http\S+) {2}stand-in/)
    page = await address(/ticking by\s+(http\S+)/)
  })
  afterAll(async () => {
    demo.child.kill('SIGINT')
    expect(await demo.exited).toBe(0)
    expect(demo.errors()).toBe('')
  })

  it('prints an address per level and user that opens the settings page logged in', async () => {
    const addresses = demo.output().match(/http\S+settings-page\/open\?ticket=\S+/g) ?? []
    expect(addresses).toHaveLength(8)
    const opened = await fetch(addresses[3] ?? '', { redirect: 'manual' })
    expect(opened.status).toBe(303)
    const { hash } = new URL(opened.headers.get('location') ?? '')
    expect(new URLSearchParams(hash.slice(1)).get('user')).toBe('3')
  })

  it('prints two edits that can be pasted and work as they are', async () => {
    const lines = demo.output().match(/^ {2}curl http.*_control.*$/gm) ?? []
    expect(lines).toHaveLength(2)
    for (const line of lines) {
      const [, url = '', body = ''] = /curl (\S+) .*-d '(.*)'$/.exec(line) ?? []
      const answer = await fetch(url, { method: 'POST', body })
      expect(answer.status).toBe(201)
      expect(Object.keys((await answer.json()) as object)).toEqual(['id'])
    }
  })

  it('carries an edit to the other side after a hint', async () => {
    const title = 'Made in Oro'
    await json(`${oro}/_control/events`, {
      method: 'POST',
      body: JSON.stringify({
        calendarId: 7,
        title,
        start: new Date(Date.now() + 86_400_000).toISOString(),
        end: new Date(Date.now() + 90_000_000).toISOString(),
      }),
    })
    const hint = await fetch(`${api}/_local/hint`, {
      method: 'POST',
      body: JSON.stringify({ accountId: '1-3', kind: 'calendar' }),
    })
    expect(hint.status).toBe(202)
    expect((await fetch(`${api}/_local/idle?timeout=10`)).status).toBe(200)
    const mailbox = await (
      await fetch(`${graph}/_control/mailboxes/nora.feld@sample.example`)
    ).text()
    expect(mailbox).toContain(`"subject":"${title}"`)
  })

  it('answers 422 and every fault of settings with its pointer', async () => {
    const answer = await fetch(`${api}/_local/settings`, {
      method: 'PUT',
      body: JSON.stringify({
        settings: {
          system: { syncInterval: 1 },
          users: { '1-3': { calendar: { direction: 'up' } }, nobody: {} },
        },
        oroCredentials: { '3': { clientId: 'sample', clientSecret: 'wrong' } },
      }),
    })
    expect(answer.status).toBe(422)
    const { errors } = (await answer.json()) as { errors: { pointer: string }[] }
    expect(errors.map(({ pointer }) => pointer).sort()).toEqual([
      '/oroCredentials/3/clientId',
      '/settings/system/syncInterval',
      '/settings/users/1-3/calendar/direction',
      '/settings/users/nobody',
    ])
  })

  it('stores settings given without an envelope', async () => {
    const body = JSON.stringify({ users: { '1-42': { calendar: { daysBack: 7 } } } })
    const answer = await fetch(`${api}/_local/settings`, { method: 'PUT', body })
    expect(answer.status).toBe(204)
    const stored = (await json(`${api}/api/organizations/1/users/42/settings`, {
      headers: { 'x-functions-key': 'sample-key' },
    })) as { calendar?: { daysBack: object } }
    expect(stored.calendar?.daysBack).toMatchObject({ own: 7, effective: 7 })
  })

  it('shows both calendars of a user on a page that runs no foreign script', async () => {
    const html = await fetch(page)
    expect(html.headers.get('content-type')).toContain('text/html')
    expect(html.headers.get('content-security-policy')).toContain("script-src 'self'")
    const view = (await json(`${page}company.json?user=2-21`)) as unknown as {
      oro: unknown[]
      outlook: unknown[]
      requests: unknown[]
    }
    expect(view.oro.length).toBeGreaterThan(50)
    expect(view.outlook.length).toBe(view.oro.length)
    expect(view.requests.length).toBeGreaterThan(0)
    const foreign = await fetch(`${page}edits`, {
      method: 'POST',
      headers: { origin: 'http://elsewhere.example' },
      body: '{}',
    })
    expect(foreign.status).toBe(403)
  })
})

describe('npm start with outside systems', () => {
  it('says in one line of JSON that it is ready and has nothing to show once', async () => {
    const once = runStart(['--once'], OUTSIDE)
    expect(await once.exited).toBe(2)
    const line = once
      .output()
      .split('\n')
      .find((text) => text.startsWith('{'))
    expect(JSON.parse(line ?? '')).toEqual({
      ready: true,
      api: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/api$/),
    })
    expect(once.output()).not.toContain('stand-in')
    expect(once.errors()).toBe('')
  })

  it('runs until it is stopped', async () => {
    const running = runStart([], OUTSIDE)
    const [, api = ''] = await running.printed(/"api": "([^"]+)"/)
    expect((await fetch(`${api}/health`)).status).toBe(200)
    running.child.kill('SIGTERM')
    expect(await running.exited).toBe(0)
  })

  it('ends when the product refuses its configuration', async () => {
    const wrong = runStart(['--once'], { ...OUTSIDE, ORO_ORGANIZATION_ID: '0' })
    expect(await wrong.exited).toBe(1)
    expect(wrong.errors()).toContain('InvalidConfig')
    expect(wrong.output()).not.toContain('ready')
  })
})

describe('a port that is taken', () => {
  it('is named, with the way out', async () => {
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const { port } = other.address() as AddressInfo
    const blocked = runStart(['--once'], { LOCAL_PORT: String(port) })
    expect(await blocked.exited).toBe(1)
    expect(blocked.errors()).toContain(`port ${String(port)} is taken`)
    await new Promise((resolve) => other.close(resolve))
  })
})
