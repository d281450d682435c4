import { decideLinked } from '../core/decide'
import type { LinkedItem } from '../core/linked-item'
import { SIDES } from '../core/model'
import type { Decision, Link, Side, SideState } from '../core/model'
import { SyncError } from '../errors'
import { applyLinked } from './apply'
import type { Applied } from './remember-group'
import { dissolved, isDeletion, type Deletion, type Held } from './deletions'
import { formerTarget, type Work } from './gather'
import { containerOn, idOn, settledState, type LinkedWork } from './linked-work'
import type { Unit } from './process'
import { subjectOf, type Subject } from './remember'
import type { RunContext } from './run-context'

/** What a person, or time, wants tried again of this item: nothing that stood in its way stands any more. */
function anew({ problems, startedAt }: RunContext, link: Link): Link {
  const asked = (code: string): boolean =>
    [...problems.values()].some(
      (problem) =>
        problem.code === code &&
        problem.nextTryAt !== null &&
        Date.parse(problem.nextTryAt) <= startedAt &&
        problem.oroId === link.oroId,
    )
  const refused = asked('refused-value') ? {} : link.refused
  const denied = link.state === 'unlinked' && link.reason === 'delete-refused' && asked('access')
  return denied ? { ...link, refused, state: 'linked', reason: null } : { ...link, refused }
}

const item = (context: RunContext, work: LinkedWork, window: Work['window']): LinkedItem => ({
  ...work,
  link: anew(context, work.link),
  policy: context.policy,
  rules: context.rules.fields,
  window,
  formerTarget: formerTarget(context),
})

/** How often a write is decided anew because the item moved on under our hands (412, G-37). */
const MERGE_TRIES = 3

const stale = (error: unknown): boolean =>
  error instanceof SyncError && (error.evidence.status === 412 || error.evidence.status === 409)

async function reread(context: RunContext, link: Link): Promise<LinkedWork> {
  const read = async (side: Side): Promise<SideState> => {
    const ref = { id: idOn(link, side), container: containerOn(link, side) }
    return settledState((await context.sides[side].read([ref])).get(ref.id) ?? { is: 'unknown' })
  }
  const [oro, microsoft] = await Promise.all([read('oro'), read('microsoft')])
  return { link, oro, microsoft }
}

/** Splits linked items into units and deletions; what decides to nothing at all costs nothing. */
export function linkedUnits(
  context: RunContext,
  works: readonly LinkedWork[],
  window: Work['window'],
  held: Held,
  deletions: Deletion[],
): Unit[] {
  return works.flatMap((work) => {
    const blind = blindSide(work)
    if (blind) return [unreadUnit(subjectOf(work.link), blind)]
    const decision = decideLinked(item(context, work, window))
    if (isDeletion(decision)) {
      deletions.push({ work, decision })
      return []
    }
    const unit: Unit = {
      ids: { oro: work.link.oroId, microsoft: work.link.microsoftId },
      subject: subjectOf(work.link),
      run: () => applyWithMerge(context, work, decision, window, held),
    }
    return [unit]
  })
}

/**
 * What was asked about and did not answer is asked again: the feed that named it will not name it twice, and nothing may be forgotten
 * because a read proved nothing.
 */
export function unreadUnit(subject: Subject, side: Side): Unit {
  const { oroId, microsoftId } = subject
  return {
    ids: {
      ...(oroId === null ? {} : { oro: oroId }),
      ...(microsoftId === null ? {} : { microsoft: microsoftId }),
    },
    subject,
    run: () =>
      Promise.reject(new SyncError({ code: 'item-failed', scope: 'item', side, transient: true })),
  }
}

/** The side that did not answer, if one did not. */
const blindSide = (work: LinkedWork): Side | undefined =>
  SIDES.find((side) => work[side].is === 'unknown')

/** Gone or out of reach meanwhile: the next run looks again, and judges deletions together. */
const again = ({ oro }: LinkedWork): SyncError =>
  new SyncError({
    code: 'item-failed',
    scope: 'item',
    side: oro.is === 'gone' ? 'oro' : 'microsoft',
    transient: true,
  })

async function applyWithMerge(
  context: RunContext,
  first: LinkedWork,
  decided: Decision,
  window: Work['window'],
  held: Held,
): Promise<Applied> {
  let work = first
  let decision = decided
  const decideAgain = async (): Promise<void> => {
    work = await reread(context, work.link)
    decision = decideLinked(item(context, work, window))
    if (isDeletion(decision) || blindSide(work)) throw again(work)
  }
  if (decision.unread) await decideAgain()
  for (let attempt = 1; ; attempt += 1) {
    try {
      const applied = await applyLinked(context, work, decision)
      return { ...applied, changes: [...applied.changes, ...dissolved(held, work.link)] }
    } catch (error) {
      if (!stale(error) || attempt >= MERGE_TRIES) throw error
      await decideAgain()
    }
  }
}
