import type { Problem } from '../api/answers'
import { texts } from '../texts'
import { Instant } from '../time'
import { Button } from './button'

interface ProblemRowProps {
  problem: Problem
  busy: boolean
  onChoose: (choice: Problem['choices'][number]) => void
}

export function ProblemRow({ problem, busy, onChoose }: ProblemRowProps) {
  const t = texts.problems
  const title = `problem-${problem.id}`
  const kind = problem.kind === null ? t.account : texts.kinds[problem.kind]
  return (
    <li class="row">
      <div class="grow">
        <p id={title} class="title">
          {problem.label ?? (problem.kind === null ? t.account : t.untitled)}
        </p>
        <p>{problem.message}</p>
        <p class="help">
          {kind}
          {problem.side && ` · ${texts.sides[problem.side]}`} · {t.since}{' '}
          <Instant at={problem.since} /> · {t.attempts(problem.attempts)}
          {problem.nextTryAt && (
            <>
              {' '}
              · {t.next} <Instant at={problem.nextTryAt} />
            </>
          )}
        </p>
      </div>
      <div class="actions">
        {problem.choices.map((choice) => (
          <Button
            key={choice}
            busy={busy}
            describedBy={title}
            look={choice === 'ignore' ? 'quiet' : undefined}
            onClick={() => {
              onChoose(choice)
            }}
          >
            {t.choices[choice]}
          </Button>
        ))}
      </div>
    </li>
  )
}
