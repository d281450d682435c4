import { decideLinked, type LinkedItem } from '../core/decide'
import { decideAdoption, decideNewcomer, pairNewcomers, type Match } from '../core/newcomers'
import { eligible } from '../core/newcomers'
import type { Decision, Link, Reading, Side, SideState } from '../core/model'
import { SyncError } from '../errors'
import { itemFailed } from '../log'
import { accountId } from '../core/account'
import { applyCreate, applyLinked, rememberGroup, type Applied } from './apply'
import { dissolved, isDeletion, type Deletion, type Held } from './deletions'
import type { Work } from './gather'
import { containerOn, idOn, settledState, type LinkedWork } from './linked-work'
import {
  report,
  reportError,
  reportFinding,
  subjectOf,
  subjectOfReading,
  type Subject,
} from './remember'
import { announce, answeredIntents } from './intents'
import { newLink } from './new-link'
import type { RunContext } from './run-context'

/** One unit of a run: its decision and writes, finished or not begun. */
export interface Unit {
  readonly ids: { readonly oro?: string; readonly microsoft?: string }
  /** null = nothing to remember. */
  run(): Promise<Applied | null>
  /** Creates the counterpart of this item: announced first, so that a lost answer leaves a trace. */
  readonly creates?: { readonly from: Reading; readonly generation: number }
  readonly subject: Subject
}

