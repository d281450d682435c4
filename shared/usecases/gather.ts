import { stampOf } from '../core/decide'
import { inWindow, wellInside } from '../core/policy'
import {
  across,
  SIDES,
  type Link,
  type Reading,
  type Side,
  type SideState,
  type Span,
} from '../core/model'
import { CursorExpired } from '../errors'
import type { Gathered, ItemRef, ItemState } from '../ports/side'
import { rfc3339 } from './deps'
import type { RunContext } from './run-context'

/** One linked item of this run with what is known of both sides. */
export interface LinkedWork {
  readonly link: Link
  readonly oro: SideState
  readonly microsoft: SideState
}

/** Everything a run decides upon, read whole before anything is decided (sync-rules 11). */
export interface Work {
  readonly linked: readonly LinkedWork[]
  /** Living items without a link; `previous` = the closed link whose id they carry. */
  readonly newcomers: readonly { readonly reading: Reading; readonly previous: Link | null }[]
  readonly window: Span
  readonly cursors: Readonly<Record<Side, Gathered['cursor']>>
  readonly feedSince: string | null
  readonly fullOro: boolean
  readonly full: boolean
  /** A full read of a side listed nothing although links exist there (P5). */
  readonly suddenlyEmpty: boolean
}

const DAY_MS = 86_400_000
/** How fresh the organization-wide feed must be for an interval run to rely on it. */
const FEED_FRESH_MS = 300_000

/** What a full comparison was made with: a change of any of it forces another (sync-rules 11). */
export const comparisonOf = (context: RunContext): string =>
  JSON.stringify([
    context.policy.direction,
    stampOf(context.policy, false),
    context.policy.onlyCategories,
    context.policy.exceptCategories,
    context.policy.zone,
    context.containers,
  ])

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
    const position = await deps.feeds.get(account.organizationId, kind)
    if (position && startedAt - Date.parse(position.since) < FEED_FRESH_MS)
      return { ids: [], since: position.since }
  }
  const feed = await deps.oro.feed(account.organizationId, since, kind, context.meter)
  if (!feed) return { ids: [], since: row.feedSince }
  const calendar = context.connection.oro.calendarId
  const ids = feed.changes
    .filter((change) => change.action === 'remove')
    .filter((change) => change.calendarId === null || change.calendarId === calendar)
    .map((change) => change.id)
  const present = new Set(listed.readings.map((reading) => reading.id))
  return { ids: ids.filter((id) => !present.has(id)), since: feed.until }
}

const living = (link: Link): boolean => link.state !== 'closed'

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

export const idOn = (link: Link, side: Side): string =>
  side === 'oro' ? link.oroId : link.microsoftId
export const containerOn = (link: Link, side: Side): string =>
  side === 'oro' ? link.oroContainer : link.microsoftContainer
const refOn = (link: Link, side: Side): ItemRef => ({
  id: idOn(link, side),
  container: containerOn(link, side),
})

interface Gathering {
  readonly gathered: Readonly<Record<Side, Gathered>>
  readonly readings: Readonly<Record<Side, ReadonlyMap<string, Reading>>>
  readonly claims: Readonly<Record<Side, ReadonlySet<string>>>
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
  const links = await touchedLinks(context, gathered, readings, feed.ids)
  const claims: Record<Side, Set<string>> = {
    oro: new Set([...oro.removed, ...feed.ids]),
    microsoft: new Set(microsoft.removed),
  }
  let suddenlyEmpty = false
  for (const side of SIDES) {
    const missing = absent(
      [...links.values()],
      side,
      gathered[side],
      new Set(readings[side].keys()),
    )
    const told = missing.filter((link) => claims[side].has(idOn(link, side)))
    if (gathered[side].readings.length === 0 && missing.length > told.length) suddenlyEmpty = true
    for (const link of missing) claims[side].add(idOn(link, side))
  }
  const linked = await readBoth(
    context,
    [...links.values()],
    { gathered, readings, claims },
    window,
  )
  return {
    linked,
    newcomers: await newcomers(context, links, readings),
    window,
    cursors: { oro: oro.cursor, microsoft: microsoft.cursor },
    feedSince: feed.since,
    fullOro: oro.full,
    full: microsoft.full && oro.full,
    suddenlyEmpty,
  }
}

