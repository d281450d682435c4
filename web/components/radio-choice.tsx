import { useId } from 'preact/hooks'

interface RadioChoiceProps<Value extends string> {
  legend: string
  options: readonly { value: Value; label: string; help: string }[]
  chosen: Value
  onChoose: (value: Value) => void
}

/** One of a few, each explained. */
export function RadioChoice<Value extends string>(props: RadioChoiceProps<Value>) {
  const name = useId()
  return (
    <fieldset class="radios">
      <legend>{props.legend}</legend>
      {props.options.map(({ value, label, help }) => (
        <label key={value} class="radio">
          <input
            type="radio"
            name={name}
            value={value}
            checked={value === props.chosen}
            onChange={() => {
              props.onChoose(value)
            }}
          />
          <span>
            <span class="radio-label">{label}</span>
            <span class="help">{help}</span>
          </span>
        </label>
      ))}
    </fieldset>
  )
}
