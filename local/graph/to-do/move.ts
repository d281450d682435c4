import { recordTask, type Teller } from './box'
import type { StoredTask, TaskList } from './model'
import { copyOf } from './recurring'

/**
 * A task dragged to another list: a new id there, gone here (G-42). By the switch one half is told a round later than the other, and the
 * linked resources stay behind.
 *
 * @returns the new id
 */
export function moveTask(teller: Teller, task: StoredTask, target: TaskList): string {
  const { world, mailbox, box } = teller
  const from = task.list
  const links = world.switches.use(mailbox.userId, 'toDoMoveKeepsLinks')
  const moved: StoredTask = {
    ...copyOf(world, task, links),
    list: target,
    createdMs: task.createdMs,
  }
  const leave = (): void => {
    from.tasks.delete(task.id)
    recordTask(teller, from, task.id, 'deleted')
  }
  const arrive = (): void => {
    target.tasks.set(moved.id, moved)
    recordTask(teller, target, moved.id, 'created')
  }
  switch (world.switches.use(mailbox.userId, 'toDoMove')) {
    case 'removal-first':
      leave()
      arrive()
      break
    case 'creation-first':
      arrive()
      leave()
      break
    case 'removal-late':
      arrive()
      box.late.push({ list: from, run: leave })
      break
    case 'creation-late':
      leave()
      box.late.push({ list: target, run: arrive })
  }
  return moved.id
}
