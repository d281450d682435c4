import { TASK_CLASS, type AuditAction, type AuditData } from '../audits'
import type { Actor, TaskRow } from '../model'
import { fullName, type World } from '../state'
import { jsonApiTime } from '../time'

export type TaskInput = Partial<
  Pick<
    TaskRow,
    | 'subject'
    | 'description'
    | 'dueDate'
    | 'status'
    | 'taskPriority'
    | 'ownerId'
    | 'activityTargets'
  >
>

/** Stores a new task; the workflow, when active, starts with it (contract 4.2). */
export function createTask(world: World, actor: Actor, input: TaskInput): TaskRow {
  const second = world.second()
  const ownerId = input.ownerId ?? actor.userId ?? 0
  const task: TaskRow = {
    id: world.nextId('task'),
    organizationId: world.users.get(ownerId)?.organizationId ?? actor.organizationId,
    ownerId,
    createdById: actor.userId ?? ownerId,
    subject: '',
    description: null,
    dueDate: null,
    status: 'open',
    taskPriority: 'normal',
    createdAt: second,
    updatedAt: second,
    reminders: [],
    activityTargets: [],
    workflowItemId: world.workflow.active ? world.nextId('workflowItem') : null,
    ...input,
  }
  world.tasks.set(task.id, task)
  world.changes[actor.by].tasks.created += 1
  noteTask(world, actor, 'create', task)
  return task
}

/** Merges changes; `updatedAt` moves when a stored field changed. */
export function updateTask(world: World, actor: Actor, task: TaskRow, input: TaskInput): void {
  const before = { ...task }
  Object.assign(task, input)
  world.changes[actor.by].tasks.updated += 1
  if (Object.keys(changesOf(world, task, before)).length === 0) return
  task.updatedAt = world.second()
  noteTask(world, actor, 'update', task, before)
}

export function removeTask(world: World, actor: Actor, task: TaskRow): void {
  world.tasks.delete(task.id)
  world.changes[actor.by].tasks.deleted += 1
  noteTask(world, actor, 'remove', task)
}

/** Tasks have no additional fields in the audit log, the owner only as text (contract 6.2). */
function noteTask(
  world: World,
  actor: Actor,
  action: AuditAction,
  task: TaskRow,
  before?: TaskRow,
): void {
  const data = changesOf(world, task, before)
  if (action === 'remove')
    for (const change of Object.values(data)) Object.assign(change, { old: change.new, new: null })
  world.audits.note({
    action,
    objectClass: TASK_CLASS,
    objectId: task.id,
    objectName: task.subject,
    userId: actor.userId,
    organization: world.organizations.get(task.organizationId)?.name ?? '',
    organizationId: task.organizationId,
    ownerDescription: ownerName(world, task),
    additionalFields: [],
    data,
  })
}

function changesOf(world: World, task: TaskRow, before: TaskRow | undefined): AuditData {
  const now = audited(world, task)
  const old = before ? audited(world, before) : {}
  return Object.fromEntries(
    Object.entries(now)
      .filter(([field, value]) => value !== (old[field] ?? null))
      .map(([field, value]) => [field, { old: old[field] ?? null, new: value }]),
  )
}

const audited = (world: World, task: TaskRow): Record<string, unknown> => ({
  subject: task.subject,
  description: task.description,
  dueDate: task.dueDate === null ? null : jsonApiTime(task.dueDate),
  status: task.status,
  taskPriority: task.taskPriority,
  owner: ownerName(world, task),
  activityTargets: task.activityTargets.map(({ type, id }) => `${type} ${id}`).join(', ') || null,
})

function ownerName(world: World, task: TaskRow): string | null {
  const owner = world.users.get(task.ownerId)
  return owner ? fullName(owner) : null
}
