import type { Json } from '../graph/model'
import type { AppTask } from '../graph/to-do/user-edits'
import type { SeedTask } from '../oro/seed'
import documentedToDo from './payloads/graph/todo-task.response.json'
import documentedOro from './payloads/oro/task-get.json'
import type { Person } from './people'

const DAY_MS = 86_400_000

/** A list of one user's To Do; null = the default list. */
export interface SeededList {
  readonly name: string | null
  /** As an app writes them. */
  readonly tasks: readonly AppTask[]
  /** As Graph answers them. */
  readonly raw: readonly Json[]
}

export interface SeededTasks {
  readonly oro: readonly SeedTask[]
  readonly toDo: readonly SeededList[]
}

/** Calendar date of the user's zone, `yyyy-MM-dd`. */
const dateAt = (ms: number, zone: string): string =>
  new Intl.DateTimeFormat('sv-SE', { timeZone: zone }).format(ms)

/** Subject, days until it is due (null = never), and what is special about it. */
type Sort = readonly [subject: string, days: number | null, special?: Partial<SeedTask>]

const IN_ORO: readonly Sort[] = [
  ['Send Northwind the new price list', 1, { taskPriority: 'high' }],
  ['Prepare the Fabrikam kick-off', 3, { status: 'in_progress' }],
  ['Ask Café São Jorge for references', 6],
  ['Update the opportunity of Lakeside Mills', 9, { taskPriority: 'low' }],
  ['Clean up old leads', null],
  ['Close last quarter’s forecast', -2, { status: 'closed' }],
]

/** On both sides before anybody connects: they become one. */
const ON_BOTH: readonly Sort[] = [
  ['Renew the trade fair booth', 12],
  ['Book the train to Hamburg', 4],
]

/** Without a list: in the default one. */
const IN_TO_DO: readonly (readonly [list: string | null, title: string, days: number | null])[] = [
  [null, 'Call back Tailspin Toys', 1],
  [null, 'Hand in travel expenses', 5],
  [null, 'Read the market study', null],
  ['Customer visits', 'Bring samples to Harbour Freight', 7],
  ['Customer visits', 'Confirm the demo at Alpine Optics', 2],
]

const shifted = (now: number, days: number): number => now + days * DAY_MS

function oroTask([subject, days, special]: Sort, { userId }: Person, now: number): SeedTask {
  return {
    subject,
    ownerId: userId,
    description: `<p>${subject}: see the <strong>notes of the last call</strong>.</p>`,
    dueDate: days === null ? null : shifted(now, days),
    ...special,
  }
}

/** The documented task of Oro, with its owner and date moved. */
function documentedOroTask({ userId }: Person, now: number): SeedTask {
  const { attributes } = documentedOro.response.body.data
  const { subject, description } = attributes
  return { subject, description, ownerId: userId, dueDate: shifted(now, 8) }
}

/** The documented task of To Do at the time of day of the documentation. */
function documentedToDoTask(now: number): Json {
  const { title, importance, status, body, dueDateTime } = documentedToDo
  const date = new Date(shifted(now, 2)).toISOString().slice(0, 10)
  const dateTime = date + dueDateTime.dateTime.slice(10)
  return { title, importance, status, body, dueDateTime: { ...dueDateTime, dateTime } }
}

/** Oro tasks and To Do lists of one user around `now`, as they were before anybody connects. */
export function companyTasks(person: Person, now: number): SeededTasks {
  const due = (days: number | null): string | null =>
    days === null ? null : dateAt(shifted(now, days), person.zone)
  const inList = (list: string | null): AppTask[] =>
    IN_TO_DO.filter(([name]) => name === list).map(([, title, days]) => ({
      title,
      due: due(days),
    }))
  return {
    oro: [
      documentedOroTask(person, now),
      ...[...IN_ORO, ...ON_BOTH].map((sort) => oroTask(sort, person, now)),
    ],
    toDo: [
      {
        name: null,
        tasks: [
          ...inList(null),
          ...ON_BOTH.map(([title, days]) => ({ title, due: due(days) })),
          {
            title: 'Send the weekly report',
            due: due(3),
            recurrence: {
              pattern: { type: 'daily', interval: 7 },
              range: { type: 'noEnd', startDate: due(3) },
            },
          },
          { title: 'Order business cards', status: 'completed' },
        ],
        raw: [documentedToDoTask(now)],
      },
      { name: 'Customer visits', tasks: inList('Customer visits'), raw: [] },
    ],
  }
}
