import { describeValue, formatValue } from '../../shared/settings/describe'
import { fields, labelOf, type FieldPath } from '../../shared/settings/fields'
import type { ExplainedSettings } from '../../shared/settings/resolve'
import { drafted, fieldAt, typedOf } from '../state/settings-draft'
import type { SettingsState } from '../state/use-settings'
import { texts } from '../texts'
import { FieldInput } from './field-input'

interface FieldRowProps {
  path: FieldPath
  settings: ExplainedSettings
  state: SettingsState
}

/** One field: label, input, what its value means, where it comes from, and the box that hands it back to the parent level. */
export function FieldRow({ path, settings, state }: FieldRowProps) {
  const field = fields[path]
  const { level } = settings
  const { own, inherited, effective, from } = fieldAt(settings, path)
  const id = `field-${path.replace('.', '-')}`
  const label = labelOf(path, level)
  const inherits = drafted(settings, state.draft, path) === null
  const typed = state.draft[path] ?? typedOf(field, inherits ? inherited : own)
  const value = inherits ? inherited : drafted(settings, state.draft, path)
  const error = state.errors[path]
  const changed = state.changed.includes(path)
  const t = texts.settings
  const masterOff = level !== 'system' && own === true && effective === false
  return (
    <div class={`field${error ? ' faulty' : ''}${changed ? ' changed' : ''}`}>
      <label class="label" for={id}>
        {label}
      </label>
      <div class="input">
        <FieldInput
          id={id}
          field={field}
          typed={typed}
          disabled={inherits}
          faulty={error !== undefined}
          onType={(next) => {
            state.type(path, next)
          }}
        />
        {error && (
          <p class="error" id={`${id}-error`}>
            {error}
          </p>
        )}
        {state.meanwhile.includes(path) && (
          <p class="meanwhile">{t.meanwhile(formatValue(path, own ?? inherited))}</p>
        )}
        <p class="help" id={`${id}-help`}>
          {field.type === 'list' && !inherits ? `${t.commas} ` : ''}
          {explain(path, value, error !== undefined)}
        </p>
        {masterOff && <p class="meanwhile">{t.masterOff}</p>}
      </div>
      <div class="inherit">
        <label class="tick">
          <input
            type="checkbox"
            checked={inherits}
            onChange={() => {
              state.type(path, inherits ? typedOf(field, inherited) : null)
            }}
          />
          <span>
            {t.inherit[level]}
            <span class="unseen">: {label}</span>
          </span>
        </label>
        <p class="help">{changed ? t.changed : inherits ? t.from[from] : t.here}</p>
      </div>
    </div>
  )
}

/** What the field is for and what its value means; a number's sentence says both. A value that is no number yet means nothing. */
function explain(path: FieldPath, value: unknown, faulty: boolean): string {
  const { help, type } = fields[path]
  if (type === 'number')
    return typeof value === 'number' && !faulty ? describeValue(path, value) : help
  return `${help} ${describeValue(path, value)}`
}
