import { useState } from 'preact/hooks'
import type { Api } from '../api/client'
import { texts } from '../texts'
import { AccountsList } from './accounts-list'
import { Part } from './part'

type Filter = 'attention' | 'all'

/** Who is connected, who must reconnect, who has problems or a held run; first those who need attention. */
export function AccountsSection({ api, scope }: { api: Api; scope: string }) {
  const [filter, setFilter] = useState<Filter>('attention')
  const t = texts.accounts
  const chooser = (
    <fieldset class="segments">
      <legend class="unseen">{t.filter}</legend>
      {(['attention', 'all'] as const).map((value) => (
        <label key={value}>
          <input
            type="radio"
            name="accounts"
            checked={filter === value}
            onChange={() => {
              setFilter(value)
            }}
          />
          <span>{t[value]}</span>
        </label>
      ))}
    </fieldset>
  )
  return (
    <Part heading={t.heading} id="accounts" aside={chooser}>
      <AccountsList api={api} scope={scope} attention={filter === 'attention'} />
    </Part>
  )
}
