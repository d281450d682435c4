import { accountId, parseAccountId, type Account } from '../core/account'
import type { Kind } from '../core/model'
import { SyncError, VersionMismatch } from '../errors'
import { leaseLost, runEnded, runSkipped, runStarted } from '../log'
import type { SyncMessage } from '../messages'
import type { Connection } from '../ports/connections'
import type { Rest, RunRow, SyncState, Versioned } from '../ports/stores'
import type { Settings } from '../settings/schema'
import { admit } from './admit'
import { withAlike } from './alike'
import { rfc3339, type Deps } from './deps'
import { loadHeld, settleDeletions, type Deletion } from './deletions'
import { containersOf } from './containers'
import { comparisonOf, gather, type Work } from './gather'
import { lookAgain } from './held-back'
import { endIntents, recoverIntents } from './intents'
import { KIND_RULES } from './kinds'
import { createLedger, LEASE_MS } from './ledger'
import { kindDone, kindStarted } from './operations'
import { linkedUnits } from './linked-units'
import { completed } from './look-up'
import { newcomerUnits, pairingOf } from './newcomer-units'
import { runUnits, type Unit } from './process'
import { purgeOfRun } from './purge'
import { mayGoOn } from './rest'
import { newTally, type RunContext } from './run-context'
import { relinkMoves } from './task-moves'
import { settleOwners } from './task-owners'
import { again, stopRun } from './stop'
import { leaveUntaken } from './backfill'

/** A slice ends after this; the rest goes on in a continuation message (DESIGN 4). */
const SLICE_MS = 60_000
/** The session has to close in between, so that a hint of a person gets in. */
const CONTINUE_AFTER_MS = 3_000
/** Somebody else was faster: their run is met then, or over. */
const AGAIN_AFTER_MS = 1_000
/** A hint this much older than the last gather has been seen by it. */
const OLD_HINT_MS = 2_000

export const emptyRun = (): RunRow => ({
  owner: null,
  leaseUntil: 0,
  commitId: '',
  runId: null,
  slice: 0,
  notBefore: 0,
  throttledSince: null,
  failures: 0,
  containers: '',
  connectedAt: null,
  cursors: { oro: null, microsoft: null },
  feedSince: null,
  window: null,
  comparedWith: null,
  lastFullOroAt: 0,
  gatheredAt: 0,
  progress: null,
  lastSyncAt: null,
  lastAgreedAt: null,
  reason: null,
  counts: { linked: 0, parked: 0, unlinked: 0, withheld: 0, held: 0 },
  recent: [],
  lastRun: null,
  open: { problems: 0, candidates: 0, intents: 0, rest: 0, untaken: 0 },
})

/** Why this message is not carried out now; null = it is. */
function notNow(
  row: RunRow,
  message: SyncMessage,
  now: number,
): { why: string; again?: number } | null {
  if (row.owner !== null && row.leaseUntil > now)
    return { why: 'leased', again: row.leaseUntil + 1000 }
  if (row.notBefore > now)
    return { why: 'not-before', ...(asksMore(message) ? { again: row.notBefore } : {}) }
  const at = Date.parse(message.at)
  // One that names items names what a list may not show (a deletion in Oro): it is always followed.
  const general = message.reason === 'hint' && message.ids === undefined
  if (general && at < row.gatheredAt - OLD_HINT_MS) return { why: 'seen' }
  const continues = message.reason === 'continuation'
  if (continues && (message.runId !== row.runId || message.slice !== row.slice))
    return { why: 'overtaken' }
  return null
}

/** What made the account wait has sent a message for that moment (`stop.ts`): one that asks for nothing else would only wait beside it. */
const asksMore = ({ operationId, ids, mode }: SyncMessage): boolean =>
  operationId !== undefined || ids !== undefined || mode !== undefined

/**
 * One message of a session queue: one slice of one run of one account and kind. Expected failures become state and a scheduled message;
 * only the store's and the queue's own failures are thrown, so that the message comes again.
 */