const item = (context: RunContext, work: LinkedWork, window: Work['window']): LinkedItem => ({
  ...work,
  policy: context.policy,
  rules: context.rules.fields,
  window,
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
    const blind = (['oro', 'microsoft'] as const).find((side) => work[side].is === 'unknown')
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
function unreadUnit(subject: Subject, side: Side): Unit {
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

async function applyWithMerge(
  context: RunContext,
  first: LinkedWork,
  decided: Decision,
  window: Work['window'],
  held: Held,
): Promise<Applied | null> {
  let work = first
  let decision = decided
  for (let attempt = 1; ; attempt += 1) {
    try {
      const applied = await applyLinked(context, work, decision)
      return { ...applied, changes: [...applied.changes, ...dissolved(held, work.link)] }
    } catch (error) {
      if (!stale(error) || attempt >= MERGE_TRIES) throw error
      work = await reread(context, work.link)
      decision = decideLinked(item(context, work, window))
      // Gone meanwhile: a deletion needs the proof of the next run.
      if (isDeletion(decision)) return null
    }
  }
}

async function adopt(
  context: RunContext,
  match: Match,
  previous: Link | null,
  held: Held,
): Promise<Applied> {
  const decision = decideAdoption(match, context.rules.fields, context.policy)
  const { oro, microsoft } = match
  const generation = previous?.generation ?? 0
  const link: Link = {
    ...newLink(context, { oro, microsoft, about: microsoft, generation }),
    stamp: decision.stamp,
    versions: { oro: oro.version, microsoft: microsoft.version },
  }
  const work: LinkedWork = {
    link,
    oro: { is: 'present', reading: match.oro },
    microsoft: { is: 'present', reading: match.microsoft },
  }
  const applied = await applyLinked(context, work, decision)
  const over = previous ? dissolved(held, previous) : []
  return { ...applied, previous, changes: [...applied.changes, ...over] }
}

/** Newcomers of both sides: tied to each other where they are one item, else created across. Exports come before imports. */
export function newcomerUnits(context: RunContext, work: Work, held: Held): Unit[] {
  const previous = new Map(work.newcomers.map((entry) => [entry.reading, entry.previous]))
  const candidates = work.newcomers
    .map((entry) => entry.reading)
    .filter((reading) => eligible(reading, context.policy, work.window))
  const pairing = pairNewcomers(candidates, context.rules.guess(context.policy))
  const units: Unit[] = work.unread.map(({ side, id }) => {
    const nobody = { oroId: null, microsoftId: null, microsoftContainer: null, label: '' }
    const known = [...context.problems.values()].find(
      (problem) => (side === 'oro' ? problem.oroId : problem.microsoftId) === id,
    )
    const { oroId, microsoftId, microsoftContainer, label } = known ?? nobody
    const subject = { oroId, microsoftId, microsoftContainer, label }
    return unreadUnit(
      side === 'oro' ? { ...subject, oroId: id } : { ...subject, microsoftId: id },
      side,
    )
  })
  const mappable = (match: Match): boolean => !match.oro.unmappable && !match.microsoft.unmappable
  for (const match of pairing.matches) {
    const before = previous.get(match.oro) ?? previous.get(match.microsoft) ?? null
    units.push({
      ids: { oro: match.oro.id, microsoft: match.microsoft.id },
      subject: subjectOfReading(match.microsoft),
      run: () =>
        mappable(match)
          ? adopt(context, match, before, held)
          : withhold(context, match.microsoft.unmappable ? match.microsoft : match.oro),
    })
  }
  for (const reading of pairing.ambiguous) {
    units.push({ ...unitOf(reading), run: () => reportAmbiguous(context, reading) })
  }
  const bySide = (side: Side): Reading[] =>
    pairing.single.filter((reading) => reading.side === side)
  for (const reading of [...bySide('oro'), ...bySide('microsoft')]) {
    const before = previous.get(reading) ?? null
    const generation = before ? before.generation + 1 : 0
    const announced = reading.side === 'oro' && !reading.unmappable
    const creates = announced ? { creates: { from: reading, generation } } : {}
    const run = (): Promise<Applied | null> => newcomer(context, reading, before, work.window)
    units.push({ ...unitOf(reading), ...creates, run })
  }
  return units
}

const unitOf = (reading: Reading): Pick<Unit, 'ids' | 'subject'> => ({
  ids: { [reading.side]: reading.id },
  subject: subjectOfReading(reading),
})

async function newcomer(
  context: RunContext,
  reading: Reading,
  previous: Link | null,
  window: Work['window'],
): Promise<Applied | null> {
  const decision = decideNewcomer(reading, context.rules.fields, context.policy, window)
  if (decision.is === 'nothing') return null
  if (decision.is === 'withhold') return withhold(context, reading)
  return applyCreate(context, {
    from: reading,
    operation: decision.operation,
    decision: { lost: [], findings: [] },
    previous,
  })
}

/** Not synced, reported, touched nowhere. The same reason again writes nothing. */
async function withhold(context: RunContext, reading: Reading): Promise<null> {
  const { unmappable } = reading
  if (!unmappable) return null
  const subject = subjectOfReading(reading)
  const known = [...context.problems.values()].some(
    (problem) =>
      problem.code === unmappable.code &&
      (reading.side === 'oro' ? problem.oroId : problem.microsoftId) === reading.id,
  )
  if (known) return null
  const finding = { ...unmappable, fields: [], side: reading.side }
  await context.ledger.add([reportFinding(context, subject, finding)])
  return null
}

async function reportAmbiguous(context: RunContext, reading: Reading): Promise<null> {
  const change = report(context, subjectOfReading(reading), {
    code: 'ambiguous-match',
    message: 'Several items look like its counterpart; none was chosen.',
    side: reading.side,
    fields: [],
    transient: false,
    step: 'map',
  })
  await context.ledger.add([change])
  return null
}

const CONCURRENT_ITEMS = 6
const GROUP = 48

/** Carries out units in groups; answers what was not begun. A failing item is reported and stops no other (P10). */
export async function runUnits(
  context: RunContext,
  units: readonly Unit[],
  goOn: () => Promise<boolean>,
): Promise<readonly Unit[]> {
  let done = 0
  while (done < units.length) {
    if (!context.ledger.mayWrite() || !(await goOn())) break
    const group = units.slice(done, done + GROUP)
    const begun = await runGroup(context, group)
    done += begun
    if (begun < group.length) break
    const total = units.length
    if (done < total) {
      await context.ledger.flush((row) => ({ ...row, progress: { done, total } }))
    }
  }
  return units.slice(done)
}

/** Answers how many were begun: none is once the lease is too old for a write (DESIGN 4). */
async function runGroup(context: RunContext, group: readonly Unit[]): Promise<number> {
  const applied: Applied[] = []
  const fatal: unknown[] = []
  const queue = [...group]
  await announce(
    context,
    group.flatMap((unit) => unit.creates ?? []),
  )
  const worker = async (): Promise<void> => {
    while (fatal.length === 0 && context.ledger.mayWrite()) {
      const unit = queue.shift()
      if (!unit) break
      try {
        const result = await unit.run()
        const over = answeredIntents(context, unit.ids)
        if (result) applied.push({ ...result, changes: [...result.changes, ...over] })
        else if (over.length > 0) await context.ledger.add(over)
        if (result?.failure !== undefined) throw result.failure
      } catch (error) {
        if (error instanceof SyncError && error.evidence.scope === 'item')
          await failed(context, unit, error)
        else fatal.push(error)
      }
    }
  }
  await Promise.all(Array.from({ length: CONCURRENT_ITEMS }, worker))
  // What was written is remembered even when the account has to stop now.
  await rememberGroup(context, applied)
  await context.ledger.keepAlive()
  if (fatal.length > 0) {
    await context.ledger.flush()
    throw fatal[0]
  }
  return group.length - queue.length
}

async function failed(context: RunContext, unit: Unit, error: SyncError): Promise<void> {
  context.tally.failed += 1
  const { code, side, transient } = error.evidence
  itemFailed(context.deps.log, {
    account: accountId(context.account),
    kind: context.kind,
    code,
    side,
    transient,
  })
  // Refused for good, nothing was created; otherwise the intent stays and the next run looks for what it left.
  const over = transient ? [] : answeredIntents(context, unit.ids)
  const fields = error.evidence.fields ?? []
  await context.ledger.add([reportError(context, unit.subject, error, fields), ...over])
}
