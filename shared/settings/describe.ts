import { fieldPaths, fields, type Field, type FieldPath } from './fields'

/** What a value of a field means, in one sentence; `value` must be valid for the field. */
export function describeValue(path: FieldPath, value: unknown): string {
  const field = fields[path]
  switch (field.type) {
    case 'toggle':
      return value === true ? field.means.on : field.means.off
    case 'choice':
      return field.values.find((choice) => choice.value === value)?.means ?? String(value)
    case 'number':
      return field.means.replace('{n}', () => String(value))
    case 'list': {
      const names = value as readonly string[]
      return names.length === 0
        ? field.means.empty
        : field.means.some.replace('{names}', () => names.join(', '))
    }
    case 'text':
      return value === ''
        ? field.means.empty
        : field.means.some.replace('{text}', () => String(value))
  }
}

/** A value as a person reads it: `Oro wins`, `15 minutes`, `On`, `none` for empty lists and texts. */
export function formatValue(path: FieldPath, value: unknown): string {
  const field = fields[path]
  switch (field.type) {
    case 'toggle':
      return value === true ? 'On' : 'Off'
    case 'choice':
      return field.values.find((choice) => choice.value === value)?.label ?? String(value)
    case 'number':
      return `${String(value)} ${field.unit}`
    case 'list':
      return (value as readonly string[]).join(', ') || 'none'
    case 'text':
      return String(value) || 'none'
  }
}

function permitted(field: Field): string {
  switch (field.type) {
    case 'toggle':
      return field.default ? '`true`, `false`' : '`false`, `true`'
    case 'choice':
      return field.values.map(({ value }) => `\`${value}\``).join(', ')
    case 'number':
      return `${String(field.default)} (${String(field.min)} to ${String(field.max)} ${field.unit})`
    case 'list':
      return `empty list (up to ${String(field.maxItems)} names)`
    case 'text':
      return `empty (up to ${String(field.maxLength)} characters)`
  }
}

/** The README's table of settings: key, values with the default first, label, what it is for. */
export function settingsTable(): string {
  const rows = fieldPaths.map((path) => {
    const field = fields[path]
    const label =
      field.systemLabel === undefined
        ? field.label
        : `${field.systemLabel} (system), ${field.label}`
    return `| \`${path}\` | ${permitted(field)} | ${label} | ${field.help} |`
  })
  return [
    '| key | values, default first | label | what it does |',
    '|---|---|---|---|',
    ...rows,
  ].join('\n')
}

/** What a value of the field must be, as an error says it at the field. */
export function requirement(field: Field): string {
  switch (field.type) {
    case 'toggle':
      return 'Must be true or false.'
    case 'choice':
      return `Must be one of ${field.values.map(({ value }) => value).join(', ')}.`
    case 'number':
      return `Must be a whole number from ${String(field.min)} to ${String(field.max)}.`
    case 'list':
      return `Must be a list of at most ${String(field.maxItems)} different names of 1 to ${String(field.maxLength)} characters.`
    case 'text':
      return `Must be a text of at most ${String(field.maxLength)} characters.`
  }
}