/** Ids that wait: problems whose time has come, held deletions, and what an earlier slice left. */
async function waitingIds(context: RunContext): Promise<Record<Side, string[]>> {
  const { state, ledger, startedAt, problems, message } = context
  const { open } = ledger.row()
  const ids: Record<Side, string[]> = {
    oro: [...(message.ids?.oro ?? [])],
    microsoft: [...(message.ids?.microsoft ?? [])],
  }
  for (const problem of problems.values()) {
    if (problem.nextTryAt === null || Date.parse(problem.nextTryAt) > startedAt) continue
    if (problem.oroId !== null) ids.oro.push(problem.oroId)
    if (problem.microsoftId !== null) ids.microsoft.push(problem.microsoftId)
  }
  if (open.candidates > 0) ids.oro.push(...(await state.candidates()).map((entry) => entry.oroId))
  const rest = open.rest > 0 ? await state.rest() : null
  if (rest) {
    ids.oro.push(...rest.oro)
    ids.microsoft.push(...rest.microsoft)
  }
  return ids
}

async function touchedLinks(
  context: RunContext,
  gathered: Readonly<Record<Side, Gathered>>,
  readings: Gathering['readings'] & { oro: Map<string, Reading>; microsoft: Map<string, Reading> },
  feedIds: readonly string[],
): Promise<Map<string, Link>> {
  const { state } = context
  const waiting = await waitingIds(context)
  if (gathered.oro.full || gathered.microsoft.full) {
    const links = new Map((await state.links()).map((link) => [link.oroId, link]))
    await addUnlinked(context, waiting, [...links.values()], readings)
    return links
  }
  const microsoftIds = new Set([
    ...readings.microsoft.keys(),
    ...gathered.microsoft.removed,
    ...waiting.microsoft,
  ])
  const oroIds = new Set([
    ...readings.oro.keys(),
    ...gathered.oro.removed,
    ...feedIds,
    ...waiting.oro,
  ])
  const [byOro, byMicrosoft] = await Promise.all([
    state.linksByOro([...oroIds]),
    state.linksByMicrosoft([...microsoftIds]),
  ])
  const links = new Map(byOro)
  for (const link of byMicrosoft.values()) links.set(link.oroId, link)
  await addUnlinked(context, waiting, [...links.values()], readings)
  return links
}

/** Waiting items without a link (a create that failed, say) are read by id and join the readings. */
async function addUnlinked(
  context: RunContext,
  waiting: Readonly<Record<Side, readonly string[]>>,
  links: readonly Link[],
  readings: { oro: Map<string, Reading>; microsoft: Map<string, Reading> },
): Promise<void> {
  for (const side of SIDES) {
    const known = new Set(links.map((link) => idOn(link, side)))
    const missing = [...new Set(waiting[side])].filter(
      (id) => !known.has(id) && !readings[side].has(id),
    )
    if (missing.length === 0) continue
    const container = context.rules.home(context.connection, side)
    const containers = new Map(
      [...context.problems.values()].map((problem) => [
        problem.microsoftId,
        problem.microsoftContainer,
      ]),
    )
    const found = await context.sides[side].read(
      missing.map((id) => ({
        id,
        container: (side === 'microsoft' ? containers.get(id) : null) ?? container,
      })),
    )
    for (const [id, state] of found)
      if (state.is === 'present') readings[side].set(id, state.reading)
  }
}

