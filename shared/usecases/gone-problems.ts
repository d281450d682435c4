import type { Side } from '../core/model'
import type { Problem } from '../ports/stores'
import type { Gathering } from './linked-work'
import type { RunContext } from './run-context'

/** What an item says of itself, as opposed to what happened to it: over with the item. */
const OF_ITEM = (problem: Problem): boolean =>
  problem.code !== 'moved' && problem.code !== 'conflict'

/**
 * Ends the problems of items without a counterpart that are not there any more: a feed names their removal, or a whole list of their place
 * does not name them. Nothing is deleted by that, so no proof is needed; an item that is there all the same is reported again.
 */
export async function endProblemsOfGone(
  context: RunContext,
  { gathered, readings, claims }: Gathering,
): Promise<void> {
  for (const problem of [...context.problems.values()]) {
    const { oroId, microsoftId, microsoftContainer, nextTryAt } = problem
    if ((oroId === null) === (microsoftId === null) || !OF_ITEM(problem)) continue
    // One that is tried again now is asked for by id.
    if (nextTryAt !== null) continue
    const side: Side = oroId === null ? 'microsoft' : 'oro'
    const id = oroId ?? microsoftId ?? ''
    const { full, containers } = gathered[side]
    const listed = side === 'oro' || containers.includes(microsoftContainer ?? '')
    const unlisted = full && listed && !readings[side].has(id)
    if (!unlisted && (!claims[side].has(id) || readings[side].has(id))) continue
    context.problems.delete(problem.id)
    await context.ledger.add([{ remove: 'problem', id: problem.id }])
  }
}
