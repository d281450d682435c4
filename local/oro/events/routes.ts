import type { StandInAnswer } from '../../stand-in/server'
import type { Actor, EventRow } from '../model'
import {
  badJson,
  forbidden,
  included,
  json,
  methodNotAllowed,
  notFoundRead,
  notFoundWrite,
  objectBody,
  type Call,
} from '../old-rest'
import { organizationOfCalendar } from '../state'
import { readForm } from './form'
import type { Notify } from './input'
import { listInterval } from './interval'
import { listPage } from './list'
import { readSingle, readWritten } from './read'
import { removeEvent } from './remove'
import { createEvent, updateEvent } from './save'

/** `/api/rest/{v}/calendarevents`: GET (two modes) and POST (contract 3.1). */
export function eventCollection(call: Call): StandInAnswer {
  if (call.request.method === 'GET') return list(call)
  if (call.request.method === 'POST') return create(call)
  return methodNotAllowed()
}

/** `/api/rest/{v}/calendarevents/{id}`: GET, PUT, DELETE. */
export function eventRecord(call: Call, id: number): StandInAnswer {
  const { method } = call.request
  const row = call.world.events.get(id)
  if (!row) return method === 'GET' ? notFoundRead() : notFoundWrite()
  if (isForeign(call, row)) return method === 'DELETE' ? deleteForbidden() : forbidden()
  if (method === 'GET') return read(call, row)
  if (method === 'PUT') return update(call, row)
  if (method === 'DELETE') return remove(call, row)
  return methodNotAllowed()
}

/** Deletions are refused by the handler, not by the access rules (contract 3.14). */
const deleteForbidden = (): StandInAnswer =>
  json(403, { reason: 'The delete operation is forbidden. Reason: access denied.' })

/** `/api/rest/{v}/calendars/{calId}/events/{id}`: one event, flags as seen from that calendar. */
export function eventOfCalendar(call: Call, calendarId: number, id: number): StandInAnswer {
  const row = call.world.events.get(id)
  if (!row || (row.calendarId !== calendarId && row.systemCalendarId !== calendarId))
    return notFoundRead()
  return isForeign(call, row) ? forbidden() : read(call, row)
}

function read(call: Call, row: EventRow): StandInAnswer {
  return json(200, readSingle(call.world, row, call.application.userId))
}

function list(call: Call): StandInAnswer {
  const { world, query, request, application } = call
  const interval = listInterval(world, query, application)
  if (interval) return json(200, interval, included(request, interval.length))
  const page = listPage(world, query, application.userId)
  if (page) return json(200, page.rows, included(request, page.total))
  const message =
    'Time interval ("start" and "end") or paging ("page" and "limit") parameters should be specified.'
  return json(400, { code: 400, message })
}

function create(call: Call): StandInAnswer {
  const body = objectBody(call.request)
  if (!body) return badJson()
  const alias = notUserCalendar(body)
  if (alias) return alias
  const form = readForm(call.world, body, null)
  if (!form.ok) return json(400, form.body)
  const row = createEvent(call.world, actorOf(call), form.input)
  const written = readWritten(call.world, row, call.application.userId)
  return json(201, { id: row.id, ...written })
}

function update(call: Call, row: EventRow): StandInAnswer {
  const body = objectBody(call.request)
  if (!body) return badJson()
  const alias = notUserCalendar(body)
  if (alias) return alias
  const form = readForm(call.world, body, row)
  if (!form.ok) return json(400, form.body)
  updateEvent(call.world, actorOf(call), row, form.input)
  return json(200, readWritten(call.world, row, call.application.userId))
}

function remove(call: Call, row: EventRow): StandInAnswer {
  const value = call.query.conditions.get('isCancelInsteadDelete')?.value ?? ''
  const notify = call.query.conditions.get('notifyAttendees')?.value
  removeEvent(call.world, actorOf(call), row, {
    // Any text but `0` or empty counts as true, `false` included (contract 3.8).
    cancel: value !== '' && value !== '0',
    notify: notify === 'all' || notify === 'added_or_deleted' ? notify : ('none' satisfies Notify),
  })
  return { status: 204 }
}

/** Writes to system and public calendars are out of scope here: refused as when they are switched off (contract 3.14). */
function notUserCalendar(body: Record<string, unknown>): StandInAnswer | undefined {
  const alias = body['calendarAlias']
  if (alias !== 'system' && alias !== 'public') return undefined
  const name = alias === 'system' ? 'Organization' : 'System'
  return json(400, { error: `${name} calendars are not supported.` })
}

const actorOf = (call: Call): Actor => ({
  userId: call.application.userId,
  organizationId: call.application.organizationId,
  by: 'api',
})

/** A record of another organization than the OAuth application's (contract 2.3). */
function isForeign(call: Call, row: EventRow): boolean {
  const organizationId = organizationOfCalendar(call.world, row.calendarId)
  return organizationId !== undefined && organizationId !== call.application.organizationId
}
