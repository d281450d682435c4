import type { ShownTask } from '../task-view'
import { button, element, input } from './dom'
import { SIDES, type Edit, type KindOnPage, type Row, type Side } from './kinds'

const NAMES: Readonly<Record<Side, string>> = { oro: 'Oro', outlook: 'To Do' }

function editor(side: Side, { id, title: old, isDone }: ShownTask, edit: Edit): HTMLElement {
  const title = input('text', { 'aria-label': 'Title' })
  title.value = old
  const send = (what: object, done: string): void => {
    edit(side, { kind: 'tasks', id, ...what }, `${done} in ${NAMES[side]}.`)
  }
  return element('div', { class: 'edit' }, [
    title,
    button('Rename', () => {
      send({ do: 'rename', title: title.value }, 'Renamed')
    }),
    isDone
      ? button('Reopen', () => {
          send({ do: 'reopen' }, 'Reopened')
        })
      : button('Complete', () => {
          send({ do: 'complete' }, 'Completed')
        }),
    button('Delete', () => {
      send({ do: 'delete' }, 'Deleted')
    }),
  ])
}

const dayName = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'UTC',
  weekday: 'long',
  day: 'numeric',
  month: 'long',
  year: 'numeric',
})

/** Open tasks by date, those without one after them, completed ones last. */
function sectionOf({ due, isDone }: ShownTask): Row['section'] {
  if (isDone) return { key: '~2', name: 'Completed' }
  if (due === null) return { key: '~1', name: 'Without a due date' }
  return { key: due, name: `Due on ${dayName.format(new Date(due))}` }
}

const row = (side: Side, task: ShownTask, edit: Edit): Row => ({
  side,
  id: task.id,
  section: sectionOf(task),
  summary: [
    element('span', { class: 'tick', 'aria-hidden': 'true' }),
    element('span', { class: 'title', text: task.title }),
    ...task.marks.map((mark) => element('span', { class: 'mark', text: mark })),
  ],
  editor: editor(side, task, edit),
  look: task.isDone ? 'item done' : 'item',
  content: JSON.stringify(task),
})

export const tasks: KindOnPage = {
  headings: { oro: 'Oro tasks', outlook: 'To Do' },
  sides: NAMES,
  more: 'Show completed tasks',
  nothing: 'Nothing to do.',
  count: ({ tasks: lists }, side) => `${String(lists[side].length)} tasks`,
  rows: ({ tasks: lists }, showsDone, edit) =>
    SIDES.flatMap((side) =>
      lists[side].filter(({ isDone }) => showsDone || !isDone).map((task) => row(side, task, edit)),
    ),
  newItem() {
    const due = input('date', { name: 'due', 'aria-label': 'Due date' })
    return {
      what: 'task',
      fields: [due],
      members: () => ({ kind: 'tasks', due: due.value === '' ? null : due.value }),
    }
  },
}
