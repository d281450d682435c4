import type { StandInAnswer } from '../../stand-in/server'
import { GraphError } from '../errors'
import type { Json } from '../model'
import { checkedBody } from '../schema'
import { noteReadOnly } from './bodies'
import { ITEM_SCHEMA, keptChecklistItem, keptLinkedResource, LINK_SCHEMA } from './children'
import type { StoredTask } from './model'
import type { ToDoCall, ToDoRoute } from './routes'
import { touchTask } from './tasks'

interface Children {
  name: 'linkedResources' | 'checklistItems'
  parameter: string
  schema: string
  keep: typeof keptLinkedResource
}

function childAt(call: ToDoCall, { name, parameter }: Children): { task: StoredTask; at: number } {
  const task = call.task()
  const id = call.context.parameters[parameter]
  const at = task[name].findIndex((child) => child['id'] === id)
  if (at < 0) throw new GraphError(404, 'ErrorItemNotFound', 'The specified object was not found.')
  return { task, at }
}

/** Whether a change of a child touches its task is unproven (contract section 9): a switch. */
function changed(call: ToDoCall, task: StoredTask): void {
  const { world, mailbox } = call
  if (world.switches.use(mailbox.userId, 'toDoChildrenTouchTask')) touchTask(call, task)
}

function routesOf(children: Children): ToDoRoute[] {
  const { name, parameter, schema, keep } = children
  const all = `/{todoTaskList-id}/tasks/{todoTask-id}/${name}`
  const one = `${all}/{${parameter}}`
  const given = ({ context }: ToDoCall): Json => {
    const body = checkedBody(schema, context.request.body)
    noteReadOnly(context, schema, body)
    return body
  }
  return [
    {
      method: 'GET',
      path: all,
      handle: (call) => ({ status: 200, body: { value: call.task()[name] } }),
    },
    {
      method: 'POST',
      path: all,
      handle(call): StandInAnswer {
        const task = call.task()
        const child = keep(call.world, given(call))
        task[name].push(child)
        changed(call, task)
        return { status: 201, body: child }
      },
    },
    {
      method: 'GET',
      path: one,
      handle(call) {
        const { task, at } = childAt(call, children)
        return { status: 200, body: task[name][at] }
      },
    },
    {
      method: 'PATCH',
      path: one,
      handle(call): StandInAnswer {
        const { task, at } = childAt(call, children)
        const child = keep(call.world, given(call), task[name][at])
        task[name][at] = child
        changed(call, task)
        return { status: 200, body: child }
      },
    },
    {
      method: 'DELETE',
      path: one,
      handle(call) {
        const { task, at } = childAt(call, children)
        task[name].splice(at, 1)
        changed(call, task)
        return { status: 204 }
      },
    },
  ]
}

/** Linked resources and checklist items of a task. */
export const childRoutes: ToDoRoute[] = [
  ...routesOf({
    name: 'linkedResources',
    parameter: 'linkedResource-id',
    schema: LINK_SCHEMA,
    keep: keptLinkedResource,
  }),
  ...routesOf({
    name: 'checklistItems',
    parameter: 'checklistItem-id',
    schema: ITEM_SCHEMA,
    keep: keptChecklistItem,
  }),
]