export async function runSync(deps: Deps, message: SyncMessage): Promise<void> {
  const account = parseAccountId(message.accountId)
  if (!account) return
  const { kind } = message
  const ids = { account: accountId(account), kind }
  const now = deps.clock.now()
  const admission = await admit(deps, account, kind, {
    manual: message.reason === 'manual' || message.reason === 'retry',
  })
  await deps.pending.clear(account, kind)
  if (!admission.ok) {
    // What was hinted at is not forgotten: once this may be called again, the first interval runs instead of probing.
    if (admission.connection) await deps.pending.begin(account, kind, now)
    runSkipped(deps.log, { ...ids, why: admission.why })
    await kindDone(deps, message, { skipped: admission.why })
    return
  }
  const { settings } = admission
  const connection = await completed(deps, message, admission.connection)
  if (!connection) return
  const containers = containersOf(connection, kind)
  const state = deps.stateOf(account, kind, containers)
  const found = await state.run()
  const row = found?.value ?? emptyRun()
  const later = notNow(row, message, now)
  if (later) {
    runSkipped(deps.log, { ...ids, why: later.why })
    if (later.again !== undefined) await deps.queue.sync(message, later.again)
    else if (later.why === 'overtaken') await followOvertaker(deps, message, row)
    else if (later.why === 'seen') await kindDone(deps, message, { skipped: later.why })
    return
  }
  const lease = await takeLease(deps, state, found, {
    row,
    containers,
    connectedAt: connection.connectedAt,
    message,
  })
  if (!lease) {
    await deps.queue.sync(message, now + AGAIN_AFTER_MS)
    return
  }
  await kindStarted(deps, message)
  runStarted(deps.log, { ...ids, reason: message.reason, slice: lease.value.slice })
  const context = contextOf(deps, {
    account,
    kind,
    message,
    connection,
    settings,
    containers,
    state,
    lease,
  })
  try {
    // Paused or disconnected between the admission and the lease: who paused has seen no run to wait for (S9).
    if (!(await stillWanted(context))) {
      await standDown(context)
      return
    }
    const problems = lease.value.open.problems > 0 ? await state.problems() : []
    for (const problem of problems) context.problems.set(problem.id, problem)
    await slice(context)
  } catch (error) {
    await interrupted(context, error)
  }
}

const stillWanted = ({ deps, account, connection }: RunContext): Promise<boolean> =>
  mayGoOn(deps, account, connection.microsoft?.homeAccountId)

async function standDown(context: RunContext): Promise<void> {
  const { deps, account, kind, ledger, message } = context
  await ledger.flush((row) => ({ ...row, owner: null }))
  await deps.pending.begin(account, kind, deps.clock.now())
  await kindDone(deps, message, { skipped: 'paused' })
}

/** Another run has taken the rest along: an operation that waits for it is done when that run is. */
async function followOvertaker(deps: Deps, message: SyncMessage, row: RunRow): Promise<void> {
  if (message.operationId === undefined) return
  if (row.open.rest === 0) return kindDone(deps, message, { skipped: 'overtaken' })
  const { runId, slice } = row
  const bound = { ...message, slice, ...(runId === null ? {} : { runId }) }
  await deps.queue.sync(bound, deps.clock.now() + CONTINUE_AFTER_MS)
}

async function interrupted(context: RunContext, error: unknown): Promise<void> {
  const { deps, account, kind, message } = context
  try {
    if (!(error instanceof SyncError)) throw error
    await stopRun(context, error)
  } catch (failure) {
    if (!(failure instanceof VersionMismatch)) {
      await giveBack(context)
      throw failure
    }
    leaseLost(deps.log, { account: accountId(account), kind })
    // Whoever took over has a message of its own; what this one asked for is not forgotten.
    await deps.queue.sync({ ...message, reason: again(message) }, deps.clock.now() + AGAIN_AFTER_MS)
  }
}

/** The message comes again: its next try need not wait for the lease to run out. */
async function giveBack({ ledger }: RunContext): Promise<void> {
  try {
    await ledger.flush((row) => ({ ...row, owner: null, progress: null }))
  } catch {
    // The store is what failed: the lease ends by itself (F8).
  }
}

