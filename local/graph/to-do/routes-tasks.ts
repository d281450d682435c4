import { checkSaved } from '../event-writes'
import { GraphError } from '../errors'
import { etagOf } from '../ids'
import type { Json } from '../model'
import { selected } from '../render'
import type { RouteContext } from '../routing'
import { checkedBody } from '../schema'
import { noteReadOnly } from './bodies'
import { feedOfTasks } from './feeds'
import { filteredTasks, orderedTasks, paged } from './listing'
import type { StoredTask } from './model'
import { showTask } from './render'
import type { ToDoCall, ToDoRoute } from './routes'
import { createTask, deleteTask, updateTask } from './tasks'

const SCHEMA = 'microsoft.graph.todoTask'
const TASKS = '/{todoTaskList-id}/tasks'
const TASK = `${TASKS}/{todoTask-id}`

function delta(call: ToDoCall) {
  const { context, rounds, world, mailbox, box } = call
  const feed = feedOfTasks(world, mailbox, box, call.list())
  return { status: 200, body: rounds.page(context, feed, 'todoTask') }
}

function entity(context: RouteContext, shown: Json): Json {
  const user = context.mailbox.userId
  return { '@odata.context': `${context.root}/$metadata#users('${user}')/tasks/$entity`, ...shown }
}

function checkedTask(context: RouteContext): Json {
  const given = checkedBody(SCHEMA, context.request.body)
  noteReadOnly(context, SCHEMA, given)
  return given
}

/** @throws GraphError 412 by the switch `ifMatch`; ETags of tasks exist, their use is unproven (contract section 9) */
function checkMatch({ context, world, mailbox }: ToDoCall, task: StoredTask): void {
  const wanted = context.request.headers['if-match']
  const mode = world.switches.use(mailbox.userId, 'ifMatch')
  const stale = wanted !== undefined && wanted !== '*' && wanted !== etagOf(task.version)
  if (mode === 'spurious' || (mode === 'honoured' && stale)) {
    throw new GraphError(
      412,
      'ErrorIrresolvableConflict',
      'The send or update operation could not be performed because the change key passed in the request does not match the current change key for the item.',
    )
  }
}

/** Tasks of a list and their delta. */
export const taskRoutes: ToDoRoute[] = [
  {
    method: 'GET',
    path: TASKS,
    handle(call) {
      const { context, world, mailbox } = call
      const { query } = context
      const filter = query.get('filter')
      const mode = world.switches.use(mailbox.userId, 'toDoRecurrence')
      // Whether a list answer holds the recurrence depends on its filter (G-45).
      const recurrence = mode === 'always' || (mode === 'unfiltered' && filter === undefined)
      const tasks = filteredTasks([...call.list().tasks.values()], filter)
      const body = paged(context, orderedTasks(tasks, query.get('orderby')), (task) => {
        const expanded = query.get('expand') ?? ''
        const names = [query.get('select'), expanded].filter((part) => part).join(',')
        const shown = showTask(task, expanded, recurrence)
        return query.has('select') ? selected(shown, names) : shown
      })
      return { status: 200, body }
    },
  },
  {
    method: 'POST',
    path: TASKS,
    handle(call) {
      const { context, world, mailbox } = call
      const list = call.list()
      const given = checkedTask(context)
      const task = createTask(call, list, given)
      checkSaved(world, mailbox)
      // The answer of a create shows the links it made (docs/todo-task-create.response.json).
      const expand = given['linkedResources'] === undefined ? '' : 'linkedResources'
      return { status: 201, body: entity(context, showTask(task, expand)) }
    },
  },
  { method: 'GET', path: `${TASKS}/delta`, handle: delta },
  { method: 'GET', path: `${TASKS}/delta()`, handle: delta },
  {
    method: 'GET',
    path: TASK,
    handle(call) {
      const { context } = call
      const { query } = context
      const shown = showTask(call.task(), query.get('expand'))
      return { status: 200, body: entity(context, selected(shown, query.get('select'))) }
    },
  },
  {
    method: 'PATCH',
    path: TASK,
    handle(call) {
      const { context, world, mailbox } = call
      const task = call.task()
      const given = checkedTask(context)
      checkMatch(call, task)
      updateTask(call, task, given)
      checkSaved(world, mailbox)
      return { status: 200, body: entity(context, showTask(task)) }
    },
  },
  {
    method: 'DELETE',
    path: TASK,
    handle(call) {
      const task = call.task()
      checkMatch(call, task)
      deleteTask(call, task)
      return { status: 204 }
    },
  },
]
