import { SyncError } from '../../errors'
import type { MailboxProbe, Microsoft } from '../../ports/systems'
import type { GraphClient } from './client'
import { fromGraphZone } from './zones'

type Profile = Awaited<ReturnType<Microsoft['profile']>>

const text = (value: unknown): string => (typeof value === 'string' ? value : '')

/**
 * Who the account is, its zone and its default calendar (read after Connect).
 * @throws SyncError `mailbox` when there is no calendar to read (G-69)
 */
export async function readProfile(
  client: GraphClient,
  granted: { calendar: boolean },
): Promise<Profile> {
  const select = 'id,displayName,userPrincipalName,mail'
  const me = await client.ask({ method: 'GET', path: `/me?$select=${select}` }, 'account')
  const user = me.body as Record<string, unknown>
  const calendar = granted.calendar
    ? await client.ask({ method: 'GET', path: '/me/calendar?$select=id' }, 'account')
    : null
  return {
    id: text(user['id']),
    username: text(user['userPrincipalName']) || text(user['mail']),
    displayName: text(user['displayName']),
    timeZone: await readZone(client),
    calendarId: text((calendar?.body as Record<string, unknown> | undefined)?.['id']),
  }
}

/** The mailbox's zone; null = not permitted (G-67), or a zone that nobody can look up (G-22). */
async function readZone(client: GraphClient): Promise<string | null> {
  const answer = await client.send({ method: 'GET', path: '/me/mailboxSettings' })
  if (answer.status === 403) return null
  if (answer.status !== 200) throw client.failure(answer, 'account')
  const name = text((answer.body as Record<string, unknown> | undefined)?.['timeZone'])
  // '' never is a zone, so that a custom one is not taken for another.
  return fromGraphZone(name, '') || null
}

/** One read that tells why it fails: sign-in, consent, mailbox, throttled or no answer. */
export async function probe(client: GraphClient, path: string): Promise<MailboxProbe> {
  try {
    await client.ask({ method: 'GET', path }, 'account')
    return { ok: true, code: 'ok' }
  } catch (error) {
    if (!(error instanceof SyncError)) throw error
    const { code } = error.evidence
    return { ok: false, code: code === 'access' ? 'consent' : code }
  }
}