async function takeLease(
  deps: Deps,
  state: SyncState,
  found: Versioned<RunRow> | null,
  {
    row,
    containers,
    connectedAt,
    message,
  }: { row: RunRow; containers: string; connectedAt: string | null; message: SyncMessage },
): Promise<Versioned<RunRow> | null> {
  const now = deps.clock.now()
  const fresh = row.containers === containers ? row : forgetCursors(row, containers, connectedAt)
  const value: RunRow = {
    ...fresh,
    owner: deps.newId(),
    leaseUntil: now + LEASE_MS,
    runId: message.reason === 'continuation' ? row.runId : deps.newId(),
    slice: message.reason === 'continuation' ? row.slice : 0,
  }
  try {
    return { value, etag: await state.saveRun(value, found?.etag ?? null) }
  } catch (error) {
    if (error instanceof VersionMismatch) return null
    throw error
  }
}

/** Another Microsoft account or Oro calendar: nothing that was read before is of use. */
const forgetCursors = (row: RunRow, containers: string, connectedAt: string | null): RunRow => ({
  ...row,
  containers,
  connectedAt,
  cursors: { oro: null, microsoft: null },
  feedSince: null,
  comparedWith: null,
  window: null,
  counts: emptyRun().counts,
})

function contextOf(
  deps: Deps,
  given: {
    account: Account
    kind: Kind
    message: SyncMessage
    connection: Connection
    settings: Settings
    containers: string
    state: SyncState
    lease: Versioned<RunRow>
  },
): RunContext {
  const { account, kind, connection, settings, lease, state } = given
  const rules = KIND_RULES[kind]
  const meter = { microsoft: 0, oro: 0, feed: 0 }
  return {
    ...given,
    deps,
    rules,
    policy: rules.policy(settings, connection.oro.timeZone),
    sides: rules.sides(deps, { account, connection, settings, meter }),
    ledger: createLedger({
      state,
      row: lease.value,
      etag: lease.etag,
      now: () => deps.clock.now(),
      newId: deps.newId,
    }),
    meter,
    tally: newTally(),
    startedAt: deps.clock.now(),
    problems: new Map(),
    intents: new Map(),
    uids: new Map(),
  }
}

/** gather → decide → apply → remember, for at most a minute. */
async function slice(context: RunContext): Promise<void> {
  const { deps, ledger, startedAt } = context
  // A person who pauses or disconnects is not made to wait for the end of a run (S9, T10).
  const wanted = () => stillWanted(context)
  const gathered = await settleOwners(context, await relinkMoves(context, await gather(context)))
  const work = await withAlike(context, await recoverIntents(context, gathered))
  await ledger.keepAlive()
  const held = await loadHeld(context)
  const deletions: Deletion[] = []
  const linked = linkedUnits(context, work.linked, work.window, held, deletions)
  const pairing = await leaveUntaken(context, work, pairingOf(context, work))
  const units = [...linked, ...newcomerUnits(context, work, pairing, held)]
  await endIntents(
    context,
    units.map((unit) => unit.ids),
  )
  let first = true
  const goOn = async (): Promise<boolean> => {
    if (!(await wanted())) return false
    const begun = first
    first = false
    // A slice always finishes something before it yields (sync-rules 11).
    if (begun) return true
    if (deps.clock.now() - startedAt >= SLICE_MS) return false
    return !(await deps.pending.has(context.account, context.kind))
  }
  try {
    const left = [...(await runUnits(context, units, goOn))]
    const { left: undone } =
      deletions.length === 0 || (await wanted())
        ? await settleDeletions(context, deletions, held, work.suddenlyEmpty)
        : { left: deletions }
    await finish(context, work, left, undone)
  } catch (error) {
    // What was gathered and not done is kept, since the cursors of this round are lost with the run otherwise repeated in full.
    if (error instanceof SyncError) await ledger.flush()
    throw error
  }
}

const restOf = (units: readonly Unit[], deletions: readonly Deletion[]): Rest | null => {
  const oro = units.flatMap((unit) => unit.ids.oro ?? [])
  const microsoft = units.flatMap((unit) => unit.ids.microsoft ?? [])
  oro.push(...deletions.map((deletion) => deletion.work.link.oroId))
  microsoft.push(...deletions.map((deletion) => deletion.work.link.microsoftId))
  return oro.length + microsoft.length > 0 ? { oro, microsoft } : null
}

/** The cursors advance with the last commit, together with what is left to do: nothing falls between the two (F4). */
async function finish(
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
async function attentionOver({ deps, account, connection }: RunContext): Promise<void> {
  if (connection.state === 'connected') return
  const found = await deps.connections.get(account)
  if (found?.value.state !== 'needs-attention') return
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
