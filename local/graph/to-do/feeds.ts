import type { Mailbox } from '../model'
import type { World } from '../world'
import type { TaskList, ToDoBox } from './model'
import { showList, showTask } from './render'
import type { Feed } from './rounds'

/** The lists of a mailbox as `lists/delta` tells them. */
export const feedOfLists = (box: ToDoBox): Feed => ({
  key: 'lists',
  log: box.log,
  generation: box.generation,
  seq: box.seq,
  ids: () => [...box.lists.keys()],
  show(id) {
    const list = box.lists.get(id)
    return list && showList(list)
  },
  told: () => undefined,
})

/** The tasks of a list as its `tasks/delta` tells them. The late halves of moves follow once it has been told (G-42). */
export const feedOfTasks = (
  world: World,
  mailbox: Mailbox,
  box: ToDoBox,
  list: TaskList,
): Feed => ({
  key: list.id,
  log: list.log,
  generation: list.generation,
  seq: box.seq,
  ids: () => [...list.tasks.keys()],
  show(id, expand) {
    const task = list.tasks.get(id)
    const recurrence = world.switches.use(mailbox.userId, 'toDoRecurrence') !== 'never'
    return task && showTask(task, expand, recurrence)
  },
  told() {
    const due = box.late.filter((half) => half.list === list)
    box.late = box.late.filter((half) => half.list !== list)
    for (const half of due) half.run()
  },
})
