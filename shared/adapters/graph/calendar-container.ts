import type { AccountContext } from '../../ports/systems'
import { SyncError } from '../../errors'
import type { EventContext } from './from-graph-event'

/** One path segment of an opaque id (contract section 2). */
export const segment = (id: string): string => encodeURIComponent(id)

export const calendarPath = (calendarId: string): string => `/me/calendars/${segment(calendarId)}`

/** The default calendar as it was stored at Connect; its id is constant (contract section 5). */
export function calendarIdOf(context: AccountContext): string {
  const { microsoft } = context.connection
  if (microsoft !== null) return microsoft.calendarId
  throw new SyncError({ code: 'token', scope: 'account', side: 'microsoft', transient: false })
}

/** What a reading needs to know besides the event. */
export const eventContext = (context: AccountContext, container: string): EventContext => ({
  container,
  zone: context.connection.oro.timeZone,
  address: context.connection.microsoft?.username ?? '',
})
