import { formatValue } from '../../shared/settings/describe'
import { fields, type FieldPath } from '../../shared/settings/fields'
import type { HistoryEntry } from '../api/answers'
import { texts } from '../texts'
import { formatInstant } from '../time'

export const isSetting = (name: string): name is FieldPath => Object.hasOwn(fields, name)

const isEmpty = (value: unknown) => value === null || value === undefined || value === ''

/** A field that was empty and stayed so is no news. */
export const isNews = ({ old, new: now, lost }: HistoryEntry['fields'][number]) =>
  !(isEmpty(old) && isEmpty(now) && isEmpty(lost))

/** A remembered value as text, whatever it is: titles and bodies are data, never markup. Times are in the viewer's zone. */
export function historyValue(name: string, value: unknown, now: Date): string {
  const t = texts.history
  if (isEmpty(value)) {
    return isSetting(name) ? t.inherited : t.nothing
  }
  if (isSetting(name)) return formatValue(name, value)
  if (name === 'reminder' && typeof value === 'number') return t.before(value)
  if (typeof value === 'string' || typeof value === 'number') return String(value)
  if (typeof value === 'boolean') return value ? texts.on : texts.off
  if (Array.isArray(value)) {
    return value.length === 0
      ? t.nothing
      : value.map((one) => historyValue('', one, now)).join(', ')
  }
  const { start, end, fingerprint, name: called, email } = value as Record<string, unknown>
  if (typeof fingerprint === 'string') return t.longText
  if (isInstant(start) && isInstant(end)) {
    return `${formatInstant(start, now)} – ${formatInstant(end, now)}`
  }
  if (typeof called === 'string' && called !== '') return called
  return typeof email === 'string' ? email : JSON.stringify(value)
}

const isInstant = (value: unknown): value is string =>
  typeof value === 'string' && !Number.isNaN(Date.parse(value))
