import type { Json, Reading, Side, Span } from '../../core/model'
import { CursorExpired } from '../../errors'
import type { Gathered, GatherRequest, ItemState } from '../../ports/side'
import { spanOf, type MemoryItem } from './items'

const DAY_MS = 86_400_000
/** A new chain of rounds reads this much further than is wanted, as the Graph adapter does (G-06). */
const AHEAD_MS = 7 * DAY_MS
/** Rows written just before the last answer are listed again (oro/README 6.1). */
const OVERLAP_MS = 120_000

interface Entry {
  readonly id: string
  /** Outside of every window a change looks like a deletion (G-02). */
  readonly seq: number
}

interface Cursor {
  readonly seq: number
  readonly window: Span
  readonly epoch: number
  readonly since: number
}

const cursorOf = (value: Json): Cursor | null =>
  value !== null && typeof value === 'object' && 'seq' in value
    ? (value as unknown as Cursor)
    : null

const touches = (span: Span | null, window: Span): boolean =>
  span === null || (span.end >= window.start && span.start < window.end)

const covers = (cursor: Cursor, wanted: Span): boolean =>
  cursor.window.start <= wanted.start &&
  wanted.end <= cursor.window.end &&
  Date.parse(wanted.start) - Date.parse(cursor.window.start) <= AHEAD_MS

/** What a feed may know of the side that it tells about. */
interface Shelf {
  readonly side: Side
  readonly container: string
  readonly now: () => number
  living(): readonly MemoryItem[]
  item(id: string): MemoryItem
  read(item: MemoryItem): Reading
  state(id: string): ItemState
}

/** How a side tells what changed: Microsoft in rounds with a frozen window and tombstones, Oro as a list by `updatedAt` without any. */
export interface Feed {
  note(id: string): void
  gather(request: GatherRequest): Gathered
  expire(): void
  replay(count: number): void
}

export function createFeed(shelf: Shelf): Feed {
  const { side, container, now, living, read } = shelf
  let log: Entry[] = []
  let seq = 0
  let epoch = 0
  let replays = 0
  /** What rounds have told before: only that can be told again. */
  const told = new Map<string, Reading>()

  function round(request: GatherRequest): Gathered {
    const cursor = cursorOf(request.cursor)
    if (cursor && cursor.epoch !== epoch && request.mode === 'changes')
      throw new CursorExpired('410')
    const from =
      request.mode === 'full' || !cursor || !covers(cursor, request.window) ? null : cursor
    const window = from?.window ?? {
      start: request.window.start,
      end: new Date(Date.parse(request.window.end) + AHEAD_MS).toISOString(),
    }
    const readings = new Map<string, Reading>()
    const removed = new Set<string>()
    if (from) {
      const fresh = log.filter((entry) => entry.seq > from.seq)
      const again = replays > 0 ? log.filter((entry) => entry.seq <= from.seq).slice(-replays) : []
      replays = 0
      for (const { id } of again) {
        const before = told.get(id)
        if (before) readings.set(id, before)
      }
      for (const entry of fresh) {
        const item = shelf.item(entry.id)
        const here = !item.deleted && item.container === container
        readings.delete(item.id)
        if (here && touches(spanOf(item.fields), window)) readings.set(item.id, read(item))
        else removed.add(item.id)
      }
    } else {
      told.clear()
      for (const item of living())
        if (touches(spanOf(item.fields), window)) readings.set(item.id, read(item))
    }
    for (const reading of readings.values()) told.set(reading.id, reading)
    hinted(request, readings, removed)
    return answer(readings, removed, from === null, window)
  }

  function list(request: GatherRequest): Gathered {
    const cursor = cursorOf(request.cursor)
    const from = request.mode === 'full' ? null : cursor
    const rows = living().filter((item) => !from || item.modifiedAt >= from.since - OVERLAP_MS)
    const readings = new Map(rows.map((item) => [item.id, read(item)]))
    const removed = new Set<string>()
    hinted(request, readings, removed)
    return answer(readings, removed, from === null, request.window)
  }

  function hinted(
    { ids: named }: GatherRequest,
    readings: Map<string, Reading>,
    removed: Set<string>,
  ): void {
    for (const id of named) {
      if (readings.has(id) || removed.has(id)) continue
      const state = shelf.state(id)
      if (state.is === 'present') readings.set(id, state.reading)
      else removed.add(id)
    }
  }

  const answer = (
    readings: Map<string, Reading>,
    removed: Set<string>,
    full: boolean,
    window: Span,
  ): Gathered => ({
    readings: [...readings.values()],
    removed: [...removed],
    full,
    window,
    cursor: { seq, window: { ...window }, epoch, since: now() },
    containers: [container],
    lost: [],
  })

  return {
    note: (id) => {
      seq += 1
      log.push({ id, seq })
    },
    gather: (request) => (side === 'oro' ? list(request) : round(request)),
    expire: () => {
      epoch += 1
      log = []
    },
    replay: (count) => {
      replays = count
    },
  }
}
