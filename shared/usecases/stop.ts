import { accountId } from '../core/account'
import { KINDS, type Kind } from '../core/model'
import { ERROR_CODES, VersionMismatch, type SyncError } from '../errors'
import { runStopped } from '../log'
import type { ConnectionState } from '../ports/connections'
import { rfc3339 } from './deps'
import { kindDone } from './operations'
import type { RunContext } from './run-context'

const SECOND = 1000
/** Without a word from the other system: a minute, doubling, half an hour at the most. */
const backOff = (failures: number): number => Math.min(30 * 60, 60 * 2 ** failures) * SECOND

/** Who says "at once" and fails again is asked less and less often all the same. */
const atLeast = (failures: number): number => Math.min(10 * 60, 2 ** failures) * SECOND

/** How long to wait after so many failures in a row, milliseconds. */
export const waitAfter = (retryAfterMs: number | undefined, failures: number): number =>
  Math.max(retryAfterMs ?? backOff(failures), atLeast(failures))

/** What the failure means for the connection as a whole; null = it stays connected and is tried again. */
function connectionState(error: SyncError, kind: Kind): ConnectionState | null {
  const state = stateFor(error)
  // To Do that does not answer is no reason to keep the calendar from being synced (T6).
  return kind === 'tasks' && state === 'needs-attention' ? null : state
}

function stateFor(error: SyncError): ConnectionState | null {
  switch (error.evidence.code) {
    case 'token':
    case 'consent':
    case 'admin-consent':
      return 'needs-reconnect'
    case 'mailbox':
    case 'container-gone':
    case 'oro-calendar-missing':
      return 'needs-attention'
    case 'access':
      return error.evidence.scope === 'account' ? 'needs-attention' : null
    default:
      return null
  }
}

/**
 * The account cannot go on: the reason is made visible, the lease given back, and the work scheduled again where waiting helps. Nothing is
 * deleted, nothing forgotten; what was gathered is gathered again (H6, T3, T4, F6, F7). Throws `VersionMismatch` when somebody took over.
 */
export async function stopRun(context: RunContext, error: SyncError): Promise<void> {
  const { deps, ledger, message, account, kind } = context
  const { code, retryAfterMs, transient } = error.evidence
  const now = deps.clock.now()
  const ends = connectionState(error, kind)
  const { failures, throttledSince } = ledger.row()
  const wait = ends ? null : waitAfter(retryAfterMs, failures)
  const until = wait === null ? null : now + wait
  const reason = { code, message: ERROR_CODES[code] }
  const { meter, tally } = context
  await ledger.flush((row) => ({
    ...row,
    owner: null,
    notBefore: until ?? 0,
    throttledSince: code === 'throttled' ? (throttledSince ?? rfc3339(now)) : null,
    failures: failures + 1,
    progress: null,
    reason,
    lastRun: {
      reason: message.reason,
      startedAt: rfc3339(context.startedAt),
      endedAt: rfc3339(now),
      calls: { microsoft: meter.microsoft, oro: meter.oro + meter.feed },
      writes: tally.writes,
      mails: tally.mails,
    },
  }))
  if (code === 'throttled' && until !== null) await holdBackOthers(context, until)
  runStopped(deps.log, {
    account: accountId(account),
    kind,
    code,
    until: until === null ? null : rfc3339(until),
  })
  if (ends) await endConnection(context, ends, error)
  if (until === null || !transient) await kindDone(deps, message, { stopped: code })
  if (until !== null) await deps.queue.sync({ ...message, reason: again(message) }, until)
}

/** A continuation is bound to its slice, which this stop has ended. */
export const again = ({ reason }: RunContext['message']): 'manual' | 'retry' | 'first' =>
  reason === 'manual' || reason === 'first' ? reason : 'retry'

async function endConnection(
  context: RunContext,
  state: ConnectionState,
  error: SyncError,
): Promise<void> {
  const { deps, account } = context
  const found = await deps.connections.get(account)
  if (found?.value.state !== 'connected') return
  const { code } = error.evidence
  const since = rfc3339(deps.clock.now())
  const reason = { code, message: ERROR_CODES[code] }
  try {
    await deps.connections.put({ ...found.value, state, reason, since }, found.etag)
  } catch (lost) {
    // Somebody connected or disconnected just now: theirs is the newer word.
    if (!(lost instanceof VersionMismatch)) throw lost
  }
}

/**
 * A throttled mailbox is not asked for the other kind either until then (contract 12). One that is being synced meets the same answer
 * itself: its row is not touched.
 */
export async function holdBackOthers(
  { deps, account, kind }: Pick<RunContext, 'deps' | 'account' | 'kind'>,
  until: number,
): Promise<void> {
  for (const other of KINDS.filter((one) => one !== kind)) {
    const state = deps.stateOf(account, other)
    const found = await state.run()
    if (!found || found.value.owner !== null || found.value.notBefore >= until) continue
    try {
      await state.saveRun({ ...found.value, notBefore: until }, found.etag)
    } catch (error) {
      // A run has begun just now.
      if (!(error instanceof VersionMismatch)) throw error
    }
  }
}
