import { accountId, type Account } from '../core/account'
import type { Json, Kind } from '../core/model'
import { ProblemAnswer, VersionMismatch } from '../errors'
import type { SyncMessage } from '../messages'
import type { Operation, Operations } from '../ports/stores'
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
  const id = accountId(account)
  const latest = await deps.operations.latest(account.organizationId, id, type)
  const covers = latest !== null && latest.mode === `${request.mode}:${wanted.join(',')}`
  if (covers && now - Date.parse(latest.startedAt) < JOIN_MS) return latest
  const operation: Operation = {
    id: `${String(account.organizationId)}-${deps.newId()}`,
    organizationId: account.organizationId,
    accountId: id,
    type,
    state: 'queued',
    progress: { done: 0, total: kinds.length },
    result: null,
    startedAt: rfc3339(now),
    endedAt: null,
    waitingFor: kinds,
    mode: `${request.mode}:${wanted.join(',')}`,
  }
  await deps.operations.put(operation, null)
  for (const kind of kinds) {
    await deps.queue.sync({
      v: 1,
      accountId: id,
      kind,
      reason: 'manual',
      at: rfc3339(now),
      mode: request.mode,
      operationId: operation.id,
    })
  }
  return operation
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

export async function cancelOperation(
  operations: Operations,
  id: string,
  now: number,
): Promise<Operation | null> {
  const found = await operations.get(id)
  if (!found) return null
  if (found.value.endedAt !== null) return found.value
  const cancelled: Operation = { ...found.value, state: 'cancelled', endedAt: rfc3339(now) }
  await operations.put(cancelled, found.etag)
  return cancelled
}
