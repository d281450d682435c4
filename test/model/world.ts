import { createMemoryQueue } from '../../shared/adapters/memory/queue'
import { createMemoryRows } from '../../shared/adapters/memory/rows'
import { createMemorySide, type MemorySide } from '../../shared/adapters/memory/side'
import { createConnections, createFeedPositions } from '../../shared/adapters/tables/connections'
import { createOperations } from '../../shared/adapters/tables/operations'
import { createDueIndex, createPending } from '../../shared/adapters/tables/schedule'
import { createSettingsStore } from '../../shared/adapters/tables/settings'
import { createSyncState } from '../../shared/adapters/tables/sync-state'
import { accountId, type Account } from '../../shared/core/account'
import type { Side } from '../../shared/core/model'
import { parseMessage, syncMessageSchema, type SyncMessage } from '../../shared/messages'
import type { LogLine } from '../../shared/log'
import type { Connection } from '../../shared/ports/connections'
import type { SyncState } from '../../shared/ports/stores'
import type { Microsoft, Oro } from '../../shared/ports/systems'
import type { CalendarSettings } from '../../shared/settings/schema'
import type { Deps } from '../../shared/usecases/deps'
import { containersOf } from '../../shared/usecases/containers'
import { runSync } from '../../shared/usecases/run'
import { createProcess, Killed, type Interruption, type Process } from './process'

const MINUTE_MS = 60_000
const START = Date.parse('2026-09-01T08:00:00Z')

/** One connected user with both calendars. */
export interface Person {
  readonly account: Account
  readonly oro: MemorySide
  readonly microsoft: MemorySide
  readonly state: SyncState
}

/** The whole service over memory, with a clock that only moves when it is told to. */
export interface World {
  now(): number
  advance(ms: number): void
  readonly people: readonly Person[]
  readonly queue: ReturnType<typeof createMemoryQueue>
  readonly log: LogLine[]
  /** As one worker has it; without a process nothing interrupts it. */
  deps(process?: Process): Deps
  configure(person: Person, settings: Partial<CalendarSettings>): Promise<void>
  /** Puts a message into the queue. */
  ask(person: Person, reason?: SyncMessage['reason'], more?: Partial<SyncMessage>): Promise<void>
  /** Delivers what is due now; a killed worker's message comes back. Answers how many runs there were. */
  deliver(interruptions?: (process: Process) => readonly Interruption[]): Promise<number>
  /** Lets time pass until no message waits, then one more interval. */
  interval(person: Person): Promise<void>
  /** Can Oro's audit feed be read? */
  feedReadable: boolean
}

const forbidden = (name: string) => (): never => {
  throw new TypeError(`A run does not call ${name}`)
}

function connectionOf(account: Account): Connection {
  return {
    account,
    state: 'connected',
    microsoft: {
      homeAccountId: `home-${accountId(account)}`,
      userId: 'user',
      username: 'user@example.com',
      displayName: 'User',
      tenantId: 'tenant',
      calendarId: 'outlook',
    },
    granted: { calendar: true, tasks: false },
    oro: {
      calendarId: 'calendar',
      timeZone: 'Europe/Berlin',
      zoneGiven: true,
      email: null,
      name: null,
    },
    reason: null,
    since: new Date(START).toISOString(),
    connectedAt: new Date(START).toISOString(),
  }
}

