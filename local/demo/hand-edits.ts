import { LocalFault } from '../host/local-routes'
import type { StandIns } from '../platform'
import { viewCompany, personOf, type ShownEvent } from './company-view'
import type { Person } from './people'

/** An edit that a person makes in one of the calendars, or in both at once. */
type Edit =
  | { do: 'create'; side: Side; title: string; start: number; minutes: number }
  | { do: 'rename'; side: Side; id: string; title: string }
  | { do: 'move'; side: Side; id: string; minutes: number }
  | { do: 'delete'; side: Side; id: string }
  | { do: 'conflict'; side: Side; id: string }

type Side = 'oro' | 'outlook'

const MINUTE_MS = 60_000
const YEAR_MINUTES = 366 * 24 * 60
const EDITS = ['create', 'rename', 'move', 'delete', 'conflict']

/** @throws LocalFault 400 that names every fault */
function readEdit(json: unknown): { person: Person; edit: Edit } {
  const given = (typeof json === 'object' && json !== null ? json : {}) as Record<string, unknown>
  const faults: string[] = []
  const need = (name: string, fits: boolean, what: string): void => {
    if (!fits) faults.push(`${name} must be ${what}`)
  }
  const text = (name: string): string => {
    const value = given[name]
    const fits = typeof value === 'string' && value.trim() !== '' && value.length <= 255
    need(name, fits, 'a text of 1 to 255 characters')
    return fits ? value.trim() : ''
  }
  const minutes = (): number => {
    const value = given['minutes']
    const fits = Number.isInteger(value) && Math.abs(value as number) <= YEAR_MINUTES
    need('minutes', fits, 'a whole number')
    return fits ? (value as number) : 0
  }
  const person = personOf(typeof given['accountId'] === 'string' ? given['accountId'] : '')
  need('accountId', person !== undefined, 'that of a user of the demo company')
  const side = (['oro', 'outlook'] as const).find((one) => one === given['side'])
  need('side', side !== undefined, '"oro" or "outlook"')
  const kind = String(given['do'])
  need('do', EDITS.includes(kind), `one of ${EDITS.join(', ')}`)
  const edit = { do: kind, side } as Record<string, unknown>
  if (kind !== 'create') edit['id'] = text('id')
  if (kind === 'create' || kind === 'rename') edit['title'] = text('title')
  if (kind === 'create' || kind === 'move') edit['minutes'] = minutes()
  if (kind === 'create') {
    edit['start'] = Date.parse(String(given['start']))
    need('start', Number.isFinite(edit['start']), 'a time like 2026-03-01T09:00:00Z')
    need('minutes', (edit['minutes'] as number) > 0, 'more than 0')
  }
  if (faults.length > 0 || person === undefined) throw new LocalFault(400, faults.join('; '))
  return { person, edit: edit as unknown as Edit }
}

const zoned = (ms: number) => ({
  dateTime: new Date(ms).toISOString().slice(0, 19),
  timeZone: 'UTC',
})

/** The calendars as a person works in them, past both APIs. */
function calendarOf({ graph, oro }: StandIns, person: Person, side: Side) {
  const { upn, calendarId } = person
  return side === 'oro'
    ? {
        create: (title: string, start: number, end: number) =>
          String(oro.events.create({ calendarId, title, start, end, description: null })),
        rename: (id: string, title: string) => {
          oro.events.update(Number(id), { title })
        },
        move: (id: string, start: number, end: number) => {
          oro.events.update(Number(id), { start, end })
        },
        remove: (id: string) => {
          oro.events.remove(Number(id))
        },
      }
    : {
        create: (title: string, start: number, end: number) =>
          graph.createEvent(upn, { subject: title, start: zoned(start), end: zoned(end) }),
        rename: (id: string, title: string) => {
          graph.updateEvent(upn, id, { subject: title })
        },
        move: (id: string, start: number, end: number) => {
          graph.updateEvent(upn, id, { start: zoned(start), end: zoned(end) })
        },
        remove: (id: string) => {
          graph.deleteEvent(upn, id)
        },
      }
}

const alike = (a: ShownEvent, b: ShownEvent): boolean =>
  a.title === b.title && Date.parse(a.start) === Date.parse(b.start)

/** Both sides get another title before either can be synced. */
function makeConflict(standIns: StandIns, person: Person, side: Side, event: ShownEvent): void {
  const other: Side = side === 'oro' ? 'outlook' : 'oro'
  const counterpart = viewCompany(standIns, person)[other].find((one) => alike(one, event))
  if (!counterpart) throw new LocalFault(409, 'the other calendar has no event that looks the same')
  const ids = { [side]: event.id, [other]: counterpart.id }
  for (const each of ['oro', 'outlook'] as const) {
    const title = `${event.title} (said in ${each === 'oro' ? 'Oro' : 'Outlook'})`
    calendarOf(standIns, person, each).rename(ids[each] ?? '', title)
  }
}

/**
 * Carries out an edit by hand (`{accountId, side, do, …}`) in the stand-ins, where the sync has to find it.
 *
 * @returns the id of the event
 * @throws LocalFault 400 for a fault of the request, 404 for an event that is not there, 409 for a conflict without counterpart
 */
export function editByHand(standIns: StandIns, json: unknown): { id: string } {
  const { person, edit } = readEdit(json)
  const calendar = calendarOf(standIns, person, edit.side)
  if (edit.do === 'create') {
    const end = edit.start + edit.minutes * MINUTE_MS
    return { id: calendar.create(edit.title, edit.start, end) }
  }
  const event = viewCompany(standIns, person)[edit.side].find(({ id }) => id === edit.id)
  if (!event) throw new LocalFault(404, 'this calendar has no such event')
  if (edit.do === 'rename') calendar.rename(event.id, edit.title)
  else if (edit.do === 'delete') calendar.remove(event.id)
  else if (edit.do === 'conflict') makeConflict(standIns, person, edit.side, event)
  else {
    const by = edit.minutes * MINUTE_MS
    calendar.move(event.id, Date.parse(event.start) + by, Date.parse(event.end) + by)
  }
  return { id: event.id }
}
