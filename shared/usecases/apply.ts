import { compact } from '../core/absorb'
import { fingerprint } from '../core/fingerprint'
import type { Decision, Fields, Finding, Link, Operation, Reading, Side } from '../core/model'
import { isItemError, SyncError } from '../errors'
import type { Written } from '../ports/side'
import type { StateChange } from '../ports/stores'
import { rfc3339 } from './deps'
import { hideTold } from './hide'
import { containerOn, idOn, type LinkedWork } from './linked-work'
import { historyOf, reportError, reportFinding, settle, subjectOf, type Subject } from './remember'
import { mailed, versionsWith, type Answered, type Applied } from './remember-group'
import type { RunContext } from './run-context'

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
    // Refused for something that was not sent: none of these values is to blame.
    if (named.length === 0 && (error.evidence.fields?.length ?? 0) > 0)
      throw new SyncError({ ...error.evidence, code: 'item-failed', transient: true })
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
