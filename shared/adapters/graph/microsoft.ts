import { setTimeout as wait } from 'node:timers/promises'
import { accountId, type Account } from '../../core/account'
import type { Log } from '../../log'
import type { Meter } from '../../ports/side'
import type { AccessTokens, AccountContext, Microsoft } from '../../ports/systems'
import { createInFlight } from '../http/in-flight'
import { createCalendar } from './calendar'
import { calendarChanged } from './changed'
import { createClients, type GraphClient } from './client'
import { probe, readProfile } from './profile'
import { createTasks, withoutToDo } from './tasks/tasks'
import { tasksChanged } from './tasks/tasks-changed'

/** Graph allows 4 requests in flight per mailbox over both kinds (contract section 12); tasks get one, one is left for others. */
const CALENDAR_IN_FLIGHT = 2
const TASKS_IN_FLIGHT = 1

export interface MicrosoftDeps {
  /** Root with version: `https://graph.microsoft.com/v1.0`. */
  readonly graphUrl: string
  readonly tokens: AccessTokens
  /** Whether this cloud has To Do at all (contract section 14). */
  readonly toDo: boolean
  /** Address of Oro's back office, with its prefix: it names the instance in our marks, and leads from a task in To Do to the one in Oro. */
  readonly oroUrl: string
  readonly sleep?: (ms: number) => Promise<void>
  readonly now: () => number
  readonly log: Log
}

/** Microsoft Graph for all accounts of this process: limits per mailbox are shared by everything that is made here. */
export function createMicrosoft(deps: MicrosoftDeps): Microsoft {
  const clients = createClients({
    graphUrl: deps.graphUrl,
    tokens: deps.tokens,
    sleep: deps.sleep ?? ((ms) => wait(ms)),
    now: deps.now,
    log: deps.log,
  })
  const inFlight = createInFlight(CALENDAR_IN_FLIGHT)
  const tasksInFlight = createInFlight(TASKS_IN_FLIGHT)

  const clientFor = (
    { account, connection, meter }: AccountContext,
    limit = inFlight,
  ): GraphClient =>
    clients({
      account,
      mailbox: connection.microsoft?.userId ?? accountId(account),
      meter,
      inFlight: limit,
    })

  /** Before anything is known of the mailbox. */
  const clientOf = (account: Account): GraphClient => {
    const meter: Meter = { microsoft: 0, oro: 0, feed: 0 }
    return clients({ account, mailbox: accountId(account), meter, inFlight })
  }

  return {
    calendar: (context) => createCalendar(context, clientFor(context), deps.oroUrl),
    tasks: (context) =>
      deps.toDo
        ? createTasks(context, {
            client: clientFor(context, tasksInFlight),
            oroTaskUrl: (taskId) => `${deps.oroUrl}/task/view/${taskId}`,
          })
        : withoutToDo(),
    profile: (account, granted) => readProfile(clientOf(account), granted),
    changed: async (context, kind, cursor) =>
      kind === 'calendar'
        ? calendarChanged(clientFor(context), context, cursor, deps.now())
        : deps.toDo && tasksChanged(clientFor(context, tasksInFlight), cursor),
    checkMailbox: (account) => probe(clientOf(account), '/me/calendar?$select=id'),
    checkToDo: async (account) =>
      deps.toDo
        ? probe(clientOf(account), '/me/todo/lists?$top=1')
        : { ok: false, code: 'not-configured' },
  }
}
