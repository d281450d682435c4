import type { TodoTaskList } from '@microsoft/microsoft-graph-types'
import { CursorExpired, SyncError } from '../../../errors'
import type { GraphClient } from '../client'
import { readRound, type DeltaItem } from '../delta-round'
import type { GraphTask } from './from-graph-task'
import type { KnownList, TaskCursor } from './task-cursor'
import { listPath, LISTS, tasksPath } from './task-paths'

type GraphList = TodoTaskList & { id: string }
type Listed = GraphList & DeltaItem

/** Nobody has so many pages of lists, or of tasks in one of them. */
const MOST_PAGES = 500

const knownList = ({ id, displayName, wellknownListName }: GraphList): KnownList => ({
  id,
  name: displayName ?? '',
  special:
    wellknownListName === 'defaultList'
      ? 'default'
      : wellknownListName === 'flaggedEmails'
        ? 'flagged'
        : null,
})

/** Lists that are read and written: all but the one of flagged e-mails (G-48). Shared ones are among them. */
export const synced = (lists: readonly KnownList[]): readonly KnownList[] =>
  lists.filter((list) => list.special !== 'flagged')

export interface ListRound {
  readonly deltaLink: string
  readonly known: readonly KnownList[]
  /** Lists that answer 404 themselves: proof that they are gone (sync-rules 4). */
  readonly lost: readonly string[]
}

/**
 * What lists there are now: the known ones and what their delta says since (contract section 9).
 * @param mode `full`: read all of them, whatever the cursor
 * @throws SyncError `mailbox` when To Do as a whole does not answer, `access` when it is not permitted (G-67)
 */
export async function readLists(
  client: GraphClient,
  cursor: TaskCursor | null,
  mode: 'changes' | 'full',
): Promise<ListRound> {
  const before = cursor?.known ?? []
  const link = cursor !== null && mode === 'changes' ? cursor.deltaLink : null
  const round = await listRound(client, link !== null && client.owns(link) ? link : null)
  const known = new Map<string, KnownList>(round.fresh ? [] : before.map((list) => [list.id, list]))
  const doubtful = new Set<string>(round.fresh ? before.map((list) => list.id) : [])
  for (const item of round.items) {
    if (item['@removed'] !== undefined) doubtful.add(item.id)
    else {
      doubtful.delete(item.id)
      known.set(item.id, knownList(item))
    }
  }
  const lost: string[] = []
  for (const id of doubtful) {
    const list = await readList(client, id)
    if (list === null) {
      known.delete(id)
      lost.push(id)
    } else known.set(id, list)
  }
  return { deltaLink: round.deltaLink, known: [...known.values()], lost }
}

/** One round of the lists' own chain, begun anew where its state is lost. */
async function listRound(client: GraphClient, link: string | null) {
  try {
    const round = await readRound<Listed>(client, link ?? `${LISTS}/delta`)
    return { ...round, fresh: link === null }
  } catch (error) {
    if (link !== null && (error instanceof CursorExpired || isGone(error))) {
      const round = await readRound<Listed>(client, `${LISTS}/delta`)
      return { ...round, fresh: true }
    }
    if (!isGone(error)) throw error
    throw new SyncError({ ...error.evidence, code: 'mailbox', scope: 'account' })
  }
}

export const isGone = (error: unknown): error is SyncError =>
  error instanceof SyncError && error.evidence.code === 'container-gone'

/** One list as it is now; null = it does not exist. */
export async function readList(client: GraphClient, id: string): Promise<KnownList | null> {
  const answer = await client.send({ method: 'GET', path: listPath(id) })
  if (answer.status === 200) return knownList(answer.body as GraphList)
  const failure = client.failure(answer, 'container')
  if (isGone(failure)) return null
  throw failure
}

const expanded = (path: string, expand: string): string => `${path}?$expand=${expand}&$top=100`

/** All tasks of a list with children that rounds do not hold (G-49). */
export async function listTasks(
  client: GraphClient,
  list: string,
  expand: string,
): Promise<readonly GraphTask[]> {
  const tasks: GraphTask[] = []
  let path: string | undefined = expanded(tasksPath(list), expand)
  for (let pages = 0; path !== undefined && pages < MOST_PAGES; pages += 1) {
    const answer = await client.ask({ method: 'GET', path }, 'container')
    const page = answer.body as { value?: GraphTask[]; '@odata.nextLink'?: string }
    tasks.push(...(page.value ?? []))
    path = page['@odata.nextLink']
  }
  return tasks
}

/** All lists, for whoever has not gathered before it writes. */
export async function listLists(client: GraphClient): Promise<readonly KnownList[]> {
  const lists: KnownList[] = []
  let path: string | undefined = `${LISTS}?$top=100`
  for (let pages = 0; path !== undefined && pages < MOST_PAGES; pages += 1) {
    const answer = await client.ask({ method: 'GET', path }, 'account')
    const page = answer.body as { value?: GraphList[]; '@odata.nextLink'?: string }
    lists.push(...(page.value ?? []).map(knownList))
    path = page['@odata.nextLink']
  }
  return lists
}
