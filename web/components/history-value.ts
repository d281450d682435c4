import { formatValue } from '../../shared/settings/describe'
import { fields, type FieldPath } from '../../shared/settings/fields'
import { texts } from '../texts'
import { formatInstant } from '../time'

export const isSetting = (name: string): name is FieldPath => Object.hasOwn(fields, name)

/** A remembered value as text, whatever it is: titles and bodies are data, never markup. Times are in the viewer's zone. */
export function historyValue(name: string, value: unknown, now: Date): string {
  const t = texts.history
  if (value === null || value === undefined || value === '') {
    return isSetting(name) ? t.inherited : t.nothing
  }
  if (isSetting(name)) return formatValue(name, value)
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
