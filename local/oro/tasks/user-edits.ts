import type { Actor, Reminder, TaskRow } from '../model'
import type { World } from '../state'
import { wholeSecond } from '../time'
import { createTask, removeTask, updateTask, type TaskInput } from './save'

/** A task as a person enters it; the due date as RFC 3339 text or milliseconds. */
export interface UserTask extends Omit<TaskInput, 'dueDate'> {
  dueDate?: string | number | null
}

/** Edits of tasks past the API. `status` moves the workflow along; giving a task to another owner is `update {ownerId}`. */
export interface TaskEdits {
  create(task: UserTask & { subject: string; ownerId: number }): number
  update(id: number, changes: UserTask): void
  remove(id: number): void
  /** Reminders: invisible in the API, `updatedAt` does not move (contract 4.1). */
  remind(id: number, reminders: Reminder[]): void
}

export function createTaskEdits(world: World): TaskEdits {
  const row = (id: number): TaskRow => {
    const found = world.tasks.get(id)
    if (!found) throw new Error(`no task ${String(id)}`)
    return found
  }
  const actor = (userId: number): Actor => ({
    userId,
    organizationId: world.users.get(userId)?.organizationId ?? 1,
    by: 'user',
  })
  return {
    create: (task) => createTask(world, actor(task.ownerId), toInput(task)).id,
    update(id, changes) {
      updateTask(world, actor(row(id).ownerId), row(id), toInput(changes))
    },
    remove(id) {
      removeTask(world, actor(row(id).ownerId), row(id))
    },
    remind(id, reminders) {
      row(id).reminders = reminders
      world.changes.user.tasks.updated += 1
    },
  }
}

function toInput({ dueDate, ...rest }: UserTask): TaskInput {
  if (dueDate === undefined) return rest
  if (dueDate === null) return { ...rest, dueDate }
  const instant = typeof dueDate === 'number' ? dueDate : Date.parse(dueDate)
  if (Number.isNaN(instant)) throw new Error(`"${String(dueDate)}" is no time`)
  return { ...rest, dueDate: wholeSecond(instant) }
}
