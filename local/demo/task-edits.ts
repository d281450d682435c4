import { LocalFault } from '../host/local-routes'
import type { StandIns } from '../platform'
import type { Person } from './people'
import { createEditReader, type Side } from './read-edit'
import { viewTasks } from './task-view'

const EDITS = ['create', 'rename', 'complete', 'reopen', 'delete']
const DATE = /^\d{4}-\d\d-\d\d$/

/** Both task lists as a person works in them, past both APIs. */
function tasksOf({ graph, oro }: StandIns, { upn, userId }: Person, side: Side) {
  return side === 'oro'
    ? {
        create: (subject: string, due: string | null) =>
          String(
            oro.tasks.create({
              subject,
              ownerId: userId,
              // Noon of UTC is the same date in the zones of the demo company.
              dueDate: due === null ? null : `${due}T12:00:00Z`,
            }),
          ),
        rename: (id: string, subject: string) => {
          oro.tasks.update(Number(id), { subject })
        },
        finish: (id: string, isDone: boolean) => {
          oro.tasks.update(Number(id), { status: isDone ? 'closed' : 'open' })
        },
        remove: (id: string) => {
          oro.tasks.remove(Number(id))
        },
      }
    : {
        create: (title: string, due: string | null) => graph.toDo.createTask(upn, { title, due }),
        rename: (id: string, title: string) => {
          graph.toDo.updateTask(upn, id, { title })
        },
        finish: (id: string, isDone: boolean) => {
          graph.toDo.updateTask(upn, id, { status: isDone ? 'completed' : 'notStarted' })
        },
        remove: (id: string) => {
          graph.toDo.deleteTask(upn, id)
        },
      }
}

/**
 * Carries out an edit of a task by hand (`{kind: 'tasks', accountId, side, do, …}`) in the stand-ins.
 *
 * @returns the id of the task
 * @throws LocalFault 400 for a fault of the request, 404 for a task that is not there
 */
export function editTask(standIns: StandIns, json: unknown): { id: string } {
  const edit = createEditReader(json, EDITS)
  const { person, side } = edit
  const id = edit.do === 'create' ? '' : edit.text('id')
  const title = edit.do === 'create' || edit.do === 'rename' ? edit.text('title') : ''
  const due = edit.value('due') ?? null
  const isDate = typeof due === 'string' && DATE.test(due) && !Number.isNaN(Date.parse(due))
  edit.need('due', due === null || isDate, 'a date like 2026-03-01')
  edit.finish()
  const tasks = tasksOf(standIns, person, side)
  if (edit.do === 'create') return { id: tasks.create(title, due as string | null) }
  if (!viewTasks(standIns, person)[side].some((task) => task.id === id)) {
    throw new LocalFault(404, 'this list has no such task')
  }
  if (edit.do === 'rename') tasks.rename(id, title)
  else if (edit.do === 'delete') tasks.remove(id)
  else tasks.finish(id, edit.do === 'complete')
  return { id }
}
