import { SIDES, type Reading, type Side } from '../core/model'
import type { Problem } from '../ports/stores'
import type { Work } from './gather'
import { idOn, living, settledState } from './linked-work'
import type { RunContext } from './run-context'

const sideOf = ({ oroId }: Problem): Side => (oroId === null ? 'microsoft' : 'oro')
const idOf = ({ oroId, microsoftId }: Problem): string => oroId ?? microsoftId ?? ''

/**
 * Items of which several look like the counterpart are judged together, whatever part of them a run's feeds happen to name: alone, each
 * would be taken for new and doubled (sync-rules 7). Where one of them cannot be read now, all of them wait.
 */
export async function withAlike(context: RunContext, work: Work): Promise<Work> {
  const { ledger, problems, startedAt } = context
  const waiting = [...problems.values()].filter(({ code }) => code === 'ambiguous-match')
  const asked = waiting.some(
    ({ nextTryAt }) => nextTryAt !== null && Date.parse(nextTryAt) <= startedAt,
  )
  if (waiting.length === 0 || (work.newcomers.length === 0 && !asked)) return work
  const here = new Set(work.newcomers.map(({ reading }) => `${reading.side}:${reading.id}`))
  const missing = waiting.filter((problem) => !here.has(`${sideOf(problem)}:${idOf(problem)}`))
  const found: { reading: Reading; previous: null }[] = []
  let unknown = false
  for (const side of SIDES) {
    const absent = missing.filter((problem) => sideOf(problem) === side)
    if (absent.length === 0) continue
    const states = await context.sides[side].read(
      absent.map((problem) => ({
        id: idOf(problem),
        container: problem.microsoftContainer ?? context.rules.home(context.connection, side),
      })),
    )
    const linked = await linkedIds(context, side, absent.map(idOf))
    for (const problem of absent) {
      const state = settledState(states.get(idOf(problem)) ?? { is: 'unknown' })
      if (state.is === 'unknown') unknown = true
      else if (state.is === 'present' && !linked.has(idOf(problem)))
        found.push({ reading: state.reading, previous: null })
      else {
        problems.delete(problem.id)
        await ledger.add([{ remove: 'problem', id: problem.id }])
      }
    }
  }
  if (!unknown) return { ...work, newcomers: [...work.newcomers, ...found] }
  const alike = new Set(waiting.map((problem) => `${sideOf(problem)}:${idOf(problem)}`))
  const others = work.newcomers.filter(({ reading: { side, id } }) => !alike.has(`${side}:${id}`))
  return { ...work, newcomers: others }
}

async function linkedIds(
  { state }: RunContext,
  side: Side,
  ids: readonly string[],
): Promise<Set<string>> {
  const links = await (side === 'oro' ? state.linksByOro(ids) : state.linksByMicrosoft(ids))
  return new Set([...links.values()].filter(living).map((link) => idOn(link, side)))
}
