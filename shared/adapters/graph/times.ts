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

const localIn = (instant: string, zone: string): string =>
  zone === 'UTC'
    ? instant.slice(0, 19)
    : Temporal.Instant.from(instant)
        .toZonedDateTimeISO(zone)
        .toPlainDateTime()
        .toString({ smallestUnit: 'second' })

/**
 * Bare local times in one zone (contract section 5: no offset beside a zone). The zone's Windows name is written, which every mailbox
 * knows, unless that zone keeps another time then: in that case the IANA name.
 * @throws RangeError for a zone or an instant that does not exist
 */
export function toGraphTimes(
  instants: readonly string[],
  zone: string,
): { dateTime: string; timeZone: string }[] {
  const windows = windowsName(zone)
  const main = windows === null ? null : fromGraphZone(windows, 'UTC')
  const locals = instants.map((instant) => localIn(instant, zone))
  const sameTime =
    main !== null && locals.every((local, index) => local === localIn(instants[index] ?? '', main))
  const timeZone = windows !== null && sameTime ? windows : zone
  return locals.map((dateTime) => ({ dateTime, timeZone }))
}
