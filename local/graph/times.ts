import { GraphError, invalidRequest } from './errors'
import type { Json, Moment } from './model'
import { instantOf, zoneOf } from './zones'

const LOCAL =
  /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2})(?::(\d{2})(?:\.\d{1,9})?)?)?(Z|[+-]\d{2}:?\d{2})?$/i

/**
 * A `dateTimeTimeZone` of a request.
 *
 * @param fallbackZone used when `timeZone` is absent
 * @throws GraphError 400 for a time that does not exist, an unknown zone, an offset beside a zone
 */
export function momentOf(value: Json, member: string, fallbackZone: string): Moment {
  const text = String(value['dateTime'] ?? '')
  const match = LOCAL.exec(text)
  if (match?.[1] === undefined) {
    throw new GraphError(400, 'InvalidDateTime', `The value '${text}' of '${member}' is not valid.`)
  }
  const zone = zoneOf(typeof value['timeZone'] === 'string' ? value['timeZone'] : fallbackZone)
  const offset = match[4]
  if (offset !== undefined && !(offset.toUpperCase() === 'Z' && zone.iana === 'UTC')) {
    throw new GraphError(
      400,
      'InvalidDateTime',
      `The value '${text}' of '${member}' names an offset beside the time zone '${zone.kept}'.`,
    )
  }
  const local = `${match[1]}T${match[2] ?? '00:00'}:${match[3] ?? '00'}`
  const ms = safeInstant(local, zone.iana)
  if (Number.isNaN(ms)) {
    throw new GraphError(400, 'InvalidDateTime', `The value '${text}' of '${member}' is not valid.`)
  }
  return { local, zone: zone.kept, ms }
}

function safeInstant(local: string, iana: string): number {
  try {
    return instantOf(local, iana)
  } catch {
    return NaN
  }
}

/**
 * Checks start and end together (G-21: whole days only, in one zone; the end is exclusive).
 *
 * @throws GraphError 400
 */
export function checkSpan(start: Moment, end: Moment, allDay: boolean): void {
  if (start.ms > end.ms) {
    throw new GraphError(
      400,
      'ErrorPropertyValidationFailure',
      'The start time must be earlier than or equal to the end time.',
    )
  }
  if (!allDay) return
  if (!start.local.endsWith('T00:00:00') || !end.local.endsWith('T00:00:00')) {
    throw invalidRequest(
      'The Event.Start and Event.End properties of an all-day event must be set to midnight.',
    )
  }
  if (start.zone !== end.zone) {
    throw invalidRequest('The Start and End of an all-day event must be in the same time zone.')
  }
  if (start.local === end.local) {
    throw invalidRequest('The duration of an event marked as All day must be at least 24 hours.')
  }
}

/**
 * Instant of a query parameter such as `startDateTime`: an offset is honoured, none = UTC (contract section 4).
 *
 * @throws GraphError 400
 */
export function instantParameter(text: string, name: string): number {
  const bare = LOCAL.exec(text.replace(' ', '+'))
  const ms =
    bare === null
      ? NaN
      : Date.parse(
          `${String(bare[1])}T${bare[2] ?? '00:00'}:${bare[3] ?? '00'}${bare[4]?.toUpperCase() ?? 'Z'}`,
        )
  if (Number.isNaN(ms)) {
    throw invalidRequest(`The query parameter '${name}' has the value '${text}', which is no time.`)
  }
  return ms
}

/**
 * The window that a call must name.
 *
 * @throws GraphError 400
 */
export function windowOf(query: Map<string, string>): { startMs: number; endMs: number } {
  const start = query.get('startdatetime')
  const end = query.get('enddatetime')
  if (start === undefined || end === undefined) {
    throw invalidRequest(
      'This request requires a time window specified by the query string parameters StartDateTime and EndDateTime.',
    )
  }
  const window = {
    startMs: instantParameter(start, 'startDateTime'),
    endMs: instantParameter(end, 'endDateTime'),
  }
  if (window.endMs <= window.startMs) {
    throw invalidRequest('The query parameter EndDateTime must be later than StartDateTime.')
  }
  return window
}
