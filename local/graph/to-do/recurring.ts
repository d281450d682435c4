import type { Json, Mailbox } from '../model'
import { placesOf } from '../series'
import type { World } from '../world'
import { recordTask, type Teller } from './box'
import { completionMs, midnight } from './due'
import type { StoredTask } from './model'

/** The date of the pattern after this one; null = the recurrence has ended. */
export function dateAfter(recurrence: Json, date: string): string | null {
  const pattern = recurrence['pattern'] as Json
  const range = recurrence['range'] as Json
  const limit = range['type'] === 'numbered' ? Number(range['numberOfOccurrences']) : Infinity
  const until = range['type'] === 'endDate' ? String(range['endDate']) : '9999-12-31'
  let count = 0
  for (const place of placesOf(pattern, String(range['startDate']))) {
    count += 1
    if (count > limit || place > until) return null
    if (place > date) return place
  }
  return null
}

/** The same task under another id, with what belongs to it. */
export function copyOf(world: World, task: StoredTask, links: boolean): StoredTask {
  const own = (items: Json[]): Json[] =>
    items.map((item) => ({ ...structuredClone(item), id: world.ids.guid() }))
  return {
    ...task,
    id: world.ids.movableId(),
    version: 1,
    createdMs: world.now(),
    modifiedMs: world.now(),
    body: { ...task.body },
    categories: [...task.categories],
    recurrence: structuredClone(task.recurrence),
    linkedResources: links ? own(task.linkedResources) : [],
    checklistItems: own(task.checklistItems),
  }
}

/**
 * Completes a recurring task (G-43): it moves on under its id and leaves a completed copy behind, or, in the other mode, stays completed
 * and is followed by another one.
 *
 * @returns false when the recurrence has ended, so that it is completed like any other
 */
export function completeRecurring(teller: Teller, task: StoredTask): boolean {
  const { world, mailbox } = teller
  const { recurrence, due } = task
  if (recurrence === null || due === null) return false
  const next = dateAfter(recurrence, due.local.slice(0, 10))
  if (next === null) return false
  const links = world.switches.use(mailbox.userId, 'toDoCopiesLinks')
  const other = copyOf(world, task, links)
  const reversed = world.switches.use(mailbox.userId, 'toDoCompletion') === 'new-id'
  const [done, open] = reversed ? [task, other] : [other, task]
  complete(world, mailbox, done)
  done.recurrence = null
  open.status = 'notStarted'
  open.completedMs = null
  open.due = midnight(next, due.zone)
  if (open.reminder !== null) {
    const moved = open.reminder.ms + (open.due.ms - due.ms)
    open.reminder = { ...open.reminder, ms: moved }
  }
  task.list.tasks.set(other.id, other)
  recordTask(teller, task.list, other.id, 'created')
  return true
}

/** Marks a task as done, with the completion day that Graph answers (G-41). */
export function complete(world: World, mailbox: Mailbox, task: StoredTask): void {
  task.status = 'completed'
  task.completedMs = completionMs(world.now(), mailbox.timeZone)
}
