import type { Api } from '../api/client'
import { useSettings } from '../state/use-settings'
import { AccountsSection } from './accounts-section'
import { EverybodySection } from './everybody-section'
import { SettingsSection } from './settings-section'

interface AdministratorPageProps {
  api: Api
  scope: string
  level: 'organization' | 'system'
}

/** Organization and system level: the accounts (of one organization), pause for all, the settings that others inherit. */
export function AdministratorPage({ api, scope, level }: AdministratorPageProps) {
  const settings = useSettings(api, scope)
  return (
    <>
      {level === 'organization' && <AccountsSection api={api} scope={scope} />}
      <EverybodySection api={api} scope={scope} level={level} />
      <SettingsSection state={settings} level={level} />
    </>
  )
}
