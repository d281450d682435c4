import { brakeLimit, brakes, withinHour } from '../core/brake'
import {
  across,
  type Decision,
  type Link,
  type Operation,
  type Reading,
  type Side,
} from '../core/model'
import { same } from '../core/fingerprint'
import { isItemError } from '../errors'
import { deletionsHeld } from '../log'
import type { Candidate, StateChange } from '../ports/stores'
import { applyCreate } from './apply-create'
import { mailed, rememberGroup } from './remember-group'
import { rfc3339 } from './deps'
import { containerOn, idOn, type LinkedWork } from './linked-work'
import { announce, answeredIntents } from './intents'
import { historyOf, reportError, reportFinding, settle, subjectOf } from './remember'
import { accountId } from '../core/account'
import type { RunContext } from './run-context'
import { tellNewOwner } from './task-owners'

/** A proven deletion, or a re-creation that answers one: carried out last, and only below the brake (P5). */
export interface Deletion {
  readonly work: LinkedWork
  readonly decision: Decision
}

export const isDeletion = (decision: Decision): boolean =>
  decision.operations.some((operation) => operation.kind !== 'update')

const operationOf = ({ decision }: Deletion) => {
  const [operation] = decision.operations
  if (!operation) throw new TypeError('A deletion has an operation')
  return operation
}

const candidateOf = (
  context: RunContext,
  { work, decision }: Deletion,
  known?: Candidate,
): Candidate => {
  const operation = operationOf({ work, decision })
  return {
    oroId: work.link.oroId,
    kind: operation.kind === 'delete' ? 'delete' : 're-create',
    side: operation.on,
    label: work.link.label,
    span: work.link.span,
    since: known?.since ?? rfc3339(context.deps.clock.now()),
    answer: known?.answer ?? null,
    by: known?.by ?? null,
  }
}

/** What a person has said about held deletions, and which of them this run still finds. */
export interface Held {
  readonly byOroId: ReadonlyMap<string, Candidate>
}

export async function loadHeld(context: RunContext): Promise<Held> {
  const rows = context.ledger.row().open.candidates > 0 ? await context.state.candidates() : []
  return { byOroId: new Map(rows.map((row) => [row.oroId, row])) }
}

/** The data came back: nobody has to decide any more (sync-rules 5). */
export function dissolved(held: Held, link: Link): StateChange[] {
  return held.byOroId.has(link.oroId) ? [{ remove: 'candidate', oroId: link.oroId }] : []
}

async function hold(context: RunContext, deletion: Deletion, known?: Candidate): Promise<void> {
  const { link } = deletion.work
  const candidate = candidateOf(context, deletion, known)
  await context.ledger.add([
    { put: 'candidate', candidate, known: known !== undefined },
    { put: 'link', link: { ...link, state: 'held', reason: 'brake' }, previous: link },
    // It waits for a person now, not for another try.
    ...settle(context, subjectOf(link), []),
  ])
}

async function unlinkRefused(
  context: RunContext,
  deletion: Deletion,
  known: Candidate,
): Promise<void> {
  const { link } = deletion.work
  await context.ledger.add([
    { remove: 'candidate', oroId: known.oroId },
    { put: 'link', link: { ...link, state: 'unlinked', reason: 'refused-delete' }, previous: link },
  ])
}

/** A person refused the deletion and wants the item back where it was deleted. */
async function recreateRefused(
  context: RunContext,
  deletion: Deletion,
  known: Candidate,
): Promise<void> {
  const { link } = deletion.work
  const from: Side = operationOf(deletion).on
  const state = deletion.work[from]
  const reading = state.is === 'present' ? state.reading : await readOne(context, link, from)
  if (!reading) return unlinkRefused(context, deletion, known)
  const operation = context.rules.createFrom(reading, context.policy)
  const decision = { lost: [], findings: [] }
  await createAgain(context, { link, reading, operation, decision }, [
    { remove: 'candidate', oroId: known.oroId },
  ])
}

/** Makes the lost copy anew: announced first, since a copy whose answer is lost would come back as a newcomer. */
async function createAgain(
  context: RunContext,
  given: {
    link: Link
    reading: Reading
    operation: Operation
    decision: Pick<Decision, 'lost' | 'findings'>
  },
  over: readonly StateChange[],
): Promise<void> {
  const { link, reading: from, operation, decision } = given
  await announce(context, [{ from, generation: link.generation + 1, operation }])
  const applied = await applyCreate(context, { from, operation, decision, previous: link })
  const answered = answeredIntents(context, { [from.side]: from.id })
  await rememberGroup(context, [
    { ...applied, changes: [...applied.changes, ...over, ...answered] },
  ])
}

async function readOne(context: RunContext, link: Link, side: Side) {
  const id = idOn(link, side)
  const found = await context.sides[side].read([{ id, container: containerOn(link, side) }])
  const state = found.get(id)
  return state?.is === 'present' ? state.reading : null
}

/**
 * Removes a copy of the version that is known. That of the link may be older than the item, although nobody has changed it: Exchange
 * touches items by itself (G-27), and says 412 without a reason (G-37). One that still says what was agreed goes all the same.
 */
async function removeCopy(
  context: RunContext,
  { link, ...states }: LinkedWork,
  on: Side,
  message: string,
): Promise<void> {
  const state = states[on]
  const ref = { id: idOn(link, on), container: containerOn(link, on) }
  const known = state.is === 'present' ? state.reading.version : link.versions[on]
  try {
    await context.sides[on].remove({ ref, message, version: known })
  } catch (error) {
    if (!isItemError(error) || error.evidence.status !== 412) throw error
    const now = await readOne(context, link, on)
    const agreed = Object.entries(link.base).every(([name, pair]) => {
      const said = now?.fields[name]
      return said === undefined || same(said, pair[on])
    })
    if (now === null || !agreed) throw error
    await context.sides[on].remove({ ref, message, version: now.version })
  }
}

