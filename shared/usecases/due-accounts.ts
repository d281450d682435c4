import { accountId, parseAccountId, type Account } from '../core/account'
import type { Kind } from '../core/model'
import { accountsProbed, probeFailed } from '../log'
import type { ProbesMessage } from '../messages'
import { admit } from './admit'
import { rfc3339, type Deps } from './deps'
import { oroIsHeard } from './oro-changes'
import { probe, type Probed } from './probe'
import { nextDate } from './schedule'

const MINUTE_MS = 60_000
/**
 * How often an account that needs attention is tried unasked: a licence, say, may have been assigned meanwhile (F6). A route of Oro that is
 * not there may be back with its next deployment.
 */
const attentionEveryMs = (code: string | undefined): number =>
  (code === 'oro-calendar-missing' ? 15 : 6 * 60) * MINUTE_MS
/** Accounts looked at side by side; each is one small request to its own mailbox. */
const AT_ONCE = 25

type Due = ProbesMessage['due'][number] & { readonly account: Account }
type OroIsHeard = (account: Account, kind: Kind) => Promise<boolean>

/**
 * One execution looks at a batch of accounts that are due: who is quiet is done with, the others get a message (DESIGN 4, probes). An account
 * that fails stops no other and is tried again in a minute; if even that cannot be noted the store is away, and the batch comes again.
 */
export async function lookAtDue(deps: Deps, { at, due }: ProbesMessage): Promise<void> {
  const started = deps.clock.now()
  const now = Date.parse(at)
  const feeds = new Map<string, Promise<boolean>>()
  const heard: OroIsHeard = ({ organizationId }, kind) => {
    const key = `${String(organizationId)}|${kind}`
    const known = feeds.get(key) ?? oroIsHeard(deps, organizationId, kind, started)
    feeds.set(key, known)
    return known
  }
  let quiet = 0
  const queue = due.flatMap((entry) => {
    const account = parseAccountId(entry.accountId)
    return account ? [{ ...entry, account }] : []
  })
  const worker = async (): Promise<void> => {
    for (let entry = queue.shift(); entry; entry = queue.shift()) {
      try {
        if (await look(deps, entry, now, heard)) quiet += 1
      } catch (error) {
        const name = error instanceof Error ? error.name : 'unknown'
        probeFailed(deps.log, { account: entry.accountId, kind: entry.kind, error: name })
        await moveAgain(deps, entry, now, { dueAt: now + MINUTE_MS, everyMs: entry.everyMs })
      }
    }
  }
  const ends = await Promise.allSettled(Array.from({ length: AT_ONCE }, worker))
  const failed = ends.find((end) => end.status === 'rejected')
  if (failed) throw failed.reason
  accountsProbed(deps.log, { accounts: due.length, quiet, ms: deps.clock.now() - started })
}

/** The timer has given the entry its next date by what it said; if that is still its date, it becomes another. */
const moveAgain = (
  deps: Deps,
  { account, kind, dueAt, everyMs }: Due,
  now: number,
  to: { readonly dueAt: number; readonly everyMs: number | null },
): Promise<void> => {
  const entry = { account, kind, everyMs, dueAt: nextDate(dueAt, everyMs, now) }
  return deps.due.move([{ entry, ...to }])
}

/** @returns whether the account was found quiet and needs no run */
async function look(deps: Deps, due: Due, now: number, heard: OroIsHeard): Promise<boolean> {
  const { account, kind, dueAt } = due
  const admission = await admit(deps, account, kind)
  const interval = admission.settings.syncInterval * MINUTE_MS
  let quiet = false
  if (admission.ok) {
    const { connection, settings } = admission
    // A hint whose message was lost, or that came while nothing might be called, waits here: the interval is what finds it.
    const hinted = await deps.pending.has(account, kind)
    const told = hinted || (await heard(account, kind))
    const probed: Probed = hinted
      ? { is: 'run' }
      : await probe(deps, { account, kind, connection, settings, oroIsHeard: told })
    quiet = probed.is === 'quiet'
    // A run that a hint asks for looks into Oro's feed itself: that one told of something already.
    const reason = hinted ? ('hint' as const) : ('interval' as const)
    const message = { v: 1, accountId: accountId(account), kind, reason } as const
    if (probed.is === 'run') await deps.queue.sync({ ...message, at: rfc3339(now) })
    if (probed.is === 'throttled')
      await deps.queue.sync({ ...message, at: rfc3339(now) }, probed.until)
  }
  if (!admission.ok && admission.why === 'attention' && admission.connection) {
    const since = Date.parse(admission.connection.since)
    const every = attentionEveryMs(admission.connection.reason?.code)
    const tries = (until: number): number => Math.floor(Math.max(0, until - since) / every)
    if (tries(now) > tries(Math.min(now, dueAt) - interval)) {
      const message = { v: 1, accountId: accountId(account), kind, reason: 'retry' } as const
      await deps.queue.sync({ ...message, at: rfc3339(now) })
    }
  }
  if (due.everyMs !== interval)
    await moveAgain(deps, due, now, { dueAt: nextDate(dueAt, interval, now), everyMs: interval })
  return quiet
}
