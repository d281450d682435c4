import { useState } from 'preact/hooks'
import type { Problem } from '../api/answers'
import type { Api } from '../api/client'
import { useBusy } from '../state/use-busy'
import type { List } from '../state/use-list'
import { texts } from '../texts'
import { Button } from './button'
import { Notice } from './notice'
import { ProblemRow } from './problem-row'

interface ProblemListProps {
  api: Api
  scope: string
  problems: List<Problem>
  onDecided: () => void
}

/** What could not be synchronized, each with its reason and what can be done. */
export function ProblemList({ api, scope, problems, onDecided }: ProblemListProps) {
  const [said, setSaid] = useState('')
  const { busy, problem, run } = useBusy()
  const t = texts.problems
  const items = problems.value?.items ?? []
  const choose = (id: string, choice: Problem['choices'][number]) =>
    void run(async () => {
      await api.send('POST', `${scope}problems/${encodeURIComponent(id)}/${choice}`, {})
      setSaid(t.done[choice])
      onDecided()
    })
  return (
    <div class="problems" hidden={items.length === 0 && said === ''}>
      {items.length > 0 && (
        <div class="panel">
          <h3>{t.heading(items.length)}</h3>
          <ul class="rows">
            {items.map((item) => (
              <ProblemRow
                key={item.id}
                problem={item}
                busy={busy}
                onChoose={(choice) => {
                  choose(item.id, choice)
                }}
              />
            ))}
          </ul>
          {problems.value?.next && (
            <Button busy={busy} onClick={() => void run(problems.loadMore)}>
              {texts.more}
            </Button>
          )}
        </div>
      )}
      {problem && <Notice mood="bad">{problem.message}</Notice>}
      <p class="said" role="status">
        {said}
      </p>
    </div>
  )
}
