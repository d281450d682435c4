import { formatValue } from '../../shared/settings/describe'
import { fields, labelOf, type FieldPath } from '../../shared/settings/fields'
import type { HistoryEntry } from '../api/answers'
import { texts } from '../texts'
import { Instant } from '../time'
import { Icon } from './icon'

const isSetting = (name: string): name is FieldPath => Object.hasOwn(fields, name)

/** A value as text, whatever it is: titles and bodies are data, never markup. */
function shown(name: string, value: unknown): string {
  if (value === null || value === undefined || value === '') return texts.history.nothing
  if (isSetting(name)) return formatValue(name, value)
  return typeof value === 'string' ? value : JSON.stringify(value)
}

export function HistoryRow({ entry }: { entry: HistoryEntry }) {
  const t = texts.history
  return (
    <li class="row history">
      <p class="when help">
        <Instant at={entry.at} />
      </p>
      <div class="grow">
        <p>
          {entry.label !== null && <span class="title">{entry.label} </span>}
          <span class="deed">{t.sentence(entry)}</span>
          {entry.by !== null && <span class="help inline"> {t.by(entry.by)}</span>}
        </p>
        {entry.why && <p class="help">{entry.why}</p>}
        {entry.fields.length > 0 && (
          <dl class="changes">
            {entry.fields.map((field) => (
              <div key={field.name}>
                <dt>
                  {isSetting(field.name)
                    ? labelOf(field.name, 'user')
                    : (t.fields[field.name] ?? field.name)}
                </dt>
                <dd>
                  <span class="unseen">{t.old} </span>
                  <del>{shown(field.name, field.old)}</del> <Icon mood="becomes" />{' '}
                  <span class="unseen">{t.new} </span>
                  <ins>{shown(field.name, field.new)}</ins>
                  {field.lost !== undefined && field.lost !== null && (
                    <span class="lost">
                      {t.lost}: {shown(field.name, field.lost)}
                    </span>
                  )}
                </dd>
              </div>
            ))}
          </dl>
        )}
      </div>
    </li>
  )
}
