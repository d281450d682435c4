import type { DateTimeTimeZone } from '@microsoft/microsoft-graph-types'
import { Temporal } from 'temporal-polyfill'
import { fromGraphTime, toLocalTimes } from '../times'

/**
 * The calendar date that a due date of To Do means (contract section 9, G-40). Two shapes come: midnight UTC, written by an application,
 * and the midnight of whoever wrote it, expressed in UTC. The writer's zone is not told: where it is not the user's own, the nearest
 * midnight is right for every zone within 12 hours of UTC.
 * @param zone the user's, IANA
 * @returns `YYYY-MM-DD`; null = none
 */
export function fromGraphDue(
  due: DateTimeTimeZone | null | undefined,
  zone: string,
): string | null {
  const instant = fromGraphTime(due)
  if (instant === null) return null
  if (instant.endsWith('T00:00:00Z')) return instant.slice(0, 10)
  const local = Temporal.Instant.from(instant).toZonedDateTimeISO(zone)
  if (local.equals(local.startOfDay())) return local.toPlainDate().toString()
  const nearest = Temporal.Instant.from(instant).add({ hours: 12 })
  return nearest.toString().slice(0, 10)
}

/** The date as it is written: midnight in the user's zone, which is what the apps write too. */
export function toGraphDue(date: string, zone: string): DateTimeTimeZone {
  const midnight = Temporal.PlainDate.from(date).toZonedDateTime(zone).toInstant()
  const [time] = toLocalTimes([midnight.toString({ smallestUnit: 'second' })], zone)
  return { dateTime: `${date}T00:00:00`, timeZone: time?.timeZone ?? zone }
}
