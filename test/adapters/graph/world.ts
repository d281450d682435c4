import { startGraph, type GraphStandIn } from '../../../local/graph/start'
import { createMicrosoft, type MicrosoftDeps } from '../../../shared/adapters/graph/microsoft'
import type { LogLine } from '../../../shared/log'
import type { Connection } from '../../../shared/ports/connections'
import type { Meter } from '../../../shared/ports/side'
import type { AccountContext } from '../../../shared/ports/systems'
import { resolveSettings } from '../../../shared/settings/resolve'

const defaultSettings = resolveSettings({ system: {}, organization: {}, user: {} })

export const ANNA = 'anna@example.com'
export const ACCOUNT = { organizationId: 1, userId: 42 }
export const NOW = Date.parse('2026-09-01T08:00:00Z')

/** Anna's mailbox on a Graph stand-in, and the product's adapter before it. */
export interface GraphWorld {
  readonly graph: GraphStandIn
  readonly calendarId: string
  readonly microsoft: ReturnType<typeof createMicrosoft>
  readonly meter: Meter
  /** Waits that the adapter asked for, in milliseconds. */
  readonly waits: number[]
  /** Tokens that were asked for, with their options. */
  readonly asked: object[]
  readonly logged: LogLine[]
  context(settings?: Partial<AccountContext['settings']['calendar']>): AccountContext
  advance(ms: number): void
}

export async function graphWorld(more: Partial<MicrosoftDeps> = {}): Promise<GraphWorld> {
  let now = NOW
  const graph = await startGraph({
    now: () => now,
    verifyToken: (bearer) =>
      bearer.startsWith('good')
        ? {
            mailbox: ANNA,
            scopes: ['User.Read', 'Calendars.ReadWrite', 'MailboxSettings.Read', 'Tasks.ReadWrite'],
          }
        : { error: 'expired' },
  })
  const { userId, defaultCalendarId } = graph.addMailbox({
    userPrincipalName: ANNA,
    displayName: 'Anna Adams',
    timeZone: 'W. Europe Standard Time',
  })
  const waits: number[] = []
  const logged: LogLine[] = []
  const asked: object[] = []
  const meter: Meter = { microsoft: 0, oro: 0, feed: 0 }
  const microsoft = createMicrosoft({
    graphUrl: `${graph.url}/v1.0`,
    tokens: {
      accessToken(_account, options = {}) {
        asked.push(options)
        return Promise.resolve('good')
      },
    },
    toDo: true,
    oroUrl: 'https://oro.example/admin',
    sleep: (ms) => {
      waits.push(ms)
      return Promise.resolve()
    },
    now: () => now,
    log: (line) => logged.push(line),
    ...more,
  })
  const connection: Connection = {
    account: ACCOUNT,
    state: 'connected',
    microsoft: {
      homeAccountId: `${userId}.tenant`,
      userId,
      username: ANNA,
      displayName: 'Anna Adams',
      tenantId: 'tenant',
      calendarId: defaultCalendarId,
    },
    granted: { calendar: true, tasks: true },
    oro: {
      calendarId: '7',
      timeZone: 'Europe/Berlin',
      zoneGiven: true,
      email: ANNA,
      name: 'Anna Adams',
    },
    reason: null,
    since: '2026-09-01T00:00:00.000Z',
    connectedAt: '2026-09-01T00:00:00.000Z',
  }
  return {
    graph,
    calendarId: defaultCalendarId,
    microsoft,
    meter,
    waits,
    asked,
    logged,
    context: (settings = {}) => ({
      account: ACCOUNT,
      connection,
      settings: {
        ...defaultSettings,
        calendar: { ...defaultSettings.calendar, ...settings },
      },
      meter,
    }),
    advance(ms) {
      now += ms
    },
  }
}
