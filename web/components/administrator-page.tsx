import type { Api } from '../api/client'
import type { HistoryEntry } from '../api/answers'
import { useList } from '../state/use-list'
import { useSettings } from '../state/use-settings'
import { AccountsSection } from './accounts-section'
import { EverybodySection } from './everybody-section'
import { HistorySection } from './history-section'
import { SettingsSection } from './settings-section'

interface AdministratorPageProps {
  api: Api
  scope: string
  level: 'organization' | 'system'
}

/** Organization and system level: the accounts (of one organization), pause for all, the settings that others inherit, and who changed them. */
export function AdministratorPage({ api, scope, level }: AdministratorPageProps) {
  const settings = useSettings(api, scope)
  const history = useList<HistoryEntry>(api, `${scope}history`)
  return (
    <>
      {level === 'organization' && <AccountsSection api={api} scope={scope} />}
      <EverybodySection api={api} scope={scope} level={level} />
      <SettingsSection state={settings} level={level} />
      <HistorySection history={history} level={level} />
    </>
  )
}
