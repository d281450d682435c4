import type { StandInAnswer } from '../stand-in/server'
import { GraphError, invalidRequest } from './errors'
import type { Json, StoredEvent } from './model'
import { selected, showEvent, showOccurrence } from './render'
import type { RouteContext } from './routing'
import { occurrencesOf } from './series'
import { instantParameter } from './times'
import { calendarOf, findByProperty } from './world'
import { expanded } from './routes-events'

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
      : filtered(context, filter, () => [...calendar.events].filter(listed)).filter(
          (event) => event.calendar === calendar && !event.deleted,
        )
  const select = query.get('select')
  const page = paged(context, events, (event) =>
    expanded(context, event, selected(showEvent(event, preferences), select)),
  )
  return { status: 200, body: page }
}

const PROPERTY =
  /^singleValueExtendedProperties\/any\((\w+):\s*\1\/id eq '((?:[^']|'')*)' and \1\/value eq '((?:[^']|'')*)'\)$/i

/** The filters that a calendar sync needs: extended properties, times, subject, iCalUId, joined by `and`. */
function filtered(context: RouteContext, filter: string, all: () => StoredEvent[]): StoredEvent[] {
  let events: StoredEvent[] | undefined
  for (const term of terms(filter)) {
    const property = PROPERTY.exec(term)
    if (property !== null) {
      const hits = findByProperty(
        context.mailbox,
        (property[2] ?? '').replaceAll("''", "'"),
        (property[3] ?? '').replaceAll("''", "'"),
      )
      events = events === undefined ? hits : events.filter((event) => hits.includes(event))
      continue
    }
    const test = comparison(term)
    if (test === undefined) {
      throw new GraphError(400, 'BadRequest', `Invalid filter clause: '${term}'.`)
    }
    events = (events ?? all()).filter(test)
  }
  return events ?? []
}

/** Parts joined by ` and ` outside quotes and parentheses. */
function terms(filter: string): string[] {
  const parts: string[] = []
  let depth = 0
  let quoted = false
  let begin = 0
  for (let at = 0; at < filter.length; at += 1) {
    const sign = filter[at]
    if (sign === "'") quoted = !quoted
    else if (quoted) continue
    else if (sign === '(') depth += 1
    else if (sign === ')') depth -= 1
    else if (depth === 0 && filter.slice(at, at + 5).toLowerCase() === ' and ') {
      parts.push(filter.slice(begin, at).trim())
      begin = at + 5
    }
  }
  return [...parts, filter.slice(begin).trim()]
}

function comparison(term: string): ((event: StoredEvent) => boolean) | undefined {
  const text = /^(subject|iCalUId|type) eq '((?:[^']|'')*)'$/i.exec(term)
  if (text !== null) {
    const wanted = (text[2] ?? '').replaceAll("''", "'")
    const member = text[1]?.toLowerCase() === 'icaluid' ? 'iCalUId' : (text[1] ?? '').toLowerCase()
    return (event) => event.data[member] === wanted
  }
  const starts = /^startswith\(subject,\s*'((?:[^']|'')*)'\)$/i.exec(term)
  if (starts !== null) {
    const wanted = (starts[1] ?? '').replaceAll("''", "'").toLowerCase()
    return (event) =>
      String(event.data['subject'] ?? '')
        .toLowerCase()
        .startsWith(wanted)
  }
  const time =
    /^(start\/dateTime|end\/dateTime|lastModifiedDateTime|createdDateTime) (ge|gt|le|lt|eq) '?([^']+)'?$/i.exec(
      term,
    )
  if (time === null) return undefined
  const edge = instantParameter(time[3] ?? '', '$filter')
  const which = (time[1] ?? '').toLowerCase()
  const value = (event: StoredEvent): number =>
    which.startsWith('start')
      ? event.start.ms
      : which.startsWith('end')
        ? event.end.ms
        : which.startsWith('last')
          ? event.modifiedMs
          : event.createdMs
  const compare = { ge: 1, gt: 1, le: 1, lt: 1, eq: 1 }
  const operator = (time[2] ?? '').toLowerCase() as keyof typeof compare
  return (event) => {
    const difference = value(event) - edge
    if (operator === 'eq') return difference === 0
    if (operator === 'ge') return difference >= 0
    if (operator === 'gt') return difference > 0
    return operator === 'le' ? difference <= 0 : difference < 0
  }
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
  const rows: { startMs: number; show: () => Json }[] = []
  for (const event of calendar.events) {
    if (event.series !== null) {
      for (const one of occurrencesOf(event, startMs, endMs)) {
        rows.push({ startMs: one.startMs, show: () => showOccurrence(event, one, preferences) })
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

/** `GET …/instances` of a master. */
export function windowOf(query: Map<string, string>): { startMs: number; endMs: number } {
  const start = query.get('startdatetime')
  const end = query.get('enddatetime')
  if (start === undefined || end === undefined) {
    throw invalidRequest(
      'This request requires a time window specified by the query string parameters StartDateTime and EndDateTime.',
    )
  }
  const window = {
    startMs: instantParameter(start, 'startDateTime'),
    endMs: instantParameter(end, 'endDateTime'),
  }
  if (window.endMs <= window.startMs) {
    throw invalidRequest('The query parameter EndDateTime must be later than StartDateTime.')
  }
  return window
}
