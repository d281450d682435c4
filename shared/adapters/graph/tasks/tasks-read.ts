import type { ItemRef, ItemState } from '../../../ports/side'
import { readAll } from '../batch'
import type { GraphAnswer, GraphClient } from '../client'
import { errorCode } from '../errors'
import { fromGraphTask, type GraphTask, type TaskContext } from './from-graph-task'
import { synced } from './task-lists'
import type { KnownList } from './task-cursor'
import { listPath, taskPath } from './task-paths'

const UNKNOWN: ItemState = { is: 'unknown' }
const DELETED: ItemState = { is: 'gone', how: 'deleted' }
const NO_LIST: ItemState = { is: 'hidden', code: 'container-gone' }
const DENIED: ItemState = { is: 'hidden', code: 'access' }

export interface ReadDeps {
  readonly client: GraphClient
  readonly contextOf: (list: string) => TaskContext
  readonly lists: () => Promise<readonly KnownList[]>
}

const is404 = (answer: GraphAnswer | undefined): boolean =>
  answer?.status === 410 ||
  (answer?.status === 404 && errorCode(answer) !== 'mailboxnotenabledforrestapi')

/** With the links, so that whose counterpart a task is becomes known (G-49). */
function wholePath(ref: ItemRef, { checklist }: TaskContext): string {
  const expand = checklist ? 'linkedResources,checklistItems' : 'linkedResources'
  return `${taskPath(ref)}?$expand=${expand}`
}

/**
 * Reads tasks by id in their lists. "Gone" is only said when the list itself answers here and now (sync-rules 4): a moved task is gone too,
 * until the newcomer elsewhere is known to be it (G-42). A ref without a list is looked for in all of them.
 * @returns an entry per id; failures of single tasks are `unknown` or `hidden`
 * @throws SyncError when the account as a whole fails
 */
export async function readTasks(
  deps: ReadDeps,
  refs: readonly ItemRef[],
): Promise<ReadonlyMap<string, ItemState>> {
  const states = await readPlaced(
    deps,
    refs.filter(({ container }) => container !== ''),
  )
  const stray = refs.filter(({ container }) => container === '').map(({ id }) => id)
  if (stray.length === 0) return states
  const open = new Set(stray)
  for (const id of open) states.set(id, DELETED)
  for (const list of synced(await deps.lists())) {
    const asked = [...open].map((id) => ({ id, container: list.id }))
    for (const [id, state] of await readPlaced(deps, asked)) {
      if (state.is === 'present') open.delete(id)
      // A list that does not answer could hold it.
      if (state.is !== 'gone') states.set(id, state.is === 'present' ? state : UNKNOWN)
    }
  }
  return states
}

async function readPlaced(
  { client, contextOf }: ReadDeps,
  refs: readonly ItemRef[],
): Promise<Map<string, ItemState>> {
  const states = new Map<string, ItemState>()
  const missing: ItemRef[] = []
  const pathOf = (ref: ItemRef): string => wholePath(ref, contextOf(ref.container))
  const answers = await readAll(client, [...new Set(refs.map(pathOf))])
  for (const ref of refs) {
    const answer = answers.get(pathOf(ref))
    if (is404(answer)) missing.push(ref)
    else states.set(ref.id, stateOf(answer, contextOf(ref.container)))
  }
  const proofs = new Map<string, ItemState>()
  for (const { container } of missing) {
    if (!proofs.has(container)) proofs.set(container, await proof(client, container))
  }
  for (const { id, container } of missing) states.set(id, proofs.get(container) ?? UNKNOWN)
  return states
}

function stateOf(answer: GraphAnswer | undefined, context: TaskContext): ItemState {
  if (answer?.status === 200) {
    return { is: 'present', reading: fromGraphTask(answer.body as GraphTask, context, true) }
  }
  return answer?.status === 403 ? DENIED : UNKNOWN
}

/** What a missing task means, as its list answers. */
async function proof(client: GraphClient, list: string): Promise<ItemState> {
  const answer = await client.send({ method: 'GET', path: listPath(list) })
  if (answer.status === 200) return DELETED
  if (is404(answer)) return NO_LIST
  return answer.status === 403 ? DENIED : UNKNOWN
}
