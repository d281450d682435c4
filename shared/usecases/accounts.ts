import { accountId } from '../core/account'
import { KINDS } from '../core/model'
import type { Connection, ConnectionState } from '../ports/connections'
import { stateNow } from './connection'
import type { Deps } from './deps'
import { pageOf, readNext } from './paging'
import { emptyRun } from './lease'

export interface AccountsPage {
  readonly state: ConnectionState | null
  readonly limit: number
  readonly next: string | null
}

const AT_ONCE = 32
const PLACE = /^[0-9TZ:.-]*\|\d+-\d+$/

async function summary(deps: Deps, connection: Connection) {
  const { account, microsoft, reason } = connection
  const runs = await Promise.all(
    KINDS.map(async (kind) => (await deps.stateOf(account, kind).run())?.value ?? emptyRun()),
  )
  // Of those that exist only what nobody has put aside is shown, as in the user's own list.
  const open = await Promise.all(
    KINDS.filter((_kind, index) => (runs[index]?.open.problems ?? 0) > 0).map((kind) =>
      deps.stateOf(account, kind).problems(),
    ),
  )
  const agreed = runs.flatMap((run) => run.lastAgreedAt ?? []).sort()
  return {
    accountId: accountId(account),
    userId: account.userId,
    state: stateNow(connection, deps.clock.now()),
    microsoft: microsoft && { username: microsoft.username },
    // Without the link for an administrator: that is in the user's own connection.
    reason: reason && { code: reason.code, message: reason.message },
    lastAgreedAt: agreed[0] ?? null,
    problems: open.flat().filter((problem) => !problem.ignored).length,
    held: runs.reduce((sum, run) => sum + run.counts.held, 0),
  }
}

type Summary = Awaited<ReturnType<typeof summary>>

const placeOf = (row: Summary): string => `${row.lastAgreedAt ?? ''}|${row.accountId}`

/** `GET /organizations/{o}/accounts`: oldest agreement first, for the one who has to look after them. */
export async function listAccounts(deps: Deps, organizationId: number, page: AccountsPage) {
  const after = readNext(page.next, PLACE)
  const now = deps.clock.now()
  const connections = (await deps.connections.list(organizationId)).filter(
    (connection) => page.state === null || stateNow(connection, now) === page.state,
  )
  const rows: Summary[] = []
  for (let at = 0; at < connections.length; at += AT_ONCE) {
    const group = connections.slice(at, at + AT_ONCE)
    rows.push(...(await Promise.all(group.map((connection) => summary(deps, connection)))))
  }
  rows.sort((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1))
  return pageOf(rows, placeOf, { limit: page.limit, after })
}