export async function createWorld(
  options: { people?: number; settings?: Partial<CalendarSettings> } = {},
): Promise<World> {
  let now = START
  let ids = 0
  const rows = createMemoryRows()
  const queue = createMemoryQueue()
  const log: LogLine[] = []
  const connections = createConnections(rows)
  const settings = createSettingsStore(rows)
  const people = Array.from({ length: options.people ?? 1 }, (_, index): Person => {
    const account = { organizationId: 1, userId: 42 + index }
    const side = (name: Side, container: string): MemorySide =>
      createMemorySide({ side: name, container, now: () => now })
    const containers = containersOf(connectionOf(account), 'calendar')
    return {
      account,
      oro: side('oro', 'calendar'),
      microsoft: side('microsoft', 'outlook'),
      state: createSyncState(rows, account, 'calendar', containers),
    }
  })
  const personOf = (account: Account): Person => {
    const person = people.find((entry) => entry.account.userId === account.userId)
    if (!person) throw new RangeError('No such person')
    return person
  }
  await settings.put({ level: 'system' }, { calendar: { enabled: true } }, null)
  for (const person of people) {
    await connections.put(connectionOf(person.account), null)
    const own = { level: 'user', account: person.account } as const
    await settings.put(own, { calendar: { enabled: true, ...options.settings } }, null)
  }

  function deps(process?: Process): Deps {
    const own = process ? process.rows(rows) : rows
    const port = (side: MemorySide) => (process ? process.side(side.port()) : side.port())
    const microsoft: Microsoft = {
      calendar: ({ account }) => port(personOf(account).microsoft),
      tasks: forbidden('tasks'),
      profile: forbidden('profile'),
      changed: forbidden('changed'),
      checkMailbox: forbidden('checkMailbox'),
      checkToDo: forbidden('checkToDo'),
    }
    const oro: Oro = {
      calendar: ({ account }) => port(personOf(account).oro),
      tasks: forbidden('tasks'),
      feed: (_, since) => Promise.resolve(feed(since)),
      findCalendar: forbidden('findCalendar'),
      calendarOwner: forbidden('calendarOwner'),
      user: forbidden('user'),
      timeZone: forbidden('timeZone'),
      checkApi: forbidden('checkApi'),
      checkCalendar: forbidden('checkCalendar'),
      checkCredentials: forbidden('checkCredentials'),
    }
    return {
      clock: { now: () => now },
      newId: () => {
        ids += 1
        return `id-${String(ids)}`
      },
      log: (line) => {
        log.push(line)
      },
      queue: process ? process.queue(queue) : queue,
      connections: createConnections(own),
      settings: createSettingsStore(own),
      pending: createPending(own),
      due: createDueIndex(own),
      operations: createOperations(own),
      feeds: createFeedPositions(own),
      stateOf: (account, kind, containers = '') => createSyncState(own, account, kind, containers),
      microsoft,
      oro,
    }
  }

  /** Rows of the last ten minutes are told again, as the adapter asks for them. */
  function feed(since: string): Awaited<ReturnType<Oro['feed']>> {
    if (!world.feedReadable) return null
    const from = Date.parse(since) - 10 * MINUTE_MS
    const [person] = people
    const removed = (person?.oro.removals ?? []).filter((entry) => entry.at >= from)
    return {
      until: new Date(now).toISOString(),
      changes: removed.map(({ id, at }) => ({
        auditId: id,
        action: 'remove' as const,
        kind: 'calendar' as const,
        id,
        calendarId: 'calendar',
        at: new Date(at).toISOString(),
      })),
    }
  }

  const world: World = {
    now: () => now,
    advance: (ms) => {
      now += ms
    },
    people,
    queue,
    log,
    deps,
    feedReadable: true,
    async configure({ account }, change) {
      const own = { level: 'user', account } as const
      const { own: before, etag } = await settings.get(own)
      await settings.put(own, { calendar: { ...before.calendar, ...change } }, etag)
    },
    ask: ({ account }, reason = 'interval', more = {}) =>
      queue.sync({
        v: 1,
        accountId: accountId(account),
        kind: 'calendar',
        reason,
        at: new Date(now).toISOString(),
        ...more,
      }),
    async deliver(interruptions) {
      let runs = 0
      for (let message = queue.take(now); message; message = queue.take(now)) {
        runs += 1
        if (runs > 200) throw new Error('The queue does not become empty')
        const parsed = parseMessage(syncMessageSchema, message)
        if (!parsed.ok) throw new Error(parsed.problems.join('\n'))
        const worker = createProcess(interruptions)
        interruptions = undefined
        try {
          await runSync(deps(worker), message)
        } catch (error) {
          if (!(error instanceof Killed)) throw error
          queue.abandon(message)
        }
      }
      return runs
    },
    async interval(person) {
      for (let next = queue.next(); next !== null; next = queue.next()) {
        if (next > now + 24 * 60 * MINUTE_MS) break
        now = Math.max(now, next)
        await world.deliver()
      }
      now += 15 * MINUTE_MS
      await world.ask(person)
      await world.deliver()
    },
  }
  return world
}
