import type { StandInAnswer } from '../stand-in/server'
import { deleteEvent, respond, type Response } from './actions'
import { GraphError, invalidRequest } from './errors'
import { checkSaved, create, entity, noteForbidden, SCHEMA } from './event-writes'
import { updateEvent } from './events'
import { expanded, seriesMembers } from './expand'
import { etagOf } from './ids'
import { listEvents, listInstances } from './listing'
import type { Json, StoredEvent } from './model'
import { cancelOccurrence, changeOccurrence } from './occurrences'
import { selected, showEvent } from './render'
import { ok } from './routes-calendars'
import type { Route, RouteContext } from './routing'
import { checkedBody } from './schema'
import { target, type Target } from './targets'
import { calendarOf } from './world'

const SCOPES = ['Calendars.ReadWrite']

/** If-Match against the etag, by the mailbox's mode (G-37). */
function checkIfMatch(context: RouteContext, event: StoredEvent): void {
  const mode = context.world.switches.use(context.mailbox.userId, 'ifMatch')
  const given = context.request.headers['if-match']
  const mismatch =
    mode === 'honoured' && given !== undefined && given !== '*' && given !== etagOf(event.version)
  if (!mismatch && mode !== 'spurious') return
  throw new GraphError(
    412,
    'ErrorIrresolvableConflict',
    'The send or update operation could not be performed because the change key passed in the request does not match the current change key for the item.',
  )
}

function update(context: RouteContext): StandInAnswer {
  const { world, mailbox } = context
  const found = target(context)
  const given = checkedBody(SCHEMA, context.request.body)
  noteForbidden(context, given)
  checkIfMatch(context, found.event)
  if (found.occurrence !== null) {
    const { event: master, occurrence } = found
    const event = changeOccurrence(world, mailbox, master, occurrence, given, 'api')
    checkSaved(world, mailbox)
    return ok(entity(context, { event, occurrence: null }))
  }
  noteEchoes(context, found.event, given)
  updateEvent(world, mailbox, found.event, given, 'api')
  checkSaved(world, mailbox)
  return ok(entity(context, found))
}

/** A PATCH that says what is there already, which the contract forbids (ground rules 1 and 5). */
function noteEchoes(context: RouteContext, event: StoredEvent, given: Json): void {
  const shown = showEvent(event, context.preferences)
  for (const [name, value] of Object.entries(given)) {
    if (name.includes('@') || JSON.stringify(shown[name]) !== JSON.stringify(value)) continue
    context.violation('no-op', `the PATCH repeats '${name}' as it is`)
  }
}

/** One date of a series, or the whole event. */
function dropTarget(context: RouteContext, { event, occurrence }: Target, comment?: string): void {
  const { world, mailbox } = context
  const { exceptionOf } = event
  if (occurrence !== null) cancelOccurrence(world, mailbox, event, occurrence.date, 'api')
  else if (exceptionOf !== null) {
    cancelOccurrence(world, mailbox, exceptionOf.master, exceptionOf.date, 'api')
  } else deleteEvent(world, mailbox, event, 'api', { comment: comment ?? null })
}

function remove(context: RouteContext): StandInAnswer {
  const found = target(context)
  checkIfMatch(context, found.event)
  dropTarget(context, found)
  checkSaved(context.world, context.mailbox)
  return { status: 204 }
}

function get(context: RouteContext): StandInAnswer {
  const found = target(context)
  const whole = { ...entity(context, found), ...seriesMembers(context, found) }
  const shown = selected(whole, context.query.get('select'))
  return ok(expanded(context, found.event, shown))
}

function action(name: 'accept' | 'decline' | 'tentativelyAccept', response: Response): Route {
  return {
    method: 'POST',
    path: `/me/events/{event-id}/${name}`,
    scopes: SCOPES,
    handle(context) {
      const found = target(context)
      const given = actionBody(context, ['comment', 'sendResponse', 'proposedNewTime'])
      const send = given['sendResponse'] ?? given['SendResponse']
      const comment = given['comment'] ?? given['Comment']
      respond(
        context.world,
        context.mailbox,
        found.event,
        response,
        {
          comment: typeof comment === 'string' ? comment : null,
          sendResponse: send !== false,
        },
        'api',
      )
      return { status: 202 }
    },
  }
}

function actionBody(context: RouteContext, members: string[]): Json {
  if (context.request.body.length === 0) return {}
  const given = JSON.parse(context.request.body.toString()) as Json
  const unknown = Object.keys(given).filter(
    (name) => !members.some((member) => member.toLowerCase() === name.toLowerCase()),
  )
  if (unknown.length > 0) {
    throw new GraphError(400, 'BadRequest', `The parameter '${unknown.join("', '")}' is not known.`)
  }
  return given
}

const both = (path: string, make: (path: string) => Route): Route[] => [
  make(`/me/events${path}`),
  make(`/me/calendars/{calendar-id}/events${path}`),
]

/** Reading, writing and answering events. */
export const eventRoutes: Route[] = [
  ...both('', (path) => ({
    method: 'GET',
    path,
    scopes: SCOPES,
    handle: (context) => listEvents(context),
  })),
  ...both('', (path) => ({
    method: 'POST',
    path,
    scopes: SCOPES,
    handle: (context) => {
      const id = context.parameters['calendar-id']
      return create(
        context,
        id === undefined ? context.mailbox.defaultCalendar : calendarOf(context.mailbox, id),
      )
    },
  })),
  ...both('/{event-id}', (path) => ({ method: 'GET', path, scopes: SCOPES, handle: get })),
  ...both('/{event-id}/instances', (path) => ({
    method: 'GET',
    path,
    scopes: SCOPES,
    handle: (context) => listInstances(context, target(context).event),
  })),
  ...both('/{event-id}', (path) => ({ method: 'PATCH', path, scopes: SCOPES, handle: update })),
  ...both('/{event-id}', (path) => ({ method: 'DELETE', path, scopes: SCOPES, handle: remove })),
  action('accept', 'accepted'),
  action('decline', 'declined'),
  action('tentativelyAccept', 'tentativelyAccepted'),
  {
    method: 'POST',
    path: '/me/events/{event-id}/cancel',
    scopes: SCOPES,
    handle(context) {
      const found = target(context)
      const given = actionBody(context, ['comment'])
      if (found.event.data['isOrganizer'] !== true) {
        throw invalidRequest(
          "Your request can't be completed. You need to be an organizer to cancel a meeting.",
        )
      }
      const comment = given['comment'] ?? given['Comment']
      dropTarget(context, found, typeof comment === 'string' ? comment : undefined)
      return { status: 202 }
    },
  },
  {
    method: 'POST',
    path: '/me/events/{event-id}/permanentDelete',
    scopes: SCOPES,
    handle(context) {
      deleteEvent(context.world, context.mailbox, target(context).event, 'api', { purge: true })
      return { status: 204 }
    },
  },
]
