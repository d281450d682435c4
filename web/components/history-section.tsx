import type { Level } from '../../shared/settings/schema'
import type { HistoryEntry } from '../api/answers'
import type { List } from '../state/use-list'
import { useBusy } from '../state/use-busy'
import { texts } from '../texts'
import { Button } from './button'
import { HistoryRow } from './history-row'
import { Failed, Loading, Part } from './part'

interface HistorySectionProps {
  history: List<HistoryEntry>
  level: Level
}

/** “What happened?”: the last changes with old and new values. */
export function HistorySection({ history, level }: HistorySectionProps) {
  const { busy, run } = useBusy()
  const items = history.value?.items
  return (
    <Part heading={texts.history.heading} id="history">
      {!items && !history.problem && <Loading lines={3} />}
      {history.problem && <Failed problem={history.problem} retry={history.reload} />}
      {items?.length === 0 && (
        <div class="blank">
          <p class="strong">{texts.history.none}</p>
          <p class="help">{texts.history.noneHelp[level]}</p>
        </div>
      )}
      {items && items.length > 0 && (
        <ul class="rows">
          {items.map((entry, index) => (
            <HistoryRow key={`${entry.at}-${String(index)}`} entry={entry} />
          ))}
        </ul>
      )}
      {history.value?.next && (
        <Button busy={busy} onClick={() => void run(history.loadMore)}>
          {texts.more}
        </Button>
      )}
    </Part>
  )
}
