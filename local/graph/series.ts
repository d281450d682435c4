import { Temporal } from 'temporal-polyfill'
import { GraphError } from './errors'
import type { Json, Occurrence, StoredEvent } from './model'
import { instantOf, zoneOf } from './zones'

const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday']
const INDEXES = ['first', 'second', 'third', 'fourth', 'last']
const REQUIRED: Record<string, string[]> = {
  daily: [],
  weekly: ['daysOfWeek'],
  absoluteMonthly: ['dayOfMonth'],
  relativeMonthly: ['daysOfWeek'],
  absoluteYearly: ['dayOfMonth', 'month'],
  relativeYearly: ['daysOfWeek', 'month'],
}

/**
 * Checks that a recurrence has what its types require (contract section 6).
 *
 * @throws GraphError 400 `ErrorPropertyValidationFailure`
 */
export function checkSeries(recurrence: Json): void {
  const pattern = (recurrence['pattern'] ?? {}) as Json
  const range = (recurrence['range'] ?? {}) as Json
  const fail = (what: string): never => {
    throw new GraphError(
      400,
      'ErrorPropertyValidationFailure',
      `At least one property failed validation: recurrence ${what}.`,
    )
  }
  const required = REQUIRED[String(pattern['type'])]
  if (required === undefined) fail('pattern.type is missing')
  for (const member of required ?? []) {
    const value = pattern[member]
    if (value === undefined || value === 0 || (Array.isArray(value) && value.length === 0)) {
      fail(`pattern.${member} is required`)
    }
  }
  const interval = pattern['interval']
  if (typeof interval !== 'number' || interval < 1) fail('pattern.interval must be at least 1')
  if (range['type'] === undefined) fail('range.type is missing')
  if (range['startDate'] == null) fail('range.startDate is required')
  if (range['type'] === 'endDate' && range['endDate'] == null) fail('range.endDate is required')
  const count = range['numberOfOccurrences']
  if (range['type'] === 'numbered' && !(typeof count === 'number' && count > 0)) {
    fail('range.numberOfOccurrences must be positive')
  }
}

/**
 * Dates of a master that overlap the window [fromMs, toMs), exceptions and cancelled dates left out.
 */
export function occurrencesOf(master: StoredEvent, fromMs: number, toMs: number): Occurrence[] {
  const recurrence = master.data['recurrence'] as Json | null | undefined
  if (master.series === null || recurrence == null) return []
  const range = recurrence['range'] as Json
  const { iana } = zoneOf(String(range['recurrenceTimeZone'] ?? master.start.zone))
  const clock = master.start.local.slice(10)
  const lengthMs = master.end.ms - master.start.ms
  const found: Occurrence[] = []
  const limit = range['type'] === 'numbered' ? Number(range['numberOfOccurrences']) : Infinity
  const until = range['type'] === 'endDate' ? String(range['endDate']) : '9999-12-31'
  let count = 0
  for (const date of placesOf(recurrence['pattern'] as Json, String(range['startDate']))) {
    count += 1
    if (count > limit || date > until) break
    const startMs = instantOf(`${date}${clock}`, iana)
    if (startMs >= toMs) break
    if (startMs + lengthMs <= fromMs && !(lengthMs === 0 && startMs >= fromMs)) continue
    if (master.series.cancelled.has(date) || master.series.exceptions.has(date)) continue
    found.push({ date, startMs, endMs: startMs + lengthMs })
  }
  return found
}

/** The date at a place (`yyyy-MM-dd`); undefined = none there. */
export function occurrenceAt(master: StoredEvent, date: string): Occurrence | undefined {
  const around = Date.parse(`${date}T00:00:00Z`)
  const near = occurrencesOf(master, around - 2 * 86_400_000, around + 3 * 86_400_000)
  return near.find((one) => one.date === date)
}

/** The dates of a pattern from its start on, without end; at most 50 years. */
export function* placesOf(pattern: Json, startDate: string): Generator<string> {
  const first = Temporal.PlainDate.from(startDate)
  const stop = first.add({ years: 50 })
  const interval = Number(pattern['interval'] ?? 1)
  const type = String(pattern['type'])
  const days = ((pattern['daysOfWeek'] ?? []) as string[]).map((day) => WEEKDAYS.indexOf(day) + 1)
  for (let period = 0; ; period += 1) {
    const places = placesInPeriod(type, pattern, days, first, interval * period)
    for (const place of places) {
      if (Temporal.PlainDate.compare(place, stop) > 0) return
      if (Temporal.PlainDate.compare(place, first) >= 0) yield place.toString()
    }
    if (period > 20_000) return
  }
}

function placesInPeriod(
  type: string,
  pattern: Json,
  days: number[],
  first: Temporal.PlainDate,
  step: number,
): Temporal.PlainDate[] {
  if (type === 'daily') return [first.add({ days: step })]
  if (type === 'weekly') {
    const weekStart = WEEKDAYS.indexOf(String(pattern['firstDayOfWeek'] ?? 'sunday')) + 1
    const monday = first.subtract({ days: (first.dayOfWeek - weekStart + 7) % 7 })
    const week = monday.add({ weeks: step })
    return days
      .map((day) => week.add({ days: (day - weekStart + 7) % 7 }))
      .sort(Temporal.PlainDate.compare)
  }
  const yearly = type.endsWith('Yearly')
  const base = yearly
    ? first.with({ day: 1, month: Number(pattern['month']) }).add({ years: step })
    : first.with({ day: 1 }).add({ months: step })
  if (type.startsWith('absolute')) {
    // A day that the month lacks is its last (EWS AbsoluteMonthlyRecurrence).
    return [base.with({ day: Math.min(Number(pattern['dayOfMonth']), base.daysInMonth) })]
  }
  const matching: Temporal.PlainDate[] = []
  for (let day = 1; day <= base.daysInMonth; day += 1) {
    const date = base.with({ day })
    if (days.includes(date.dayOfWeek)) matching.push(date)
  }
  const place = INDEXES.indexOf(String(pattern['index'] ?? 'first'))
  const date = place === 4 ? matching.at(-1) : matching[place]
  return date === undefined ? [] : [date]
}