/** Must this side be read by id, because no feed of this run vouches for it? */
function unproven(
  context: RunContext,
  link: Link,
  side: Side,
  { gathered, claims }: Gathering,
  window: Span,
): boolean {
  if (claims[side].has(idOn(link, side))) return true
  if (gathered[side].full || link.state !== 'linked') return true
  if (!inWindow(link.span, window)) return true
  return [...context.problems.values()].some(
    (problem) => problem.oroId === link.oroId || problem.microsoftId === link.microsoftId,
  )
}

/** The states of both sides of every touched link, reading by id what no feed vouches for. */
async function readBoth(
  context: RunContext,
  links: readonly Link[],
  gathering: Gathering,
  window: Span,
): Promise<LinkedWork[]> {
  const { readings, gathered, claims } = gathering
  const waiting = await waitingIds(context)
  const asked: Record<Side, Set<string>> = {
    oro: new Set(waiting.oro),
    microsoft: new Set(waiting.microsoft),
  }
  const touched = links.filter((link) =>
    SIDES.some(
      (side) =>
        readings[side].has(idOn(link, side)) ||
        claims[side].has(idOn(link, side)) ||
        asked[side].has(idOn(link, side)),
    ),
  )
  const wanted: Record<Side, ItemRef[]> = { oro: [], microsoft: [] }
  for (const link of touched) {
    if (link.state === 'closed') continue
    // Both copies far away and nothing but a listing of one of them: nothing to read for (D12).
    for (const side of SIDES) {
      if (readings[side].has(idOn(link, side))) continue
      if (farAway(link, readings[across(side)].get(idOn(link, across(side))), window)) continue
      if (unproven(context, link, side, gathering, window)) wanted[side].push(refOn(link, side))
    }
  }
  const read: Record<Side, ReadonlyMap<string, ItemState>> = {
    oro: wanted.oro.length > 0 ? await context.sides.oro.read(wanted.oro) : new Map(),
    microsoft:
      wanted.microsoft.length > 0
        ? await context.sides.microsoft.read(wanted.microsoft)
        : new Map(),
  }
  const stateOf = (link: Link, side: Side): SideState => {
    const id = idOn(link, side)
    const reading = readings[side].get(id)
    if (reading)
      return reading.cancelled ? { is: 'gone', how: 'cancelled' } : { is: 'present', reading }
    if (gathered[side].lost.includes(containerOn(link, side)))
      return { is: 'hidden', code: 'container-gone' }
    return read[side].get(id) ?? { is: 'same' }
  }
  return touched
    .filter(living)
    .map((link) => ({ link, oro: stateOf(link, 'oro'), microsoft: stateOf(link, 'microsoft') }))
}

/** Out of the window on both sides as far as anybody knows: it is parked without a call (D12). */
const farAway = (link: Link, acrossReading: Reading | undefined, window: Span): boolean =>
  !inWindow(link.span, window) && (!acrossReading || !inWindow(acrossReading.span, window))

async function newcomers(
  context: RunContext,
  links: ReadonlyMap<string, Link>,
  readings: Gathering['readings'],
): Promise<Work['newcomers']> {
  const byId: Record<Side, Map<string, Link>> = { oro: new Map(), microsoft: new Map() }
  for (const link of links.values()) {
    byId.oro.set(link.oroId, link)
    byId.microsoft.set(link.microsoftId, link)
  }
  const found: { reading: Reading; previous: Link | null }[] = []
  const revived: { reading: Reading; previous: Link }[] = []
  for (const side of SIDES) {
    for (const reading of readings[side].values()) {
      const link = byId[side].get(reading.id)
      if (!link) found.push({ reading, previous: null })
      else if (link.state === 'closed' && !reading.cancelled)
        revived.push({ reading, previous: link })
    }
  }
  // A feed may replay what was deleted since (G-08): only a read by id shows that it lives again.
  for (const { reading, previous } of revived) {
    const { id, container } = reading
    const state = (await context.sides[reading.side].read([{ id, container }])).get(id)
    if (state?.is === 'present' && !state.reading.cancelled) {
      found.push({ reading: state.reading, previous })
    }
  }
  return found
}
