import { LocalFault } from '../host/local-routes'
import type { StandIns } from '../platform'
import { viewCompany, type ShownEvent } from './company-view'
import type { Person } from './people'
import { createEditReader, type Side } from './read-edit'
import { editTask } from './task-edits'

const MINUTE_MS = 60_000
const YEAR_MINUTES = 366 * 24 * 60
const EDITS = ['create', 'rename', 'move', 'delete', 'conflict']

interface EventEdit {
  readonly person: Person
  readonly side: Side
  readonly do: string
  /** Empty for a new event; title, start and minutes where they are not asked for. */
  readonly id: string
  readonly title: string
  readonly start: number
  readonly minutes: number
}

/** @throws LocalFault 400 that names every fault */
function readEdit(json: unknown): EventEdit {
  const edit = createEditReader(json, EDITS)
  const { person, side, need, text } = edit
  const isNew = edit.do === 'create'
  const id = isNew ? '' : text('id')
  const title = isNew || edit.do === 'rename' ? text('title') : ''
  const start = isNew ? Date.parse(String(edit.value('start'))) : 0
  need('start', Number.isFinite(start), 'a time like 2026-03-01T09:00:00Z')
  const minutes = isNew || edit.do === 'move' ? edit.value('minutes') : 0
  const isWhole = Number.isInteger(minutes) && Math.abs(minutes as number) <= YEAR_MINUTES
  need('minutes', isWhole, 'a whole number')
  need('minutes', !isNew || (minutes as number) > 0, 'more than 0')
  edit.finish()
  return { person, side, do: edit.do, id, title, start, minutes: minutes as number }
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
 * Carries out an edit by hand (`{kind?, accountId, side, do, …}`) in the stand-ins, where the sync has to find it.
 *
 * @param json of kind `tasks` = of a task, else of an event
 * @returns the id of the item
 * @throws LocalFault 400 for a fault of the request, 404 for an event that is not there, 409 for a conflict without counterpart
 */
export function editByHand(standIns: StandIns, json: unknown): { id: string } {
  if ((json as { kind?: unknown } | null)?.kind === 'tasks') return editTask(standIns, json)
  const edit = readEdit(json)
  const { person } = edit
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
