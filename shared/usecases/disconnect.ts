import { accountId, type Account } from '../core/account'
import { ProblemAnswer } from '../errors'
import { disconnected } from '../log'
import type { Operation } from '../ports/stores'
import type { ConnectDeps } from './connect'
import { loadConnection, unconnected } from './connection'
import { rfc3339 } from './deps'
import { recordAct } from './record-act'
import { waitForRest, type RestDeps } from './rest'
import { leaveSchedule } from './schedule'

/**
 * Disconnect, leaving all items where they are: the tokens are erased, nothing is called any more, and what was tied stays tied for the day
 * the same account comes back (E7, T10).
 */
export async function disconnect(
  deps: ConnectDeps & RestDeps,
  account: Account,
  by: string | null,
): Promise<Operation> {
  const { value, etag } = await loadConnection(deps, account)
  if (etag === null || value.state === 'none') {
    throw new ProblemAnswer(409, 'Not connected', 'There is no connection to remove.')
  }
  const now = deps.clock.now()
  await deps.connections.put({ ...unconnected(account, now), oro: value.oro }, etag)
  // A run that is under way ends at its next item; the tokens go when nobody needs them any more.
  await waitForRest(deps, [account])
  await deps.entra?.forget(account)
  await leaveSchedule(deps, account)
  const at = rfc3339(now)
  const operation: Operation = {
    id: `${String(account.organizationId)}-${deps.newId()}`,
    organizationId: account.organizationId,
    accountId: accountId(account),
    type: 'disconnect',
    state: 'done',
    progress: { done: 1, total: 1 },
    result: {
      cleanup: 'leave',
      tokens: 'erased',
      removed: { oro: 0, microsoft: 0 },
      account: value.microsoft?.username ?? null,
    },
    startedAt: at,
    endedAt: at,
    waitingFor: [],
    mode: 'leave',
  }
  await deps.operations.put(operation, null)
  await recordAct(deps, { level: 'user', account }, 'disconnect', by)
  disconnected(deps.log, { account: accountId(account), cleanup: 'leave' })
  return operation
}
