import { stampOf } from '../core/linked-item'
import { wellInside } from '../core/policy'
import { SIDES, type Link, type Reading, type Side, type Span } from '../core/model'
import { CursorExpired } from '../errors'
import type { Gathered } from '../ports/side'
import { rfc3339 } from './deps'
import { endProblemsOfGone } from './gone-problems'
import { freshFeed } from './oro-changes'
import {
  containerOn,
  idOn,
  isOld,
  living,
  readBoth,
  settledState,
  touchedLinks,
  type Gathering,
  type LinkedWork,
  type Unread,
} from './linked-work'
import type { RunContext } from './run-context'

/** Everything a run decides upon, read whole before anything is decided (sync-rules 11). */
export interface Work {
  readonly linked: readonly LinkedWork[]
  readonly unread: readonly Unread[]
  /** Living items without a link; `previous` = the closed link whose id they carry. */
  readonly newcomers: readonly { readonly reading: Reading; readonly previous: Link | null }[]
  readonly window: Span
  readonly cursors: Readonly<Record<Side, Gathered['cursor']>>
  readonly feedSince: string | null
  /** Which sides were read whole, not only what changed. */
  readonly full: Readonly<Record<Side, boolean>>
  /** A full read of a side listed nothing although links exist there (P5). */
  readonly suddenlyEmpty: boolean
}

/** A full list of Oro is read this often at least: what moves no watermark is found by it (sync-rules 11). */
export const DAY_MS = 86_400_000
/** Between Outlook's clock and ours. */
const SKEW_MS = 300_000

/** What a full comparison was made with: a change of any of it forces another (sync-rules 11). */
export const comparisonOf = (
  context: Pick<RunContext, 'kind' | 'policy' | 'settings' | 'containers'>,
): string =>
  JSON.stringify([
    context.policy.direction,
    context.policy.foreignEdit,
    stampOf(context.policy, false),
    context.policy.onlyCategories,
    context.policy.exceptCategories,
    context.policy.zone,
    context.settings[context.kind].backfill,
    context.containers,
  ])

/** Which side only received when both were last compared whole, now that both are followed (P2). */
export function formerTarget({ ledger, policy }: RunContext): Side | null {
  const { comparedWith } = ledger.row()
  if (comparedWith === null || policy.direction !== 'bidirectional') return null
  const [before] = JSON.parse(comparedWith) as string[]
  if (before === 'oro-to-microsoft') return 'microsoft'
  return before === 'microsoft-to-oro' ? 'oro' : null
}

async function gatherMicrosoft(context: RunContext, full: boolean): Promise<Gathered> {
  const row = context.ledger.row()
  const request = {
    window: context.rules.window(context.settings, context.startedAt),
    ids: context.message.ids?.microsoft ?? [],
    mode: full ? ('full' as const) : ('changes' as const),
  }
  try {
    return await context.sides.microsoft.gather({
      ...request,
      cursor: full ? null : row.cursors.microsoft,
    })
  } catch (error) {
    if (!(error instanceof CursorExpired)) throw error
    return context.sides.microsoft.gather({ ...request, mode: 'full', cursor: null })
  }
}

/** Ids that Oro's audit feed records as removed from this account's calendar (sync-rules 4). */
async function removedInOro(
  context: RunContext,
  listed: Gathered,
): Promise<{ ids: string[]; since: string | null }> {
  const row = context.ledger.row()
  const { deps, kind, account, message, startedAt } = context
  const since = row.feedSince ?? rfc3339(startedAt)
  if (message.reason === 'interval') {
    const heardUntil = await freshFeed(deps, account.organizationId, kind, startedAt)
    if (heardUntil !== null) return { ids: [], since: heardUntil }
  }
  const { organizationId } = account
  const feed = await deps.oro.feed(organizationId, since, kind, context.meter, 'remove')
  if (!feed) return { ids: [], since: row.feedSince }
  const calendar = context.connection.oro.calendarId
  const ids = feed.changes
    .filter((change) => change.calendarId === null || change.calendarId === calendar)
    .map((change) => change.id)
  const present = new Set(listed.readings.map((reading) => reading.id))
  return { ids: ids.filter((id) => !present.has(id)), since: feed.until }
}

/** Links whose item a full read should have listed and did not (G-16). */
function absent(
  links: readonly Link[],
  side: Side,
  gathered: Gathered,
  found: ReadonlySet<string>,
): Link[] {
  if (!gathered.full) return []
  return links.filter(
    (link) =>
      living(link) &&
      link.state !== 'unlinked' &&
      !found.has(idOn(link, side)) &&
      gathered.containers.includes(containerOn(link, side)) &&
      wellInside(link.span, gathered.window),
  )
}

