import type { Json } from '../model'
import { momentOf } from '../times'
import { recordTask, type Teller } from './box'
import { keptChecklistItem, keptLinkedResource } from './children'
import type { StoredTask, TaskList } from './model'

/**
 * Stores a task as the documentation shows one, without any side effect: the due date as the instant it was answered as, ids and stamps
 * as given.
 */
export function seedTask(teller: Teller, list: TaskList, given: Json): StoredTask {
  const { world } = teller
  const moment = (name: string): StoredTask['due'] =>
    given[name] == null ? null : momentOf(given[name] as Json, name, 'UTC')
  const stamp = (name: string): number => {
    const ms = Date.parse(String(given[name] ?? ''))
    return Number.isNaN(ms) ? world.now() : ms
  }
  const body = (given['body'] ?? {}) as Json
  const task: StoredTask = {
    id: typeof given['id'] === 'string' ? given['id'] : world.ids.movableId(),
    list,
    version: 1,
    createdMs: stamp('createdDateTime'),
    modifiedMs: stamp('lastModifiedDateTime'),
    bodyModifiedMs: stamp('bodyLastModifiedDateTime'),
    title: String(given['title'] ?? ''),
    body: {
      contentType: body['contentType'] === 'html' ? 'html' : 'text',
      content: String(body['content'] ?? ''),
    },
    status: String(given['status'] ?? 'notStarted'),
    importance: String(given['importance'] ?? 'normal'),
    categories: Array.isArray(given['categories']) ? given['categories'].map(String) : [],
    due: moment('dueDateTime'),
    start: moment('startDateTime'),
    reminder: moment('reminderDateTime'),
    completedMs: moment('completedDateTime')?.ms ?? null,
    recurrence: (given['recurrence'] as Json | undefined) ?? null,
    linkedResources: ((given['linkedResources'] ?? []) as Json[]).map((link) =>
      keptLinkedResource(world, link, link),
    ),
    checklistItems: ((given['checklistItems'] ?? []) as Json[]).map((item) =>
      keptChecklistItem(world, item, item),
    ),
  }
  list.tasks.set(task.id, task)
  recordTask(teller, list, task.id, 'created')
  return task
}
