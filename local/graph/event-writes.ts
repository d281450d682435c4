import type { StandInAnswer } from '../stand-in/server'
import { GraphError } from './errors'
import { createEvent } from './events'
import type { Calendar, Json, Mailbox, StoredEvent } from './model'
import { showEvent, showOccurrence } from './render'
import type { RouteContext } from './routing'
import { checkedBody, parsed, readOnlyMembers } from './schema'
import type { Target } from './targets'
import type { World } from './world'

/** Name of the event's schema. */
export const SCHEMA = 'microsoft.graph.event'

const show = ({ event, occurrence }: Target, context: RouteContext): Json =>
  occurrence === null
    ? showEvent(event, context.preferences)
    : showOccurrence(
        event,
        occurrence,
        context.preferences,
        context.world.switches.use(context.mailbox.userId, 'sharedICalUId'),
      )

/** The event as a single answer. */
export function entity(context: RouteContext, found: Target): Json {
  return {
    '@odata.context': `${context.root}/$metadata#users('${context.mailbox.userId}')/events/$entity`,
    ...show(found, context),
  }
}

/** After a write: by the switch, an error although it was stored (G-38). */
export function checkSaved(world: World, mailbox: Mailbox): void {
  const status = world.switches.use(mailbox.userId, 'concurrentItemSave')
  if (status === null) return
  throw new GraphError(status, 'ConcurrentItemSave', 'The item was changed concurrently.')
}

/** `POST …/events`: the same `transactionId` and content answer the existing event (G-30), other content is refused (G-31). */
export function create(context: RouteContext, calendar: Calendar): StandInAnswer {
  const { world, mailbox, request } = context
  const raw = JSON.stringify(parsed(request.body))
  const given = checkedBody(SCHEMA, request.body)
  noteForbidden(context, given)
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

/** Members that Graph tolerates and the contract forbids: read-only ones, offsets beside a zone (section 5). */
export function noteForbidden(context: RouteContext, given: Json): void {
  for (const name of readOnlyMembers(SCHEMA, given)) {
    context.violation('read-only', `the request sets the read-only member '${name}'`)
  }
  for (const name of ['start', 'end']) {
    const text = String((given[name] as Json | null | undefined)?.['dateTime'] ?? '')
    if (/(Z|[+-]\d\d:?\d\d)$/i.test(text.slice(10))) {
      context.violation('offset', `'${name}' names an offset beside its time zone`)
    }
  }
}
