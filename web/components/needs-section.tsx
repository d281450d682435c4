import type { Connection, Hold, Problem } from '../api/answers'
import type { Api } from '../api/client'
import type { List } from '../state/use-list'
import type { Loaded } from '../state/use-load'
import { texts } from '../texts'
import { HoldPanel } from './hold-panel'
import { Icon } from './icon'
import { Failed, Loading, Part } from './part'
import { ProblemList } from './problem-list'

interface NeedsSectionProps {
  api: Api
  scope: string
  connection: Connection
  hold: Loaded<Hold>
  problems: List<Problem>
  onDecided: () => void
}

/** “What needs me?”: held deletions and problems, or the good news that there are none. */
export function NeedsSection({
  api,
  scope,
  connection,
  hold,
  problems,
  onDecided,
}: NeedsSectionProps) {
  const loaded = hold.value && problems.value
  const nothing = hold.value?.items.length === 0 && problems.value?.items.length === 0
  const account = connection.state.startsWith('needs-')
  const failed = hold.problem ?? problems.problem
  return (
    <Part heading={texts.needs.heading} id="needs">
      {!loaded && !failed && <Loading lines={1} />}
      {hold.problem && <Failed problem={hold.problem} retry={hold.reload} />}
      {problems.problem && <Failed problem={problems.problem} retry={problems.reload} />}
      {account && (
        <p class="empty">
          <Icon mood="attention" />
          {texts.needs.account}
        </p>
      )}
      {nothing && !account && (
        <p class="empty">
          <Icon mood="good" />
          {texts.needs.nothing}
        </p>
      )}
      {hold.value && <HoldPanel api={api} scope={scope} hold={hold.value} onDecided={onDecided} />}
      {problems.value && (
        <ProblemList api={api} scope={scope} problems={problems} onDecided={onDecided} />
      )}
    </Part>
  )
}
