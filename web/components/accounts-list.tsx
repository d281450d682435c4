import type { AccountSummary } from '../api/answers'
import type { Api } from '../api/client'
import { useBusy } from '../state/use-busy'
import { useList } from '../state/use-list'
import { texts } from '../texts'
import { Instant } from '../time'
import { connectionMoods } from './account-name'
import { Button } from './button'
import { Icon } from './icon'
import { Failed, Loading } from './part'
import { Pill } from './pill'

interface AccountsListProps {
  api: Api
  scope: string
  attention: boolean
}

/** A table where there is room, cards in a narrow frame. */
export function AccountsList({ api, scope, attention }: AccountsListProps) {
  const accounts = useList<AccountSummary>(api, `${scope}accounts?limit=200`)
  const { busy, run } = useBusy()
  const t = texts.accounts
  if (accounts.problem) return <Failed problem={accounts.problem} retry={accounts.reload} />
  if (!accounts.value) return <Loading lines={4} />
  const { next } = accounts.value
  const items = attention ? accounts.value.items.filter(needsAttention) : accounts.value.items
  return (
    <>
      {attention && items.length > 0 && (
        <p class="empty" role="status">
          <Icon mood="attention" />
          {t.someNeed(items.length)}
        </p>
      )}
      {items.length === 0 && next === null && (
        <p class="empty" role="status">
          <Icon mood={attention ? 'good' : 'off'} />
          {attention ? t.fine : t.none}
        </p>
      )}
      {items.length > 0 && <AccountsTable accounts={items} />}
      {next !== null && (
        <div class="actions">
          <Button busy={busy} onClick={() => void run(accounts.loadMore)}>
            {texts.more}
          </Button>
          {attention && <p class="help">{t.soFar}</p>}
        </div>
      )}
    </>
  )
}

/** Must reconnect, cannot sync, has problems or a held run. */
const needsAttention = ({ state, problems, held }: AccountSummary) =>
  state.startsWith('needs-') || problems > 0 || held > 0

/** In the order of the interface: oldest agreement first. */
function AccountsTable({ accounts }: { accounts: AccountSummary[] }) {
  const t = texts.accounts
  return (
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
        {accounts.map((account) => (
          <AccountRow key={account.accountId} account={account} />
        ))}
      </tbody>
    </table>
  )
}

function AccountRow({ account }: { account: AccountSummary }) {
  const t = texts.accounts
  const { state, microsoft, reason } = account
  return (
    <tr>
      <th scope="row">
        <span class="title">{microsoft?.username ?? t.nameless(account.userId)}</span>
        {microsoft && <span class="help">{t.nameless(account.userId)}</span>}
        {reason && <span class="help">{reason.message}</span>}
      </th>
      <td data-label={t.state}>
        <Pill mood={connectionMoods[state]}>{texts.account.states[state]}</Pill>
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
