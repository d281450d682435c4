import type { Actor, EventRow } from '../model'
import type { World } from '../state'
import { invitedUsers } from './attendees'
import { noteEvent } from './audit'
import { eraseEvent } from './erase'

/** Whether saves of this event reach the attendees' calendars: not for someone's non-organizer event (contract 3.10). */
const hasCopies = (row: EventRow): boolean =>
  row.parentId === null && row.isOrganizer === true && row.calendarId !== null

/**
 * Brings the attendee copies in line with a saved event: creates missing ones in the users' default calendars, overwrites the
 * others, deletes those of removed people (cancels them for exceptions). A copy's `updatedAt` moves with every save of its
 * parent (contract 3.10).
 */
export function syncCopies(world: World, actor: Actor, parent: EventRow): void {
  if (!hasCopies(parent)) return
  const wanted = new Map<number, number>()
  for (const userId of invitedUsers(world, parent)) {
    const user = world.users.get(userId)
    if (user) wanted.set(user.calendarId, userId)
  }
  const existing = world.events.copiesOf(parent.id)
  for (const copy of existing) {
    if (copy.calendarId !== null && wanted.has(copy.calendarId))
      overwrite(world, actor, parent, copy, parent.isCancelled)
    else if (parent.recurringEventId !== null) overwrite(world, actor, parent, copy, true)
    else eraseEvent(world, actor, copy)
  }
  const present = new Set(existing.map((copy) => copy.calendarId))
  for (const calendarId of wanted.keys())
    if (!present.has(calendarId)) adoptOrCreate(world, actor, parent, calendarId)
  cancelForThoseLeftOut(world, actor, parent)
}

/** An exception without some of the series' attendees: they get a cancelled copy of that date (contract 3.8). */
function cancelForThoseLeftOut(world: World, actor: Actor, parent: EventRow): void {
  if (parent.recurringEventId === null) return
  const present = new Set(world.events.copiesOf(parent.id).map((copy) => copy.calendarId))
  for (const copyOfSeries of world.events.copiesOf(parent.recurringEventId)) {
    if (copyOfSeries.calendarId === null || present.has(copyOfSeries.calendarId)) continue
    create(world, actor, parent, copyOfSeries.calendarId, true)
  }
}

function adoptOrCreate(world: World, actor: Actor, parent: EventRow, calendarId: number): void {
  const matching =
    parent.uid === null || parent.recurringEventId !== null
      ? undefined
      : world.events
          .standAlone(calendarId, parent.uid)
          .find((row) => row.isOrganizer === false && row.organizerEmail === parent.organizerEmail)
  if (!matching) {
    create(world, actor, parent, calendarId, parent.isCancelled)
    return
  }
  world.events.update(matching, { parentId: parent.id, attendees: [], recurrence: null })
  overwrite(world, actor, parent, matching, parent.isCancelled)
}

function create(
  world: World,
  actor: Actor,
  parent: EventRow,
  calendarId: number,
  isCancelled: boolean,
): void {
  const second = world.second()
  const copy: EventRow = {
    ...parent,
    id: world.nextId('event'),
    calendarId,
    parentId: parent.id,
    createdAt: second,
    updatedAt: second,
    isOrganizer: false,
    attendees: [],
    recurrence: null,
    backgroundColor: null,
    isCancelled,
    recurringEventId: copyOfSeriesIn(world, parent, calendarId),
  }
  world.events.insert(copy)
  world.changes[actor.by].events.created += 1
  noteEvent(world, actor, 'create', copy)
}

function overwrite(
  world: World,
  actor: Actor,
  parent: EventRow,
  copy: EventRow,
  isCancelled: boolean,
): void {
  const before = { ...copy }
  world.events.update(copy, {
    title: parent.title,
    description: parent.description,
    start: parent.start,
    end: parent.end,
    allDay: parent.allDay,
    uid: parent.uid,
    organizerEmail: parent.organizerEmail,
    organizerDisplayName: parent.organizerDisplayName,
    organizerUserId: parent.organizerUserId,
    reminders: parent.reminders,
    originalStart: parent.originalStart,
    recurringEventId:
      copy.calendarId === null ? null : copyOfSeriesIn(world, parent, copy.calendarId),
    isCancelled,
    updatedAt: world.second(),
  })
  noteEvent(world, actor, 'update', copy, before)
}

function copyOfSeriesIn(world: World, parent: EventRow, calendarId: number): number | null {
  if (parent.recurringEventId === null) return null
  const copies = world.events.copiesOf(parent.recurringEventId)
  return copies.find((copy) => copy.calendarId === calendarId)?.id ?? null
}
