import { SyncError } from '../../../errors'
import type { SidePort } from '../../../ports/side'
import type { AccountContext } from '../../../ports/systems'
import type { GraphClient } from '../client'
import type { TaskContext } from './from-graph-task'
import { listLists } from './task-lists'
import type { KnownList } from './task-cursor'
import { gatherTasks } from './tasks-gather'
import { readTasks } from './tasks-read'
import { createTask, linkedTasks, removeTask, updateTask } from './tasks-write'

export interface TasksDeps {
  readonly client: GraphClient
  readonly oroTaskUrl: (oroId: string) => string
}

/**
 * Microsoft's side of one account's tasks: all lists of To Do but the flagged one. A port serves one run; what lists there are is asked
 * once.
 */
export function createTasks(context: AccountContext, { client, oroTaskUrl }: TasksDeps): SidePort {
  const { connection, settings } = context
  let known: Promise<readonly KnownList[]> | undefined
  const lists = (): Promise<readonly KnownList[]> => (known ??= listLists(client))
  const checklists = settings.tasks.checklist === 'in-description'
  const contextOf = (list: string): TaskContext => ({
    list,
    zone: connection.oro.timeZone,
    checklist: checklists,
    oroTaskUrl,
  })
  const writer = { client, contextOf, lists, listName: settings.tasks.list }
  let linked: ReturnType<typeof linkedTasks> | undefined
  const read: SidePort['read'] = (refs) => readTasks({ client, contextOf, lists }, refs)
  return {
    gather: (request) =>
      gatherTasks(
        {
          client,
          contextOf,
          checklists,
          read,
          noteLists: (found) => {
            known = Promise.resolve(found)
          },
        },
        request,
      ),
    read,
    find: async ({ id }) => (await (linked ??= linkedTasks(writer))).get(id) ?? [],
    create: (draft) => createTask(writer, draft),
    update: (change) => updateTask(writer, change),
    remove: (removal) => removeTask(client, removal),
    readBack: read,
  }
}

/** The side of a cloud without To Do: it says so and calls nobody (G-71, T11). */
export function withoutToDo(): SidePort {
  const refuse = (): Promise<never> =>
    Promise.reject(
      new SyncError({
        code: 'not-configured',
        scope: 'account',
        side: 'microsoft',
        transient: false,
        detail: 'no-to-do',
      }),
    )
  return {
    gather: refuse,
    read: refuse,
    find: refuse,
    create: refuse,
    update: refuse,
    remove: refuse,
    readBack: refuse,
  }
}
