import { GraphError } from '../errors'
import type { Cause, Mailbox } from '../model'
import { announce, type Change, type World } from '../world'
import type { StoredTask, TaskList, ToDoBox } from './model'

/** To Do of a mailbox, with its two special lists from the beginning (G-48). */
export type BoxOf = (mailbox: Mailbox) => ToDoBox

export function createBoxes(world: World): BoxOf {
  const boxes = new WeakMap<Mailbox, ToDoBox>()
  return (mailbox) => {
    const known = boxes.get(mailbox)
    if (known !== undefined) return known
    const defaultList = newList(world, 'Tasks', { wellknownListName: 'defaultList' })
    const flaggedList = newList(world, 'Flagged Emails', { wellknownListName: 'flaggedEmails' })
    const box: ToDoBox = {
      lists: new Map([
        [defaultList.id, defaultList],
        [flaggedList.id, flaggedList],
      ]),
      defaultList,
      flaggedList,
      log: [],
      generation: 1,
      seq: 0,
      late: [],
    }
    boxes.set(mailbox, box)
    return box
  }
}

export const newList = (
  world: World,
  displayName: string,
  more: Partial<TaskList> = {},
): TaskList => ({
  id: world.ids.containerId(),
  displayName,
  isOwner: true,
  isShared: false,
  wellknownListName: 'none',
  version: 1,
  tasks: new Map(),
  log: [],
  generation: 1,
  ...more,
})

/** @throws GraphError 404 `ResourceNotFound` (G-73) */
export function listOf(box: ToDoBox, id: string): TaskList {
  const list = box.lists.get(id)
  if (list === undefined) {
    throw new GraphError(404, 'ResourceNotFound', 'The specified object was not found.')
  }
  return list
}

/** @throws GraphError 404 `ErrorItemNotFound` for a task that is not in this list */
export function taskOf(list: TaskList, id: string): StoredTask {
  const task = list.tasks.get(id)
  if (task === undefined) {
    throw new GraphError(
      404,
      'ErrorItemNotFound',
      'The specified object was not found in the store.',
    )
  }
  return task
}

interface Teller {
  world: World
  mailbox: Mailbox
  box: ToDoBox
  cause: Cause
}

/** A line in the log of the list, and of whoever listens. */
export function recordTask(
  { world, mailbox, box, cause }: Teller,
  list: TaskList,
  id: string,
  changeType: Change['changeType'],
): void {
  box.seq += 1
  list.log.push({ seq: box.seq, id })
  const ids = { immutableId: id, movableId: id }
  announce(world, {
    mailbox,
    resource: 'todoTask',
    changeType,
    id: ids,
    cause,
    listId: list.id,
  })
}

/** A line in the log of the lists. */
export function recordList(
  { world, mailbox, box, cause }: Teller,
  list: TaskList,
  changeType: Change['changeType'],
): void {
  box.seq += 1
  list.version += 1
  box.log.push({ seq: box.seq, id: list.id })
  const id = { immutableId: list.id, movableId: list.id }
  announce(world, { mailbox, resource: 'todoTaskList', changeType, id, cause })
}

export type { Teller }
