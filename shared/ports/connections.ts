import type { Account } from '../core/account'
import type { ErrorCode } from '../errors'

export type ConnectionState =
  'none' | 'connecting' | 'connected' | 'needs-reconnect' | 'needs-attention' | 'disconnecting'

/** An account's consent to one Microsoft account (DESIGN 1, 5). */
export interface Connection {
  readonly account: Account
  readonly state: ConnectionState
  readonly microsoft: {
    /** `oid.tid`, constant for the Microsoft account. */
    readonly homeAccountId: string
    readonly userId: string
    readonly username: string
    readonly displayName: string
    readonly tenantId: string
    /** The default calendar at Connect; its id is constant (graph/CONTRACT 5). */
    readonly calendarId: string
  } | null
  readonly granted: { readonly calendar: boolean; readonly tasks: boolean }
  readonly oro: {
    readonly calendarId: string | null
    /** IANA. */
    readonly timeZone: string
    /** The back office named the zone: what the mailbox says does not replace it. */
    readonly zoneGiven: boolean
    readonly email: string | null
    readonly name: string | null
  }
  readonly reason: {
    readonly code: ErrorCode
    readonly message: string
    readonly adminConsentUrl?: string
  } | null
  /** RFC 3339 UTC: since when this state holds. */
  readonly since: string
  /** RFC 3339 UTC: when the consent was given; null = there is none. */
  readonly connectedAt: string | null
}
