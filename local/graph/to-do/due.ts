import type { Json, Moment } from '../model'
import { momentOf } from '../times'
import { graphDateTime, instantOf, localOf, zoneOf } from '../zones'

const DAY_MS = 86_400_000

/**
 * A written date: the time of day is cut in the zone it is written in (G-40).
 *
 * @throws GraphError 400 for a date or zone that does not exist
 */
export function dateMoment(value: Json, member: string): Moment {
  const moment = momentOf(value, member, 'UTC')
  return midnight(moment.local.slice(0, 10), moment.zone)
}

/** Midnight of a calendar date `yyyy-MM-dd` in a zone. */
export function midnight(date: string, zone: string): Moment {
  const { iana, kept } = zoneOf(zone)
  const local = `${date}T00:00:00`
  return { local, zone: kept, ms: instantOf(local, iana) }
}

/** An instant as every answer of To Do shows it: in UTC, whatever zone was preferred (contract section 2). */
export const shownMoment = (ms: number): Json => ({
  dateTime: graphDateTime(new Date(ms).toISOString().slice(0, 19)),
  timeZone: 'UTC',
})

/** A UTC midnight: that of the day before for whoever is ahead of UTC (G-41). */
export function completionMs(now: number, zone: string): number {
  const { iana } = zoneOf(zone)
  const local = `${localOf(now, iana).slice(0, 10)}T00:00:00`
  return Math.floor(instantOf(local, iana) / DAY_MS) * DAY_MS
}
