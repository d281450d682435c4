import { buildIfStale, runStart, type Running } from './running'

const NOWHERE = 'http://127.0.0.1:9'
const OUTSIDE = {
  ORO_URL: NOWHERE,
  MICROSOFT_CLOUD: 'custom',
  MICROSOFT_LOGIN_URL: NOWHERE,
  MICROSOFT_GRAPH_URL: NOWHERE,
}

let demo: Running
let once: Running
let api: string

// Side by side, since each is busy on its own and most tests want one of the two.
beforeAll(async () => {
  buildIfStale()
  demo = runStart([], { LOCAL_FUNCTION_KEY: 'sample-key' })
  once = runStart(['--once'], {})
  await demo.printed(/Ctrl\+C ends it/)
  api = (await demo.printed(/API\s+(http\S+)\/api/))[1] ?? ''
})
afterAll(async () => {
  demo.child.kill('SIGINT')
  expect(await demo.exited).toBe(0)
  expect(demo.errors()).toBe('')
})

describe('npm start -- --once', () => {
  it('syncs the demo company, prints the table and ends well', async () => {
    expect(await once.exited).toBe(0)
    expect(once.errors()).toBe('')
    const rows = once
      .output()
      .split('\n')
      .filter((line) => / (calendar|tasks) +\d+ /.test(line))
      .map((line) => line.trim().split(/\s{2,}/))
    const calendars = rows.filter((row) => row[1] === 'calendar')
    expect(calendars.map(([name]) => name)).toEqual([
      'Nora Feld',
      'Sam Ortiz',
      'Priya Nair',
      'Elin Berg',
      'Tomas Silva',
    ])
    for (const [, , newInOro, newInMicrosoft, , adopted, why, callsOro, callsGraph] of calendars) {
      expect(Number(newInOro)).toBeGreaterThan(20)
      expect(Number(newInMicrosoft)).toBeGreaterThan(20)
      expect(Number(adopted)).toBe(5)
      expect(why).toMatch(/\d/)
      expect(Number(callsOro)).toBeGreaterThan(0)
      expect(Number(callsGraph)).toBeGreaterThan(0)
    }
    const tasks = rows.filter(([kind]) => kind === 'tasks')
    expect(tasks).toHaveLength(5)
    for (const [, newInOro, newInMicrosoft, , adopted] of tasks) {
      expect([newInOro, newInMicrosoft, adopted].map(Number)).toEqual([8, 7, 2])
    }
    expect(once.output()).toContain('Mails that Outlook or Oro sent because of it: 0')
  })
})

describe('npm start', () => {
  let oro: string
  let graph: string
  let page: string
  const address = async (pattern: RegExp): Promise<string> => (await demo.printed(pattern))[1] ?? ''
  const json = async (url: string, init?: RequestInit) =>
    (await (await fetch(url, init)).json()) as Record<string, never>

  beforeAll(async () => {
    oro = await address(/Oro\s+(http\S+) {2}stand-in/)
    graph = await address(/Graph\s+(http\S+) {2}stand-in/)
    page = await address(/ticking by\s+(http\S+)/)
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

  it('shows both sides of a user on a page of its own origin that runs no foreign script', async () => {
    expect(page).toBe(`${api}/_local/`)
    const html = await fetch(page)
    expect(html.headers.get('content-type')).toContain('text/html')
    expect(html.headers.get('content-security-policy')).toContain("script-src 'self'")
    for (const file of (await html.text()).match(/company\.\w+(?=")/g) ?? ['none']) {
      expect((await fetch(page + file)).status).toBe(200)
    }
    const view = (await json(`${page}company.json?user=2-21`)) as unknown as {
      oro: unknown[]
      outlook: unknown[]
      tasks: { oro: unknown[]; outlook: unknown[] }
      requests: unknown[]
    }
    expect(view.oro.length).toBeGreaterThan(50)
    expect(view.outlook.length).toBe(view.oro.length)
    expect(view.tasks.oro.length).toBeGreaterThan(10)
    expect(view.tasks.outlook.length).toBe(view.tasks.oro.length)
    expect(view.requests.length).toBeGreaterThan(0)
    expect((await fetch(`${page}company.json?user=9-9`)).status).toBe(404)
  })

  it('carries a task that is completed on the page to the other side', async () => {
    const view = (user = '1-5') => json(`${page}company.json?user=${user}`)
    const { tasks } = (await view()) as unknown as {
      tasks: Record<'oro' | 'outlook', { id: string; title: string; isDone: boolean }[]>
    }
    const task = tasks.outlook.find(({ title }) => title === 'Call back Tailspin Toys')
    const answer = await json(`${page}edits`, {
      method: 'POST',
      body: JSON.stringify({
        kind: 'tasks',
        accountId: '1-5',
        side: 'outlook',
        do: 'complete',
        id: task?.id,
      }),
    })
    expect(answer).toEqual({ id: task?.id })
    await fetch(`${api}/_local/hint`, {
      method: 'POST',
      body: JSON.stringify({ accountId: '1-5', kind: 'tasks' }),
    })
    expect((await fetch(`${api}/_local/idle?timeout=10`)).status).toBe(200)
    const after = (await view()) as unknown as { tasks: typeof tasks }
    expect(after.tasks.oro.find(({ title }) => title === task?.title)?.isDone).toBe(true)
  })

  it('names a port that is taken, with the way out', async () => {
    const blocked = runStart(['--once'], { ...OUTSIDE, LOCAL_PORT: new URL(api).port })
    expect(await blocked.exited).toBe(1)
    expect(blocked.errors()).toContain(`port ${new URL(api).port} is taken`)
  })
})

describe('npm start with outside systems', () => {
  it('says in one line of JSON that it is ready and runs until it is stopped', async () => {
    const running = runStart([], OUTSIDE)
    const [line] = await running.printed(/^\{.*\}$/m)
    const { ready, api: address } = JSON.parse(line) as { ready: boolean; api: string }
    expect(ready).toBe(true)
    expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/api$/)
    expect((await fetch(`${address}/health`)).status).toBe(200)
    running.child.kill('SIGTERM')
    expect(await running.exited).toBe(0)
    expect(running.output()).not.toContain('stand-in')
    expect(running.errors()).toBe('')
  })

  it('has nothing to show once', async () => {
    const outside = runStart(['--once'], OUTSIDE)
    expect(await outside.exited).toBe(2)
    expect(outside.output()).toContain('"ready": true')
  })

  it('ends when the product refuses its configuration', async () => {
    const wrong = runStart(['--once'], { ...OUTSIDE, ORO_ORGANIZATION_ID: '0' })
    expect(await wrong.exited).toBe(1)
    expect(wrong.errors()).toContain('InvalidConfig')
    expect(wrong.output()).not.toContain('ready')
  })
})
