import { absorb, compact } from '../core/absorb'
import { fingerprint } from '../core/fingerprint'
import { SIDES } from '../core/model'
import type { Decision, Fields, Finding, Link, Operation, Pair, Reading, Side } from '../core/model'
import { SyncError } from '../errors'
import type { ItemState, Written } from '../ports/side'
import type { StateChange } from '../ports/stores'
import { rfc3339 } from './deps'
import { containerOn, idOn, type LinkedWork } from './linked-work'
import {
  historyOf,
  reportError,
  reportFinding,
  settle,
  subjectOf,
  subjectOfReading,
  type Subject,
} from './remember'
import { hideTold } from './hide'
import { newLink } from './new-link'
import { createToken, uidFor, type RunContext } from './run-context'
import { claimTasks } from './task-owners'

/** A write whose answer is still to be read back (Oro answers without the row, oro/README 3.13). */
export interface Answered {
  readonly on: Side
  readonly pairs: Readonly<Record<string, Pair>>
  readonly written: Written
}

/** An item after its writes: what to remember once the answers are complete. */
export interface Applied {
  readonly link: Link
  readonly previous: Link | null
  readonly answers: readonly Answered[]
  readonly changes: readonly StateChange[]
  /** A later write of the same item failed: what the earlier ones did is remembered all the same, then this is dealt with. */
  readonly failure?: SyncError
}

const isItemError = (error: unknown): error is SyncError =>
  error instanceof SyncError && error.evidence.scope === 'item'

/** Writes one created item; raises the generation once where the token was used up by a lost item (G-31). */
async function create(
  context: RunContext,
  operation: Extract<Operation, { kind: 'create' | 'update' }>,
  from: Reading,
  generation: number,
  taken: (id: string) => Promise<boolean>,
): Promise<{ written: Written; generation: number }> {
  const { on } = operation
  const container = context.rules.home(context.connection, on)
  for (let attempt = generation; ; attempt += 1) {
    const token = createToken(context, from.side, from.id, attempt)
    const uid = attempt === generation ? uidFor(context, from, attempt) : token
    const counterpart = uid === undefined ? from : { ...from, keys: { ...from.keys, uid } }
    try {
      const { mayWrite } = context.ledger
      const draft = { fields: operation.fields, container, counterpart, token, mayWrite }
      const categories = on === 'microsoft' ? context.policy.onlyCategories.slice(0, 1) : []
      const written = await context.sides[on].create({ ...draft, categories })
      // Another item holds that id already (a copy with the same iCalUId): this one gets an id of its own.
      if (!(await taken(written.id))) return { written, generation: attempt }
    } catch (error) {
      if (!isItemError(error) || error.evidence.detail !== 'duplicate-token') throw error
    }
    if (attempt >= generation + 3) {
      throw new SyncError({ code: 'ambiguous-match', scope: 'item', side: on, transient: false })
    }
  }
}

/** Creates the counterpart of a living item and ties the two. */
export async function applyCreate(
  context: RunContext,
  input: {
    from: Reading
    operation: Operation
    decision: Pick<Decision, 'lost' | 'findings'>
    previous: Link | null
  },
): Promise<Applied> {
  const { from, operation, decision, previous } = input
  if (operation.kind === 'delete') throw new TypeError('A deletion creates nothing')
  const linkedOn = async (id: string): Promise<boolean> => {
    const found =
      operation.on === 'oro'
        ? (await context.state.linksByOro([id])).get(id)
        : (await context.state.linksByMicrosoft([id])).get(id)
    return found !== undefined && found.state !== 'closed' && idOn(found, from.side) !== from.id
  }
  const first = previous ? previous.generation + 1 : 0
  const { written, generation } = await create(context, operation, from, first, linkedOn)
  context.tally.writes[operation.on].created += 1
  const [oro, microsoft] = from.side === 'oro' ? [from, written] : [written, from]
  const link = newLink(context, { oro, microsoft, about: from, generation })
  const subject = subjectOf(link)
  const history = historyOf(context, subject, operation, decision, () => null)
  return {
    link,
    previous,
    answers: [{ on: operation.on, pairs: operation.pairs, written }],
    changes: [
      ...settle(context, subjectOfReading(from), []),
      { put: 'history', entry: history },
      ...decision.findings.map((finding) => reportFinding(context, subject, finding)),
    ],
  }
}

const versionsWith = (versions: Link['versions'], reading: Reading): Link['versions'] => ({
  ...versions,
  [reading.side]: reading.version,
})

const readingOf = (work: LinkedWork, side: Side): Reading | null => {
  const state = work[side]
  return state.is === 'present' ? state.reading : null
}

