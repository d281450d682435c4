import { inWindow } from '../core/policy'
import {
  across,
  SIDES,
  type Link,
  type Reading,
  type Side,
  type SideState,
  type Span,
} from '../core/model'
import type { Gathered, ItemRef, ItemState } from '../ports/side'
import type { RunContext } from './run-context'

/** One linked item of this run with what is known of both sides. */
export interface LinkedWork {
  readonly link: Link
  readonly oro: SideState
  readonly microsoft: SideState
}

export const living = (link: Link): boolean => link.state !== 'closed'

export const idOn = (link: Link, side: Side): string =>
  side === 'oro' ? link.oroId : link.microsoftId
export const containerOn = (link: Link, side: Side): string =>
  side === 'oro' ? link.oroContainer : link.microsoftContainer
const refOn = (link: Link, side: Side): ItemRef => ({
  id: idOn(link, side),
  container: containerOn(link, side),
})

/** What the feeds of a run said, before links are looked at. */
export interface Gathering {
  readonly gathered: Readonly<Record<Side, Gathered>>
  readonly readings: Readonly<Record<Side, ReadonlyMap<string, Reading>>>
  readonly claims: Readonly<Record<Side, ReadonlySet<string>>>
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

/** The links that anything read, claimed or waiting is about; all of them where a side was read in full. */
export async function touchedLinks(
  context: RunContext,
  gathered: Readonly<Record<Side, Gathered>>,
  readings: Gathering['readings'] & { oro: Map<string, Reading>; microsoft: Map<string, Reading> },
  feedIds: readonly string[],
  unread: Unread[],
): Promise<Map<string, Link>> {
  const { state } = context
  const waiting = await waitingIds(context)
  if (gathered.oro.full || gathered.microsoft.full) {
    const links = new Map((await state.links()).map((link) => [link.oroId, link]))
    await addUnlinked(context, waiting, [...links.values()], readings, unread)
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
  await addUnlinked(context, waiting, [...links.values()], readings, unread)
  return links
}

/** A waiting item without a link that could not be read now. */
export interface Unread {
  readonly side: Side
  readonly id: string
}

/** Waiting items without a link (a create that failed, say) are read by id and join the readings. */
async function addUnlinked(
  context: RunContext,
  waiting: Readonly<Record<Side, readonly string[]>>,
  links: readonly Link[],
  readings: { oro: Map<string, Reading>; microsoft: Map<string, Reading> },
  unread: Unread[],
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
    for (const [id, state] of found) {
      if (state.is === 'present') readings[side].set(id, state.reading)
      else if (state.is === 'unknown') unread.push({ side, id })
    }
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
  if (link.state !== 'linked' || listedWhole(gathered[side], containerOn(link, side))) return true
  if (!inWindow(link.span, window)) return true
  return inTrouble(context, link)
}

/** Should this side have listed everything that lives in this place? Of several lists maybe not all began anew (TK12). */
const listedWhole = (gathered: Gathered, container: string): boolean =>
  gathered.full && (gathered.containers.includes(container) || gathered.lost.includes(container))

/**
 * A round may repeat what was true in an earlier one (G-08): of an item that is not simply in step, or that has not been saved since the
 * last run looked, only a read by id shows what it is.
 */
function doubtful(context: RunContext, link: Link, reading: Reading, full: boolean): boolean {
  if (reading.side === 'oro' || full) return false
  return link.state !== 'linked' || inTrouble(context, link) || isOld(context, reading, 0)
}

/** Was saved before the last run looked: a listing that comes now may be an old one (G-08). `skewMs`: how far clocks may differ. */
export const isOld = (context: RunContext, reading: Reading, skewMs: number): boolean =>
  Date.parse(reading.modifiedAt) <= context.ledger.row().gatheredAt + skewMs

const inTrouble = ({ problems }: RunContext, link: Link): boolean =>
  [...problems.values()].some(
    (problem) => problem.oroId === link.oroId || problem.microsoftId === link.microsoftId,
  )

/** Cancelled is as gone, however it was read (sync-rules 2). */
export const settledState = (state: ItemState): SideState =>
  state.is === 'present' && state.reading.cancelled ? { is: 'gone', how: 'cancelled' } : state

/** The states of both sides of every touched link, reading by id what no feed vouches for. */
export async function readBoth(
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
      const listed = readings[side].get(idOn(link, side))
      if (listed && !doubtful(context, link, listed, gathered.microsoft.full)) continue
      const beyond = farAway(link, readings[across(side)].get(idOn(link, across(side))), window)
      if (!listed && beyond) continue
      if (listed || unproven(context, link, side, gathering, window))
        wanted[side].push(refOn(link, side))
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
    const byId = read[side].get(id)
    const reading = readings[side].get(id)
    if (!byId && reading) return settledState({ is: 'present', reading })
    if (gathered[side].lost.includes(containerOn(link, side)))
      return { is: 'hidden', code: 'container-gone' }
    return byId ? settledState(byId) : { is: 'same' }
  }
  return touched
    .filter(living)
    .map((link) => ({ link, oro: stateOf(link, 'oro'), microsoft: stateOf(link, 'microsoft') }))
}

/** Out of the window on both sides as far as anybody knows: it is parked without a call (D12). */
const farAway = (link: Link, acrossReading: Reading | undefined, window: Span): boolean =>
  !inWindow(link.span, window) && (!acrossReading || !inWindow(acrossReading.span, window))
