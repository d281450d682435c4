import type { RecurrenceType } from '../model'
import { parseZonedDate } from '../time'
import { isZoneOfPhp } from '../zones'
import type { FormErrors } from './form-errors'
import type { RuleInput } from './input'

const KEYS = [
  'recurrenceType',
  'interval',
  'instance',
  'dayOfWeek',
  'dayOfMonth',
  'monthOfYear',
  'startTime',
  'endTime',
  'occurrences',
  'timeZone',
]
const TYPES = ['daily', 'weekly', 'monthly', 'monthnth', 'yearly', 'yearnth']
const DAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday']
const REQUIRED: Record<string, string[]> = {
  daily: [],
  weekly: ['dayOfWeek'],
  monthly: ['dayOfMonth'],
  monthnth: ['instance', 'dayOfWeek'],
  yearly: ['dayOfMonth', 'monthOfYear'],
  yearnth: ['instance', 'dayOfWeek', 'monthOfYear'],
}
const BLANK = 'This value should not be blank.'
const INVALID = 'This value is not valid.'
/** The recurrence sub-form: replaced as a whole; null or `""` = no rule (contract 3.3, 3.7). */
export function readRule(value: unknown, errors: FormErrors): RuleInput | null {
  if (value === null || value === '') return null
  if (typeof value !== 'object' || Array.isArray(value)) {
    errors.at('recurrence', INVALID)
    return null
  }
  const sent = value as Record<string, unknown>
  errors.extraFields(Object.keys(sent).filter((key) => !KEYS.includes(key)))
  const at = (key: string, message: string): void => {
    errors.at(`recurrence.${key}`, message)
  }
  const whole = (key: string, min: number, max: number): number | null => {
    const given = sent[key]
    if (given === undefined || given === null || given === '') return null
    const number = Number(given)
    if (!Number.isInteger(number)) at(key, INVALID)
    else if (number < min) at(key, `This value should be ${String(min)} or more.`)
    else if (number > max) at(key, `This value should be ${String(max)} or less.`)
    return number
  }
  const zoned = (key: string): number | null => {
    const given = sent[key]
    if (given === undefined || given === null || given === '') return null
    const instant = typeof given === 'string' ? parseZonedDate(given) : undefined
    if (instant === undefined) at(key, INVALID)
    return instant === undefined ? null : Math.floor(instant / 1000) * 1000
  }
  const type = typeof sent['recurrenceType'] === 'string' ? sent['recurrenceType'] : ''
  if (type === '') at('recurrenceType', BLANK)
  else if (!TYPES.includes(type)) at('recurrenceType', INVALID)
  const interval = whole('interval', 1, type === 'daily' ? 99 : 999)
  if (interval === null) at('interval', BLANK)
  else if (type.startsWith('year') && interval >= 1 && interval % 12 !== 0)
    at('interval', 'This value should be a multiple of 12.')
  const days = sent['dayOfWeek'] ?? []
  const dayOfWeek = (Array.isArray(days) ? days : [days]) as string[]
  if (!dayOfWeek.every((day) => DAYS.includes(day))) at('dayOfWeek', INVALID)
  const startTime = zoned('startTime')
  if (sent['startTime'] === undefined || sent['startTime'] === null) at('startTime', BLANK)
  const endTime = zoned('endTime')
  if (startTime !== null && endTime !== null && endTime < startTime)
    at('endTime', 'This date should be later than the start date.')
  const timeZone = typeof sent['timeZone'] === 'string' ? sent['timeZone'] : ''
  if (timeZone === '') at('timeZone', BLANK)
  else if (!isZoneOfPhp(timeZone)) at('timeZone', 'This value is not a valid timezone.')
  const rule: RuleInput = {
    recurrenceType: type as RecurrenceType,
    interval: interval ?? 0,
    instance: whole('instance', 1, 5),
    dayOfWeek,
    dayOfMonth: whole('dayOfMonth', 1, 31),
    monthOfYear: whole('monthOfYear', 1, 12),
    startTime: startTime ?? 0,
    endTime,
    occurrences: whole('occurrences', 1, 999),
    timeZone,
  }
  for (const key of REQUIRED[type] ?? []) {
    const given = rule[key as keyof RuleInput]
    if (given === null || (Array.isArray(given) && given.length === 0)) at(key, BLANK)
  }
  return rule
}
