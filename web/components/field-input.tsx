import type { Field } from '../../shared/settings/fields'
import { texts } from '../texts'
import type { Typed } from '../state/settings-draft'

interface FieldInputProps {
  id: string
  field: Field
  typed: Typed
  disabled: boolean
  faulty: boolean
  onType: (typed: Typed) => void
}

/** The input that fits the type of a field. */
export function FieldInput({ id, field, typed, disabled, faulty, onType }: FieldInputProps) {
  const common = {
    id,
    disabled,
    'aria-invalid': faulty ? ('true' as const) : undefined,
    'aria-describedby': faulty ? `${id}-error ${id}-help` : `${id}-help`,
  }
  const text = (event: { currentTarget: { value: string } }) => {
    onType(event.currentTarget.value)
  }
  switch (field.type) {
    case 'toggle':
      return (
        <span class="with-unit">
          <input
            {...common}
            type="checkbox"
            checked={typed === true}
            onChange={(event) => {
              onType(event.currentTarget.checked)
            }}
          />
          <span class="unit" aria-hidden="true">
            {typed === true ? texts.on : texts.off}
          </span>
        </span>
      )
    case 'choice':
      return (
        <select {...common} value={String(typed)} onChange={text}>
          {field.values.map(({ value, label }) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
      )
    case 'number':
      return (
        <span class="with-unit">
          <input {...common} type="text" inputMode="numeric" value={String(typed)} onInput={text} />
          <span class="unit">{field.unit}</span>
        </span>
      )
    case 'text':
      return field.multiline ? (
        <textarea {...common} rows={2} value={String(typed)} onInput={text} />
      ) : (
        <input {...common} type="text" value={String(typed)} onInput={text} />
      )
    case 'list':
      return <input {...common} type="text" value={String(typed)} onInput={text} />
  }
}
