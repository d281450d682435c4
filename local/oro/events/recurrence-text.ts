import type { Recurrence } from '../model'

const UNIT: Record<Recurrence['recurrenceType'], [string, string, number]> = {
  daily: ['Daily', 'day', 1],
  weekly: ['Weekly', 'week', 1],
  monthly: ['Monthly', 'month', 1],
  monthnth: ['Monthly', 'month', 1],
  yearly: ['Yearly', 'year', 12],
  yearnth: ['Yearly', 'year', 12],
}
const ORDINAL = ['first', 'second', 'third', 'fourth', 'last']

/** `recurrencePattern` of interval mode, for people: "Weekly every 1 week on Monday, Thursday, end by Dec 17, 2026". */
export function describeRule(rule: Recurrence): string {
  const [name, unit, per] = UNIT[rule.recurrenceType]
  const count = rule.interval / per
  const days = rule.dayOfWeek.map((day) => day.charAt(0).toUpperCase() + day.slice(1)).join(', ')
  const instance = rule.instance === null ? '' : `the ${ORDINAL[rule.instance - 1] ?? ''} `
  const on = days !== '' ? ` on ${instance}${days}` : ''
  const day = rule.dayOfMonth !== null ? ` on day ${String(rule.dayOfMonth)}` : ''
  const times =
    rule.occurrences === null ? '' : `, end after ${String(rule.occurrences)} occurrences`
  const until = rule.endTime === null ? '' : `, end by ${shortDate(rule.endTime, rule.timeZone)}`
  return `${name} every ${String(count)} ${unit}${count > 1 ? 's' : ''}${on}${day}${times}${until}`
}

const shortDate = (instant: number, timeZone: string): string =>
  new Intl.DateTimeFormat('en-US', { dateStyle: 'medium', timeZone }).format(instant)
