import { accountId, type Account } from '../core/account'
import { KINDS, type Kind } from '../core/model'
import { SyncError } from '../errors'
import { feedRead, feedUnreadable } from '../log'
import type { Connection } from '../ports/connections'
import type { OroChange } from '../ports/systems'
import { admit } from './admit'
import { rfc3339, type Deps } from './deps'
import { recordHint } from './hints'
import { MOST_IDS } from '../messages'

/** How fresh the organization-wide feed must be for an account to rely on it. */
const FEED_FRESH_MS = 300_000

/** Until when (RFC 3339) the organization's feed has told of changes; null = nobody has listened lately, each account looks itself. */
export async function freshFeed(
  deps: Pick<Deps, 'feeds'>,
  organizationId: number,
  kind: Kind,
  now: number,
): Promise<string | null> {
  const position = await deps.feeds.get(organizationId, kind)
  return position && now - Date.parse(position.since) < FEED_FRESH_MS ? position.since : null
}

/** Silent for longer, a feed may be one whose auditing was switched off: accounts look themselves until it speaks again. */
const TRUSTED_MS = 4 * 3_600_000

/** Whether a change in Oro would have been heard of: the feed is read, and does tell of changes. */
export async function oroIsHeard(
  deps: Pick<Deps, 'feeds'>,
  organizationId: number,
  kind: Kind,
  now: number,
): Promise<boolean> {
  if ((await freshFeed(deps, organizationId, kind, now)) === null) return false
  // Rows of tasks name no owner: of one that nobody has linked yet nobody is told (oro/README 6.2).
  if (kind === 'tasks') return false
  const spokeAt = (await deps.feeds.get(organizationId, kind))?.spokeAt ?? null
  return spokeAt !== null && now - Date.parse(spokeAt) < TRUSTED_MS
}

/**
 * One read of an organization's audit feed serves all its users: every change becomes a hint for the account behind its calendar
 * (DESIGN 4, Oro's changes). An unreadable feed is logged; polling per account remains.
 */
export async function readOroChanges(deps: Deps, organizationId: number): Promise<void> {
  if ((await deps.settings.pausedLevel({ level: 'organization', organizationId })) !== null) return
  const some = await deps.connections.list(organizationId, MOST_ASKED + 1)
  for (const kind of KINDS) {
    if (!(await wanted(deps, some, kind))) continue
    try {
      await readKind(deps, organizationId, kind)
    } catch (error) {
      // Oro does not answer or refuses us: the runs of its users say so, this feed is read again in a minute.
      if (!(error instanceof SyncError)) throw error
      feedUnreadable(deps.log, { organization: organizationId })
    }
  }
}

/** So many accounts are looked at to find one that may be synced, every minute; among more there will be one. */
const MOST_ASKED = 50

/** Is there anybody to tell of changes? While all are stopped, or have this switched off, Oro is not called (S9, S3). */
async function wanted(deps: Deps, some: readonly Connection[], kind: Kind): Promise<boolean> {
  const system = (await deps.settings.get({ level: 'system' })).own
  if (system[kind]?.enabled !== true) return false
  for (const { account, state } of some)
    if (state === 'connected' && (await admit(deps, account, kind)).ok) return true
  return some.length > MOST_ASKED
}

/**
 * Oro writes audit rows by a queue of its own, which may be hours behind: such a row carries the time of its change (oro/README 6.2), and
 * the usual overlap passes it by. So often, so far back is looked for them; that is a call per hundred changes of an organization, where its
 * accounts would cost one each.
 */
const LATE_EVERY_MS = 600_000
const LATEST_MS = 6 * 3_600_000
/** Rows may become visible in another order than that of their ids, by so many at the most. */
const OUT_OF_ORDER = 1000

async function readKind(deps: Deps, organizationId: number, kind: Kind): Promise<void> {
  const now = deps.clock.now()
  const position = await deps.feeds.get(organizationId, kind)
  const since = position?.since ?? rfc3339(now)
  const lateAt = position ? (position.lateAt ?? rfc3339(0)) : rfc3339(now)
  const late = now - Date.parse(lateAt) >= LATE_EVERY_MS
  const from = late ? Math.min(Date.parse(since), now - LATEST_MS) : Date.parse(since)
  const feed = await deps.oro.feed(organizationId, rfc3339(from), kind)
  if (!feed) {
    feedUnreadable(deps.log, { organization: organizationId })
    return
  }
  const floor = position?.floor ?? 0
  const above = (id: string, bound: number): boolean => !(Number(id) <= bound)
  const seen = new Set(position?.seen ?? [])
  const fresh = feed.changes.filter(({ auditId }) => above(auditId, floor) && !seen.has(auditId))
  const accounts = await accountsOf(deps, organizationId, fresh)
  for (const { account, changes } of accounts.values()) {
    const ids = [...new Set(changes.map((change) => change.id))]
    // All are named: an interval's run that comes in between relies on having been told of every deletion.
    for (let at = 0; at < ids.length; at += MOST_IDS)
      await recordHint(deps, account, kind, { oro: ids.slice(at, at + MOST_IDS) })
  }
  for (const { auditId } of fresh) seen.add(auditId)
  const highest = [...seen].reduce((most, id) => (Number(id) > most ? Number(id) : most), floor)
  const nextFloor = late ? Math.max(floor, highest - OUT_OF_ORDER) : floor
  await deps.feeds.put(organizationId, kind, {
    since: feed.until,
    seen: [...seen].filter((id) => above(id, nextFloor)),
    floor: nextFloor,
    lateAt: late ? rfc3339(now) : lateAt,
    spokeAt: fresh.length > 0 ? rfc3339(now) : (position?.spokeAt ?? null),
  })
  feedRead(deps.log, {
    organization: organizationId,
    changes: fresh.length,
    accounts: accounts.size,
  })
}

async function accountsOf(
  deps: Deps,
  organizationId: number,
  changes: readonly OroChange[],
): Promise<Map<string, { account: Account; changes: OroChange[] }>> {
  const found = new Map<string, { account: Account; changes: OroChange[] }>()
  const known = new Map<string, Account | null>()
  const { accountOfCalendar, accountOfTask } = deps.connections
  for (const change of changes) {
    const isTask = change.kind === 'tasks'
    const place = isTask ? change.id : change.calendarId
    if (place === null) continue
    if (!known.has(place)) {
      const ask = isTask ? accountOfTask : accountOfCalendar
      known.set(place, await ask(organizationId, place))
    }
    const account = known.get(place)
    if (!account) continue
    const key = accountId(account)
    const entry = found.get(key) ?? { account, changes: [] }
    entry.changes.push(change)
    found.set(key, entry)
  }
  return found
}
