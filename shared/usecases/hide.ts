import type { Link } from '../core/model'
import type { StateChange } from '../ports/stores'
import type { RunContext } from './run-context'

/** An item has become private: what was told of it before is hidden too, in the history and in its problems (sync-rules 10, S6). */
export async function hideTold(context: RunContext, { oroId, label }: Link): Promise<void> {
  const told = [...context.problems.values()].filter(
    (problem) => problem.oroId === oroId && problem.label !== label,
  )
  const changes = told.map((problem): StateChange => {
    const hidden = { ...problem, label }
    context.problems.set(problem.id, hidden)
    return { put: 'problem', problem: hidden, known: true }
  })
  await context.ledger.add(changes)
  // Entries of this run still wait for their commit.
  await context.ledger.flush()
  await context.state.hideHistory(oroId)
}
