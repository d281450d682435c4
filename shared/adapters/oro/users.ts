import type { Account } from '../../core/account'
import { connections } from './calendar-proof'
import { oroError } from './errors'
import type { Send } from './event-list'
import { jsonApi, resource } from './json-api'

/** How far calendar ids are walked; beyond, an administrator enters the id (oro/README 3.15). */
const LAST_WALKED = 50
/** So many unknown ids in a row end the walk. */
const GAP = 10

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * The default calendar of a user: that of the token's own user, else by walking the connections of the calendars 1 to 50, which ends
 * after ten unknown ids in a row. A proposal: an administrator may know better. null = not found, or not allowed.
 */
export async function findCalendar(send: Send, { userId }: Account): Promise<string | null> {
  const own = await send({ path: '/api/rest/latest/calendars/default.json' })
  if (own.status === 200 && isObject(own.body) && Number(own.body['owner']) === userId)
    return String(own.body['calendar'])
  if (own.status !== 200 && own.status !== 403 && own.status !== 404) throw oroError(own, 'service')
  let unknown = 0
  for (let id = 1; id <= LAST_WALKED && unknown < GAP; id += 1) {
    const rows = await connections(send, String(id))
    if (rows === null) return null
    unknown = rows.length === 0 ? unknown + 1 : 0
    const found = rows.find((row) => row.alias === 'user' && row.userId === userId)
    if (found !== undefined) return found.calendar
  }
  return null
}

/** The user whose calendar this is (oro/README 3.15); null = unknown calendar, or not told. */
export async function calendarOwner(send: Send, calendarId: string): Promise<number | null> {
  const rows = (await connections(send, calendarId)) ?? []
  const own = rows.find((row) => row.alias === 'user' && row.calendar === calendarId)
  return own?.userId ?? null
}

/** Name and address exactly as Oro stores them (oro/README 3.11, 5.1); null = no such user within reach of this organization. */
export async function readUser(
  send: Send,
  { userId }: Account,
): Promise<{ email: string; name: string } | null> {
  const answer = await send(jsonApi({ path: `/api/users/${String(userId)}` }))
  if (answer.status === 403 || answer.status === 404) return null
  const user = resource(answer.body)
  if (answer.status !== 200 || user === undefined) throw oroError(answer, 'account')
  const { email, firstName, lastName } = user.attributes
  const text = (value: unknown): string => (typeof value === 'string' ? value : '')
  return { email: text(email), name: [firstName, lastName].map(text).filter(Boolean).join(' ') }
}

/** The zone of the token's own user if it is this one and the configuration may be read; null otherwise (oro/README 5.2). */
export async function readTimeZone(send: Send, { userId }: Account): Promise<string | null> {
  const profile = await send(jsonApi({ path: '/api/userprofile' }))
  if (profile.status !== 200) {
    if (profile.status === 403 || profile.status === 404) return null
    throw oroError(profile, 'account')
  }
  if (Number(resource(profile.body)?.id) !== userId) return null
  const answer = await send({
    path: '/api/rest/latest/configuration/localization.json',
    query: { scope: 'user' },
  })
  if (answer.status === 403 || answer.status === 404) return null
  if (answer.status !== 200 || !Array.isArray(answer.body)) throw oroError(answer, 'account')
  const option = (answer.body as unknown[]).find(
    (entry) => isObject(entry) && entry['key'] === 'oro_locale.timezone',
  )
  const value = isObject(option) ? option['value'] : undefined
  return typeof value === 'string' && value !== '' ? value : null
}
