import type { Route, RouteContext } from '../routing'
import { GraphError } from '../errors'
import { listOf, taskOf, type BoxOf, type Teller } from './box'
import type { StoredTask, TaskList } from './model'
import type { Rounds } from './rounds'
import { childRoutes } from './routes-children'
import { listRoutes } from './routes-lists'
import { taskRoutes } from './routes-tasks'

/** A call of To Do: what it names has been found. */
export interface ToDoCall extends Teller {
  context: RouteContext
  rounds: Rounds
  /** @throws GraphError 404 `ResourceNotFound` */
  list(): TaskList
  /** @throws GraphError 404 */
  task(): StoredTask
}

export interface ToDoRoute {
  method: Route['method']
  /** Below `/me/todo/lists`. */
  path: string
  handle(call: ToDoCall): ReturnType<Route['handle']>
}

const ROOT = '/me/todo/lists'

/** All calls of To Do. A cloud without it does not know the path (G-71). */
export function toDoRoutes(boxOf: BoxOf, rounds: Rounds): Route[] {
  return [...listRoutes, ...taskRoutes, ...childRoutes].map(({ method, path, handle }) => ({
    method,
    path: ROOT + path,
    scopes: method === 'GET' ? ['Tasks.ReadWrite', 'Tasks.Read'] : ['Tasks.ReadWrite'],
    handle(context) {
      const { world, mailbox, parameters } = context
      if (world.switches.use(mailbox.userId, 'noToDo')) {
        throw new GraphError(400, 'BadRequest', "Resource not found for the segment 'todo'.")
      }
      const box = boxOf(mailbox)
      const list = (): TaskList => listOf(box, parameters['todoTaskList-id'] ?? '')
      return handle({
        world,
        mailbox,
        box,
        cause: 'api',
        context,
        rounds,
        list,
        task: () => taskOf(list(), parameters['todoTask-id'] ?? ''),
      })
    },
  }))
}
