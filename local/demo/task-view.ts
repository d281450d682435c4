import type { Json } from '../graph/model'
import type { TaskRow } from '../oro/model'
import type { StandIns } from '../platform'
import type { Person } from './people'

/** One task on either side as the page shows it. */
export interface ShownTask {
  readonly id: string
  readonly title: string
  /** Calendar date `yyyy-MM-dd` in the user's zone. */
  readonly due: string | null
  readonly isDone: boolean
  /** Why it looks the way it does: `in progress`, `high`, `low`, `recurring`, the name of its list. */
  readonly marks: readonly string[]
}

const dateIn = (ms: number, zone: string): string =>
  new Intl.DateTimeFormat('sv-SE', { timeZone: zone }).format(ms)

const importanceMark = (importance: string): string[] =>
  importance === 'normal' ? [] : [importance]

function oroTask(row: TaskRow, zone: string): ShownTask {
  return {
    id: String(row.id),
    title: row.subject,
    due: row.dueDate === null ? null : dateIn(row.dueDate, zone),
    isDone: row.status === 'closed',
    marks: [
      ...(row.status === 'in_progress' ? ['in progress'] : []),
      ...importanceMark(row.taskPriority),
    ],
  }
}

function toDoTask(task: Json, list: Json, zone: string): ShownTask {
  const due = task['dueDateTime'] as { dateTime: string } | null | undefined
  const status = String(task['status'])
  return {
    id: String(task['id']),
    title: String(task['title']),
    due: due == null ? null : dateIn(Date.parse(`${due.dateTime.slice(0, 19)}Z`), zone),
    isDone: status === 'completed',
    marks: [
      ...(status === 'completed' || status === 'notStarted' ? [] : ['in progress']),
      ...importanceMark(String(task['importance'])),
      ...(task['recurrence'] == null ? [] : ['recurring']),
      ...(list['wellknownListName'] === 'defaultList' ? [] : [String(list['displayName'])]),
    ],
  }
}

const byDue = (a: ShownTask, b: ShownTask): number =>
  (a.due ?? '9').localeCompare(b.due ?? '9') || a.title.localeCompare(b.title)

/** The user's tasks on both sides; of To Do all lists. */
export function viewTasks(
  { graph, oro }: Pick<StandIns, 'graph' | 'oro'>,
  { userId, upn, zone }: Person,
): Readonly<Record<'oro' | 'outlook', ShownTask[]>> {
  return {
    oro: oro
      .taskRows(userId)
      .map((row) => oroTask(row, zone))
      .sort(byDue),
    outlook: graph.toDo
      .lists(upn)
      .flatMap((list) => list.tasks.map((task) => toDoTask(task, list, zone)))
      .sort(byDue),
  }
}
