import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
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
let folder: string

// Side by side, since each is busy on its own and most tests want one of the two.
beforeAll(async () => {
  buildIfStale()
  demo = runStart([], { LOCAL_FUNCTION_KEY: 'sample-key' })
  folder = mkdtempSync(join(tmpdir(), 'start-'))
  const seed = join(folder, 'seed.json')
  const system = { calendar: { daysBack: 0, daysAhead: 1 } }
  writeFileSync(seed, JSON.stringify({ settings: { system } }))
  once = runStart(['--once'], { LOCAL_SEED: seed })
  await demo.printed(/Ctrl\+C ends it/)
  api = (await demo.printed(/API\s+(http\S+)\/api/))[1] ?? ''
  // A build and two first syncs of a whole company, beside everything else that runs.
}, 120_000)
afterAll(async () => {
  once.child.kill('SIGKILL')
  rmSync(folder, { recursive: true })
  demo.child.kill('SIGINT')
  expect(await demo.exited).toBe(0)
  expect(demo.errors()).toBe('')
})

/** The rows of the table, cell by cell; those of tasks do not repeat the name. */
const rowsOf = (output: string, kind: 'calendar' | 'tasks'): string[][] =>
  output
    .split('\n')
    .filter((line) => new RegExp(` ${kind} +\\d+ `).test(line))
    .map((line) => line.trim().split(/\s{2,}/))

const NO_MAIL = 'Mails that Outlook or Oro sent because of it: 0'
const NAMES = ['Nora Feld', 'Sam Ortiz', 'Priya Nair', 'Elin Berg', 'Tomas Silva']

describe('npm start -- --once', () => {
  it('syncs the demo company as a seed of settings says, prints the table and ends well', async () => {
    expect(await once.exited).toBe(0)
    expect(once.errors()).toBe('')
    const calendars = rowsOf(once.output(), 'calendar')
    expect(calendars.map(([name]) => name)).toEqual(NAMES)
    // One day of the three months that the demo company has.
    for (const [, , newInOro] of calendars) expect(Number(newInOro)).toBeLessThan(15)
    expect(once.output()).toContain(NO_MAIL)
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

  it('has synced the calendars and tasks of five users, as the table says', () => {
    const calendars = rowsOf(demo.output(), 'calendar')
    expect(calendars.map(([name]) => name)).toEqual(NAMES)
    for (const [, , newInOro, newInMicrosoft, , adopted, why, callsOro, callsGraph] of calendars) {
      expect(Number(newInOro)).toBeGreaterThan(20)
      expect(Number(newInMicrosoft)).toBeGreaterThan(20)
      expect(Number(adopted)).toBe(5)
      expect(why).toBeTruthy()
      expect(Number(callsOro)).toBeGreaterThan(0)
      expect(Number(callsGraph)).toBeGreaterThan(0)
    }
    const tasks = rowsOf(demo.output(), 'tasks')
    expect(tasks).toHaveLength(5)
    for (const [, newInOro, newInMicrosoft, , adopted] of tasks) {
      expect([newInOro, newInMicrosoft, adopted].map(Number)).toEqual([8, 7, 2])
    }
    expect(demo.output()).toContain(NO_MAIL)
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
  let running: Running
  let shown: Running
  let refused: Running

  beforeAll(() => {
    running = runStart([], OUTSIDE)
    shown = runStart(['--once'], OUTSIDE)
    refused = runStart([], {
      ...OUTSIDE,
      ORO_URL: 'http://oro.example.com',
      ORO_ORGANIZATION_ID: 'abc',
      TOKEN_KEY: 'short',
      SCHEDULE_CRON: '0 99 * * * *',
    })
  })
  afterAll(() => {
    // A failed test must leave nobody behind.
    for (const { child } of [running, shown, refused]) child.kill('SIGKILL')
  })

  it('says in one line of JSON that it is ready and runs until it is stopped', async () => {
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
    expect(await shown.exited).toBe(2)
    expect(shown.output()).toContain('"ready": true')
    expect(shown.errors()).toBe('')
  })

  it('ends with every fault of the configuration by name, and no value of a secret', async () => {
    expect(await refused.exited).toBe(1)
    const lines = refused.errors().trim().split('\n')
    expect(lines[0]).toBe('npm start cannot begin:')
    for (const fault of [
      'ORO_URL: plain http is only allowed to loopback',
      'ORO_ORGANIZATION_ID: must be a positive whole number',
      'TOKEN_KEY: must be 32 bytes in base64',
      'schedule %SCHEDULE_CRON%: "0 99 * * * *" is not an NCRONTAB expression',
    ]) {
      expect(refused.errors()).toContain(fault)
    }
    expect(lines).toHaveLength(5)
    expect(refused.errors()).not.toContain('short')
    expect(refused.output()).not.toContain('ready')
  })
})
