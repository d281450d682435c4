import type { StandInAnswer, StandInRequest } from '../stand-in/server'
import { auditList } from './audit-route'
import { connections, defaultCalendar } from './calendars'
import { readRawQuery, UnparsableDate } from './conditions'
import { eventCollection, eventOfCalendar, eventRecord } from './events/routes'
import { configurationSection, configurationSections } from './configuration'
import { forbidden, json, type Call } from './old-rest'
import type { World } from './state'
import {
  oldTaskRecord,
  priorityCollection,
  statusCollection,
  taskCollection,
  taskRecord,
} from './tasks/routes'
import { transit } from './tasks/workflow'
import { TOKEN_PATH, type Tokens } from './tokens'
import { userCollection, userProfile, userRecord } from './users'

type Route = [RegExp, (call: Call, first: string, second: string) => StandInAnswer]

const OLD_REST = '^/api/rest/(?:latest|v1)'
const oldRoute = (path: string, handle: Route[1]): Route => [
  new RegExp(`${OLD_REST}/${path}(?:\\.json)?$`),
  handle,
]

const ROUTES: Route[] = [
  oldRoute('calendarevents', (call) => eventCollection(call)),
  oldRoute('calendarevents/(\\d+)', (call, id) => eventRecord(call, Number(id))),
  oldRoute('calendars/(\\d+)/events/(\\d+)', (call, calendarId, id) =>
    eventOfCalendar(call, Number(calendarId), Number(id)),
  ),
  oldRoute('calendars/default', (call) => defaultCalendar(call)),
  oldRoute('calendars/(\\d+)/connections', (call, id) => connections(call, Number(id))),
  oldRoute('audits', (call) => auditList(call)),
  oldRoute('configuration', (call) => configurationSections(call)),
  oldRoute('configuration/([\\w/-]+?)', (call, section) => configurationSection(call, section)),
  oldRoute('tasks/(\\d+)', (call, id) => oldTaskRecord(call, Number(id))),
  oldRoute('workflow/transit/(\\d+)/(\\w+)', (call, id, name) => transit(call, Number(id), name)),
  [/^\/api\/tasks$/, (call) => taskCollection(call)],
  [/^\/api\/tasks\/([^/]+)$/, (call, id) => taskRecord(call, id)],
  [/^\/api\/taskstatuses$/, (call) => statusCollection(call)],
  [/^\/api\/taskpriorities$/, (call) => priorityCollection(call)],
  [/^\/api\/users$/, (call) => userCollection(call)],
  [/^\/api\/users\/([^/]+)$/, (call, id) => userRecord(call, id)],
  [/^\/api\/userprofile$/, (call) => userProfile(call)],
]

/**
 * Finds the handler of a request. `/oauth2-token` never has the back-office prefix, everything else must have it
 * (contract 2.1); without a valid token the answer is an empty 401 (contract 2.3).
 */
export function route(
  world: World,
  tokens: Tokens,
  prefix: string,
  request: StandInRequest,
): StandInAnswer {
  if (request.rawPath === TOKEN_PATH)
    return request.method === 'POST' ? tokens.issue(request) : json(405, { code: 405 })
  if (!request.rawPath.startsWith(`${prefix}/`)) return unknownPage()
  const path = request.rawPath.slice(prefix.length)
  for (const [pattern, handle] of ROUTES) {
    const match = pattern.exec(path)
    if (!match) continue
    const application = tokens.application(request)
    if (!application) return { status: 401 }
    const isOld = path.startsWith('/api/rest/')
    if (isOld && !application.oldApi) return forbidden()
    const call: Call = { world, request, application, query: readRawQuery(request.rawQuery) }
    try {
      return handle(call, match[1] ?? '', match[2] ?? '')
    } catch (error) {
      if (error instanceof UnparsableDate) return json(500, { code: 500 })
      throw error
    }
  }
  return unknownPage()
}

const unknownPage = (): StandInAnswer => ({
  status: 404,
  headers: { 'content-type': 'text/html; charset=UTF-8' },
  body: '<!DOCTYPE html><title>404 Not Found</title>',
})
