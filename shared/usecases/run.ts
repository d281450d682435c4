import { accountId, parseAccountId, type Account } from '../core/account'
import type { Kind } from '../core/model'
import { SyncError, VersionMismatch } from '../errors'
import { leaseLost, runSkipped, runStarted } from '../log'
import type { SyncMessage } from '../messages'
import type { Connection } from '../ports/connections'
import type { RunRow, SyncState, Versioned } from '../ports/stores'
import type { Settings } from '../settings/schema'
import { admit } from './admit'
import { containersOf } from './containers'
import type { Deps } from './deps'
import { CONTINUE_AFTER_MS } from './finish'
import { KIND_RULES } from './kinds'
import { emptyRun, notNow, takeLease } from './lease'
import { createLedger } from './ledger'
import { completed } from './look-up'
import { kindDone, kindStarted } from './operations'
import { newTally, type RunContext } from './run-context'
import { slice, stillWanted } from './slice'
import { again, stopRun } from './stop'

/** Somebody else was faster: their run is met then, or over. */
const AGAIN_AFTER_MS = 1_000

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
