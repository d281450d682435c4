import { oroError } from './errors'
import { EVENTS, type Send } from './event-list'

/** `unknown`: the token may not see it, nothing follows from that. */
export type CalendarProof = 'exists' | 'missing' | 'unknown'

/**
 * Does this calendar exist and answer? A list alone does not tell when it is empty: an unknown calendar lists nothing as well
 * (oro/README 3.5). Then its connections decide, among which every calendar names itself (oro/README 3.15). Where events are refused or
 * their routes have vanished with the feature, nothing is proven. Fails with `oro-unreachable`.
 */
export async function hasCalendar(send: Send, calendar: string): Promise<CalendarProof> {
  const list = await send({ path: EVENTS, query: { calendar, page: '1', limit: '1' } })
  if (list.status !== 200) {
    if (list.status === 403 || list.status === 404) return 'unknown'
    throw oroError(list, 'container')
  }
  if (Array.isArray(list.body) && list.body.length > 0) return 'exists'
  const rows = await connections(send, calendar)
  if (rows === null) return 'unknown'
  return rows.some((row) => row.alias === 'user' && row.calendar === calendar)
    ? 'exists'
    : 'missing'
}

export interface Connection {
  /** `user`, `system`, `public` or `tasks`. */
  readonly alias: string
  readonly calendar: string
  readonly userId: number | null
}

/** The calendars shown inside this one, itself included; empty for an unknown one; null = not allowed. */
export async function connections(
  send: Send,
  calendar: string,
): Promise<readonly Connection[] | null> {
  const answer = await send({
    path: `/api/rest/latest/calendars/${encodeURIComponent(calendar)}/connections.json`,
  })
  if (answer.status === 403) return null
  if (answer.status === 404) return []
  if (answer.status !== 200 || !Array.isArray(answer.body)) throw oroError(answer, 'container')
  return answer.body.flatMap((entry: unknown) => {
    if (typeof entry !== 'object' || entry === null) return []
    const row = entry as Readonly<Record<string, unknown>>
    const { calendarAlias: alias, calendar: id, userId } = row
    return [
      {
        alias: String(alias),
        calendar: String(id),
        userId: userId === undefined || userId === null ? null : Number(userId),
      },
    ]
  })
}
