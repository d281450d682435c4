import type { StandInAnswer } from '../../stand-in/server'
import type { TaskRow } from '../model'
import { forbidden, json, methodNotAllowed, type Call } from '../old-rest'
import type { World } from '../state'
import { updateTask } from './save'

const TRANSITIONS: Record<string, { from: string[]; to: string }> = {
  start_progress: { from: ['open'], to: 'in_progress' },
  stop_progress: { from: ['in_progress'], to: 'open' },
  close: { from: ['open', 'in_progress'], to: 'closed' },
  reopen: { from: ['closed'], to: 'open' },
}

/** `POST workflow/transit/{item}/{transition}` (contract 4.2): moves the status and, with it, `updatedAt`. */
export function transit(call: Call, itemId: number, name: string): StandInAnswer {
  if (call.request.method !== 'POST') return methodNotAllowed()
  const { world, application } = call
  const task = itemOwner(world, itemId)
  if (!task) return json(404, { code: 404 })
  if (task.organizationId !== application.organizationId) return forbidden()
  const transition = TRANSITIONS[name]
  if (!transition) {
    return json(500, { message: `Transition "${name}" is not found in workflow "task_flow".` })
  }
  if (!transition.from.includes(task.status)) {
    const message = `Step "${task.status}" of workflow "task_flow" doesn't have allowed transition "${name}".`
    return json(400, { message })
  }
  if (world.workflow.refused.includes(name))
    return json(403, { message: `Transition "${name}" is not allowed.` })
  const { organizationId, userId } = application
  updateTask(world, { organizationId, userId, by: 'api' }, task, { status: transition.to })
  return json(200, {
    workflowItem: {
      id: itemId,
      workflow_name: 'task_flow',
      entity_id: String(task.id),
      entity_class: 'Oro\\Bundle\\TaskBundle\\Entity\\Task',
      result: null,
    },
  })
}

function itemOwner(world: World, itemId: number): TaskRow | undefined {
  if (!world.workflow.active) return undefined
  for (const task of world.tasks.values()) if (task.workflowItemId === itemId) return task
  return undefined
}

/** What an administrator can do to the workflow. */
export interface WorkflowSwitches {
  /** Switching it off or on again deletes the existing workflow items (contract 4.2). */
  active?: boolean
  /** Transitions that permissions or conditions refuse: 403. */
  refused?: string[]
  /** Tasks that have no workflow item from now on. */
  withoutItem?: number[]
}

export function configureWorkflow(world: World, switches: WorkflowSwitches): void {
  if (switches.active !== undefined && switches.active !== world.workflow.active) {
    world.workflow.active = switches.active
    for (const task of world.tasks.values()) task.workflowItemId = null
  }
  if (switches.refused) world.workflow.refused = switches.refused
  for (const id of switches.withoutItem ?? []) {
    const task = world.tasks.get(id)
    if (task) task.workflowItemId = null
  }
}