async function carryOut(context: RunContext, deletion: Deletion, known?: Candidate): Promise<void> {
  const { work, decision } = deletion
  const { link } = work
  const operation = operationOf(deletion)
  const drop: StateChange[] = known ? [{ remove: 'candidate', oroId: link.oroId }] : []
  if (operation.kind !== 'delete') {
    const living = work[across(operation.on)]
    if (living.is !== 'present') return
    await createAgain(context, { link, reading: living.reading, operation, decision }, drop)
    return
  }
  const { on } = operation
  const state = work[on]
  // Of an item that no feed listed the link knows how many people it has: whoever is added makes it listed.
  const mails = on === 'microsoft' ? mailed(state.is === 'present' ? state.reading : link) : 0
  const cancels = mails > 0 && context.kind === 'calendar'
  const message = cancels ? context.settings.calendar.cancelMessage : ''
  const subject = subjectOf(link)
  await removeCopy(context, work, on, message)
  context.tally.writes[on].deleted += 1
  context.tally.mails += mails
  const old = (field: string) => link.base[field]?.[on] ?? null
  const history = historyOf(context, subject, operation, decision, old)
  await context.ledger.add([
    ...decision.findings.map((finding) => reportFinding(context, subject, finding)),
    ...drop,
    { put: 'link', link: { ...link, state: 'closed', reason: null }, previous: link },
    { put: 'history', entry: history },
    ...settle(context, subject, []),
  ])
  await tellNewOwner(context, work)
}

/**
 * A deletion or re-creation that fails is reported and stops no other (P10, D14).
 * @returns whether it was carried out
 */
async function guarded(
  context: RunContext,
  { work }: Deletion,
  run: () => Promise<void>,
): Promise<boolean> {
  const { link } = work
  try {
    await run()
    return true
  } catch (error) {
    if (!isItemError(error)) throw error
    context.tally.failed += 1
    // The copy may not be removed: it stays, and is never taken for new (D3).
    const forbidden = error.evidence.code === 'access'
    const next: Link = { ...link, state: 'unlinked', reason: 'delete-refused' }
    const over: StateChange[] = [
      { remove: 'candidate', oroId: link.oroId },
      { put: 'link', link: next, previous: link },
    ]
    const open = context.ledger.row().open.candidates > 0
    await context.ledger.add([
      ...(forbidden ? (open && link.state === 'held' ? over : over.slice(1)) : []),
      reportError(context, subjectOf(link), error, []),
    ])
    return false
  }
}

/** What the brake's percentage is of: kinds that leave some out have to look at each, others know the number. */
async function mappedItems(context: RunContext, candidates: number): Promise<number> {
  const { linked, held } = context.ledger.row().counts
  const { counts } = context.rules
  if (counts === null || candidates === 0) return linked + held
  const links = await context.state.links()
  return links.filter((link) => ['linked', 'held'].includes(link.state) && counts(link)).length
}

/** Judges all deletions of the run together, holds or carries them out; everything else of the run is done by now. */
export async function settleDeletions(
  context: RunContext,
  deletions: readonly Deletion[],
  held: Held,
  suddenlyEmpty: boolean,
): Promise<{ left: readonly Deletion[] }> {
  const row = context.ledger.row()
  const now = context.deps.clock.now()
  const recent = withinHour(row.recent, now)
  const fresh = deletions.filter(
    ({ work, decision }) => !held.byOroId.has(work.link.oroId) && decision.ask !== true,
  )
  const input = {
    candidates: fresh.length,
    recent: recent.reduce((sum, mark) => sum + mark.count, 0),
    mapped: await mappedItems(context, fresh.length),
    deletionLimit: context.policy.deletionLimit,
    deletionPercent: context.policy.deletionPercent,
    suddenlyEmpty,
  }
  const stop = brakes(input)
  const go: { deletion: Deletion; known?: Candidate }[] = []
  let holding = 0
  for (const deletion of deletions) {
    const known = held.byOroId.get(deletion.work.link.oroId)
    if (known?.answer === 'confirm') go.push({ deletion, known })
    else if (known?.answer === 'unlink') await unlinkRefused(context, deletion, known)
    else if (known?.answer === 'recreate')
      await guarded(context, deletion, () => recreateRefused(context, deletion, known))
    else if (known) continue
    else if (stop || deletion.decision.ask === true) {
      await hold(context, deletion)
      holding += 1
    } else go.push({ deletion })
  }
  if (holding > 0) {
    const ids = { account: accountId(context.account), kind: context.kind }
    deletionsHeld(context.deps.log, { ...ids, count: holding, limit: brakeLimit(input) })
  }
  let carried = 0
  let done = 0
  while (carried < go.length && context.ledger.mayWrite()) {
    const next = go[carried]
    if (!next) break
    const { deletion, known } = next
    if (await guarded(context, deletion, () => carryOut(context, deletion, known)))
      done += known ? 0 : 1
    carried += 1
    await context.ledger.keepAlive()
  }
  // One that failed is tried again, and must not be stopped by itself.
  const mark = { at: now, count: done }
  await context.ledger.flush((current) => ({
    ...current,
    recent: mark.count > 0 ? [...recent, mark] : recent,
  }))
  return { left: go.slice(carried).map((entry) => entry.deletion) }
}
