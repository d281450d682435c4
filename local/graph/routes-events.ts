import type { StandInAnswer } from '../stand-in/server'
import { GraphError, invalidRequest, notFound } from './errors'
import { createEvent, deleteEvent, respond, updateEvent, type Response } from './events'
import { etagOf } from './ids'
import type { Calendar, Json, Mailbox, Occurrence, StoredEvent } from './model'
import { parseOccurrenceId, selected, showEvent, showOccurrence } from './render'
import type { Route, RouteContext } from './routing'
import { checkedBody, readOnlyMembers } from './schema'
import { occurrencesOf } from './series'
import { listEvents } from './listing'
import { calendarOf, type World } from './world'
import { ok } from './routes-calendars'

const SCOPES = ['Calendars.ReadWrite']
const SCHEMA = 'microsoft.graph.event'

/** An event, or one date of a series that is no exception. */
type Target = { event: StoredEvent; occurrence: Occurrence | null }

/**
 * The event that a path names. Through a calendar's path only what lies in that calendar is found.
 *
 * @throws GraphError 404 `ErrorItemNotFound`
 */
function target(context: RouteContext): Target {
  const { mailbox, parameters, world } = context
  const id = parameters['event-id'] ?? ''
  const calendarId = parameters['calendar-id']
  const calendar = calendarId === undefined ? null : calendarOf(mailbox, calendarId)
  const found = mailbox.byId.get(id)
  if (found !== undefined) {
    if (calendar !== null && (found.deleted || found.calendar !== calendar)) throw notFound()
    const reading = context.request.method === 'GET'
    if (found.deleted && !(reading && world.switches.use(mailbox.userId, 'deletedReadable'))) {
      throw notFound()
    }
    return { event: found, occurrence: null }
  }
  const place = parseOccurrenceId(id)
  const master = place === undefined ? undefined : mailbox.events.get(place.key)
  if (place === undefined || master === undefined || master.deleted) throw notFound()
  if (calendar !== null && master.calendar !== calendar) throw notFound()
  if (place.generation !== master.series?.generation) throw notFound()
  const exception = master.series.exceptions.get(place.date)
  if (exception !== undefined) return { event: exception, occurrence: null }
  const around = Date.parse(`${place.date}T00:00:00Z`)
  const occurrence = occurrencesOf(master, around - 2 * 86_400_000, around + 3 * 86_400_000).find(
    (one) => one.date === place.date,
  )
  if (occurrence === undefined) throw notFound()
  return { event: master, occurrence }
}

const show = ({ event, occurrence }: Target, context: RouteContext): Json =>
  occurrence === null
    ? showEvent(event, context.preferences)
    : showOccurrence(event, occurrence, context.preferences)

function entity(context: RouteContext, found: Target): Json {
  return {
    '@odata.context': `${context.root}/$metadata#users('${context.mailbox.userId}')/events/$entity`,
    ...show(found, context),
  }
}

/** Extended properties named by `$expand=singleValueExtendedProperties($filter=id eq '…')`; they come in no other way (G-14). */
export function expanded(context: RouteContext, event: StoredEvent, shown: Json): Json {
  const expand = context.query.get('expand')
  if (expand === undefined) return shown
  const wanted = [...expand.matchAll(/id eq '((?:[^']|'')*)'/g)].map((match) =>
    (match[1] ?? '').replaceAll("''", "'"),
  )
  const values = wanted.flatMap((id) => {
    const value = event.properties.get(id)
    return value === undefined ? [] : [{ id, value }]
  })
  return values.length === 0 ? shown : { ...shown, singleValueExtendedProperties: values }
}

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

/** After a write: by the switch, an error although it was stored (G-38). */
function checkSaved(world: World, mailbox: Mailbox): void {
  const status = world.switches.use(mailbox.userId, 'concurrentItemSave')
  if (status === null) return
  throw new GraphError(status, 'ConcurrentItemSave', 'The item was changed concurrently.')
}

function create(context: RouteContext, calendar: Calendar): StandInAnswer {
  const { world, mailbox, request } = context
  const raw = request.body.toString()
  const given = checkedBody(SCHEMA, request.body)
  noteReadOnly(context, given)
  if (context.request.headers['prefer'] === undefined) {
    context.violation('IdType', 'a write without Prefer: IdType="ImmutableId"')
  }
  const transactionId = given['transactionId']
  if (typeof transactionId !== 'string') {
    context.violation('G-30', 'a create without transactionId')
  } else {
    const known = mailbox.transactions.get(transactionId)
    if (known?.transaction?.content === raw && !known.deleted) {
      return { status: 201, body: entity(context, { event: known, occurrence: null }) }
    }
    if (known !== undefined) throw duplicateTransaction(world, mailbox, known, context)
  }
  const event = createEvent(world, mailbox, calendar, given, 'api')
  if (typeof transactionId === 'string') {
    event.transaction = { id: transactionId, content: raw }
    mailbox.transactions.set(transactionId, event)
  }
  checkSaved(world, mailbox)
  return {
    status: 201,
    headers: {
      location: `${context.root}/users/${mailbox.userId}/events/${encodeURIComponent(event.immutableId)}`,
    },
    body: entity(context, { event, occurrence: null }),
  }
}

function duplicateTransaction(
  world: World,
  mailbox: Mailbox,
  known: StoredEvent,
  context: RouteContext,
): GraphError {
  const names = world.switches.use(mailbox.userId, 'duplicateTransactionNamesEvent')
  const id = context.preferences.immutableIds ? known.immutableId : known.movableId
  return new GraphError(
    world.switches.use(mailbox.userId, 'duplicateTransactionStatus'),
    'ErrorDuplicateTransactionId',
    "Your request can't be completed. The TransactionId specified in the request has already been used to create a different event.",
    {},
    names ? { '@event.existingEventId': id } : {},
  )
}

function noteReadOnly(context: RouteContext, given: Json): void {
  for (const name of readOnlyMembers(SCHEMA, given)) {
    context.violation('read-only', `the request sets the read-only member '${name}'`)
  }
}

function update(context: RouteContext): StandInAnswer {
  const { world, mailbox } = context
  const found = target(context)
  const given = checkedBody(SCHEMA, context.request.body)
  noteReadOnly(context, given)
  checkIfMatch(context, found.event)
  if (found.occurrence !== null) throw new GraphError(501, 'NotImplemented', 'occurrence PATCH')
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

function remove(context: RouteContext): StandInAnswer {
  const found = target(context)
  checkIfMatch(context, found.event)
  if (found.occurrence !== null) throw new GraphError(501, 'NotImplemented', 'occurrence DELETE')
  deleteEvent(context.world, context.mailbox, found.event, 'api')
  checkSaved(context.world, context.mailbox)
  return { status: 204 }
}

function get(context: RouteContext): StandInAnswer {
  const found = target(context)
  const shown = selected(entity(context, found), context.query.get('select'))
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
      const { event } = target(context)
      const given = actionBody(context, ['comment'])
      if (event.data['isOrganizer'] !== true) {
        throw invalidRequest(
          "Your request can't be completed. You need to be an organizer to cancel a meeting.",
        )
      }
      const comment = given['comment'] ?? given['Comment']
      deleteEvent(context.world, context.mailbox, event, 'api', {
        comment: typeof comment === 'string' ? comment : null,
      })
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
