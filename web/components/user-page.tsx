import type { Connection, HistoryEntry, Hold, Problem, Status } from '../api/answers'
import type { Api } from '../api/client'
import { useInterval } from '../state/use-interval'
import { useList } from '../state/use-list'
import { useLoad } from '../state/use-load'
import { useOperation } from '../state/use-operation'
import { useSettings } from '../state/use-settings'
import { AccountSection } from './account-section'
import { HistorySection } from './history-section'
import { NeedsSection } from './needs-section'
import { SettingsSection } from './settings-section'
import { StatusSection } from './status-section'

const busyMs = 2000
const idleMs = 30_000

/** In the order of a person's questions: am I connected, does everything agree, what needs me, what can I set, what happened. */
export function UserPage({ api, scope }: { api: Api; scope: string }) {
  const connection = useLoad(async () => (await api.get<Connection>(`${scope}connection`)).body)
  const status = useLoad(async () => (await api.get<Status>(`${scope}status`)).body)
  const hold = useLoad(async () => (await api.get<Hold>(`${scope}hold`)).body)
  const problems = useList<Problem>(api, `${scope}problems`)
  const history = useList<HistoryEntry>(api, `${scope}history`)
  const settings = useSettings(api, scope)

  const refresh = async () => {
    await Promise.all([
      connection.reload(),
      status.reload(),
      hold.reload(),
      problems.reload(),
      history.reload(),
    ])
  }
  // What was asked for may not have begun yet: the status alone would not tell.
  const asked = useOperation(api, () => void refresh())
  const moving =
    asked.running ||
    Object.values(status.value?.kinds ?? {}).some(
      ({ inProgress, state }) => inProgress || state === 'queued',
    )
  const inTrouble = status.value === undefined
  useInterval(refresh, inTrouble ? null : moving ? busyMs : idleMs)

  const known = connection.value
  return (
    <>
      <AccountSection
        api={api}
        scope={scope}
        connection={connection}
        settings={settings}
        onChanged={() => void refresh()}
      />
      <StatusSection
        api={api}
        scope={scope}
        connection={known}
        status={status}
        onSyncing={asked.follow}
      />
      {known && known.microsoft !== null && (
        <NeedsSection
          api={api}
          scope={scope}
          connection={known}
          hold={hold}
          problems={problems}
          onDecided={() => void refresh()}
        />
      )}
      <SettingsSection state={settings} level="user" />
      <HistorySection history={history} level="user" />
    </>
  )
}
