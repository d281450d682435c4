import type { LogLevel } from './core-types'

/** A line of the host's log; further properties beside these four. */
export interface LogEntry {
  /** RFC 3339, on the movable clock. */
  at: string
  level: LogLevel
  /** `Host.…` for the host itself, `Function.{name}` for its view of a call, `Function.{name}.User` for the app's lines. */
  category: string
  message: string
  [property: string]: unknown
}

export interface HostLog {
  write(
    level: LogLevel,
    category: string,
    message: string,
    properties?: Record<string, unknown>,
  ): void
  /** Oldest first. */
  entries(): LogEntry[]
}

const KEPT = 10_000

/** Keeps the latest 10,000 entries; each is also handed to `print`. */
export function createHostLog(now: () => number, print?: (entry: LogEntry) => void): HostLog {
  let kept: LogEntry[] = []
  return {
    write(level, category, message, properties) {
      const entry = { at: new Date(now()).toISOString(), level, category, message, ...properties }
      kept.push(entry)
      // Cut in large pieces: shifting each time would copy the ring at every line.
      if (kept.length >= 2 * KEPT) kept = kept.slice(-KEPT)
      print?.(entry)
    },
    entries: () => kept.slice(-KEPT),
  }
}
