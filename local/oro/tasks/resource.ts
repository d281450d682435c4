import type { Resource } from '../json-api'
import { toOne } from '../json-api'
import type { CollectionRules } from '../json-api-query'
import type { TaskRow } from '../model'
import { fullName, type World } from '../state'
import { jsonApiTime, oldRestTime } from '../time'

/** Statuses and priorities as Oro ships them; customers may add statuses (contract 4.1). */
export const STATUSES = [
  { id: 'open', name: 'Open', stepId: 17 },
  { id: 'in_progress', name: 'In Progress', stepId: 18 },
  { id: 'closed', name: 'Closed', stepId: 19 },
]
export const PRIORITIES = ['low', 'normal', 'high']

export const taskRules = (world: World): CollectionRules<TaskRow> => ({
  resource: 'tasks',
  filters: {
    id: { type: 'integer', value: (task) => task.id },
    updatedAt: { type: 'datetime', value: (task) => task.updatedAt },
    dueDate: { type: 'datetime', value: (task) => task.dueDate },
    owner: { type: 'integer', value: (task) => task.ownerId },
    ownerUsername: {
      type: 'string',
      value: (task) => world.users.get(task.ownerId)?.username ?? null,
    },
    status: { type: 'string', value: (task) => task.status },
    taskPriority: { type: 'string', value: (task) => task.taskPriority },
    organization: { type: 'integer', value: (task) => task.organizationId },
    createdBy: { type: 'integer', value: (task) => task.createdById },
  },
  sorts: {
    id: (task) => task.id,
    updatedAt: (task) => task.updatedAt,
    dueDate: (task) => task.dueDate,
  },
})

/** A task in the JSON:API: no start, completion, progress, recurrence, uid; reminders are invisible (contract 4.1). */
export const taskResource = (task: TaskRow): Resource => ({
  type: 'tasks',
  id: String(task.id),
  attributes: {
    subject: task.subject,
    description: task.description,
    dueDate: task.dueDate === null ? null : jsonApiTime(task.dueDate),
    createdAt: jsonApiTime(task.createdAt),
    updatedAt: jsonApiTime(task.updatedAt),
  },
  relationships: {
    taskPriority: toOne('taskpriorities', task.taskPriority),
    status: toOne('taskstatuses', task.status),
    owner: toOne('users', task.ownerId),
    organization: toOne('organizations', task.organizationId),
    createdBy: toOne('users', task.createdById),
    activityTargets: { data: task.activityTargets },
  },
})

/** The old single read: the only place that names the workflow item; without one both keys are absent (contract 4.2). */
export function oldTask(world: World, task: TaskRow): Record<string, unknown> {
  const name = (id: number): string | null => {
    const user = world.users.get(id)
    return user ? fullName(user) : null
  }
  const status = STATUSES.find(({ id }) => id === task.status)
  return {
    id: task.id,
    subject: task.subject,
    description: task.description,
    dueDate: task.dueDate === null ? null : oldRestTime(task.dueDate),
    createdAt: oldRestTime(task.createdAt),
    updatedAt: oldRestTime(task.updatedAt),
    taskPriority: task.taskPriority,
    owner: name(task.ownerId),
    createdBy: name(task.createdById),
    organization: world.organizations.get(task.organizationId)?.name ?? null,
    status: status?.name ?? task.status,
    ...(world.workflow.active && task.workflowItemId !== null
      ? { workflowItem: task.workflowItemId, workflowStep: status?.stepId ?? 17 }
      : {}),
  }
}
