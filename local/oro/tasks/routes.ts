import type { StandInAnswer } from '../../stand-in/server'
import { answerCollection, answerRecord } from '../collections'
import {
  accessDenied,
  notAllowed,
  notFound,
  readDocument,
  refuse,
  type Resource,
} from '../json-api'
import type { Actor, TaskRow } from '../model'
import { forbidden, json, methodNotAllowed, notFoundRead, type Call } from '../old-rest'
import { userResource } from '../users'
import { readTaskForm } from './form'
import { oldTask, PRIORITIES, STATUSES, taskResource, taskRules } from './resource'
import { createTask, removeTask, updateTask } from './save'

/** JSON:API `tasks`: GET and POST. */
export function taskCollection(call: Call): StandInAnswer {
  const { request, world, application } = call
  if (request.method === 'POST') return create(call)
  if (request.method !== 'GET') return notAllowed(request)
  const own = [...world.tasks.values()].filter(
    (task) => task.organizationId === application.organizationId,
  )
  return answerCollection(request, taskRules(world), own, taskResource, (task, name) =>
    related(call, task, name),
  )
}

/** JSON:API `tasks/{id}`: GET, PATCH, DELETE. */
export function taskRecord(call: Call, id: string): StandInAnswer {
  const { request, world, application } = call
  const task = world.tasks.get(Number(id))
  if (!task) return notFound()
  if (task.organizationId !== application.organizationId) return accessDenied()
  if (request.method === 'GET') return answerRecord(request, 200, taskResource(task))
  if (request.method === 'PATCH') return update(call, task)
  if (request.method !== 'DELETE') return notAllowed(request)
  removeTask(world, actorOf(call), task)
  return { status: 204 }
}

/** `GET /api/rest/{v}/tasks/{id}`, the old single read. */
export function oldTaskRecord(call: Call, id: number): StandInAnswer {
  if (call.request.method !== 'GET') return methodNotAllowed()
  const task = call.world.tasks.get(id)
  if (!task) return notFoundRead()
  if (task.organizationId !== call.application.organizationId) return forbidden()
  return json(200, oldTask(call.world, task))
}

export const statusCollection = (call: Call): StandInAnswer =>
  enumCollection(
    call,
    STATUSES.map(({ id, name }, position) => ({
      type: 'taskstatuses',
      id,
      attributes: { name, priority: position + 1, default: id === 'open' },
    })),
  )

export const priorityCollection = (call: Call): StandInAnswer =>
  enumCollection(
    call,
    PRIORITIES.map((id, position) => ({
      type: 'taskpriorities',
      id,
      attributes: { label: `${id.charAt(0).toUpperCase()}${id.slice(1)}`, order: position + 1 },
    })),
  )

function enumCollection(call: Call, rows: Resource[]): StandInAnswer {
  if (call.request.method !== 'GET') return notAllowed(call.request)
  const rules = {
    resource: rows[0]?.type ?? '',
    filters: { id: { type: 'string' as const, value: (row: Resource) => row.id } },
    sorts: { id: (row: Resource) => rows.indexOf(row) },
  }
  return answerCollection(call.request, rules, rows, (row) => row)
}

function create(call: Call): StandInAnswer {
  const document = readDocument(call.request)
  if (!('data' in document)) return document
  const form = readTaskForm(call.world, document.data, null)
  if ('errors' in form) return refuse(form.errors)
  const task = createTask(call.world, actorOf(call), form.input)
  return answerRecord(call.request, 201, taskResource(task))
}

function update(call: Call, task: TaskRow): StandInAnswer {
  const document = readDocument(call.request)
  if (!('data' in document)) return document
  if (document.data['id'] !== String(task.id)) return conflict()
  const form = readTaskForm(call.world, document.data, task)
  if ('errors' in form) return refuse(form.errors)
  updateTask(call.world, actorOf(call), task, form.input)
  return answerRecord(call.request, 200, taskResource(task))
}

/** The id of the document must be the one of the address. */
const conflict = (): StandInAnswer =>
  refuse([
    {
      status: '409',
      title: 'conflict constraint',
      detail: `The identifier of the primary data object should match 'id' parameter of the query string`,
      source: { pointer: '/data/id' },
    },
  ])

function related(call: Call, task: TaskRow, name: string): Resource | undefined {
  const id = name === 'owner' ? task.ownerId : name === 'createdBy' ? task.createdById : undefined
  const user = id === undefined ? undefined : call.world.users.get(id)
  return user ? userResource('users', user) : undefined
}

const actorOf = (call: Call): Actor => ({
  userId: call.application.userId,
  organizationId: call.application.organizationId,
  by: 'api',
})
