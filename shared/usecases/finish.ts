import { needsAttention } from './admit'
import { accountId } from '../core/account'
import { runEnded } from '../log'
import type { Rest } from '../ports/stores'
import { rfc3339 } from './deps'
import type { Deletion } from './deletions'
import { comparisonOf, type Work } from './gather'
import { lookAgain } from './held-back'
import { kindDone } from './operations'
import type { Unit } from './process'
import { purgeOfRun } from './purge'
import type { RunContext } from './run-context'

/** The session has to close in between, so that a hint of a person gets in. */
export const CONTINUE_AFTER_MS = 3_000

const restOf = (units: readonly Unit[], deletions: readonly Deletion[]): Rest | null => {
  const oro = units.flatMap((unit) => unit.ids.oro ?? [])
  const microsoft = units.flatMap((unit) => unit.ids.microsoft ?? [])
  oro.push(...deletions.map((deletion) => deletion.work.link.oroId))
  microsoft.push(...deletions.map((deletion) => deletion.work.link.microsoftId))
  return oro.length + microsoft.length > 0 ? { oro, microsoft } : null
}

/** The cursors advance with the last commit, together with what is left to do: nothing falls between the two (F4). */
export async function finish(
  context: RunContext,
  work: Work,
  left: readonly Unit[],
  undone: readonly Deletion[],
): Promise<void> {
  const { deps, ledger, state, message, meter, tally, startedAt } = context
  const rest = restOf(left, undone)
  if (rest || ledger.row().open.rest > 0) await state.saveRest(rest)
  if (!rest) await endTroubles(context)
  const purged = rest ? {} : await purgeOfRun(context)
  const now = deps.clock.now()
  const agreed = rest === null && tally.failed === 0
  const row = ledger.row()
  const nextSlice = row.slice + 1
  await ledger.flush((current) => ({
    ...current,
    ...purged,
    owner: null,
    slice: rest ? nextSlice : current.slice,
    notBefore: 0,
    throttledSince: null,
    failures: 0,
    cursors: work.cursors,
    feedSince: work.feedSince,
    window: work.window,
    comparedWith:
      (work.full.oro && work.full.microsoft) || current.comparedWith === comparisonOf(context)
        ? comparisonOf(context)
        : current.comparedWith,
    lastFullOroAt: work.full.oro ? startedAt : current.lastFullOroAt,
    gatheredAt: startedAt,
    progress: null,
    lastSyncAt: rfc3339(now),
    lastAgreedAt: agreed ? rfc3339(now) : current.lastAgreedAt,
    reason: null,
    open: { ...current.open, rest: rest ? 1 : 0 },
    lastRun: {
      reason: message.reason,
      startedAt: rfc3339(startedAt),
      endedAt: rfc3339(now),
      calls: { microsoft: meter.microsoft, oro: meter.oro + meter.feed },
      writes: tally.writes,
      mails: tally.mails,
    },
  }))
  const { microsoft, oro } = tally.writes
  const writes = [microsoft, oro].reduce(
    (sum, side) => sum + side.created + side.updated + side.deleted,
    0,
  )
  runEnded(deps.log, {
    account: accountId(context.account),
    kind: context.kind,
    ms: now - startedAt,
    microsoftCalls: meter.microsoft,
    oroCalls: meter.oro + meter.feed,
    writes,
    failed: tally.failed,
    rest: left.length + undone.length,
  })
  if (rest) await goOnLater(context, nextSlice)
  else
    await kindDone(deps, message, {
      calls: { ...meter },
      writes: { microsoft: { ...microsoft }, oro: { ...oro } },
      mails: tally.mails,
    })
  await attentionOver(context)
  await retryLater(context)
  await lookAgain(context)
}

/** Problems whose time had come and which nobody met again are over: their items are gone or in step. */
async function endTroubles({ ledger, problems, startedAt }: RunContext): Promise<void> {
  for (const { id, nextTryAt } of [...problems.values()]) {
    if (nextTryAt === null || Date.parse(nextTryAt) > startedAt) continue
    problems.delete(id)
    await ledger.add([{ remove: 'problem', id }])
  }
}

/** A run that a person asked for went through: what needed attention is over. */
async function attentionOver({ deps, account, kind, connection }: RunContext): Promise<void> {
  if (connection.state === 'connected') return
  const found = await deps.connections.get(account)
  if (!found || !needsAttention(found.value, kind)) return
  const since = rfc3339(deps.clock.now())
  await deps.connections.put(
    { ...found.value, state: 'connected', reason: null, since },
    found.etag,
  )
}

async function goOnLater(context: RunContext, nextSlice: number): Promise<void> {
  const { deps, message, ledger } = context
  const now = deps.clock.now()
  const runId = ledger.row().runId
  await deps.queue.sync(
    {
      v: 1,
      accountId: message.accountId,
      kind: message.kind,
      reason: 'continuation',
      at: rfc3339(now),
      slice: nextSlice,
      ...(runId === null ? {} : { runId }),
      ...(message.operationId === undefined ? {} : { operationId: message.operationId }),
    },
    now + CONTINUE_AFTER_MS,
  )
}

/**
 * The earliest failed item brings its own run; the interval would bring it too, only later. Only a run in which something failed asks for
 * another: else every run would add a message to those that wait already.
 */
async function retryLater(context: RunContext): Promise<void> {
  const { deps, message, tally } = context
  if (tally.failed === 0) return
  const now = deps.clock.now()
  const times = [...context.problems.values()].flatMap((problem) =>
    problem.nextTryAt === null ? [] : [Date.parse(problem.nextTryAt)],
  )
  const next = Math.min(...times)
  if (!Number.isFinite(next)) return
  const { accountId: account, kind } = message
  await deps.queue.sync(
    { v: 1, accountId: account, kind, reason: 'retry', at: rfc3339(now) },
    Math.max(next, now),
  )
}