/** Both sides' feeds, the claims that something is gone, and the links all of this touches. */
export async function gather(context: RunContext): Promise<Work> {
  const { ledger, message } = context
  const row = ledger.row()
  const full =
    message.mode === 'full' ||
    message.mode === 'audit' ||
    row.comparedWith !== comparisonOf(context)
  const microsoft = await gatherMicrosoft(context, full)
  const daily = context.startedAt - row.lastFullOroAt >= DAY_MS
  const fullOro =
    full || microsoft.full || daily || message.reason === 'manual' || row.cursors.oro === null
  const window = {
    start: context.rules.window(context.settings, context.startedAt).start,
    end: microsoft.window.end,
  }
  const oro = await context.sides.oro.gather({
    cursor: row.cursors.oro,
    window,
    mode: fullOro ? 'full' : 'changes',
    ids: message.ids?.oro ?? [],
  })
  const feed = await removedInOro(context, oro)
  const gathered = { oro, microsoft }
  const readings = {
    oro: new Map(oro.readings.map((reading) => [reading.id, reading])),
    microsoft: new Map(microsoft.readings.map((reading) => [reading.id, reading])),
  }
  const unread: Unread[] = []
  const links = await touchedLinks(context, gathered, readings, feed.ids, unread)
  const claims: Record<Side, Set<string>> = {
    oro: new Set([...oro.removed, ...feed.ids]),
    microsoft: new Set(microsoft.removed),
  }
  await endProblemsOfGone(context, { gathered, readings, claims })
  // Read from nothing, a side does not know which of its lists there were before; nor does a cursor that stayed where it was, because the
  // run that linked something in a new list was cut short. With the full list of Oro all links are here to be looked at.
  const fresh = full || row.cursors.microsoft === null
  const whole = { oro: false, microsoft: fresh || (oro.full && !microsoft.full) }
  let suddenlyEmpty = false
  for (const side of SIDES) {
    const missing = absent(
      [...links.values()],
      side,
      gathered[side],
      new Set(readings[side].keys()),
    )
    // A container that lists nothing while links exist there proves nothing (sync-rules 4).
    const speaking = new Set(gathered[side].readings.map(({ container }) => container))
    const untold = missing.filter((link) => !claims[side].has(idOn(link, side)))
    if (untold.some((link) => !speaking.has(containerOn(link, side)))) suddenlyEmpty = true
    const homeless = [...links.values()].filter(
      (link) =>
        living(link) &&
        link.state !== 'unlinked' &&
        (gathered[side].lost.includes(containerOn(link, side)) ||
          (whole[side] && !gathered[side].containers.includes(containerOn(link, side)))),
    )
    for (const link of [...missing, ...homeless]) claims[side].add(idOn(link, side))
  }
  const linked = await readBoth(
    context,
    [...links.values()],
    { gathered, readings, claims },
    window,
  )
  return {
    linked,
    unread,
    newcomers: await newcomers(context, links, { gathered, readings }, unread),
    window,
    cursors: { oro: oro.cursor, microsoft: microsoft.cursor },
    feedSince: feed.since,
    full: { oro: oro.full, microsoft: microsoft.full },
    suddenlyEmpty,
  }
}

async function newcomers(
  context: RunContext,
  links: ReadonlyMap<string, Link>,
  { gathered, readings }: Pick<Gathering, 'gathered' | 'readings'>,
  unread: Unread[],
): Promise<Work['newcomers']> {
  const byId: Record<Side, Map<string, Link>> = { oro: new Map(), microsoft: new Map() }
  for (const link of links.values()) {
    byId.oro.set(link.oroId, link)
    byId.microsoft.set(link.microsoftId, link)
  }
  const found: { reading: Reading; previous: Link | null }[] = []
  const doubtful: { reading: Reading; previous: Link | null }[] = []
  for (const side of SIDES) {
    for (const reading of readings[side].values()) {
      const link = byId[side].get(reading.id)
      if (link && (link.state !== 'closed' || reading.cancelled)) continue
      const entry = { reading, previous: link ?? null }
      if (
        link ||
        (side === 'microsoft' && !gathered.microsoft.full && isOld(context, reading, SKEW_MS))
      )
        doubtful.push(entry)
      else found.push(entry)
    }
  }
  // A feed may replay what was deleted since (G-08): only a read by id shows that it lives again.
  for (const side of SIDES) {
    const asked = doubtful.filter(({ reading }) => reading.side === side)
    if (asked.length === 0) continue
    const states = await context.sides[side].read(asked.map(({ reading }) => reading))
    for (const { reading, previous } of asked) {
      const state = settledState(states.get(reading.id) ?? { is: 'unknown' })
      if (state.is === 'present') found.push({ reading: state.reading, previous })
      else if (state.is === 'unknown') unread.push({ side, id: reading.id })
    }
  }
  return found
}
