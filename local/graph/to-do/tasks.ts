import { keptRecurrence } from '../defaults'
import { GraphError } from '../errors'
import type { Json } from '../model'
import { checkSeries } from '../series'
import { momentOf } from '../times'
import { recordTask, type Teller } from './box'
import { keptChecklistItem, keptLinkedResource } from './children'
import { dateMoment, midnight } from './due'
import type { StoredTask, TaskList } from './model'
import { complete, completeRecurring, copyOf, dateAfter } from './recurring'

const invalid = (message: string): GraphError => new GraphError(400, 'invalidRequest', message)

/** @throws GraphError 400 naming the fault, before anything is changed */
function checkTask(given: Json): void {
  if (given['title'] !== undefined && String(given['title'] ?? '').trim() === '') {
    throw invalid("The property 'title' must not be empty.")
  }
  for (const name of ['dueDateTime', 'startDateTime', 'completedDateTime']) {
    if (given[name] != null) dateMoment(given[name] as Json, name)
  }
  if (given['reminderDateTime'] != null) {
    momentOf(given['reminderDateTime'] as Json, 'reminderDateTime', 'UTC')
  }
  const recurrence = given['recurrence'] as Json | null | undefined
  if (recurrence == null) return
  if (isEcho(recurrence)) throw echoed()
  checkSeries(recurrence)
}

/** What answers hold and requests must not: members that the type does not use, filled with zeros (G-23, G-45). */
function isEcho(recurrence: Json): boolean {
  const pattern = (recurrence['pattern'] ?? {}) as Json
  const range = (recurrence['range'] ?? {}) as Json
  return (
    pattern['month'] === 0 ||
    pattern['dayOfMonth'] === 0 ||
    range['endDate'] === '0001-01-01' ||
    range['numberOfOccurrences'] === 0
  )
}

const echoed = (): GraphError =>
  new GraphError(
    400,
    'invalidRequest',
    'Invalid request',
    {},
    { innerError: { code: 'InvalidModel' } },
  )

/**
 * Stores a new task. Nothing makes it repeatable (G-46).
 *
 * @param given checked against the contract's schema
 * @throws GraphError 400
 */
export function createTask(teller: Teller, list: TaskList, given: Json): StoredTask {
  const { world } = teller
  if (typeof given['title'] !== 'string') throw invalid("The property 'title' is required.")
  checkTask(given)
  if (list.wellknownListName === 'flaggedEmails' && teller.cause === 'api') {
    throw invalid('Tasks cannot be created in this list.')
  }
  const now = world.now()
  const task: StoredTask = {
    id: world.ids.movableId(),
    list,
    version: 1,
    createdMs: now,
    modifiedMs: now,
    bodyModifiedMs: now,
    title: '',
    body: { contentType: 'text', content: '' },
    status: 'notStarted',
    importance: 'normal',
    categories: [],
    due: null,
    start: null,
    reminder: null,
    completedMs: null,
    recurrence: null,
    linkedResources: [],
    checklistItems: [],
  }
  apply(teller, task, given)
  const links = (given['linkedResources'] ?? []) as Json[]
  const items = (given['checklistItems'] ?? []) as Json[]
  task.linkedResources = links.map((link) => keptLinkedResource(world, link))
  task.checklistItems = items.map((item) => keptChecklistItem(world, item))
  list.tasks.set(task.id, task)
  recordTask(teller, list, task.id, 'created')
  return task
}

/**
 * Changes the given members. A recurring task that is completed or given another date does more than that (G-43, G-44).
 *
 * @throws GraphError 400, before anything is changed
 */
export function updateTask(teller: Teller, task: StoredTask, given: Json): void {
  const { world, mailbox, cause } = teller
  checkTask(given)
  for (const name of ['linkedResources', 'checklistItems']) {
    if (given[name] !== undefined) throw invalid(`'${name}' cannot be changed with its task.`)
  }
  if (given['recurrence'] != null && same(given['recurrence'], task.recurrence)) throw echoed()
  const { dueDateTime, ...rest } = given
  const wanted = dueDateTime == null ? null : dateMoment(dueDateTime as Json, 'dueDateTime')
  const redates =
    cause === 'api' &&
    task.recurrence !== null &&
    wanted !== null &&
    wanted.ms !== task.due?.ms &&
    given['recurrence'] === undefined
  const mode = redates ? world.switches.use(mailbox.userId, 'toDoRedating') : 'plain'
  if (mode === 'plain') apply(teller, task, given)
  else {
    apply(teller, task, rest)
    if (mode === 'jump' && task.recurrence !== null && task.due !== null) {
      const next = dateAfter(task.recurrence, task.due.local.slice(0, 10))
      if (next !== null) task.due = midnight(next, task.due.zone)
    } else {
      const second = { ...copyOf(world, task, false), due: wanted }
      task.list.tasks.set(second.id, second)
      recordTask(teller, task.list, second.id, 'created')
    }
  }
  touchTask(teller, task)
}

/** New etag and modification time (G-27). */
export function touchTask(teller: Teller, task: StoredTask): void {
  task.version += 1
  task.modifiedMs = teller.world.now()
  recordTask(teller, task.list, task.id, 'updated')
}

export function deleteTask(teller: Teller, task: StoredTask): void {
  task.list.tasks.delete(task.id)
  recordTask(teller, task.list, task.id, 'deleted')
}

const same = (one: unknown, other: unknown): boolean =>
  JSON.stringify(one) === JSON.stringify(other)

/** Writes members into a task; those that Graph derives or forbids are passed over. */
function apply(teller: Teller, task: StoredTask, given: Json): void {
  const { world, mailbox } = teller
  const dated = (name: string, before: StoredTask['due']): StoredTask['due'] => {
    const value = given[name] as Json | null | undefined
    return value === undefined ? before : value === null ? null : dateMoment(value, name)
  }
  if (given['title'] !== undefined) task.title = String(given['title'])
  if (given['importance'] !== undefined) task.importance = String(given['importance'])
  if (Array.isArray(given['categories'])) task.categories = given['categories'].map(String)
  if (given['body'] !== undefined) {
    const body = given['body'] as Json | null
    task.body = {
      contentType: body?.['contentType'] === 'html' ? 'html' : 'text',
      content: String(body?.['content'] ?? ''),
    }
    task.bodyModifiedMs = world.now()
  }
  task.due = dated('dueDateTime', task.due)
  task.start = dated('startDateTime', task.start)
  if (given['reminderDateTime'] !== undefined) {
    const reminder = given['reminderDateTime'] as Json | null
    task.reminder = reminder === null ? null : momentOf(reminder, 'reminderDateTime', 'UTC')
  }
  const recurrence = given['recurrence'] as Json | null | undefined
  if (recurrence === null) task.recurrence = null
  else if (recurrence !== undefined) {
    const range = recurrence['range'] as Json
    task.due ??= midnight(String(range['startDate']), mailbox.timeZone)
    task.recurrence = keptRecurrence(recurrence, task.due.local, task.due.zone)
  }
  applyStatus(teller, task, given)
}

function applyStatus(teller: Teller, task: StoredTask, given: Json): void {
  const status = given['status']
  if (status === undefined || status === task.status) return
  if (status !== 'completed') {
    task.status = String(status)
    task.completedMs = null
    return
  }
  if (task.list.tasks.has(task.id) && completeRecurring(teller, task)) return
  complete(teller.world, teller.mailbox, task)
  const told = given['completedDateTime'] as Json | null | undefined
  if (told != null) {
    const day = dateMoment(told, 'completedDateTime').ms
    task.completedMs = Math.floor(day / 86_400_000) * 86_400_000
  }
}
