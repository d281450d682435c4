import type { Json, Span } from '../../core/model'

const DAY_MS = 86_400_000

/** How much further a new chain reads than is wanted now, so that it lasts while the wanted window moves on (G-06). */
const AHEAD_MS = 7 * DAY_MS

/** Where a chain of delta rounds stands. */
interface DeltaCursor {
  readonly deltaLink: string
  /** Frozen in the link: another window is another chain. */
  readonly window: Span
  readonly container: string
}

const text = (value: unknown): value is string => typeof value === 'string'

/** Reads a stored cursor; null = none, or not one of ours. */
export function cursorOf(value: unknown): DeltaCursor | null {
  const { deltaLink, container, window } = (value ?? {}) as Partial<DeltaCursor>
  if (!text(deltaLink) || !text(container) || !text(window?.start) || !text(window.end)) return null
  return { deltaLink, container, window: { start: window.start, end: window.end } }
}

export const cursorJson = (cursor: DeltaCursor): Json => ({
  deltaLink: cursor.deltaLink,
  window: { start: cursor.window.start, end: cursor.window.end },
  container: cursor.container,
})

/** The window that a new chain asks for. */
export const chainWindow = (wanted: Span): Span => ({
  start: wanted.start,
  end: new Date(Date.parse(wanted.end) + AHEAD_MS).toISOString(),
})

/** Whether the chain still shows what is wanted, without having fallen too far behind. */
export function covers(cursor: DeltaCursor, wanted: Span, container: string): boolean {
  const startedMs = Date.parse(cursor.window.start)
  const startMs = Date.parse(wanted.start)
  return (
    cursor.container === container &&
    startedMs <= startMs &&
    startMs - startedMs <= AHEAD_MS &&
    Date.parse(wanted.end) <= Date.parse(cursor.window.end)
  )
}
