import { labelOf } from '../../shared/settings/fields'
import type { HistoryEntry } from '../api/answers'
import { texts } from '../texts'
import { Instant } from '../time'
import { historyValue, isNews, isSetting } from './history-value'
import { Icon } from './icon'

/** What people did to the settings or the connection is about no item. */
const isItem = ({ kind }: HistoryEntry) => kind === 'calendar' || kind === 'tasks'

export function HistoryRow({ entry }: { entry: HistoryEntry }) {
  const t = texts.history
  const now = new Date()
  const news = entry.fields.filter(isNews)
  const why = t.why[entry.why ?? '']
  return (
    <li class="row history">
      <p class="when help">
        <Instant at={entry.at} />
      </p>
      <div class="grow">
        <p>
          {entry.label && isItem(entry) && <span class="title">{entry.label} </span>}
          <span class="deed">{t.sentence(entry)}</span>
          {entry.by && entry.by !== 'sync' && <span class="help inline"> {t.by(entry.by)}</span>}
        </p>
        {why && <p class="help">{why}</p>}
        {news.length > 0 && (
          <dl class="changes">
            {news.map((field) => (
              <div key={field.name}>
                <dt>
                  {isSetting(field.name)
                    ? labelOf(field.name, 'user')
                    : (t.fields[field.name] ?? field.name)}
                </dt>
                <dd>
                  <span class="unseen">{t.old} </span>
                  <del>{historyValue(field.name, field.old, now)}</del> <Icon mood="becomes" />{' '}
                  <span class="unseen">{t.new} </span>
                  <ins>{historyValue(field.name, field.new, now)}</ins>
                  {field.lost !== undefined && field.lost !== null && (
                    <span class="lost">
                      {t.lost}: {historyValue(field.name, field.lost, now)}
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
