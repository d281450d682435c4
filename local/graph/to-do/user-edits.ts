import { GraphError } from '../errors'
import type { Json, Mailbox } from '../model'
import { checkedBody } from '../schema'
import type { MailboxName } from '../user-edits'
import { findMailbox, type World } from '../world'
import { listOf, newList, recordList, type BoxOf, type Teller } from './box'
import { keptChecklistItem } from './children'
import { midnight } from './due'
import { removeList, renameList } from './lists'
import type { StoredTask, TaskList } from './model'
import { moveTask } from './move'
import { showList, showTask } from './render'
import { seedTask } from './seeding'
import { createTask, deleteTask, touchTask, updateTask } from './tasks'

/** A list with everything that the API hides: bodies as they were written, linked resources, checklists. */
export type ListState = Json & { id: string; tasks: Json[] }

/** Members of a task as an app writes them: Graph's, and `due`, the calendar date `yyyy-MM-dd` of the user's zone (G-40). */
export type AppTask = Json & { due?: string | null }

/** What a user does in To Do past the API. Without a list the default one is meant. */
export interface ToDoEdits {
  lists(mailbox: MailboxName): ListState[]
  createList(mailbox: MailboxName, displayName: string, shared?: boolean): string
  renameList(mailbox: MailboxName, listId: string, displayName: string): void
  deleteList(mailbox: MailboxName, listId: string): void
  /** Stores raw Graph tasks, ids and stamps included; answers their ids. */
  seedTasks(mailbox: MailboxName, tasks: Json[], listId?: string): string[]
  createTask(mailbox: MailboxName, task: AppTask, listId?: string): string
  updateTask(mailbox: MailboxName, id: string, changes: AppTask): void
  deleteTask(mailbox: MailboxName, id: string): void
  /** Answers the new id (G-42). */
  moveTask(mailbox: MailboxName, id: string, listId: string): string
  /** Replaces the checklist; answers the items with their ids. */
  setChecklist(mailbox: MailboxName, id: string, items: Json[]): Json[]
  /** An e-mail with a flag: a task of the flagged list (G-48). */
  flagEmail(mailbox: MailboxName, subject: string): string
  /** New etag and modification time, content unchanged (G-27). */
  touch(mailbox: MailboxName, ids?: string[]): void
  /** Makes the delta links of one list stale, or, without a list, those of the set of lists. */
  loseSyncState(mailbox: MailboxName, listId?: string): void
}

export function createToDoEdits(world: World, boxOf: BoxOf): ToDoEdits {
  const named = (name: MailboxName): Mailbox => {
    const mailbox = findMailbox(world, name)
    if (mailbox === undefined) throw new GraphError(404, 'NoSuchMailbox', `no mailbox '${name}'`)
    return mailbox
  }
  const tellerOf = (name: MailboxName): Teller => {
    const mailbox = named(name)
    return { world, mailbox, box: boxOf(mailbox), cause: 'user' }
  }
  const listIn = ({ box }: Teller, id: string | undefined): TaskList =>
    id === undefined ? box.defaultList : listOf(box, id)
  const taskIn = ({ box }: Teller, id: string): StoredTask => {
    for (const list of box.lists.values()) {
      const task = list.tasks.get(id)
      if (task !== undefined) return task
    }
    throw new GraphError(404, 'NoSuchTask', `no task '${id}'`)
  }
  const checked = (given: AppTask): { members: Json; due: string | null | undefined } => {
    const { due, ...members } = given
    return { members: checkedBody('microsoft.graph.todoTask', structuredClone(members)), due }
  }
  /** An app writes the user's own midnight. */
  const setDue = ({ mailbox }: Teller, task: StoredTask, due: string | null | undefined): void => {
    if (due !== undefined) task.due = due === null ? null : midnight(due, mailbox.timeZone)
  }
  return {
    lists: (name) =>
      [...boxOf(named(name)).lists.values()].map((list) => ({
        ...showList(list),
        id: list.id,
        tasks: [...list.tasks.values()].map((task) => ({
          ...showTask(task, 'linkedResources,checklistItems'),
          body: { ...task.body },
        })),
      })),
    createList(name, displayName, shared = false) {
      const teller = tellerOf(name)
      const list = newList(world, displayName, { isOwner: !shared, isShared: shared })
      teller.box.lists.set(list.id, list)
      recordList(teller, list, 'created')
      return list.id
    },
    renameList(name, listId, displayName) {
      const teller = tellerOf(name)
      renameList(teller, listIn(teller, listId), displayName)
    },
    deleteList(name, listId) {
      const teller = tellerOf(name)
      removeList(teller, listIn(teller, listId))
    },
    seedTasks(name, tasks, listId) {
      const teller = tellerOf(name)
      return tasks.map((task) => seedTask(teller, listIn(teller, listId), task).id)
    },
    createTask(name, task, listId) {
      const teller = tellerOf(name)
      const { members, due } = checked(task)
      const created = createTask(teller, listIn(teller, listId), members)
      setDue(teller, created, due)
      return created.id
    },
    updateTask(name, id, changes) {
      const teller = tellerOf(name)
      const { members, due } = checked(changes)
      const task = taskIn(teller, id)
      setDue(teller, task, due)
      updateTask(teller, task, members)
    },
    deleteTask(name, id) {
      const teller = tellerOf(name)
      deleteTask(teller, taskIn(teller, id))
    },
    moveTask(name, id, listId) {
      const teller = tellerOf(name)
      return moveTask(teller, taskIn(teller, id), listIn(teller, listId))
    },
    setChecklist(name, id, items) {
      const teller = tellerOf(name)
      const task = taskIn(teller, id)
      task.checklistItems = items.map((item) =>
        keptChecklistItem(
          world,
          item,
          task.checklistItems.find((known) => known['id'] === item['id']),
        ),
      )
      const touches = world.switches.use(teller.mailbox.userId, 'toDoChildrenTouchTask')
      if (touches) touchTask(teller, task)
      else teller.mailbox.userChanges += 1
      return structuredClone(task.checklistItems)
    },
    flagEmail(name, subject) {
      const teller = tellerOf(name)
      const task = createTask(teller, teller.box.flaggedList, {
        title: subject,
        linkedResources: [{ applicationName: 'Outlook', displayName: subject }],
      })
      return task.id
    },
    touch(name, ids) {
      const teller = tellerOf(name)
      const tasks = ids?.map((id) => taskIn(teller, id)) ?? [
        ...teller.box.defaultList.tasks.values(),
      ]
      for (const task of tasks) touchTask(teller, task)
    },
    loseSyncState(name, listId) {
      const teller = tellerOf(name)
      if (listId === undefined) teller.box.generation += 1
      else listIn(teller, listId).generation += 1
    },
  }
}
