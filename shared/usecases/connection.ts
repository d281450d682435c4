import { accountId, type Account } from '../core/account'
import type { Connection } from '../ports/connections'
import type { Connections, Versioned } from '../ports/stores'
import { rfc3339, type Deps } from './deps'

/** How long the link to the sign-in works. */
export const LINK_LIFE_MS = 10 * 60_000
/** How long the sign-in itself may take. */
export const SIGN_IN_LIFE_MS = 15 * 60_000

export const unconnected = (account: Account, now: number): Connection => ({
  account,
  state: 'none',
  microsoft: null,
  granted: { calendar: false, tasks: false },
  oro: { calendarId: null, timeZone: 'UTC', zoneGiven: false, email: null, name: null },
  reason: null,
  since: rfc3339(now),
  connectedAt: null,
})

/** What the back office may know of its user better than we can find out. */
export interface BeginRequest {
  readonly calendarId?: number | undefined
  readonly timeZone?: string | undefined
  readonly email?: string | undefined
}

/** What the back office says goes before what was known. */
export const withRequest = (
  oro: Connection['oro'],
  { calendarId, timeZone, email }: BeginRequest,
): Connection['oro'] => ({
  ...oro,
  ...(calendarId === undefined ? {} : { calendarId: String(calendarId) }),
  ...(timeZone === undefined ? {} : { timeZone, zoneGiven: true }),
  ...(email === undefined ? {} : { email }),
})

/** A Connect that nobody finished is over when its link and its sign-in are. */
export const stateNow = ({ state, since }: Connection, now: number): Connection['state'] =>
  state === 'connecting' && Date.parse(since) + LINK_LIFE_MS + SIGN_IN_LIFE_MS < now
    ? 'none'
    : state

/** `GET …/connection` (DESIGN 7). */
export const showConnection = (connection: Connection, now: number) => ({
  accountId: accountId(connection.account),
  state: stateNow(connection, now),
  microsoft: connection.microsoft && {
    username: connection.microsoft.username,
    displayName: connection.microsoft.displayName,
    tenantId: connection.microsoft.tenantId,
  },
  granted: connection.granted,
  oro: {
    calendarId: connection.oro.calendarId === null ? null : Number(connection.oro.calendarId),
    timeZone: connection.oro.timeZone,
    email: connection.oro.email,
  },
  reason: connection.reason,
  since: connection.since,
})

export async function loadConnection(
  deps: { connections: Connections; clock: Deps['clock'] },
  account: Account,
): Promise<Versioned<Connection> | { value: Connection; etag: null }> {
  const found = await deps.connections.get(account)
  return found ?? { value: unconnected(account, deps.clock.now()), etag: null }
}
