import { accountId, type Account } from '../core/account'
import type { Kind } from '../core/model'
import { hintRecorded } from '../log'
import type { SyncMessage } from '../messages'
import { admit } from './admit'
import { rfc3339, type Deps } from './deps'

/**
 * "Something may have changed there": ten equal hints cost one run, a later one is never swallowed (DESIGN 4, coalescing). Throws
 * `Unavailable` when store or queue are down, so that the sender asks again (W6).
 *
 * @returns whether a message was sent
 */
export async function recordHint(
  deps: Deps,
  account: Account,
  kind: Kind,
  ids?: SyncMessage['ids'],
): Promise<boolean> {
  const admission = await admit(deps, account, kind)
  const now = deps.clock.now()
  if (!admission.ok) {
    // Nothing may be called now. The mark stays: once it may, the first interval runs instead of probing.
    if (admission.connection) await deps.pending.begin(account, kind, now)
    return false
  }
  const first = await deps.pending.begin(account, kind, now)
  const log = { account: accountId(account), kind }
  hintRecorded(deps.log, { ...log, joined: !first })
  // A hint that names items is sent even if another waits: that one does not know these ids.
  if (!first && ids === undefined) return false
  try {
    await deps.queue.sync({
      v: 1,
      accountId: accountId(account),
      kind,
      reason: 'hint',
      at: rfc3339(now),
      ...(ids ? { ids } : {}),
    })
  } catch (error) {
    // Nobody waits for what was not sent: the next hint sends.
    await deps.pending.clear(account, kind)
    throw error
  }
  await deps.pending.sent(account, kind, now)
  return true
}
