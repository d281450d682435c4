import type { Kind } from '../core/model'
import type { Connection } from '../ports/connections'

/** Microsoft account and Oro calendar or owner: links of any other pair are out of reach (sync-rules 3). */
export const containersOf = (connection: Connection, kind: Kind): string =>
  [
    connection.microsoft?.homeAccountId ?? '',
    kind === 'calendar' ? (connection.oro.calendarId ?? '') : String(connection.account.userId),
  ].join('|')
