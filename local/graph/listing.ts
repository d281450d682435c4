import type { StandInAnswer } from '../stand-in/server'
import { GraphError, invalidRequest } from './errors'
import type { Json, StoredEvent } from './model'
import { selected, showEvent, showOccurrence } from './render'
import type { RouteContext } from './routing'
import { occurrencesOf } from './series'
import { windowOf } from './times'
import { calendarOf } from './world'
import { expanded } from './expand'
import { filtered } from './filter'

const DEFAULT_PAGE = 10
const LARGEST_PAGE = 1000

/** A page of a list by `$top` and `$skip`, with the next link. */
function paged<Item>(context: RouteContext, items: Item[], show: (item: Item) => Json): Json {
  const { query, preferences, root, path } = context
  const top = numberOf(query, 'top', preferences.maxPageSize ?? DEFAULT_PAGE)
  const skip = numberOf(query, 'skip', 0)
  if (top < 1 || top > LARGEST_PAGE) throw invalidRequest("The value of '$top' must be 1 to 1000.")
  const page: Json = {
    '@odata.context': `${root}/$metadata#users('${context.mailbox.userId}')/events`,
    value: items.slice(skip, skip + top).map(show),
  }
  if (query.get('count') === 'true') page['@odata.count'] = items.length
  if (items.length > skip + top) {
    const next = new URLSearchParams(context.request.rawQuery)
    next.delete('$skip')
    next.delete('skip')
    next.set('$skip', String(skip + top))
    page['@odata.nextLink'] = `${root}${path}?${next.toString().replaceAll('%24', '$')}`
  }
  return page
}

function numberOf(query: Map<string, string>, name: string, fallback: number): number {
  const text = query.get(name)
  if (text === undefined) return fallback
  const value = Number(text)
  if (!Number.isInteger(value) || value < 0) {
    throw invalidRequest(`The value '${text}' of '$${name}' is not a number.`)
  }
  return value
}

/** `GET …/events`: singles and masters. */
export function listEvents(context: RouteContext): StandInAnswer {
  const { mailbox, parameters, query, preferences } = context
  const calendarId = parameters['calendar-id']
  const calendar =
    calendarId === undefined ? mailbox.defaultCalendar : calendarOf(mailbox, calendarId)
  const filter = query.get('filter')
  const listed = (event: StoredEvent): boolean => event.exceptionOf === null
  const events =
    filter === undefined
      ? [...calendar.events].filter(listed)
      : filtered(mailbox, filter, () => [...calendar.events].filter(listed)).filter(
          (event) => event.calendar === calendar && !event.deleted,
        )
  const select = query.get('select')
  const page = paged(context, events, (event) =>
    expanded(context, event, selected(showEvent(event, preferences), select)),
  )
  return { status: 200, body: page }
}

/** `GET …/calendarView`: singles, exceptions and full occurrences that overlap the window. */
export function calendarView(context: RouteContext): StandInAnswer {
  const { mailbox, parameters, query, preferences } = context
  const calendarId = parameters['calendar-id']
  const calendar =
    calendarId === undefined ? mailbox.defaultCalendar : calendarOf(mailbox, calendarId)
  const { startMs, endMs } = windowOf(query)
  const filter = query.get('filter')
  if (filter !== undefined && /extendedproperties/i.test(filter)) {
    throw new GraphError(500, 'ErrorInternalServerError', 'An internal server error occurred.')
  }
  const select = query.get('select')
  if (/createdDateTime|lastModifiedDateTime/i.test(select ?? '')) {
    throw invalidRequest('createdDateTime and lastModifiedDateTime cannot be selected here.')
  }
  const shared = context.world.switches.use(mailbox.userId, 'sharedICalUId')
  const rows: { startMs: number; show: () => Json }[] = []
  for (const event of calendar.events) {
    if (event.series !== null) {
      for (const one of occurrencesOf(event, startMs, endMs)) {
        rows.push({
          startMs: one.startMs,
          show: () => showOccurrence(event, one, preferences, shared),
        })
      }
    } else if (event.start.ms < endMs && event.end.ms > startMs) {
      rows.push({
        startMs: event.start.ms,
        show: () => expanded(context, event, showEvent(event, preferences)),
      })
    }
  }
  rows.sort((one, other) => one.startMs - other.startMs)
  return { status: 200, body: paged(context, rows, (row) => selected(row.show(), select)) }
}

/** `GET …/instances`: dates and exceptions of a master in the window; deleted dates are simply absent. */
export function listInstances(context: RouteContext, master: StoredEvent): StandInAnswer {
  const { mailbox, preferences, query, world } = context
  const { startMs, endMs } = windowOf(query)
  const shared = world.switches.use(mailbox.userId, 'sharedICalUId')
  const rows = occurrencesOf(master, startMs, endMs).map((one) => ({
    startMs: one.startMs,
    show: () => showOccurrence(master, one, preferences, shared),
  }))
  for (const exception of master.series?.exceptions.values() ?? []) {
    if (exception.start.ms >= endMs || exception.end.ms <= startMs) continue
    rows.push({ startMs: exception.start.ms, show: () => showEvent(exception, preferences) })
  }
  rows.sort((one, other) => one.startMs - other.startMs)
  const select = query.get('select')
  return { status: 200, body: paged(context, rows, (row) => selected(row.show(), select)) }
}
