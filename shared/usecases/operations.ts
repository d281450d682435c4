import { accountId, type Account } from '../core/account'
import { uuidV5 } from '../core/uid'
import type { Json, Kind } from '../core/model'
import { ProblemAnswer, VersionMismatch } from '../errors'
import type { SyncMessage } from '../messages'
import type { Operation } from '../ports/stores'
import { admit } from './admit'
import { rfc3339, type Deps } from './deps'

/** Repeated calls within this time join the same run (S5). */
const JOIN_MS = 60_000
const WRITE_TRIES = 5

type Change = (operation: Operation) => Operation

async function change(deps: Pick<Deps, 'operations'>, id: string, with_: Change): Promise<void> {
  for (let attempt = 0; attempt < WRITE_TRIES; attempt += 1) {
    const found = await deps.operations.get(id)
    if (!found || found.value.endedAt !== null) return
    try {
      await deps.operations.put(with_(found.value), found.etag)
      return
    } catch (error) {
      if (!(error instanceof VersionMismatch)) throw error
    }
  }
}

/** A run that an operation asked for has begun. */
export async function kindStarted(deps: Deps, message: SyncMessage): Promise<void> {
  if (message.operationId === undefined) return
  await change(deps, message.operationId, (operation) => ({ ...operation, state: 'running' }))
}

/** A run that an operation asked for has ended; with the last one the operation is done (DESIGN 7). */
export async function kindDone(deps: Deps, message: SyncMessage, result: Json): Promise<void> {
  if (message.operationId === undefined) return
  const { kind } = message
  const at = rfc3339(deps.clock.now())
  await change(deps, message.operationId, (operation) => {
    const waitingFor = operation.waitingFor.filter((other) => other !== kind)
    const before = (operation.result ?? {}) as Record<string, Json>
    const done = operation.progress.done + (operation.waitingFor.includes(kind) ? 1 : 0)
    const ended = waitingFor.length === 0
    return {
      ...operation,
      waitingFor,
      result: { ...before, [kind]: result },
      progress: { ...operation.progress, done },
      state: ended ? 'done' : operation.state,
      endedAt: ended ? at : null,
    }
  })
}

/** Starts a run of the wanted kinds and answers the operation that watches it; within a minute the same one (DESIGN 7). */
export async function startSync(
  deps: Deps,
  account: Account,
  request: { kind?: Kind; mode: 'changes' | 'full' | 'audit' },
): Promise<Operation> {
  const now = deps.clock.now()
  const wanted: Kind[] = request.kind ? [request.kind] : ['calendar', 'tasks']
  const kinds: Kind[] = []
  let refusal = 'off'
  for (const kind of wanted) {
    const admission = await admit(deps, account, kind, { manual: true })
    if (admission.ok) kinds.push(kind)
    else if (admission.why !== 'off') refusal = admission.why
  }
  if (kinds.length === 0)
    throw new ProblemAnswer(409, 'Not syncing', NOT_SYNCING[refusal] ?? refusal)
  const type = request.mode === 'audit' ? 'audit' : 'sync'
  const latest = await deps.operations.latest(account.organizationId, accountId(account), type)
  if (latest !== null && joins(latest, request.mode, kinds, now)) return latest
  const asked = { account, type, mode: request.mode, kinds, after: latest?.id ?? '' } as const
  const { operation, joined } = await claim(deps, asked, now)
  if (!joined) await send(deps, operation, asked)
  return operation
}

interface Asked {
  readonly account: Account
  readonly type: 'sync' | 'audit'
  readonly mode: 'changes' | 'full' | 'audit'
  readonly kinds: readonly Kind[]
  /** The newest operation that this one follows. */
  readonly after: string
}

const modeOf = ({ mode, kinds }: Pick<Asked, 'mode' | 'kinds'>): string =>
  `${mode}:${kinds.join(',')}`

/** Is this the run that is wanted again? One that was cancelled or never got off is not. */
function joins(latest: Operation, mode: string, kinds: readonly Kind[], now: number): boolean {
  const [theirs, covered = ''] = latest.mode.split(':')
  const alive = latest.state !== 'cancelled' && latest.state !== 'failed'
  const young = now - Date.parse(latest.startedAt) < JOIN_MS
  return (
    alive && young && theirs === mode && kinds.every((kind) => covered.split(',').includes(kind))
  )
}

/** Of several equal calls at the same moment one begins the run: the id follows from what they all saw. */
async function claim(
  deps: Deps,
  asked: Asked,
  now: number,
): Promise<{ operation: Operation; joined: boolean }> {
  const { account, type, kinds, after } = asked
  const organization = String(account.organizationId)
  const seed = [accountId(account), modeOf(asked), after].join('|')
  const fresh = (id: string): Operation => ({
    id: `${organization}-${id}`,
    organizationId: account.organizationId,
    accountId: accountId(account),
    type,
    state: 'queued',
    progress: { done: 0, total: kinds.length },
    result: null,
    startedAt: rfc3339(now),
    endedAt: null,
    waitingFor: kinds,
    mode: modeOf(asked),
  })
  const operation = fresh(uuidV5(seed))
  try {
    await deps.operations.put(operation, null)
    return { operation, joined: false }
  } catch (error) {
    if (!(error instanceof VersionMismatch)) throw error
  }
  const theirs = (await deps.operations.get(operation.id))?.value
  if (theirs && joins(theirs, asked.mode, kinds, now)) return { operation: theirs, joined: true }
  const other = fresh(deps.newId())
  await deps.operations.put(other, null)
  return { operation: other, joined: false }
}

async function send(deps: Deps, operation: Operation, { kinds, mode }: Asked): Promise<void> {
  try {
    for (const kind of kinds) {
      await deps.queue.sync({
        v: 1,
        accountId: operation.accountId ?? '',
        kind,
        reason: 'manual',
        at: operation.startedAt,
        mode,
        operationId: operation.id,
      })
    }
  } catch (error) {
    // Nobody would ever end it, and the next call would join it.
    await change(deps, operation.id, (found) => ({
      ...found,
      state: 'failed',
      endedAt: rfc3339(deps.clock.now()),
    }))
    throw error
  }
}

const NOT_SYNCING: Readonly<Record<string, string>> = {
  off: 'Neither calendar nor tasks are enabled for this user.',
  paused: 'Syncing is paused.',
  'not-connected': 'This user is not connected to Microsoft 365.',
  'not-permitted': 'The permission for this was not granted at Connect.',
}

/** An operation as the interface shows it (DESIGN 7). */
export const showOperation = (operation: Operation) => ({
  id: operation.id,
  type: operation.type,
  state: operation.state,
  progress: operation.progress,
  result: operation.result,
  startedAt: operation.startedAt,
  endedAt: operation.endedAt,
})

/** Stops waiting for an operation; what it has begun goes on. null = there is none. */
export async function cancelOperation(
  deps: Pick<Deps, 'operations' | 'clock'>,
  id: string,
): Promise<Operation | null> {
  const endedAt = rfc3339(deps.clock.now())
  await change(deps, id, (operation) => ({ ...operation, state: 'cancelled', endedAt }))
  return (await deps.operations.get(id))?.value ?? null
}
