import { accountId, type Account } from '../core/account'
import type { Link } from '../core/model'
import { admit } from './admit'
import type { Work } from './gather'
import { recordHint } from './hints'
import type { LinkedWork } from './linked-work'
import { containersOf } from './containers'
import type { RunContext } from './run-context'

/** Oro users own tasks: the id of the container is the id of the user. */
const ownerOf = ({ account }: RunContext, container: string): Account | null =>
  /^[1-9]\d{0,9}$/.test(container)
    ? { organizationId: account.organizationId, userId: Number(container) }
    : null

/** Says of each task whose link is new that it is this account's: its changes are told to whom they concern. */
export async function claimTasks(
  { kind, deps, account }: RunContext,
  group: readonly { readonly link: Link; readonly previous: Link | null }[],
): Promise<void> {
  if (kind !== 'tasks') return
  const fresh = group.filter(({ previous }) => previous === null || previous.state === 'closed')
  await Promise.all(fresh.map(({ link }) => deps.connections.claimTask(account, link.oroId)))
}

/**
 * Tasks that were given from one Oro user to another (TK11): those that left this account are told whether their new owner is connected;
 * those that came wait until the copy in the former owner's To Do is gone, so that there are never two open ones. The former owner's run
 * tells this account when that is done.
 */
export async function settleOwners(context: RunContext, work: Work): Promise<Work> {
  if (context.kind !== 'tasks') return work
  const linked = await Promise.all(work.linked.map((entry) => withOwner(context, entry)))
  const elsewhere = await Promise.all(
    work.newcomers.map(
      async ({ reading }) => reading.side === 'oro' && (await stillElsewhere(context, reading.id)),
    ),
  )
  return {
    ...work,
    linked,
    newcomers: work.newcomers.filter((_, index) => elsewhere[index] !== true),
  }
}

async function withOwner(context: RunContext, work: LinkedWork): Promise<LinkedWork> {
  const { oro } = work
  if (oro.is !== 'moved') return work
  const owner = ownerOf(context, oro.container)
  const connected = owner !== null && (await admit(context.deps, owner, 'tasks')).ok
  return { ...work, oro: { ...oro, owner: connected ? 'connected' : 'unconnected' } }
}

/** Does another account still show this task? It is asked to look. */
async function stillElsewhere({ deps, account }: RunContext, id: string): Promise<boolean> {
  const holder = await deps.connections.accountOfTask(account.organizationId, id)
  if (holder === null || accountId(holder) === accountId(account)) return false
  const admission = await admit(deps, holder, 'tasks')
  if (!admission.ok) return false
  const containers = containersOf(admission.connection, 'tasks')
  const link = (await deps.stateOf(holder, 'tasks', containers).linksByOro([id])).get(id)
  if (link?.state !== 'linked' && link?.state !== 'held') return false
  await recordHint(deps, holder, 'tasks', { oro: [id] })
  return true
}

/** The way is free: the account that the task was given to is told of it. */
export async function tellNewOwner(context: RunContext, { link, oro }: LinkedWork): Promise<void> {
  if (oro.is !== 'moved') return
  const owner = ownerOf(context, oro.container)
  if (owner !== null) await recordHint(context.deps, owner, 'tasks', { oro: [link.oroId] })
}
