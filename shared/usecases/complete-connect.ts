import { accountId, type Account } from '../core/account'
import { connected } from '../log'
import type { Connection } from '../ports/connections'
import type { SignedIn } from '../ports/identity'
import { loadConnection, withRequest, type BeginRequest } from './connection'
import { rfc3339, type Deps } from './deps'
import { connectionState, lookUp } from './look-up'
import { recordAct } from './record-act'
import { enterSchedule } from './schedule'

export interface CompleteDeps extends Deps {
  /** Whether this cloud offers To Do at all. */
  readonly toDo: boolean
}

/**
 * Asks both systems for what the runs need to know, stores it, and starts the first run. What cannot be read now does not undo the consent:
 * the connection says what is wrong with it (F6), and what passes is asked for again by the runs.
 */
export async function complete(
  deps: CompleteDeps,
  account: Account,
  signedIn: SignedIn,
  asked: { readonly request: BeginRequest; readonly by: string | null },
): Promise<Connection> {
  const now = deps.clock.now()
  const { value, etag } = await loadConnection(deps, account)
  const has = (scope: string): boolean =>
    signedIn.scopes.some((granted) => granted.toLowerCase() === scope.toLowerCase())
  const granted = {
    calendar: has('Calendars.ReadWrite'),
    tasks: has('Tasks.ReadWrite') && deps.toDo,
  }
  const { connection: known, trouble } = await lookUp(deps, {
    account,
    state: 'connected',
    microsoft: {
      homeAccountId: signedIn.homeAccountId,
      userId: '',
      username: signedIn.username,
      displayName: '',
      tenantId: signedIn.tenantId,
      calendarId: '',
    },
    granted,
    oro: withRequest(value.oro, asked.request),
    reason: null,
    since: rfc3339(now),
    connectedAt: rfc3339(now),
  })
  const connection: Connection = { ...known, ...connectionState(trouble) }
  await deps.connections.put(connection, etag)
  connected(deps.log, { account: accountId(account), ...granted })
  await recordAct(deps, { level: 'user', account }, 'connect', asked.by)
  await enterSchedule(deps, account)
  for (const kind of ['calendar', 'tasks'] as const) {
    if (!granted[kind]) continue
    await deps.queue.sync({
      v: 1,
      accountId: accountId(account),
      kind,
      reason: 'first',
      at: rfc3339(now),
    })
  }
  return connection
}
