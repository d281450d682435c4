import type { Calendar, Json, LogEntry, Mailbox, Occurrence, StoredEvent } from './model'
import type { Preferences } from './prefer'
import { occurrenceIds, showEvent, showOccurrence, showStub } from './render'
import { occurrencesOf } from './series'
import type { World } from './world'

/** One place of a round: an item, a tombstone, or a page without items. */
export type RoundItem =
  | { kind: 'event'; event: StoredEvent }
  | { kind: 'occurrence'; event: StoredEvent; occurrence: Occurrence }
  | { kind: 'removed'; ids: LogEntry['ids'] }
  | { kind: 'empty-page' }

export interface Window {
  startMs: number
  endMs: number
}

/** Two dates of one series. */
export const sameSeries = (one: RoundItem | undefined, other: RoundItem): boolean =>
  one?.kind === 'occurrence' && other.kind === 'occurrence' && one.event === other.event

/** An item as it is now; undefined = nothing to show any more. */
export function showItem(
  world: World,
  mailbox: Mailbox,
  item: Exclude<RoundItem, { kind: 'empty-page' }>,
  preferences: Preferences,
): Json | undefined {
  if (item.kind === 'removed') {
    return {
      '@odata.type': '#microsoft.graph.event',
      id: preferences.immutableIds ? item.ids.immutableId : item.ids.movableId,
      '@removed': { reason: 'deleted' },
    }
  }
  // Deleted since the round began: the next round tells.
  if (item.event.deleted) return undefined
  if (item.kind === 'event') {
    return { '@odata.type': '#microsoft.graph.event', ...showEvent(item.event, preferences) }
  }
  if (world.switches.use(mailbox.userId, 'occurrenceStubs')) {
    return showStub(item.event, item.occurrence, preferences)
  }
  const full = showOccurrence(
    item.event,
    item.occurrence,
    preferences,
    world.switches.use(mailbox.userId, 'sharedICalUId'),
  )
  return { '@odata.type': '#microsoft.graph.event', ...full }
}

/** All of a window: no tombstones (G-16), exceptions before their series (G-19). */
export function firstRound(
  world: World,
  mailbox: Mailbox,
  calendar: Calendar,
  window: Window,
): RoundItem[] {
  const items: RoundItem[] = []
  const late: RoundItem[] = []
  const mastersFirst = world.switches.use(mailbox.userId, 'masters') === 'first'
  for (const event of calendar.events) {
    if (event.series !== null) {
      const dates = seriesItems(event, window)
      if (dates.length === 0) continue
      if (mastersFirst) late.push({ kind: 'event', event })
      late.push(...dates)
    } else if (isInWindow(event, window)) {
      // Exceptions come with the single events, before their series.
      items.push({ kind: 'event', event })
    }
  }
  items.push(...late)
  return items
}

function seriesItems(master: StoredEvent, window: Window): RoundItem[] {
  return occurrencesOf(master, window.startMs, window.endMs).map((occurrence) => ({
    kind: 'occurrence',
    event: master,
    occurrence,
  }))
}

const isInWindow = (event: StoredEvent, window: Window): boolean =>
  overlaps(event.start.ms, event.end.ms, window)

function overlaps(startMs: number, endMs: number, window: Window): boolean {
  if (startMs >= window.endMs) return false
  return endMs > window.startMs || (endMs === startMs && startMs === window.startMs)
}

/**
 * What the log says since a position: changed items in full, tombstones for what is gone, and tombstones for whatever lies outside the
 * window (G-02).
 *
 * @param since position, and keys of events that the last round asked to be repeated (G-08)
 */
export function laterRound(
  world: World,
  mailbox: Mailbox,
  calendar: Calendar,
  window: Window,
  since: { seq: number; repeat: number[] },
): RoundItem[] {
  const { log } = calendar
  const falseTombstones = world.switches.use(mailbox.userId, 'falseTombstones')
  const mastersFirst = world.switches.use(mailbox.userId, 'masters') === 'first'
  const movedBack = world.switches.use(mailbox.userId, 'movedBack')
  const first = new Map<StoredEvent, LogEntry>()
  const last = new Map<StoredEvent, LogEntry>()
  const left = new Set<StoredEvent>()
  for (let at = firstAfter(log, since.seq); at < log.length; at += 1) {
    const entry = log[at]
    if (entry === undefined) break
    if (!first.has(entry.event)) first.set(entry.event, entry)
    if (entry.kind === 'gone') left.add(entry.event)
    last.set(entry.event, entry)
  }
  const items: RoundItem[] = []
  for (const [event, entry] of last) {
    const begun = first.get(event)
    const away = entry.kind === 'gone' || event.deleted || event.calendar !== calendar
    const gone = away || (movedBack === 'removed' && left.has(event))
    // Created and deleted between two rounds: no trace.
    if (gone && begun?.kind === 'created') continue
    const inside = gone ? [] : insideItems(event, window, mastersFirst)
    if (inside.length > 0) {
      items.push(...inside)
      continue
    }
    if (gone && event.series !== null && !mastersFirst) {
      items.push(...goneDates(event, window))
      continue
    }
    const before = begun?.before ?? null
    const wasInside = before !== null && overlaps(before.startMs, before.endMs, window)
    if (falseTombstones || wasInside || (gone && event.series !== null)) {
      items.push({ kind: 'removed', ids: entry.ids })
    }
  }
  for (const key of since.repeat) {
    const event = mailbox.events.get(key)
    if (event === undefined || last.has(event) || event.deleted) continue
    if (event.calendar === calendar && isInWindow(event, window)) {
      items.push({ kind: 'event', event })
    }
  }
  return items
}

function insideItems(event: StoredEvent, window: Window, mastersFirst: boolean): RoundItem[] {
  if (event.series === null) return isInWindow(event, window) ? [{ kind: 'event', event }] : []
  const dates = seriesItems(event, window)
  return dates.length > 0 && mastersFirst ? [{ kind: 'event', event }, ...dates] : dates
}

/** One tombstone per date of a deleted series. */
function goneDates(master: StoredEvent, window: Window): RoundItem[] {
  return occurrencesOf(master, window.startMs, window.endMs).map(({ date }) => ({
    kind: 'removed',
    ids: occurrenceIds(master, date),
  }))
}

/** Index of the first entry after a position. */
function firstAfter(log: LogEntry[], seq: number): number {
  let low = 0
  let high = log.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((log[middle]?.seq ?? 0) > seq) high = middle
    else low = middle + 1
  }
  return low
}
