import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { readFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { explainSettings, mergePatch, resolveSettings } from '../../shared/settings/resolve'
import { enableRefusal, parsePatch, type Level } from '../../shared/settings/schema'
import type { HistoryEntry, Status } from '../../web/api/answers'
import {
  ada,
  createWorld,
  minutesAgo,
  notConnected,
  type FakeOperation,
  type FakeWorld,
} from './fake-world'

interface Answered {
  status: number
  body?: unknown
  etag?: string
}

/** The interface of DESIGN 7 below `/api/page/`, in memory, beside the built page and a sign-in form on another origin. */
export interface FakeService {
  url: string
  world: FakeWorld
  /** Address that opens the page of a level as its ticket would. */
  pageUrl: (level: Level) => string
  reset: () => void
  close: () => Promise<void>
}

/** As the product will send it: nothing inline, framed by the back office alone. */
const contentSecurityPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; " +
  "frame-ancestors 'self'; base-uri 'none'; form-action 'none'"

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
}

export async function startFakeService(pageFolder: string): Promise<FakeService> {
  const world = createWorld()
  const server = createServer((request, response) => {
    void handle(request, response)
  })
  async function handle(request: IncomingMessage, response: ServerResponse) {
    const url = new URL(request.url ?? '/', 'http://localhost')
    if (url.pathname.startsWith('/api/settings-page/')) return sendFile(response, url.pathname)
    if (url.pathname === '/sign-in') return signIn(url, response)
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const text = Buffer.concat(chunks).toString()
    const call = url.pathname.replace('/api/page/', '')
    world.calls.push(`${String(request.method)} ${call}${url.search}`)
    const body: unknown = text === '' ? undefined : JSON.parse(text)
    world.bodies.push(body)
    const fault = world.faults.get(call)
    if (fault === 0) return undefined
    const answered = fault
      ? problem(fault, 'The service is out of order.')
      : answer(request, call, body)
    const type = answered.status >= 400 ? 'application/problem+json' : 'application/json'
    response.writeHead(answered.status, {
      'content-type': type,
      ...(answered.etag ? { etag: answered.etag } : {}),
    })
    return response.end(answered.body === undefined ? undefined : JSON.stringify(answered.body))
  }

  async function sendFile(response: ServerResponse, pathname: string) {
    const name = path.basename(pathname)
    const bytes = await readFile(path.join(pageFolder, name)).catch(() => null)
    if (bytes === null) return response.writeHead(404).end()
    return response
      .writeHead(200, {
        'content-type': types[path.extname(name)] ?? 'application/octet-stream',
        'content-security-policy': contentSecurityPolicy,
      })
      .end(bytes)
  }

  /** Stands for Microsoft's login, under another host name and so of another origin than the page. */
  function signIn(url: URL, response: ServerResponse) {
    const choice = url.searchParams.get('choice')
    const since = new Date().toISOString()
    if (choice === 'accept') {
      const granted = { calendar: true, tasks: true }
      world.connection = {
        ...world.connection,
        state: 'connected',
        microsoft: ada,
        granted,
        reason: null,
        since,
      }
    }
    if (choice === 'deny' || choice === 'admin') {
      const code = choice === 'deny' ? 'consent' : 'admin-consent'
      const message =
        choice === 'deny'
          ? 'The permissions were not granted at Microsoft.'
          : 'An administrator has to consent first.'
      const link = {
        adminConsentUrl: `${urlOf('127.0.0.1')}/api/oauth/admin-consent?ticket=sample`,
      }
      world.connection = {
        ...world.connection,
        state: 'none',
        reason: { code, message, ...(choice === 'admin' ? link : {}) },
        since,
      }
    }
    if (choice === 'other') {
      const message = 'This is another Microsoft account than the one that was connected before.'
      const reason = { code: 'access', message }
      world.connection = {
        ...world.connection,
        state: 'needs-attention',
        microsoft: { ...ada, username: 'ada@home.example' },
        reason,
        since,
      }
    }
    const form = ['accept', 'deny', 'admin', 'other']
      .map((c) => `<a href="?choice=${c}">${c}</a>`)
      .join(' ')
    return response
      .writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
      .end(`<!doctype html><html lang="en"><title>Sign in</title><h1>Sign in</h1>${form}`)
  }

  function answer(request: IncomingMessage, call: string, body: unknown): Answered {
    const token = request.headers.authorization?.replace('Bearer ', '') ?? ''
    const level = world.tokens.get(token)
    if (level === undefined) return problem(401, 'The page token is not valid any more.')
    const scopes = {
      user: 'organizations/1/users/42/',
      organization: 'organizations/1/',
      system: '',
    }
    const operation = /^operations\/(.+)$/.exec(call)?.[1]
    if (operation !== undefined) return operationOf(operation)
    if (!call.startsWith(scopes[level])) return problem(403, 'This token is for another level.')
    const name = `${String(request.method)} ${call.slice(scopes[level].length)}`
    const wanted = request.headers['if-match']
    if (name === 'GET settings') return settings(level)
    if (name === 'PATCH settings') return patch(level, body, wanted)
    if (level !== 'user') return administrators(level, name)
    return users(name, body)
  }

  function settings(level: Level): Answered {
    return {
      status: 200,
      body: explainSettings(level, world.settings),
      etag: `"${String(world.versions.system)}.${String(world.versions.organization)}.${String(world.versions[level])}"`,
    }
  }

  function patch(level: Level, body: unknown, ifMatch: string | undefined): Answered {
    if (ifMatch !== undefined && ifMatch !== settings(level).etag)
      return problem(412, 'The settings have changed meanwhile.')
    const parsed = parsePatch(level, body, world.settings)
    if (!parsed.ok) return problem(422, 'Nothing was changed.', parsed.violations)
    const refused = enableRefusal(parsed.patch, world.microsoftConfigured)
    if (refused.length > 0) return problem(422, 'Nothing was changed.', refused)
    world.settings[level] = mergePatch(world.settings[level], parsed.patch)
    world.versions[level]++
    return settings(level)
  }

  function pausing(level: Level, name: string): Answered | null {
    if (name === 'POST pause') world.paused.add(level)
    else if (name === 'POST resume') world.paused.delete(level)
    else return null
    return {
      status: 200,
      body: name === 'POST pause' ? { paused: true, running: 0 } : { paused: false },
    }
  }

  const pausedBy = () =>
    (['system', 'organization', 'user'] as const).find((level) => world.paused.has(level)) ?? null

  function administrators(level: Level, name: string): Answered {
    if (name === 'GET status') {
      const paused = world.paused.has('system') ? 'system' : world.paused.has(level) ? level : null
      return { status: 200, body: { paused } }
    }
    if (name === 'GET history')
      return { status: 200, body: { items: world.history.map(whole), next: null } }
    if (name === 'GET accounts') {
      return { status: 200, body: { items: world.accounts, next: null } }
    }
    return pausing(level, name) ?? problem(404, `There is no ${name}.`)
  }

  function users(name: string, body: unknown): Answered {
    const [, id = '', choice] = /^POST problems\/([^/]+)\/(.+)$/.exec(name) ?? []
    if (choice !== undefined) {
      world.problems = world.problems.filter((p) => p.id !== id)
      return { status: 204 }
    }
    const { ids: named } = (body ?? {}) as { ids?: string[] }
    switch (name) {
      case 'GET connection':
        return { status: 200, body: world.connection }
      case 'POST connection':
        world.connection = { ...world.connection, state: 'connecting', reason: null }
        return {
          status: 201,
          body: { connectUrl: `${urlOf('localhost')}/sign-in`, expiresAt: minutesAgo(-10) },
        }
      case 'DELETE connection':
        world.connection = { ...notConnected, since: new Date().toISOString() }
        return ended({ removed: { oro: 0, microsoft: 0 } })
      case 'POST connection/check':
        return {
          status: 200,
          body: { healthy: world.probes.every((p) => p.ok), probes: world.probes },
        }
      case 'GET status':
        return { status: 200, body: status() }
      case 'POST sync':
        return started(null)
      case 'GET hold':
        return { status: 200, body: world.hold }
      case 'POST hold/confirm':
      case 'POST hold/refuse':
        world.hold.items = world.hold.items.filter((item) => !named?.includes(item.id))
        world.kinds.calendar.counts.held = world.hold.items.length
        return { status: 202, body: { answered: named?.length ?? 0 } }
      case 'GET problems':
        return {
          status: 200,
          body: { items: world.problems.map((p) => ({ ...ids, ...p })), next: null },
        }
      case 'GET history':
        return { status: 200, body: { items: world.history.map(whole), next: null } }
      default:
        return pausing('user', name) ?? problem(404, `There is no ${name}.`)
    }
  }

  function status(): Status & { accountId: string } {
    const { calendar, tasks } = resolveSettings(world.settings)
    const paused = pausedBy()
    const seen = (kind: FakeWorld['kinds']['calendar'], enabled: boolean) => ({
      ...kind,
      lastRun: null,
      enabled,
      state: enabled ? (paused ? ('paused' as const) : kind.state) : ('off' as const),
      nextSyncAt: enabled && !paused ? kind.nextSyncAt : null,
    })
    return {
      accountId: '1-42',
      paused,
      kinds: {
        calendar: seen(world.kinds.calendar, calendar.enabled),
        tasks: seen(world.kinds.tasks, tasks.enabled),
      },
    }
  }

  function started(result: FakeOperation['result']): Answered {
    const id = `1-${String(world.operations.size + 1)}`
    world.operations.set(id, {
      id,
      type: 'sync',
      state: 'running',
      progress: { done: 0, total: 0 },
      result,
      startedAt: minutesAgo(0),
      endedAt: null,
    })
    return { status: 202, body: world.operations.get(id) }
  }

  /** Leaving everything in place takes no time: the operation is answered as done. */
  function ended(result: FakeOperation['result']): Answered {
    const { body } = started(result)
    Object.assign(body as FakeOperation, {
      type: 'disconnect',
      state: 'done',
      endedAt: minutesAgo(0),
    })
    return { status: 202, body }
  }

  function operationOf(id: string): Answered {
    const operation = world.operations.get(id)
    return operation
      ? { status: 200, body: operation }
      : problem(404, 'There is no such operation.')
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const urlOf = (host: string) => `http://${host}:${String(port)}`
  return {
    url: urlOf('127.0.0.1'),
    world,
    pageUrl: (level) =>
      `${urlOf('127.0.0.1')}/api/settings-page/index.html#token=${level}-token&level=${level}&organization=1&user=42`,
    reset: () => Object.assign(world, createWorld()),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => {
          resolve()
        })
      }),
  }
}

/** What the page does not read and every answer has. */
const ids = { oroId: '17', microsoftId: 'AAMkAGI2=' }
const whole = (entry: HistoryEntry) => ({
  ...ids,
  ...entry,
  fields: entry.fields.map((field) => ({ lost: null, ...field })),
})

function problem(status: number, detail: string, errors: unknown[] = []): Answered {
  return { status, body: { type: 'about:blank', title: detail, status, detail, errors } }
}
