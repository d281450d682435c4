import type { StandInAnswer, StandInRequest } from '../stand-in/server'
import type { AuditSwitches } from './audits'
import type { AttendeeStatus, Reminder } from './model'
import type { SeedWorld } from './seed'
import type { OroStandIn } from './start'
import type { UserTask } from './tasks/user-edits'
import type { WorkflowSwitches } from './tasks/workflow'
import type { UserEvent } from './user-edits'

/** The object API over HTTP, under `/_control/` (DESIGN 12). undefined = no such path. */
export function control(
  oro: Omit<OroStandIn, 'stop'>,
  request: StandInRequest,
  body: unknown,
): StandInAnswer | undefined {
  const path = request.url.pathname.slice('/_control/'.length).replace(/\/$/, '')
  const [table, id, action] = path.split('/') as [string, string?, string?]
  try {
    return (
      reads(oro, request, table) ??
      switches(oro, request, table, id, body) ??
      (table === 'events' ? events(oro, request, id, action, body) : undefined) ??
      (table === 'tasks' ? tasks(oro, request, id, action, body) : undefined)
    )
  } catch (error) {
    return { status: 400, body: { error: (error as Error).message } }
  }
}

function reads(
  oro: Omit<OroStandIn, 'stop'>,
  request: StandInRequest,
  table: string,
): StandInAnswer | undefined {
  if (request.method === 'DELETE' && table === 'mails') {
    oro.clearMails()
    return { status: 204 }
  }
  if (request.method === 'DELETE' && table === 'violations') {
    oro.clearViolations()
    return { status: 204 }
  }
  if (request.method !== 'GET') return undefined
  const found: Record<string, () => unknown> = {
    state: () => oro.state(),
    mails: () => oro.mails(),
    violations: () => oro.violations(),
    changes: () => oro.changes(),
    audits: () => oro.audits(),
  }
  return table in found ? { status: 200, body: found[table]?.() } : undefined
}

function switches(
  oro: Omit<OroStandIn, 'stop'>,
  request: StandInRequest,
  table: string,
  id: string | undefined,
  body: unknown,
): StandInAnswer | undefined {
  if (request.method === 'POST' && table === 'seed')
    return { status: 200, body: oro.seed(body as SeedWorld) }
  if (request.method === 'DELETE' && table === 'tokens') oro.revokeTokens()
  else if (request.method !== 'PUT') return undefined
  else if (table === 'audit') oro.configureAudit(body as Partial<AuditSwitches>)
  else if (table === 'workflow') oro.configureWorkflow(body as WorkflowSwitches)
  else if (table === 'organizations')
    oro.seed({ organizations: [{ ...(body as object), id: Number(id) }] })
  else return undefined
  return { status: 204 }
}

function events(
  oro: Omit<OroStandIn, 'stop'>,
  request: StandInRequest,
  id: string | undefined,
  action: string | undefined,
  body: unknown,
): StandInAnswer | undefined {
  const { method } = request
  const fields = (body ?? {}) as Record<string, unknown>
  if (id === undefined) {
    if (method === 'POST')
      return { status: 201, body: { id: oro.events.create(body as UserEvent) } }
    return undefined
  }
  if (method === 'PATCH') oro.events.update(Number(id), body as UserEvent)
  else if (method === 'DELETE') oro.events.remove(Number(id), fields)
  else if (method !== 'POST') return undefined
  else if (action === 'move') oro.events.move(Number(id), Number(fields['calendarId']))
  else if (action === 'cancel') {
    const original = fields['originalStart'] as string | undefined
    return { status: 200, body: { id: oro.events.cancel(Number(id), original) } }
  } else if (action === 'answer')
    oro.events.answer(Number(id), Number(fields['userId']), fields['status'] as AttendeeStatus)
  else return undefined
  return { status: 204 }
}

function tasks(
  oro: Omit<OroStandIn, 'stop'>,
  request: StandInRequest,
  id: string | undefined,
  action: string | undefined,
  body: unknown,
): StandInAnswer | undefined {
  const { method } = request
  if (id === undefined) {
    if (method !== 'POST') return undefined
    const task = body as UserTask & { subject: string; ownerId: number }
    return { status: 201, body: { id: oro.tasks.create(task) } }
  }
  if (method === 'PATCH') oro.tasks.update(Number(id), body as UserTask)
  else if (method === 'DELETE') oro.tasks.remove(Number(id))
  else if (method === 'PUT' && action === 'reminders')
    oro.tasks.remind(Number(id), body as Reminder[])
  else return undefined
  return { status: 204 }
}
