import type { DateTimeTimeZone } from '@microsoft/microsoft-graph-types'
import { Temporal } from 'temporal-polyfill'
import { fromGraphZone, windowsName } from './zones'

const LOCAL = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}:\d{2})(?:\.\d+)?Z?$/

/** An instant of the canonical form, `2026-09-10T12:00:00Z`. */
const instantOf = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`

/** The zone in which a Graph time is told, UTC where none is named; null = one that nobody knows, or that Exchange made itself (G-22). */
export const zoneOf = (time: DateTimeTimeZone | null | undefined): string | null =>
  time?.timeZone ? fromGraphZone(time.timeZone, '') || null : 'UTC'

/**
 * The instant of a Graph time (G-29: seven fraction digits, no offset), to the second.
 * @returns null = absent (`0001-01-01`), malformed or in an unknown zone
 */
export function fromGraphTime(time: DateTimeTimeZone | null | undefined): string | null {
  const match = LOCAL.exec(time?.dateTime ?? '')
  if (match === null || match[1] === '0001-01-01') return null
  const zone = zoneOf(time)
  if (zone === null) return null
  const text = `${String(match[1])}T${String(match[2])}`
  if (zone === 'UTC') return Number.isNaN(Date.parse(`${text}Z`)) ? null : `${text}Z`
  try {
    return instantOf(Temporal.PlainDateTime.from(text).toZonedDateTime(zone).epochMilliseconds)
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}

/** An offset time stamp of Graph (`2017-04-15T03:00:50.7570000Z`) as RFC 3339 UTC with milliseconds; null = absent. */
export function fromGraphStamp(stamp: string | null | undefined): string | null {
  const ms = Date.parse(stamp ?? '')
  return Number.isNaN(ms) || stamp?.startsWith('0001-') === true ? null : new Date(ms).toISOString()
}

interface GraphTime {
  readonly dateTime: string
  readonly timeZone: string
}

const inUtc = (instant: string): GraphTime => ({ dateTime: instant.slice(0, 19), timeZone: 'UTC' })

const localIn = (instant: string, zone: string): Temporal.PlainDateTime =>
  Temporal.Instant.from(instant).toZonedDateTimeISO(zone).toPlainDateTime()

const textOf = (local: Temporal.PlainDateTime): string => local.toString({ smallestUnit: 'second' })

/** The hour that comes twice when the clocks go back: a bare local time does not say which. */
function comesTwice(local: Temporal.PlainDateTime, zone: string): boolean {
  const [first, second] = (['earlier', 'later'] as const).map((disambiguation) =>
    local.toZonedDateTime(zone, { disambiguation }),
  )
  return first?.epochMilliseconds !== second?.epochMilliseconds
}

/**
 * Bare local times in one zone (contract section 5: no offset beside a zone). The zone's Windows name is written, which every mailbox
 * knows, unless that zone keeps another time then: in that case the IANA name.
 * @throws RangeError for a zone or an instant that does not exist
 */
export function toLocalTimes(instants: readonly string[], zone: string): GraphTime[] {
  if (zone === 'UTC') return instants.map((instant) => inUtc(instant))
  const inZone = (name: string): string[] =>
    instants.map((instant) => textOf(localIn(instant, name)))
  const locals = inZone(zone)
  const windows = windowsName(zone)
  const main = windows === null ? null : fromGraphZone(windows, 'UTC')
  const same = main !== null && inZone(main).every((local, index) => local === locals[index])
  const timeZone = windows !== null && same ? windows : zone
  return locals.map((dateTime) => ({ dateTime, timeZone }))
}

/**
 * Instants as `toLocalTimes` writes them, and in UTC where a local time would mean two of them.
 * @throws RangeError for a zone or an instant that does not exist
 */
export function toGraphTimes(instants: readonly string[], zone: string): GraphTime[] {
  const twice =
    zone !== 'UTC' && instants.some((instant) => comesTwice(localIn(instant, zone), zone))
  return toLocalTimes(instants, twice ? 'UTC' : zone)
}
