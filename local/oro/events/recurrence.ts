import { Temporal } from 'temporal-polyfill'
import type { EventRow, Recurrence } from '../model'

export interface Occurrence {
  start: number
  end: number
}

const DAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday']
/** No series is followed further than this many periods (a daily one for more than a century). */
const MAX_PERIODS = 40_000

/**
 * Occurrences that touch [from, to). The *dates* come from `recurrence.startTime` and the rule in `timeZone`, *time of day and
 * duration* from the event's start and end seen in `timeZone` (contract 3.7).
 */
export function expand(
  event: Pick<EventRow, 'start' | 'end'>,
  rule: Recurrence,
  from: number,
  to: number,
): Occurrence[] {
  const local = (instant: number): Temporal.PlainDateTime =>
    Temporal.Instant.fromEpochMilliseconds(instant)
      .toZonedDateTimeISO(rule.timeZone)
      .toPlainDateTime()
  const start = local(event.start)
  const length = start.until(local(event.end))
  const found: Occurrence[] = []
  for (const date of dates(rule)) {
    const begins = date.toPlainDateTime(start.toPlainTime())
    const occurrence = {
      start: begins.toZonedDateTime(rule.timeZone).epochMilliseconds,
      end: begins.add(length).toZonedDateTime(rule.timeZone).epochMilliseconds,
    }
    if (occurrence.start >= to) break
    if (occurrence.end >= from) found.push(occurrence)
  }
  return found
}

/** The dates of a series, ascending: `occurrences` caps it, `endTime` bounds it. */
export function* dates(rule: Recurrence): Generator<Temporal.PlainDate> {
  const first = Temporal.Instant.fromEpochMilliseconds(rule.startTime).toZonedDateTimeISO(
    rule.timeZone,
  )
  // Oro compares endTime at the offset and time of day that startTime had on the series' first day (contract 3.7).
  const isPastEnd = (date: Temporal.PlainDate): boolean =>
    rule.endTime !== null &&
    date.toPlainDateTime(first.toPlainTime()).toZonedDateTime(first.offset).epochMilliseconds >
      rule.endTime
  const firstDate = first.toPlainDate()
  let count = 0
  for (let period = 0; period < MAX_PERIODS; period += 1) {
    for (const date of candidates(rule, firstDate, period)) {
      if (Temporal.PlainDate.compare(date, firstDate) < 0) continue
      if (isPastEnd(date)) return
      if (rule.occurrences !== null && count >= rule.occurrences) return
      count += 1
      yield date
    }
  }
}

/** The dates of the n-th period (day, week, month, year) of a rule, ascending. */
function candidates(
  rule: Recurrence,
  first: Temporal.PlainDate,
  period: number,
): Temporal.PlainDate[] {
  const step = period * rule.interval
  switch (rule.recurrenceType) {
    case 'daily':
      return [first.add({ days: step })]
    case 'weekly': {
      // Weeks start on Sunday (contract 3.7).
      const sunday = first.subtract({ days: weekday(first) }).add({ weeks: step })
      return rule.dayOfWeek
        .map((day) => DAYS.indexOf(day))
        .sort((a, b) => a - b)
        .map((day) => sunday.add({ days: day }))
    }
    case 'monthly':
      return [clamped(first.with({ day: 1 }).add({ months: step }), rule.dayOfMonth ?? 1)]
    case 'monthnth':
      return nth(first.with({ day: 1 }).add({ months: step }), rule)
    case 'yearly':
      return [clamped(inYear(rule, first, step), rule.dayOfMonth ?? 1)]
    case 'yearnth':
      return nth(inYear(rule, first, step), rule)
  }
}

const weekday = (date: Temporal.PlainDate): number => date.dayOfWeek % 7

/** Yearly rules count months too; the step is a multiple of 12. */
const inYear = (rule: Recurrence, first: Temporal.PlainDate, months: number): Temporal.PlainDate =>
  first.with({ day: 1, month: rule.monthOfYear ?? 1 }).add({ months })

/** A day beyond the end of the month becomes its last day (contract 3.7). */
const clamped = (month: Temporal.PlainDate, day: number): Temporal.PlainDate =>
  month.with({ day: Math.min(day, month.daysInMonth) })

/** The n-th day of a month that is in the set of week days; 5 = last. */
function nth(month: Temporal.PlainDate, rule: Recurrence): Temporal.PlainDate[] {
  const days = Array.from({ length: month.daysInMonth }, (_, day) => month.with({ day: day + 1 }))
  const matching = days.filter((date) => rule.dayOfWeek.includes(DAYS[weekday(date)] ?? ''))
  const date = rule.instance === 5 ? matching.at(-1) : matching[(rule.instance ?? 1) - 1]
  return date ? [date] : []
}
