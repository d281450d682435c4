import { SyncError } from '../../errors'
import type { MailboxProbe } from '../../ports/systems'
import { hasCalendar } from './calendar-proof'
import { oroError } from './errors'
import { EVENTS, type Send } from './event-list'
import { jsonApi } from './json-api'

const OK: MailboxProbe = { ok: true, code: 'ok' }

/** Both APIs answer the application: the old REST one for events, the JSON:API for tasks and users (oro/README 2.3). */
export function checkApi(send: Send): Promise<MailboxProbe> {
  return probe(async () => {
    const old = await send({ path: '/api/rest/latest/calendars/default.json' })
    if (old.status !== 200) throw oroError(old, 'service')
    const own = await send(jsonApi({ path: '/api/userprofile' }))
    if (own.status !== 200) throw oroError(own, 'service')
    return OK
  })
}

/** The calendar exists and its events may be listed. */
export function checkCalendar(send: Send, calendarId: string): Promise<MailboxProbe> {
  return probe(async () => {
    const list = await send({
      path: EVENTS,
      query: { calendar: calendarId, page: '1', limit: '1' },
    })
    if (list.status !== 200) throw oroError(list, 'container')
    const proof = await hasCalendar(send, calendarId)
    if (proof === 'exists') return OK
    return { ok: false, code: proof === 'missing' ? 'oro-calendar-missing' : 'access' }
  })
}

async function probe(look: () => Promise<MailboxProbe>): Promise<MailboxProbe> {
  try {
    return await look()
  } catch (error) {
    if (error instanceof SyncError) return { ok: false, code: error.evidence.code }
    throw error
  }
}