/** What the link knows before any write: agreed pairs, versions, place in time. */
function looked(context: RunContext, work: LinkedWork, decision: Decision): Link {
  const { link } = work
  const microsoft = readingOf(work, 'microsoft')
  const oro = readingOf(work, 'oro')
  let versions = link.versions
  if (oro) versions = versionsWith(versions, oro)
  if (microsoft) versions = versionsWith(versions, microsoft)
  const latest = microsoft ?? oro
  return {
    ...link,
    state: decision.state,
    reason: decision.reason,
    stamp: decision.stamp,
    base: compact({ ...link.base, ...decision.agreed }),
    versions,
    span: latest ? latest.span : link.span,
    label: microsoft?.label ?? (link.label === 'Private' ? link.label : (oro?.label ?? link.label)),
    audience: microsoft ? microsoft.audience : link.audience,
    role: microsoft ? microsoft.role : link.role,
    agreedAt:
      decision.state === 'linked' && decision.findings.length === 0
        ? rfc3339(context.deps.clock.now())
        : link.agreedAt,
  }
}

/** Why an item stays unlinked, told once when it happened: later runs find nothing new and must not call it over (D3). */
const LASTING: ReadonlyMap<string, string> = new Map([
  ['delete-refused', 'access'],
  ['copy-deleted', 'not-organizer'],
])

type UpdateOperation = Extract<Operation, { kind: 'create' | 'update' }>

/** One update on one side; a refused value is set aside field by field (sync-rules 6). */
async function update(
  context: RunContext,
  link: Link,
  reading: Reading | null,
  operation: UpdateOperation,
): Promise<{ answered: Answered | null; refused: Link['refused']; errors: SyncError[] }> {
  const { on } = operation
  const side = context.sides[on]
  const ref = { id: idOn(link, on), container: containerOn(link, on) }
  const version = reading?.version ?? link.versions[on]
  const write = async (names: readonly string[], current: string): Promise<Written> => {
    const fields: Fields = Object.fromEntries(
      names.map((name) => [name, operation.fields[name] ?? null]),
    )
    return side.update({ ref, fields, reading, version: current })
  }
  const names = Object.keys(operation.fields)
  const answer = (written: Written, done: readonly string[]): Answered => ({
    on,
    written,
    pairs: Object.fromEntries(
      done.flatMap((name) => {
        const pair = operation.pairs[name]
        return pair ? [[name, pair]] : []
      }),
    ),
  })
  const counts = context.tally.writes[on]
  try {
    const written = await write(names, version)
    counts.updated += 1
    return { answered: answer(written, names), refused: {}, errors: [] }
  } catch (error) {
    if (!isItemError(error) || error.evidence.code !== 'refused-value') throw error
    const refused: Record<string, { side: Side; fingerprint: string }> = {}
    const errors: SyncError[] = []
    const named = error.evidence.fields?.filter((name) => names.includes(name)) ?? []
    const bad = new Set(named.length > 0 ? named : names.length === 1 ? names : [])
    const done: string[] = []
    let last: Written | null = null
    if (bad.size > 0) errors.push(error)
    for (const name of names) {
      if (bad.has(name)) {
        refused[name] = { side: on, fingerprint: fingerprint(operation.fields[name] ?? null) }
        continue
      }
      try {
        last = await write([name], last?.reading?.version ?? (last ? '' : version))
        counts.updated += 1
        done.push(name)
      } catch (single) {
        if (!isItemError(single) || single.evidence.code !== 'refused-value') throw single
        refused[name] = { side: on, fingerprint: fingerprint(operation.fields[name] ?? null) }
        errors.push(single)
      }
    }
    return { answered: last ? answer(last, done) : null, refused, errors }
  }
}

