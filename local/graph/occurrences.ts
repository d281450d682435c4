import { Temporal } from 'temporal-polyfill'
import { GraphError } from './errors'
import { attendeesOf, guestsOf, post } from './mail'
import { applyMembers, checkMembers } from './members'
import type { Cause, Json, Mailbox, Occurrence, StoredEvent } from './model'
import { occurrenceICalUId, occurrenceIds } from './render'
import { occurrencesOf } from './series'
import { checkSpan, momentOf } from './times'
import { announce, bump, index, nextKey, record, removeEvent, type World } from './world'
import { graphStamp, localOf, zoneOf } from './zones'

const AROUND_MS = 400 * 86_400_000

/**
 * Changes one date of a series, which makes it an exception with the id it had.
 *
 * @throws GraphError 400 `ErrorOccurrenceCrossingBoundary` onto or past a neighbour's day (G-35), and as `updateEvent`
 */
export function changeOccurrence(
  world: World,
  mailbox: Mailbox,
  master: StoredEvent,
  occurrence: Occurrence,
  given: Json,
  cause: Cause,
): StoredEvent {
  checkMembers(master.calendar, given)
  const start = timeOf(given['start'], 'start', occurrence.startMs, master)
  const end = timeOf(given['end'], 'end', occurrence.endMs, master)
  checkSpan(start, end, (given['isAllDay'] ?? master.data['isAllDay']) === true)
  checkNeighbours(master, occurrence, start.ms)
  const exception: StoredEvent = {
    key: nextKey(world),
    ...occurrenceIds(master, occurrence.date),
    calendar: master.calendar,
    deleted: false,
    version: 1,
    createdMs: master.createdMs,
    modifiedMs: world.now(),
    start,
    end,
    data: {
      ...structuredClone(master.data),
      iCalUId: occurrenceICalUId(
        master,
        occurrence.date,
        world.switches.use(mailbox.userId, 'sharedICalUId'),
      ),
      type: 'exception',
      recurrence: null,
      seriesMasterId: master.immutableId,
      originalStart: graphStamp(occurrence.startMs).replace('.0000000Z', 'Z'),
    },
    omit: [],
    properties: new Map(),
    transaction: null,
    series: null,
    exceptionOf: { master, date: occurrence.date },
  }
  applyMembers(world, exception, given)
  master.series?.exceptions.set(occurrence.date, exception)
  index(mailbox, exception)
  record(world, mailbox, exception, 'created', null, cause)
  redeliver(world, mailbox, master, cause)
  mailGuests(world, mailbox, exception, 'update', cause)
  return exception
}

function timeOf(
  given: unknown,
  member: string,
  ms: number,
  master: StoredEvent,
): StoredEvent['start'] {
  const { zone } = master[member as 'start' | 'end']
  if (given != null) return momentOf(given as Json, member, zone)
  return { local: localOf(ms, zoneOf(zone).iana), zone, ms }
}

/** @throws GraphError 400 when the new start lies on or past the day of the date before or after */
export function checkNeighbours(
  master: StoredEvent,
  occurrence: Occurrence,
  startMs: number,
): void {
  const { iana } = zoneOf(master.start.zone)
  const day = localOf(startMs, iana).slice(0, 10)
  const others = occurrencesOf(
    master,
    occurrence.startMs - AROUND_MS,
    occurrence.startMs + AROUND_MS,
  ).map((one) => one.date)
  for (const [date, exception] of master.series?.exceptions ?? []) {
    if (date !== occurrence.date) others.push(exception.start.local.slice(0, 10))
  }
  const before = others
    .filter((date) => date < occurrence.date)
    .sort()
    .at(-1)
  const after = others
    .filter((date) => date > occurrence.date)
    .sort()
    .at(0)
  if ((before === undefined || day > before) && (after === undefined || day < after)) return
  throw new GraphError(
    400,
    'ErrorOccurrenceCrossingBoundary',
    'Modified occurrence is crossing or overlapping adjacent occurrence.',
  )
}

/** Removes one date; delta says nothing of it but what the switches ask for (G-04). */
export function cancelOccurrence(
  world: World,
  mailbox: Mailbox,
  master: StoredEvent,
  date: string,
  cause: Cause,
): void {
  const exception = master.series?.exceptions.get(date)
  master.series?.cancelled.add(date)
  if (exception !== undefined) {
    master.series?.exceptions.delete(date)
    exception.deleted = true
    exception.calendar.events.delete(exception)
  }
  mailGuests(world, mailbox, master, 'cancellation', cause)
  const mode = world.switches.use(mailbox.userId, 'occurrenceDelete')
  if (mode !== 'silent') bump(world, master)
  if (mode === 'redeliver') {
    const times = { startMs: master.start.ms, endMs: master.end.ms }
    record(world, mailbox, master, 'changed', times, cause)
    return
  }
  const id = { immutableId: master.immutableId, movableId: master.movableId }
  announce(world, { mailbox, resource: 'event', changeType: 'updated', id, cause })
}

/** After a change of one date: the whole series again, where the mailbox does so (G-05). */
export function redeliver(world: World, mailbox: Mailbox, master: StoredEvent, cause: Cause): void {
  if (world.switches.use(mailbox.userId, 'redelivery') !== 'any') return
  bump(world, master)
  const times = { startMs: master.start.ms, endMs: master.end.ms }
  record(world, mailbox, master, 'changed', times, cause)
}

function mailGuests(
  world: World,
  mailbox: Mailbox,
  event: StoredEvent,
  kind: 'update' | 'cancellation',
  cause: Cause,
): void {
  if (event.data['isOrganizer'] !== true) return
  for (const address of guestsOf(mailbox, attendeesOf(event))) {
    post(world, mailbox, event, kind, address, cause)
  }
}

/** After a change of a master's times or pattern: exceptions whose place is no date any more go, all of them by the switch (G-36). */
export function keepExceptions(
  world: World,
  mailbox: Mailbox,
  master: StoredEvent,
  cause: Cause,
): void {
  const { series } = master
  if (series === null) return
  const all = world.switches.use(mailbox.userId, 'dropExceptions')
  const exceptions = [...series.exceptions]
  series.exceptions.clear()
  const dates = new Set<string>()
  const last = exceptions
    .map(([date]) => date)
    .sort()
    .at(-1)
  if (last !== undefined) {
    const until = Temporal.PlainDate.from(last).add({ days: 2 }).toString()
    for (const one of occurrencesOf(master, -Infinity, Date.parse(`${until}T00:00:00Z`))) {
      dates.add(one.date)
    }
  }
  for (const [date, exception] of exceptions) {
    if (!all && dates.has(date)) series.exceptions.set(date, exception)
    else removeEvent(world, mailbox, exception, cause, true)
  }
}

/** Cancelled dates as `cancelledOccurrences` names them: `OID.{masterId}.{date}` (contract section 4). */
export function cancelledIds(master: StoredEvent, masterId: string): string[] {
  return [...(master.series?.cancelled ?? [])].sort().map((date) => `OID.${masterId}.${date}`)
}
