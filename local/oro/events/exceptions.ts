import type { Actor, EventRow } from '../model'
import type { World } from '../state'
import { attendeeKey, peopleChanged } from './attendees'
import { noteEvent } from './audit'
import { syncCopies } from './copies'
import { eraseEvent } from './erase'

/**
 * `updateExceptions: true` on a master (contract 3.8): another start, end or rule deletes all exceptions; other changes go
 * into those exceptions that still had the old value.
 */
export function updateExceptions(
  world: World,
  actor: Actor,
  before: EventRow,
  master: EventRow,
): void {
  const exceptions = world.events.exceptionsOf(master.id)
  const rule = (row: EventRow): string => JSON.stringify(row.recurrence)
  if (before.start !== master.start || before.end !== master.end || rule(before) !== rule(master)) {
    for (const exception of exceptions) eraseEvent(world, actor, exception)
    return
  }
  for (const exception of exceptions) follow(world, actor, before, master, exception)
}

const FOLLOWED = ['title', 'description', 'allDay', 'backgroundColor', 'calendarId'] as const

function follow(
  world: World,
  actor: Actor,
  before: EventRow,
  master: EventRow,
  exception: EventRow,
): void {
  const changes: Partial<EventRow> = Object.fromEntries(
    FOLLOWED.filter(
      (field) => before[field] !== master[field] && exception[field] === before[field],
    ).map((field) => [field, master[field]]),
  )
  const people = (row: EventRow): string => JSON.stringify(row.attendees.map(attendeeKey).sort())
  if (peopleChanged(before.attendees, master.attendees) && people(exception) === people(before))
    changes.attendees = master.attendees
  if (Object.keys(changes).length === 0) return
  const old = { ...exception }
  world.events.update(exception, { ...changes, updatedAt: world.second() })
  noteEvent(world, actor, 'update', exception, old)
  syncCopies(world, actor, exception)
}