/** Carries out the updates of a linked item. Deletions and re-creations are for `deletions.ts`. */
export async function applyLinked(
  context: RunContext,
  work: LinkedWork,
  decision: Decision,
): Promise<Applied> {
  let link = looked(context, work, decision)
  const subject: Subject = subjectOf(link)
  const answers: Answered[] = []
  const changes: StateChange[] = []
  const standing: string[] = decision.findings.map((finding) => finding.code)
  const done = new Set<string>()
  const refusals: SyncError[] = []
  for (const operation of decision.operations) {
    if (operation.kind !== 'update') continue
    const old = (field: string) => work.link.base[field]?.[operation.on] ?? null
    const entry = historyOf(context, subject, operation, decision, old)
    const loses = entry.fields.some((field) => field.lost !== null)
    if (loses) {
      // Once overwritten, a losing value is nowhere but here: it is kept before the write, whatever becomes of this worker (P7).
      await context.ledger.add([{ put: 'history', entry }])
      await context.ledger.flush()
    }
    let written: Awaited<ReturnType<typeof update>>
    try {
      written = await update(context, link, readingOf(work, operation.on), operation)
    } catch (failure) {
      if (answers.length === 0 || !(failure instanceof SyncError)) throw failure
      const { state, reason, stamp } = work.link
      return {
        link: { ...link, state, reason, stamp },
        previous: work.link,
        answers,
        changes,
        failure,
      }
    }
    const { answered, refused, errors } = written
    if (answered) {
      answers.push(answered)
      for (const name of Object.keys(answered.pairs)) done.add(name)
      if (operation.on === 'microsoft') context.tally.mails += mailed(link)
      if (!loses) changes.push({ put: 'history', entry })
    }
    link = { ...link, refused: { ...link.refused, ...refused } }
    refusals.push(...errors)
  }
  link = { ...link, refused: without(link.refused, [...done, ...Object.keys(decision.agreed)]) }
  if (Object.keys(link.refused).length > 0) standing.push('refused-value')
  const lasting = link.state === 'unlinked' ? LASTING.get(link.reason ?? '') : undefined
  if (lasting !== undefined) standing.push(lasting)
  const [refusal] = refusals
  if (refusal) changes.push(reportError(context, subject, refusal, Object.keys(link.refused)))
  for (const finding of byCode(decision.findings))
    changes.push(reportFinding(context, subject, finding))
  changes.push(...settle(context, subject, standing))
  if (link.label === 'Private' && work.link.label !== 'Private') await hideTold(context, link)
  return { link, previous: work.link, answers, changes }
}

/** One problem per item and code: what several fields say is told together. */
function byCode(findings: readonly Finding[]): Finding[] {
  const told = new Map<string, Finding>()
  for (const finding of findings) {
    const before = told.get(finding.code)
    const fields = [...(before?.fields ?? []), ...finding.fields]
    told.set(finding.code, { ...(before ?? finding), fields: [...new Set(fields)] })
  }
  return [...told.values()]
}

const without = <T>(
  record: Readonly<Record<string, T>>,
  names: readonly string[],
): Record<string, T> =>
  Object.fromEntries(Object.entries(record).filter(([name]) => !names.includes(name)))

/** Outlook mails the people of a meeting when its organizer's event is changed or deleted (P6). */
export const mailed = (link: Pick<Link, 'role' | 'audience'>): number =>
  link.role === 'organizer' ? link.audience : 0

/** Reads back what a side did not answer, takes the answers into the base, and commits the group. */
export async function rememberGroup(context: RunContext, group: readonly Applied[]): Promise<void> {
  const back: Record<Side, ReadonlyMap<string, ItemState>> = {
    oro: new Map(),
    microsoft: new Map(),
  }
  let silent: SyncError | null = null
  await claimTasks(context, group)
  for (const side of SIDES) {
    try {
      back[side] = await readBack(context, side, group)
    } catch (error) {
      // Written is written: without the answer the sent values count, and the account stops afterwards.
      if (!(error instanceof SyncError)) throw error
      silent = error
    }
  }
  for (const { link, previous, answers, changes } of group) {
    let now = link
    for (const { on, pairs, written } of answers) {
      const state = back[on].get(written.id)
      const answer = written.reading ?? (state?.is === 'present' ? state.reading : null)
      now = { ...now, ...absorb(now, on, pairs, answer, written.adjusted) }
      if (answer) now = { ...now, versions: versionsWith(now.versions, answer) }
      if (answer) now = { ...now, span: answer.span }
    }
    await context.ledger.add([
      ...changes,
      ...(changed(now, previous) ? [linkChange(now, previous)] : []),
    ])
  }
  if (silent) throw silent
}

const linkChange = (link: Link, previous: Link | null): StateChange => ({
  put: 'link',
  link,
  previous,
})

/** A link that says what it said before is not written again: an unchanged world costs no storage write. */
function changed(link: Link, previous: Link | null): boolean {
  if (!previous) return true
  const told = (value: Link): string => JSON.stringify({ ...value, agreedAt: '' })
  return told(link) !== told(previous)
}

async function readBack(
  context: RunContext,
  side: Side,
  group: readonly Applied[],
): Promise<ReadonlyMap<string, ItemState>> {
  const refs = group.flatMap((applied) =>
    applied.answers
      .filter((answer) => answer.on === side && answer.written.reading === null)
      .map(({ written }) => ({ id: written.id, container: written.container })),
  )
  return refs.length > 0 ? context.sides[side].readBack(refs) : new Map<string, ItemState>()
}
