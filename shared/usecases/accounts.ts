import { accountId } from '../core/account'
import { KINDS } from '../core/model'
import type { ConnectionState } from '../ports/connections'
import type { Deps } from './deps'
import { emptyRun } from './run'

export interface AccountsPage {
  readonly state: ConnectionState | null
  readonly limit: number
  readonly next: string | null
}

/** `GET /organizations/{o}/accounts`: oldest agreement first, for the one who has to look after them. */
export async function listAccounts(deps: Deps, organizationId: number, page: AccountsPage) {
  const connections = (await deps.connections.list(organizationId)).filter(
    (connection) => page.state === null || connection.state === page.state,
  )
  const rows = await Promise.all(
    connections.map(async (connection) => {
      const runs = await Promise.all(
        KINDS.map(
          async (kind) => (await deps.stateOf(connection.account, kind).run())?.value ?? emptyRun(),
        ),
      )
      const agreed = runs.flatMap((run) => run.lastAgreedAt ?? []).sort()
      return {
        accountId: accountId(connection.account),
        userId: connection.account.userId,
        state: connection.state,
        microsoft: connection.microsoft && { username: connection.microsoft.username },
        reason: connection.reason && {
          code: connection.reason.code,
          message: connection.reason.message,
        },
        lastAgreedAt: agreed[0] ?? null,
        problems: runs.reduce((sum, run) => sum + run.open.problems, 0),
        held: runs.reduce((sum, run) => sum + run.counts.held, 0),
      }
    }),
  )
  const order = (row: (typeof rows)[number]): string => `${row.lastAgreedAt ?? ''}|${row.accountId}`
  rows.sort((a, b) => (order(a) < order(b) ? -1 : 1))
  const after = page.next === null ? null : Buffer.from(page.next, 'base64url').toString()
  const rest = after === null ? rows : rows.filter((row) => order(row) > after)
  const items = rest.slice(0, page.limit)
  const last = items.at(-1)
  const more = rest.length > items.length && last
  return { items, next: more ? Buffer.from(order(last)).toString('base64url') : null }
}
