import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import type { MemoryQueue } from '../shared/adapters/memory/queue'
import { createConnections, createFeedPositions } from '../shared/adapters/tables/connections'
import { createOperations, createTickets } from '../shared/adapters/tables/operations'
import { createDueIndex, createPending } from '../shared/adapters/tables/schedule'
import { createSettingsStore } from '../shared/adapters/tables/settings'
import { createSyncState } from '../shared/adapters/tables/sync-state'
import { parseAccountId, type Account } from '../shared/core/account'
import type { ProbesMessage } from '../shared/messages'
import type { Connection } from '../shared/ports/connections'
import type { Rows } from '../shared/ports/rows'
import type { Microsoft, Oro } from '../shared/ports/systems'
import { resolveSettings } from '../shared/settings/resolve'
import { containersOf } from '../shared/usecases/containers'
import { comparisonOf } from '../shared/usecases/gather'
import { KIND_RULES } from '../shared/usecases/kinds'
import { emptyRun } from '../shared/usecases/lease'
import type { TickDeps } from '../shared/usecases/schedule'

const ORGANIZATIONS = 10

/** Very many accounts of ten organizations over counted tables; the mailboxes answer at once that nothing has changed. */
export interface Crowd {
  readonly deps: TickDeps
  now(): number
  advance(ms: number): void
  account(index: number): Account
  /** Makes these accounts connected and settled, as after a run that left nothing open. */
  settle(due: ProbesMessage['due']): Promise<void>
  counts(): { rowsRead: number; due: number; sent: number; graph: number }
}

export function crowd(tables: Rows, queue: MemoryQueue): Crowd {
  let now = Date.parse('2026-09-07T08:00:00Z')
  const counts = { rowsRead: 0, due: 0, sent: 0, graph: 0 }
  const rows: Rows = {
    ...tables,
    async get(...given) {
      counts.rowsRead += 1
      return tables.get(...given)
    },
    async query(...given) {
      const found = await tables.query(...given)
      counts.rowsRead += found.length
      return found as never
    },
  }
  const connections = createConnections(rows)
  const settings = createSettingsStore(rows)
  const feeds = createFeedPositions(rows)
  const deps: TickDeps = {
    clock: { now: () => now },
    sleep: (ms) => wait(ms),
    newId: () => randomUUID(),
    log: () => undefined,
    queue: {
      sync: (...given) => queue.sync(...given),
      oroChanges(message) {
        counts.sent += 1
        return queue.oroChanges(message)
      },
      probes(message, notBefore) {
        counts.sent += 1
        counts.due += message.due.length
        return queue.probes(message, notBefore)
      },
    },
    connections,
    settings,
    pending: createPending(rows),
    due: createDueIndex(rows),
    operations: createOperations(rows),
    tickets: createTickets(rows),
    feeds,
    stateOf: (account, kind, containers = '') => createSyncState(rows, account, kind, containers),
    microsoft: {
      changed() {
        counts.graph += 1
        return Promise.resolve(false)
      },
    } as unknown as Microsoft,
    oro: {} as unknown as Oro,
  }

  const settleOne = async (account: Account): Promise<void> => {
    const connection = connectionOf(account, now)
    await connections.put(connection, null)
    const resolved = resolveSettings(await settings.stack(account))
    const containers = containersOf(connection, 'calendar')
    const policy = KIND_RULES.calendar.policy(resolved, 'UTC')
    const comparedWith = comparisonOf({ kind: 'calendar', policy, settings: resolved, containers })
    await deps
      .stateOf(account, 'calendar', containers)
      .saveRun({ ...emptyRun(), containers, comparedWith, lastFullOroAt: now }, null)
  }

  return {
    deps,
    now: () => now,
    advance(ms) {
      now += ms
    },
    account: (index) => ({ organizationId: 1 + (index % ORGANIZATIONS), userId: 1 + index }),
    async settle(due) {
      const on = { enabled: true }
      await settings.put({ level: 'system' }, { calendar: on, tasks: on }, null)
      for (let organizationId = 1; organizationId <= ORGANIZATIONS; organizationId += 1) {
        const own = { calendar: on, tasks: on }
        await settings.put({ level: 'organization', organizationId }, own, null)
        const since = new Date(now).toISOString()
        for (const kind of ['calendar', 'tasks'] as const)
          await feeds.put(organizationId, kind, { since, seen: [], spokeAt: since })
      }
      for (const name of new Set(due.map((entry) => entry.accountId))) {
        const account = parseAccountId(name)
        if (account) await settleOne(account)
      }
    },
    counts: () => ({ ...counts }),
  }
}

function connectionOf(account: Account, now: number): Connection {
  const name = `user${String(account.userId)}@sample.example`
  const since = new Date(now).toISOString()
  return {
    account,
    state: 'connected',
    microsoft: {
      homeAccountId: name,
      userId: name,
      username: name,
      displayName: name,
      tenantId: 'bench',
      calendarId: 'calendar',
    },
    granted: { calendar: true, tasks: true },
    oro: {
      calendarId: String(account.userId),
      timeZone: 'UTC',
      zoneGiven: true,
      email: name,
      name,
    },
    reason: null,
    since,
    connectedAt: since,
  }
}
