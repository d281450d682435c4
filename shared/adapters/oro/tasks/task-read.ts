import type { Reading } from '../../../core/model'
import { SyncError } from '../../../errors'
import type { ItemRef, ItemState } from '../../../ports/side'
import { oroError } from '../errors'
import type { Send } from '../event-list'
import { unreadable } from '../event-read'
import { allResources, jsonApi, resource, resources, type Resource } from '../json-api'
import type { Listed } from '../listed-rows'
import { ownerOf } from './from-oro-task'

export const TASKS = '/api/tasks'

export const taskPath = (id: string): string => `${TASKS}/${encodeURIComponent(id)}`

/** All tasks of an owner, or those that moved since this moment (RFC 3339 UTC to the second, oro/README 7). */
export async function listTasks(
  send: Send,
  owner: string,
  since: string | null,
): Promise<Listed<Resource>> {
  const condition = since === null ? {} : { 'filter[updatedAt][gte]': since }
  const { records, asOf } = await allResources(send, TASKS, {
    'filter[owner]': owner,
    ...condition,
  })
  return { rows: records, asOf }
}

/** One task by id, whoever owns it; null = 404, which alone proves nothing. Fails with a `SyncError`. */
export async function getTask(send: Send, id: string): Promise<Resource | null> {
  const answer = await send(jsonApi({ path: taskPath(id) }))
  if (answer.status === 404) return null
  const task = answer.status === 200 ? resource(answer.body) : undefined
  if (task === undefined) throw oroError(answer, 'item', 'tasks')
  return task
}

/** One task that must be there: gone in between, it is looked at again by the next run. */
export async function storedTask(send: Send, id: string): Promise<Resource> {
  const task = await getTask(send, id)
  if (task !== null) return task
  throw new SyncError({
    side: 'oro',
    code: 'item-failed',
    scope: 'item',
    transient: true,
    status: 404,
  })
}

/** Reads tasks by id with the proof that deletion needs (sync-rules 4). Throws for nothing but refused credentials. */
export async function readTasks(
  send: Send,
  refs: readonly ItemRef[],
  fromTask: (task: Resource) => Reading,
): Promise<Map<string, ItemState>> {
  const proofs = new Map<string, Promise<boolean>>()
  const proof = (owner: string): Promise<boolean> => {
    const asked = proofs.get(owner) ?? answersFor(send, owner)
    proofs.set(owner, asked)
    return asked
  }
  const read = async ({ id, container }: ItemRef): Promise<ItemState> => {
    try {
      const task = await getTask(send, id)
      if (task !== null) return stateOf(task, container, fromTask)
      return (await proof(container)) ? { is: 'gone', how: 'deleted' } : { is: 'unknown' }
    } catch (error) {
      return unreadable(error)
    }
  }
  return new Map(await Promise.all(refs.map(async (ref) => [ref.id, await read(ref)] as const)))
}

/** What a task found by id says about one that was expected with this owner. */
export function stateOf(
  task: Resource,
  owner: string,
  fromTask: (task: Resource) => Reading,
): ItemState {
  return ownerOf(task) === owner
    ? { is: 'present', reading: fromTask(task) }
    : { is: 'moved', container: ownerOf(task) }
}

/**
 * Do the tasks of this owner answer? An empty list says nothing (an unknown owner lists nothing as well): then the owner has to be there,
 * unless users may not be read.
 */
async function answersFor(send: Send, owner: string): Promise<boolean> {
  const query = { 'filter[owner]': owner, 'fields[tasks]': 'id', 'page[size]': '1' }
  const list = await send(jsonApi({ path: TASKS, query }))
  if (list.status !== 200) return false
  if (resources(list.body).length > 0) return true
  const user = await send(jsonApi({ path: `/api/users/${encodeURIComponent(owner)}` }))
  return user.status === 200 || user.status === 403
}
