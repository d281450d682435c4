import { ERROR_CODES } from '../errors'
import type { Problem, StateChange } from '../ports/stores'
import { rfc3339 } from './deps'
import { problemId, type Subject } from './remember'
import type { RunContext } from './run-context'

/** When a run looks again at what was held back, should nothing else bring one. */
const LOOK_AGAIN_MS = 60_000

const holdId = (context: RunContext, subject: Subject): string =>
  problemId(context.kind, subject, 'move')

/** Nobody waits for this item any more. */
export function release(context: RunContext, subject: Subject): StateChange[] {
  const id = holdId(context, subject)
  return context.problems.delete(id) ? [{ remove: 'problem', id }] : []
}

/**
 * Leaves an item for the next run: a row that nobody is shown makes that run read it, whatever its feeds say.
 *
 * @param how `once`: one more run is enough
 * @returns false when it has waited before
 */
export function holdBack(
  context: RunContext,
  subject: Subject,
  changes: StateChange[],
  how: 'once' | 'until-answered',
): boolean {
  const known = context.problems.has(holdId(context, subject))
  // The row ends with what is now done about the item: a worker that dies in between leaves it to the next.
  if (known && how === 'once') return false
  const { kind, problems, startedAt } = context
  const problem: Problem = {
    id: holdId(context, subject),
    kind,
    code: 'moved',
    message: ERROR_CODES.moved,
    side: 'microsoft',
    step: 'get_list',
    operation: 'import',
    ...subject,
    fields: [],
    choices: [],
    since: rfc3339(startedAt),
    attempts: 1,
    // The next run, but not this one.
    nextTryAt: rfc3339(startedAt + 1),
    ignored: true,
  }
  problems.set(problem.id, problem)
  changes.push({ put: 'problem', problem, known })
  return true
}

/** Asks for the run that looks again, when this one held something back. */
export async function lookAgain(context: RunContext): Promise<void> {
  const { deps, message, problems, startedAt } = context
  const since = rfc3339(startedAt)
  const held = [...problems.values()].some(
    (problem) =>
      problem.since === since &&
      problem.ignored &&
      problem.code === 'moved' &&
      problem.kind === 'tasks',
  )
  if (!held) return
  const { accountId, kind } = message
  const now = deps.clock.now()
  await deps.queue.sync(
    { v: 1, accountId, kind, reason: 'retry', at: rfc3339(now) },
    now + LOOK_AGAIN_MS,
  )
}
