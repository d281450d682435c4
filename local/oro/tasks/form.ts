import { constraint, objectAt, type ApiError } from '../json-api'
import type { TaskRow } from '../model'
import type { World } from '../state'
import { parseZonedDate, wholeSecond } from '../time'
import { PRIORITIES, STATUSES } from './resource'
import type { TaskInput } from './save'

type Json = Record<string, unknown>

const BLANK = 'This value should not be blank.'
const ATTRIBUTES = ['subject', 'description', 'dueDate', 'createdAt', 'updatedAt']
const RELATIONSHIPS = [
  'status',
  'taskPriority',
  'owner',
  'organization',
  'createdBy',
  'activityTargets',
]

/** The form of a task write (contract 4.1, 4.2): the values, or every fault. `task` = the stored task of a PATCH. */
export function readTaskForm(
  world: World,
  data: Json,
  task: TaskRow | null,
): { input: TaskInput } | { errors: ApiError[] } {
  const errors: ApiError[] = []
  const attributes = objectAt(data, 'attributes')
  const relationships = objectAt(data, 'relationships')
  extraFields(attributes, ATTRIBUTES, '/data/attributes', errors)
  extraFields(relationships, RELATIONSHIPS, '/data/relationships', errors)
  const input: TaskInput = {}
  readAttributes(attributes, task, errors, input)
  readRelationships(world, relationships, task, errors, input)
  checkWorkflow(world, task, errors, input)
  return errors.length > 0 ? { errors } : { input }
}

function extraFields(part: Json, known: string[], path: string, errors: ApiError[]): void {
  for (const key of Object.keys(part)) {
    if (known.includes(key)) continue
    const detail = `This form should not contain extra fields: "${key}".`
    errors.push(constraint('extra fields constraint', detail, `${path}/${key}`))
  }
}

function readAttributes(
  sent: Json,
  task: TaskRow | null,
  errors: ApiError[],
  input: TaskInput,
): void {
  const at = (key: string, title: string, detail: string): void => {
    errors.push(constraint(`${title} constraint`, detail, `/data/attributes/${key}`))
  }
  const { subject, description, dueDate } = sent
  if ('subject' in sent || task === null) {
    if (typeof subject !== 'string' || subject.trim() === '') at('subject', 'not blank', BLANK)
    else if (Array.from(subject).length > 255)
      at('subject', 'length', 'This value is too long. It should have 255 characters or less.')
    else input.subject = subject
  }
  if ('description' in sent) {
    if (description === null || typeof description === 'string') input.description = description
    else at('description', 'form', 'This value is not valid.')
  }
  if (!('dueDate' in sent)) return
  // Values in bodies accept milliseconds but must have a zone (contract 7).
  const due = typeof dueDate === 'string' ? parseZonedDate(dueDate) : undefined
  if (dueDate === null) input.dueDate = null
  else if (due === undefined) at('dueDate', 'form', 'This value is not valid.')
  else input.dueDate = wholeSecond(due)
  if (input.dueDate === null && task && task.reminders.length > 0)
    at('dueDate', 'due date required', 'Due date must be set for reminders')
}

function readRelationships(
  world: World,
  sent: Json,
  task: TaskRow | null,
  errors: ApiError[],
  input: TaskInput,
): void {
  const pick = (
    key: 'status' | 'taskPriority' | 'owner',
    type: string,
    exists: (id: string) => boolean,
  ): string | undefined => {
    const pointer = `/data/relationships/${key}/data`
    if (!(key in sent)) {
      if (task === null && key !== 'owner')
        errors.push(constraint('not blank constraint', BLANK, pointer))
      return undefined
    }
    const identifier = objectAt(objectAt(sent, key), 'data')
    const id = typeof identifier['id'] === 'string' ? identifier['id'] : ''
    if (identifier['type'] === type && exists(id)) return id
    if (id === '') errors.push(constraint('not blank constraint', BLANK, pointer))
    else errors.push(constraint('form constraint', 'The entity does not exist.', pointer))
    return undefined
  }
  const status = pick('status', 'taskstatuses', (id) => STATUSES.some((one) => one.id === id))
  if (status !== undefined) input.status = status
  const priority = pick('taskPriority', 'taskpriorities', (id) => PRIORITIES.includes(id))
  if (priority !== undefined) input.taskPriority = priority
  const owner = pick('owner', 'users', (id) => world.users.has(Number(id)))
  if (owner !== undefined) input.ownerId = Number(owner)
  if ('activityTargets' in sent) {
    const targets = (sent['activityTargets'] as { data?: unknown } | null)?.data
    if (Array.isArray(targets)) input.activityTargets = targets as TaskRow['activityTargets']
  }
}

/** While the workflow is on, tasks are born open and their status is locked (contract 4.2). */
function checkWorkflow(
  world: World,
  task: TaskRow | null,
  errors: ApiError[],
  input: TaskInput,
): void {
  if (!world.workflow.active || input.status === undefined) return
  const fault = (detail: string): void => {
    errors.push(constraint('workflow entity constraint', detail, '/data/relationships/status/data'))
  }
  if (task === null && input.status !== 'open')
    fault('Could not create entity with this value because of workflow restrictions.')
  if (task !== null && task.workflowItemId !== null && input.status !== task.status)
    fault('Field could not be edited because of workflow restrictions.')
}
