import { fork, type ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { createMovableClock } from '../local/clock/movable-clock'
import { createMicrosoft } from '../shared/adapters/graph/microsoft'
import { createMemoryRows } from '../shared/adapters/memory/rows'
import { createOro } from '../shared/adapters/oro/oro'
import { createConnections, createFeedPositions } from '../shared/adapters/tables/connections'
import { createOperations } from '../shared/adapters/tables/operations'
import { createDueIndex, createPending } from '../shared/adapters/tables/schedule'
import { createSettingsStore } from '../shared/adapters/tables/settings'
import { createSyncState } from '../shared/adapters/tables/sync-state'
import type { SyncMessage } from '../shared/messages'
import type { Connection } from '../shared/ports/connections'
import type { Deps } from '../shared/usecases/deps'
import { runSync } from '../shared/usecases/run'

export interface Figures {
  readonly wallMs: number
  readonly cpuMs: number
  readonly microsoft: number
  readonly oro: number
  readonly writes: number
  readonly problems: number
}

/** The product with memory tables against stand-ins in another process. */
export interface World {
  readonly deps: Deps
  readonly oroUrl: string
  ask<T>(
    on: 'graph' | 'toDo' | 'oro' | 'oroTasks' | 'faults' | 'clock',
    method: string,
    ...args: unknown[]
  ): Promise<T>
  /** Moves the time of both processes, and has the feed read as the minute timer would. */
  later(minutes: number): Promise<void>
  /** A user with mailbox, calendar and connection. */
  user(): Promise<User>
  /** One run and whatever continuations it asks for. */
  run(user: User, reason: SyncMessage['reason'], kind?: 'calendar' | 'tasks'): Promise<Figures>
  stop(): void
}

export interface User {
  readonly userId: number
  readonly upn: string
  readonly calendarId: number
}

const clock = createMovableClock()
clock.install()

const APPLICATION = { clientId: 'bench', clientSecret: 'bench', organizationId: 1, userId: 1 }

export async function startWorld(): Promise<World> {
  const child = fork(join(__dirname, 'stand-ins.js'), {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const urls = await ready(child)
  const ask = caller(child)
  await ask('oro', 'seed', {
    organizations: [{ id: 1 }],
    applications: [APPLICATION],
    users: [{ id: 1, email: 'service@oro.example', organizationId: 1 }],
  })
  const sent: SyncMessage[] = []
  const deps = depsOf(urls, sent)
  let people = 0
  return {
    deps,
    oroUrl: urls.oro,
    ask,
    async later(minutes) {
      clock.advance(minutes * 60_000)
      await ask('clock', 'advance', minutes * 60_000)
      const since = new Date().toISOString()
      for (const kind of ['calendar', 'tasks'] as const)
        await deps.feeds.put(1, kind, { since, seen: [] })
    },
    async user() {
      people += 1
      const upn = `bench${String(people)}@sample.example`
      const email = `bench${String(people)}@oro.example`
      const { defaultCalendarId, userId: mailbox } = await ask<{
        userId: string
        defaultCalendarId: string
      }>('graph', 'addMailbox', { userPrincipalName: upn, timeZone: 'UTC' })
      const { users } = await ask<{ users: { id: number; calendarId: number }[] }>('oro', 'seed', {
        users: [{ email, organizationId: 1, timeZone: 'UTC' }],
      })
      const [seeded] = users
      if (!seeded) throw new Error('No user')
      const account = { organizationId: 1, userId: seeded.id }
      const connection: Connection = {
        account,
        state: 'connected',
        microsoft: {
          homeAccountId: mailbox,
          userId: upn,
          username: upn,
          displayName: upn,
          tenantId: 'bench',
          calendarId: defaultCalendarId,
        },
        granted: { calendar: true, tasks: true },
        oro: {
          calendarId: String(seeded.calendarId),
          timeZone: 'UTC',
          zoneGiven: true,
          email,
          name: email,
        },
        reason: null,
        since: new Date().toISOString(),
        connectedAt: new Date().toISOString(),
      }
      await deps.connections.put(connection, null)
      await deps.settings.put(
        { level: 'user', account },
        { calendar: { enabled: true }, tasks: { enabled: true } },
        null,
      )
      const system = await deps.settings.get({ level: 'system' })
      if (system.etag === null) {
        await deps.settings.put(
          { level: 'system' },
          { calendar: { enabled: true }, tasks: { enabled: true } },
          null,
        )
      }
      upns.set(seeded.id, upn)
      return { userId: seeded.id, upn, calendarId: seeded.calendarId }
    },
    async run(user, reason, kind = 'calendar') {
      const account = { organizationId: 1, userId: user.userId }
      const total = { microsoft: 0, oro: 0, writes: 0 }
      const cpu = process.cpuUsage()
      const started = performance.now()
      let next: SyncMessage | undefined = {
        v: 1,
        accountId: `1-${String(user.userId)}`,
        kind,
        reason,
        at: new Date().toISOString(),
      }
      while (next) {
        sent.length = 0
        await runSync(deps, next)
        const last = (await deps.stateOf(account, kind).run())?.value.lastRun
        total.microsoft += last?.calls.microsoft ?? 0
        total.oro += last?.calls.oro ?? 0
        for (const side of last ? Object.values(last.writes) : []) {
          total.writes += side.created + side.updated + side.deleted
        }
        next = sent.find((message) => message.reason === 'continuation')
      }
      const wallMs = performance.now() - started
      const used = process.cpuUsage(cpu)
      const problems = (await deps.stateOf(account, kind).problems()).length
      return { wallMs, cpuMs: (used.user + used.system) / 1000, ...total, problems }
    },
    stop() {
      child.kill()
    },
  }
}

const upns = new Map<number, string>()

function depsOf(urls: { graph: string; oro: string }, sent: SyncMessage[]): Deps {
  const rows = createMemoryRows()
  const now = (): number => Date.now()
  return {
    clock: { now },
    newId: () => randomUUID(),
    log: () => undefined,
    queue: {
      sync: (message) => {
        sent.push(message)
        return Promise.resolve()
      },
      oroChanges: () => Promise.resolve(),
      probes: () => Promise.resolve(),
    },
    connections: createConnections(rows),
    settings: createSettingsStore(rows),
    pending: createPending(rows),
    due: createDueIndex(rows),
    operations: createOperations(rows),
    feeds: createFeedPositions(rows),
    stateOf: (account, kind, containers = '') => createSyncState(rows, account, kind, containers),
    microsoft: createMicrosoft({
      log: () => undefined,
      graphUrl: `${urls.graph}/v1.0`,
      tokens: { accessToken: (account) => Promise.resolve(upns.get(account.userId) ?? '') },
      toDo: true,
      now,
      oroUrl: urls.oro,
    }),
    oro: createOro({
      oroUrl: urls.oro,
      prefix: '',
      credentials: { credentials: () => Promise.resolve(APPLICATION) },
      now,
    }),
  }
}

const ready = (child: ChildProcess): Promise<{ graph: string; oro: string }> =>
  new Promise((resolve) => {
    child.once('message', (message) => {
      resolve((message as { ready: { graph: string; oro: string } }).ready)
    })
  })

function caller(child: ChildProcess): World['ask'] {
  const waiting = new Map<number, (answer: unknown) => void>()
  let last = 0
  child.on('message', (message: { id: number; answer: unknown }) => {
    waiting.get(message.id)?.(message.answer)
    waiting.delete(message.id)
  })
  return (on, method, ...args) =>
    new Promise((resolve) => {
      last += 1
      waiting.set(last, resolve as (answer: unknown) => void)
      child.send({ id: last, on, method, args })
    })
}
