import { accountId, type Account } from '../core/account'
import { KINDS, type Kind } from '../core/model'
import { ProblemAnswer } from '../errors'
import type { Candidate, HistoryEntry, Problem } from '../ports/stores'
import { rfc3339, type Deps } from './deps'

const kindOf = (id: string): Kind | undefined =>
  KINDS.find((kind) => id.startsWith(`${kind.charAt(0)}-`))

/** What a person says of a problem: try again now, or do not show it any more (DESIGN 7). */
export async function answerProblem(
  deps: Deps,
  account: Account,
  id: string,
  choice: 'retry' | 'ignore',
): Promise<void> {
  const kind = kindOf(id)
  const state = kind && deps.stateOf(account, kind)
  const problem = (await state?.problems())?.find((entry) => entry.id === id)
  if (!kind || !state || !problem)
    throw new ProblemAnswer(404, 'Not found', 'There is no such problem.')
  if (!problem.choices.includes(choice)) {
    throw new ProblemAnswer(
      409,
      'Not possible',
      `This problem offers: ${problem.choices.join(', ')}.`,
    )
  }
  const now = deps.clock.now()
  if (choice === 'ignore') {
    await state.answerProblem({ ...problem, ignored: true, nextTryAt: null })
    return
  }
  await state.answerProblem({ ...problem, ignored: false, nextTryAt: rfc3339(now) })
  await deps.queue.sync({
    v: 1,
    accountId: accountId(account),
    kind,
    reason: 'retry',
    at: rfc3339(now),
    ids: idsOf(problem),
  })
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
    await deps
      .stateOf(account, kind)
      .answerCandidate({ ...candidate, answer: request.answer, by: request.by })
  }
  const at = rfc3339(deps.clock.now())
  for (const kind of new Set(chosen.map((entry) => entry.kind))) {
    await deps.queue.sync({ v: 1, accountId: accountId(account), kind, reason: 'retry', at })
  }
  return { answered: chosen.length }
}

/** `GET …/history`, newest first, of both kinds. The opaque `next` names the place in each. */
export async function history(
  deps: Deps,
  account: Account,
  page: { limit: number; next: string | null },
): Promise<{ items: readonly HistoryEntry[]; next: string | null }> {
  const places = parsePlaces(page.next)
  const lists = await Promise.all(
    KINDS.map(async (kind) => {
      const place = places[kind]
      if (place === 'end') return { kind, items: [], next: null }
      const found = await deps.stateOf(account, kind).history({ limit: page.limit, next: place })
      return { kind, ...found }
    }),
  )
  // Whole pages of each kind: at most twice the limit are read, and what does not fit is read again next time.
  const merged = lists
    .flatMap(({ kind, items }) => items.map((entry, index) => ({ kind, entry, index })))
    .sort((a, b) =>
      a.entry.at < b.entry.at ? 1 : a.entry.at > b.entry.at ? -1 : a.index - b.index,
    )
  const shown = merged.slice(0, page.limit)
  const more = merged.length > shown.length || lists.some((list) => list.next !== null)
  if (!more) return { items: shown.map(({ entry }) => entry), next: null }
  const skips: Partial<Record<Kind, number>> = {}
  for (const { kind } of shown) skips[kind] = (skips[kind] ?? 0) + 1
  return {
    items: shown.map(({ entry }) => entry),
    next: await placesAfter(deps, account, places, skips),
  }
}

type Places = Readonly<Record<Kind, string | null>>

function parsePlaces(next: string | null): Places {
  if (next === null) return { calendar: null, tasks: null }
  try {
    const parsed = JSON.parse(Buffer.from(next, 'base64url').toString()) as Places
    return { calendar: parsed.calendar, tasks: parsed.tasks }
  } catch {
    throw new ProblemAnswer(
      400,
      'Bad request',
      'The parameter next is not one that was given out.',
      [{ pointer: '/next', detail: 'unknown' }],
    )
  }
}

async function placesAfter(
  deps: Deps,
  account: Account,
  places: Places,
  skips: Partial<Record<Kind, number>>,
): Promise<string> {
  const after: Record<Kind, string | null> = { ...places }
  for (const kind of KINDS) {
    const skip = skips[kind] ?? 0
    if (skip === 0 || places[kind] === 'end') continue
    const { next } = await deps.stateOf(account, kind).history({ limit: skip, next: places[kind] })
    after[kind] = next ?? 'end'
  }
  return Buffer.from(JSON.stringify(after)).toString('base64url')
}
