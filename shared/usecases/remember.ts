import { createHash } from 'node:crypto'
import { remembered } from '../core/fingerprint'
import type { Decision, Finding, Json, Link, Operation, Reading, Side } from '../core/model'
import { saysNothing } from '../core/newcomers'
import { ERROR_CODES, type ErrorCode, type SyncError } from '../errors'
import type { HistoryEntry, Problem, StateChange } from '../ports/stores'
import { rfc3339 } from './deps'
import type { RunContext } from './run-context'

/** Whom a history entry or problem is about. */
export interface Subject {
  readonly oroId: string | null
  readonly microsoftId: string | null
  readonly microsoftContainer: string | null
  readonly label: string
}

export const subjectOf = (link: Link): Subject => ({
  oroId: link.oroId,
  microsoftId: link.microsoftId,
  microsoftContainer: link.microsoftContainer,
  label: link.label,
})

export const subjectOfReading = (reading: Reading): Subject => ({
  oroId: reading.side === 'oro' ? reading.id : null,
  microsoftId: reading.side === 'microsoft' ? reading.id : null,
  microsoftContainer: reading.side === 'microsoft' ? reading.container : null,
  label: reading.label,
})

/** The history of one write: what was written where, why, the old and the losing values (DESIGN 5). */
export function historyOf(
  context: RunContext,
  subject: Subject,
  operation: Operation,
  decision: Pick<Decision, 'lost'>,
  old: (field: string) => Json,
): HistoryEntry {
  // The values of a private item are nobody's business but its owner's (S6).
  const hidden = subject.label === 'Private'
  const shown = (value: Json): Json => (hidden ? null : remembered(value))
  const fields =
    operation.kind === 'delete'
      ? decision.lost.map(({ field, value }) => ({
          name: field,
          old: shown(old(field)),
          new: null,
          lost: shown(value),
        }))
      : Object.entries(operation.fields)
          // A new item's empty field is no news.
          .filter(([, value]) => operation.kind !== 'create' || !saysNothing(value))
          .map(([name, value]) => {
            const lost = decision.lost.find((entry) => entry.field === name)
            return {
              name,
              old: shown(old(name)),
              new: shown(value),
              lost: lost ? shown(lost.value) : null,
            }
          })
  return {
    at: rfc3339(context.deps.clock.now()),
    kind: context.kind,
    operation: operation.kind,
    side: operation.on,
    oroId: subject.oroId,
    microsoftId: subject.microsoftId,
    label: subject.label,
    fields,
    why: operation.why,
    by: 'sync',
  }
}

/** Problems are about an item (or one aspect of it): the same trouble again is the same problem. */
export const problemId = (kind: string, subject: Subject, aspect: string): string =>
  `${kind.charAt(0)}-${createHash('sha256')
    .update(JSON.stringify([subject.oroId ?? subject.microsoftId, aspect]))
    .digest('hex')
    .slice(0, 16)}`

/** Minutes between the tries of a failing item: doubling, an hour at the most (P10). */
const retryAt = (now: number, attempts: number): string =>
  rfc3339(now + Math.min(60, 2 ** Math.min(attempts, 6)) * 60_000)

interface Trouble {
  readonly code: ErrorCode
  readonly message: string
  readonly side: Side | null
  readonly fields: readonly string[]
  readonly transient: boolean
  readonly step: Problem['step']
}

/** Puts a problem where the user and the admin see it; an ignored one stays ignored while its cause is the same. */
export function report(context: RunContext, subject: Subject, trouble: Trouble): StateChange {
  const { deps, kind, problems } = context
  const now = deps.clock.now()
  const aspect = trouble.transient ? 'transient' : trouble.code
  const id = problemId(kind, subject, aspect)
  const known = problems.get(id)
  const attempts = (known?.attempts ?? 0) + 1
  const problem: Problem = {
    id,
    kind,
    code: trouble.code,
    message: trouble.message,
    side: trouble.side,
    step: trouble.step,
    operation: trouble.side === 'oro' ? 'import' : 'export',
    ...subject,
    // Events of one item share a report: a later one does not wipe out which fields an earlier one named.
    fields: EVENTS.has(trouble.code)
      ? [...new Set([...(known?.fields ?? []), ...trouble.fields])]
      : trouble.fields,
    choices: ['retry', 'ignore'],
    since: known?.since ?? rfc3339(now),
    attempts,
    nextTryAt: trouble.transient ? retryAt(now, attempts) : null,
    ignored: known?.ignored ?? false,
  }
  problems.set(id, problem)
  return { put: 'problem', problem, known: known !== undefined }
}

export const reportFinding = (
  context: RunContext,
  subject: Subject,
  finding: Finding,
): StateChange =>
  report(context, subject, {
    code: finding.code in ERROR_CODES ? (finding.code as ErrorCode) : 'item-failed',
    message: finding.message,
    side: finding.side,
    fields: finding.fields,
    transient: false,
    step: 'map',
  })

export const reportError = (
  context: RunContext,
  subject: Subject,
  error: SyncError,
  fields: readonly string[],
): StateChange =>
  report(context, subject, {
    code: error.evidence.code,
    message: ERROR_CODES[error.evidence.code],
    side: error.evidence.side,
    fields,
    transient: error.evidence.transient,
    step: 'save',
  })

/** Findings that describe a lasting state of the item: they end when a run no longer finds them. Conflicts are events and stay. */
const EVENTS: ReadonlySet<string> = new Set(['conflict', 'dead-letter'])

/** Takes away the problems of an item that this run found to be over. */
export function settle(
  context: RunContext,
  subject: Subject,
  standing: readonly string[],
): StateChange[] {
  const over = [...context.problems.values()].filter(
    (problem) =>
      ((subject.oroId !== null && problem.oroId === subject.oroId) ||
        (subject.microsoftId !== null && problem.microsoftId === subject.microsoftId)) &&
      !EVENTS.has(problem.code) &&
      !standing.includes(problem.code),
  )
  for (const problem of over) context.problems.delete(problem.id)
  return over.map(({ id }) => ({ remove: 'problem', id }))
}
