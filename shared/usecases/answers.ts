import { accountId, type Account } from '../core/account'
import { KINDS, type Kind } from '../core/model'
import { ProblemAnswer, VersionMismatch } from '../errors'
import type { Candidate, Problem } from '../ports/stores'
import { rfc3339, type Deps } from './deps'

const kindOf = (id: string): Kind | undefined =>
  KINDS.find((kind) => id.startsWith(`${kind.charAt(0)}-`))

/** What a person says of a problem: try again now, or do not show it any more (DESIGN 7). */
export async function answerProblem(
  deps: Deps,
  account: Account,
  id: string,
  choice: 'retry' | 'ignore' | 'remove-copy' | 'repair',
): Promise<void> {
  const kind = kindOf(id)
  const state = kind && deps.stateOf(account, kind)
  const problem = (await state?.problems())?.find((entry) => entry.id === id)
  if (!kind || !state || !problem)
    throw new ProblemAnswer(404, 'Not found', 'There is no such problem.')
  if (!problem.choices.includes(choice) || (choice !== 'retry' && choice !== 'ignore')) {
    const detail = `This problem offers: ${problem.choices.join(', ')}.`
    throw new ProblemAnswer(409, 'Not possible', detail)
  }
  const now = deps.clock.now()
  const answer =
    choice === 'ignore'
      ? { ignored: true, nextTryAt: null }
      : { ignored: false, nextTryAt: rfc3339(now) }
  if (!(await stored(() => state.answerProblem({ ...problem, ...answer }))))
    throw new ProblemAnswer(404, 'Not found', 'This problem has just ended.')
  if (choice === 'ignore') return
  await deps.queue.sync({
    v: 1,
    accountId: accountId(account),
    kind,
    reason: 'retry',
    at: rfc3339(now),
    ids: idsOf(problem),
  })
}

/** false = a run has ended it meanwhile. */
async function stored(write: () => Promise<void>): Promise<boolean> {
  try {
    await write()
    return true
  } catch (error) {
    if (error instanceof VersionMismatch) return false
    throw error
  }
}

const idsOf = ({ oroId, microsoftId }: Problem) => ({
  ...(oroId === null ? {} : { oro: [oroId] }),
  ...(microsoftId === null ? {} : { microsoft: [microsoftId] }),
})

/** Confirms or refuses held deletions: all of them, or those named. The next run proves each again before it acts. */
export async function answerHold(
  deps: Deps,
  account: Account,
  request: {
    ids?: readonly string[]
    answer: 'confirm' | 'unlink' | 'recreate'
    by: string | null
  },
): Promise<{ answered: number }> {
  const wanted = request.ids ? new Set(request.ids) : null
  const known: { kind: Kind; candidate: Candidate }[] = []
  for (const kind of KINDS) {
    const rows = await deps.stateOf(account, kind).candidates()
    known.push(...rows.map((candidate) => ({ kind, candidate })))
  }
  const idOf = ({ kind, candidate }: (typeof known)[number]) =>
    `${kind.charAt(0)}-${candidate.oroId}`
  const names = new Set(known.map(idOf))
  const strange = [...(wanted ?? [])].filter((id) => !names.has(id))
  if (strange.length > 0) {
    throw new ProblemAnswer(
      404,
      'Not found',
      'Some of these are not held.',
      strange.map((id) => ({
        pointer: `/ids/${String(request.ids?.indexOf(id) ?? 0)}`,
        detail: `${id} is not held`,
      })),
    )
  }
  const chosen = known.filter((entry) => wanted === null || wanted.has(idOf(entry)))
  for (const { kind, candidate } of chosen) {
    const state = deps.stateOf(account, kind)
    const answered = { ...candidate, answer: request.answer, by: request.by }
    // One that a run has dissolved meanwhile needs no answer any more.
    await stored(() => state.answerCandidate(answered))
  }
  const at = rfc3339(deps.clock.now())
  for (const kind of new Set(chosen.map((entry) => entry.kind))) {
    await deps.queue.sync({ v: 1, accountId: accountId(account), kind, reason: 'retry', at })
  }
  return { answered: chosen.length }
}
