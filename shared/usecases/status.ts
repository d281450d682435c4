import { accountId, type Account } from '../core/account'
import { KINDS, type Kind } from '../core/model'
import { ERROR_CODES } from '../errors'
import type { Candidate, Problem, RunReport, RunRow } from '../ports/stores'
import { admit, reasonFor, type Admission } from './admit'
import { brakeLimit } from '../core/brake'
import { rfc3339, type Deps } from './deps'
import { pageOf, readNext } from './paging'
import { emptyRun } from './lease'

export type KindState = 'off' | 'idle' | 'queued' | 'running' | 'throttled' | 'paused' | 'attention'

export interface KindStatus {
  readonly enabled: boolean
  readonly state: KindState
  readonly reason: { readonly code: string; readonly message: string } | null
  readonly inProgress: boolean
  readonly progress: { readonly done: number; readonly total: number } | null
  readonly lastSyncAt: string | null
  readonly nextSyncAt: string | null
  readonly lastAgreedAt: string | null
  readonly counts: Readonly<Record<string, number>>
  readonly lastRun: RunReport | null
}

const WHY: Readonly<Record<string, { code: string; message: string }>> = {
  off: { code: 'off', message: 'Switched off in the settings.' },
  paused: { code: 'paused', message: 'Paused.' },
  'not-connected': { code: 'not-connected', message: 'Not connected to a Microsoft account.' },
  'not-permitted': {
    code: 'consent',
    message: 'Not permitted: the permission for this was not granted at Connect.',
  },
}

/** Why it does not sync, without a time: `nextSyncAt` says when it will, and the page shows that in the viewer's zone. */
function reasonOf(admission: Admission, kind: Kind, row: RunRow): KindStatus['reason'] {
  if (!admission.ok) {
    if (admission.connection?.reason && admission.why !== 'off' && admission.why !== 'paused') {
      const { code, message } = admission.connection.reason
      return { code, message }
    }
    return WHY[admission.why] ?? null
  }
  const reason = row.reason ?? reasonFor(admission.connection, kind)
  return reason && { code: reason.code, message: ERROR_CODES[reason.code] }
}

function stateOf(
  admission: Admission,
  kind: Kind,
  row: RunRow,
  waiting: boolean,
  now: number,
): KindState {
  if (!admission.ok) {
    if (admission.why === 'off' || admission.why === 'not-connected') {
      return admission.connection?.state === 'needs-reconnect' ? 'attention' : 'off'
    }
    return admission.why === 'paused' ? 'paused' : 'attention'
  }
  if (row.owner !== null && row.leaseUntil > now) return 'running'
  if (row.reason?.code === 'throttled' && row.notBefore > now) return 'throttled'
  const reason = row.reason ?? reasonFor(admission.connection, kind)
  if (reason !== null || row.counts.held > 0) return 'attention'
  return waiting || row.open.rest > 0 ? 'queued' : 'idle'
}

async function kindStatus(deps: Deps, account: Account, kind: Kind): Promise<KindStatus> {
  const now = deps.clock.now()
  const state = deps.stateOf(account, kind)
  const [admission, found, waiting, next] = await Promise.all([
    admit(deps, account, kind),
    state.run(),
    deps.pending.has(account, kind),
    deps.due.next(account, kind),
  ])
  const row = found?.value ?? emptyRun()
  const problems = row.open.problems > 0 ? await state.problems() : []
  const running = row.owner !== null && row.leaseUntil > now
  return {
    enabled: admission.settings[kind].enabled,
    state: stateOf(admission, kind, row, waiting, now),
    reason: reasonOf(admission, kind, row),
    inProgress: running,
    progress: running ? (row.progress ?? { done: 0, total: 0 }) : null,
    lastSyncAt: row.lastSyncAt,
    nextSyncAt:
      admission.ok && next !== null ? rfc3339(row.notBefore > now ? row.notBefore : next) : null,
    lastAgreedAt: row.lastAgreedAt,
    counts: {
      ...row.counts,
      withheld: row.counts.withheld + withheldNewcomers(problems),
      problems: problems.filter((problem) => !problem.ignored).length,
    },
    lastRun: row.lastRun,
  }
}

/** Items that were never linked because they cannot be mapped are withheld as well. */
const withheldNewcomers = (problems: readonly Problem[]): number =>
  problems.filter(
    (problem) =>
      problem.step === 'map' &&
      (problem.oroId === null || problem.microsoftId === null) &&
      problem.code !== 'ambiguous-match',
  ).length

/** `GET …/status` (DESIGN 7). */
export async function status(deps: Deps, account: Account) {
  const [calendar, tasks] = await Promise.all([
    kindStatus(deps, account, 'calendar'),
    kindStatus(deps, account, 'tasks'),
  ])
  return {
    accountId: accountId(account),
    paused: await deps.settings.paused(account),
    kinds: { calendar, tasks },
  }
}

const showProblem = ({ ignored, microsoftContainer, ...shown }: Problem) => shown

const PROBLEM_PLACE = /^\d{16}\|[a-z0-9-]+$/

/** Newest first. */
const placeOf = ({ since, id }: Pick<Problem, 'since' | 'id'>): string =>
  `${String(Number.MAX_SAFE_INTEGER - Date.parse(since)).padStart(16, '0')}|${id}`

/** `GET …/problems`: of both kinds, newest first; what was ignored is not shown. */
export async function problems(
  deps: Deps,
  account: Account,
  page: { readonly limit: number; readonly next: string | null },
) {
  const after = readNext(page.next, PROBLEM_PLACE)
  const all = await Promise.all(KINDS.map((kind) => deps.stateOf(account, kind).problems()))
  const shown = all
    .flat()
    .filter((problem) => !problem.ignored)
    .map(showProblem)
    .sort((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1))
  return pageOf(shown, placeOf, { limit: page.limit, after })
}

const showHeld = (kind: Kind, candidate: Candidate) => ({
  id: `${kind.charAt(0)}-${candidate.oroId}`,
  kind,
  operation: candidate.kind === 'delete' ? 'delete' : 're-create',
  side: candidate.side,
  label: candidate.label,
  when: candidate.span,
})

/** `GET …/hold`: what would be deleted, since when, and the limit that stopped it. */
export async function hold(deps: Deps, account: Account) {
  const rows = await Promise.all(
    KINDS.map(async (kind) => {
      const found = await deps.stateOf(account, kind).candidates()
      return found
        .filter((candidate) => candidate.answer === null)
        .map((candidate) => ({ kind, candidate }))
    }),
  )
  const waiting = rows.flat()
  const since = waiting.map((entry) => entry.candidate.since).sort()[0] ?? null
  const kinds = KINDS.filter((kind) => waiting.some((entry) => entry.kind === kind))
  const limits = await Promise.all(
    (kinds.length > 0 ? kinds : KINDS).map((kind) => limitOf(deps, account, kind)),
  )
  return {
    items: waiting.map((entry) => showHeld(entry.kind, entry.candidate)),
    since,
    limit: Math.min(...limits),
  }
}

async function limitOf(deps: Deps, account: Account, kind: Kind): Promise<number> {
  const { settings } = await admit(deps, account, kind)
  const run = (await deps.stateOf(account, kind).run())?.value ?? emptyRun()
  const { deletionLimit, deletionPercent } = settings[kind]
  return brakeLimit({ mapped: run.counts.linked + run.counts.held, deletionLimit, deletionPercent })
}
