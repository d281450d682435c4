import type { AccountSummary } from '../api/answers'
import type { Api } from '../api/client'
import { useBusy } from '../state/use-busy'
import { useList } from '../state/use-list'
import { texts } from '../texts'
import { Instant } from '../time'
import { connectionMoods } from './account-name'
import { oldestFirst } from './accounts-section'
import { Button } from './button'
import { Icon } from './icon'
import { Failed, Loading } from './part'
import { Pill } from './pill'

interface AccountsListProps {
  api: Api
  call: string
  attention: boolean
}

/** A table where there is room, cards in a narrow frame. */
export function AccountsList({ api, call, attention }: AccountsListProps) {
  const accounts = useList<AccountSummary>(api, call)
  const { busy, run } = useBusy()
  const t = texts.accounts
  if (accounts.problem) return <Failed problem={accounts.problem} retry={accounts.reload} />
  if (!accounts.value) return <Loading lines={4} />
  const { items, next } = accounts.value
  if (items.length === 0) {
    return (
      <p class="empty" role="status">
        <Icon mood={attention ? 'good' : 'off'} />
        {attention ? t.fine : t.none}
      </p>
    )
  }
  return (
    <>
      {attention && (
        <p class="empty" role="status">
          <Icon mood="attention" />
          {t.someNeed(items.length, next !== null)}
        </p>
      )}
      <table class="accounts">
        <thead>
          <tr>
            <th scope="col">{t.user}</th>
            <th scope="col">{t.state}</th>
            <th scope="col">{t.agreed}</th>
            <th scope="col" class="number">
              {t.problems}
            </th>
            <th scope="col" class="number">
              {t.held}
            </th>
          </tr>
        </thead>
        <tbody>
          {oldestFirst(items).map((account) => (
            <AccountRow key={account.accountId} account={account} />
          ))}
        </tbody>
      </table>
      {next && (
        <Button busy={busy} onClick={() => void run(accounts.loadMore)}>
          {texts.more}
        </Button>
      )}
    </>
  )
}

function AccountRow({ account }: { account: AccountSummary }) {
  const t = texts.accounts
  const { state, paused } = account
  return (
    <tr>
      <th scope="row">
        <span class="title">{account.name ?? t.nameless(account.accountId)}</span>
        {account.microsoft && <span class="help">{account.microsoft.username}</span>}
      </th>
      <td data-label={t.state}>
        {state === 'connected' && paused !== null ? (
          <Pill mood="paused">{texts.status.states.paused}</Pill>
        ) : (
          <Pill mood={connectionMoods[state]}>{texts.account.states[state]}</Pill>
        )}
      </td>
      <td data-label={t.agreed}>
        {account.lastAgreedAt ? <Instant at={account.lastAgreedAt} /> : texts.never}
      </td>
      <td data-label={t.problems} class={account.problems > 0 ? 'number some' : 'number'}>
        {account.problems}
      </td>
      <td data-label={t.held} class={account.held > 0 ? 'number some' : 'number'}>
        {account.held}
      </td>
    </tr>
  )
}
