import type { Account } from '../../core/account'
import type { Connection } from '../../ports/connections'
import type { Rows } from '../../ports/rows'
import type { Connections, FeedPosition, FeedPositions } from '../../ports/stores'

const TABLE = 'connections'
const CALENDARS = 'calendars'

/** One row per organization that ever had a connection: the minute timer need not look at every account. */
const ORGANIZATIONS = 'organizations'

const text = (value: number): string => String(value)

/** Tables `connections` and `calendars` (DESIGN 5). */
export function createConnections(rows: Rows): Connections {
  const known = new Set<number>()
  return {
    async get({ organizationId, userId }) {
      const row = await rows.get<Connection>(TABLE, text(organizationId), text(userId))
      return row ? { value: row.value, etag: row.etag } : null
    },
    async put(connection, etag) {
      const { organizationId, userId } = connection.account
      if (!known.has(organizationId)) {
        await rows.put(TABLE, ORGANIZATIONS, text(organizationId), organizationId)
        known.add(organizationId)
      }
      return rows.put(TABLE, text(organizationId), text(userId), connection, etag)
    },
    async list(organizationId, limit) {
      const partition = text(organizationId)
      const found = await rows.query<Connection>(TABLE, {
        partitions: { from: partition, to: partition },
        ...(limit === undefined ? {} : { limit }),
      })
      return found.map((row) => row.value)
    },
    async organizations() {
      const found = await rows.query<number>(TABLE, {
        partitions: { from: ORGANIZATIONS, to: ORGANIZATIONS },
      })
      return found.map((row) => row.value).sort((a, b) => a - b)
    },
    async accountOfCalendar(organizationId, calendarId) {
      const row = await rows.get<Account>(CALENDARS, text(organizationId), `calendar:${calendarId}`)
      return row?.value ?? null
    },
    async claimCalendar(account, calendarId) {
      await rows.put(CALENDARS, text(account.organizationId), `calendar:${calendarId}`, account)
    },
    async accountOfTask(organizationId, taskId) {
      const row = await rows.get<Account>(CALENDARS, text(organizationId), `task:${taskId}`)
      return row?.value ?? null
    },
    async claimTask(account, taskId) {
      await rows.put(CALENDARS, text(account.organizationId), `task:${taskId}`, account)
    },
  }
}

/** Where an organization stands in Oro's audit feed: rows `feed:{kind}` of the table `calendars`. */
export function createFeedPositions(rows: Rows): FeedPositions {
  return {
    async get(organizationId, kind) {
      const row = await rows.get<FeedPosition>(CALENDARS, text(organizationId), `feed:${kind}`)
      return row?.value ?? null
    },
    async put(organizationId, kind, position) {
      await rows.put(CALENDARS, text(organizationId), `feed:${kind}`, position)
    },
  }
}
