import type { Reading } from '../../../core/model'
import { CursorExpired, SyncError } from '../../../errors'
import type { Gathered, GatherRequest, ItemRef, ItemState } from '../../../ports/side'
import type { GraphClient } from '../client'
import { readRound, type DeltaItem } from '../delta-round'
import { fromGraphTask, type GraphTask, type TaskContext } from './from-graph-task'
import { taskCursor, taskCursorJson, type KnownList, type TaskCursor } from './task-cursor'
import { isGone, listTasks, readList, readLists, synced } from './task-lists'
import { tasksPath } from './task-paths'

type Listed = GraphTask & DeltaItem

export interface GatherDeps {
  readonly client: GraphClient
  readonly contextOf: (list: string) => TaskContext
  /** Whether checklists are part of the readings. */
  readonly checklists: boolean
  readonly read: (refs: readonly ItemRef[]) => Promise<ReadonlyMap<string, ItemState>>
  /** Told what lists there are. */
  readonly noteLists: (lists: readonly KnownList[]) => void
}

/** What one list's chain brought. */
interface TaskRound {
  readonly items: readonly Listed[]
  readonly deltaLink: string
  /** The chain began anew: everything in the list came. */
  readonly whole: boolean
}

/**
 * Reads what changed in the lists and in each of them, a chain per list with its own reset (TK12): without a change that is one call for the
 * lists and one per list. Where a chain was lost, or a list is gone, `full` is said of `containers`, which then holds only the lists that
 * were read whole: a round that begins anew tells nothing of what is gone (G-16).
 * @throws SyncError of the account; a single list that is not permitted is passed over
 */
export async function gatherTasks(deps: GatherDeps, request: GatherRequest): Promise<Gathered> {
  const { client } = deps
  const known = taskCursor(request.cursor)
  const from = request.mode === 'full' ? null : known
  const lists = await readLists(client, known, request.mode)
  const lost = new Set(lists.lost)
  const tasks: Record<string, string> = {}
  const rounds = new Map<string, TaskRound>()
  for (const { id } of synced(lists.known)) {
    const round = await taskRound(client, id, from?.tasks[id])
    if (round === 'gone') lost.add(id)
    else if (round === 'denied') keepLink(tasks, id, from)
    else {
      rounds.set(id, round)
      tasks[id] = round.deltaLink
    }
  }
  const left = lists.known.filter(({ id }) => !lost.has(id))
  deps.noteLists(left)
  const { readings, removed } = await told(deps, rounds)
  for (const [id, state] of await unlisted(deps, request.ids, readings, removed)) {
    if (state.is === 'present') readings.set(id, state.reading)
    else if (state.is === 'gone') removed.add(id)
  }
  const read = [...rounds.keys()]
  const restarted = read.filter(
    (id) => rounds.get(id)?.whole === true && from?.tasks[id] !== undefined,
  )
  const partly = from !== null && (restarted.length > 0 || lost.size > 0)
  return {
    readings: [...readings.values()],
    removed: [...removed],
    full: from === null || partly,
    window: request.window,
    cursor: taskCursorJson({ deltaLink: lists.deltaLink, known: left, tasks }),
    // Of changes alone nothing is inferred that is absent: then these are the lists that exist, read or not.
    containers: partly ? restarted : from === null ? read : left.map(({ id }) => id),
    lost: [...lost],
  }
}

function keepLink(tasks: Record<string, string>, id: string, from: TaskCursor | null): void {
  const link = from?.tasks[id]
  if (link !== undefined) tasks[id] = link
}

/** One round of a list; lost state is read anew at once. */
async function taskRound(
  client: GraphClient,
  list: string,
  link: string | undefined,
): Promise<TaskRound | 'gone' | 'denied'> {
  const begin = `${tasksPath(list)}/delta`
  try {
    if (link === undefined || !client.owns(link)) {
      return { ...(await readRound<Listed>(client, begin)), whole: true }
    }
    try {
      return { ...(await readRound<Listed>(client, link)), whole: false }
    } catch (error) {
      if (!(error instanceof CursorExpired)) throw error
      return { ...(await readRound<Listed>(client, begin)), whole: true }
    }
  } catch (error) {
    if (error instanceof SyncError && error.evidence.code === 'access') return 'denied'
    if (!isGone(error)) throw error
    // The delta's 404 is a question; the list's own is the answer (G-73).
    if ((await readList(client, list)) === null) return 'gone'
    if (link === undefined) throw error
    return { ...(await readRound<Listed>(client, begin)), whole: true }
  }
}

/**
 * One reading per task: the last word about an id counts (G-08). An id that left one list and stands in another stands there: ids are
 * unique in a mailbox.
 */
async function told(
  deps: GatherDeps,
  rounds: ReadonlyMap<string, TaskRound>,
): Promise<{ readings: Map<string, Reading>; removed: Set<string> }> {
  const readings = new Map<string, Reading>()
  const removed = new Set<string>()
  for (const [list, { items }] of rounds) {
    const last = new Map(items.map((item) => [item.id, item]))
    for (const item of last.values()) {
      if (item['@removed'] !== undefined) removed.add(item.id)
      else readings.set(item.id, fromGraphTask(item, deps.contextOf(list)))
    }
  }
  for (const id of readings.keys()) removed.delete(id)
  if (deps.checklists) await addChecklists(deps, rounds, readings)
  return { readings, removed }
}

/**
 * Rounds hold no checklists (G-49): where they are shown in Oro, what a round brought is read once more, a list that was read whole as a
 * list.
 */
async function addChecklists(
  { client, contextOf, read }: GatherDeps,
  rounds: ReadonlyMap<string, TaskRound>,
  readings: Map<string, Reading>,
): Promise<void> {
  for (const [list, { whole }] of rounds) {
    const bare = [...readings.values()].filter(({ container }) => container === list)
    if (whole && bare.length > 1) {
      for (const task of await listTasks(client, list, 'linkedResources,checklistItems')) {
        if (readings.has(task.id)) readings.set(task.id, fromGraphTask(task, contextOf(list)))
      }
    } else if (bare.length > 0) {
      for (const [id, state] of await read(bare)) {
        if (state.is === 'present') readings.set(id, state.reading)
      }
    }
  }
}

/** Hinted tasks that no round lists. */
async function unlisted(
  { read }: GatherDeps,
  ids: readonly string[],
  readings: ReadonlyMap<string, Reading>,
  removed: ReadonlySet<string>,
): Promise<ReadonlyMap<string, ItemState>> {
  const asked = [...new Set(ids)].filter((id) => !readings.has(id) && !removed.has(id))
  return asked.length === 0 ? new Map() : read(asked.map((id) => ({ id, container: '' })))
}
