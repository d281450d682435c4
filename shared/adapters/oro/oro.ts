import { setTimeout as pause } from 'node:timers/promises'
import type { AccountContext, Oro, OroCredentialStore } from '../../ports/systems'
import { createCalendar } from './calendar'
import { checkApi, checkCalendar } from './checks'
import { createClient } from './client'
import type { Send } from './event-list'
import { readFeed } from './feed'
import { createTasks } from './tasks/tasks'
import { createTokens } from './token'
import { calendarOwner, findCalendar, readTimeZone, readUser } from './users'

export interface OroDeps {
  /** Origin of Oro, e.g. `https://crm.example.com`, without a slash at its end. */
  readonly oroUrl: string
  /** `web_backend_prefix`, e.g. `/admin`; '' for none (oro/README 2.1). */
  readonly prefix: string
  readonly credentials: OroCredentialStore
  readonly sleep?: (ms: number) => Promise<void>
  /** Epoch milliseconds. */
  readonly now: () => number
}

/** OroCRM over its public APIs (oro/README): one token and at most four requests at once per organization. */
export function createOro({
  oroUrl,
  prefix,
  credentials,
  now,
  sleep = (ms) => pause(ms),
}: OroDeps): Oro {
  const tokens = createTokens({ oroUrl, credentials, sleep, now })
  const client = createClient({ oroUrl, prefix, tokens, sleep, now })
  const uncounted = (): void => undefined
  const sender =
    (organizationId: number, count: () => void = uncounted): Send =>
    (request) =>
      client.send(organizationId, request, count)

  const counting = ({ account, meter }: AccountContext): Send =>
    sender(account.organizationId, () => {
      meter.oro += 1
    })

  return {
    calendar: (context) => createCalendar(context, counting(context), now),
    tasks: (context) => createTasks(context, counting(context), now),
    feed: (organizationId, since, kind, meter, action) =>
      readFeed(
        sender(organizationId, () => {
          if (meter !== undefined) meter.feed += 1
        }),
        since,
        kind,
        action,
      ),
    findCalendar: (account) => findCalendar(sender(account.organizationId), account),
    calendarOwner: (organizationId, id) => calendarOwner(sender(organizationId), id),
    user: (account) => readUser(sender(account.organizationId), account),
    timeZone: (account) => readTimeZone(sender(account.organizationId), account),
    checkApi: (organizationId) => checkApi(sender(organizationId)),
    checkCalendar: (organizationId, calendarId) =>
      checkCalendar(sender(organizationId), calendarId),
    checkCredentials: (own) => tokens.check(own),
  }
}
