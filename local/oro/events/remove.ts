import type { Actor, EventRow } from '../model'
import type { World } from '../state'
import { noteEvent } from './audit'
import { syncCopies } from './copies'
import { eraseEvent } from './erase'
import type { Notify } from './input'
import { mailRemoval } from './notify'

/**
 * DELETE (contract 3.8): an exception with `cancel` stays as a cancelled row, for all attendees; in an attendee copy only
 * there, and that person leaves the list. Everything else is removed with exceptions and copies; removing a copy takes the
 * person off the parent's attendees.
 */
export function removeEvent(
  world: World,
  actor: Actor,
  row: EventRow,
  how: { cancel: boolean; notify: Notify },
): void {
  mailRemoval(world, actor, row, how.notify)
  const parent = row.parentId === null ? undefined : world.events.get(row.parentId)
  if (row.recurringEventId !== null && how.cancel) {
    cancelRow(world, actor, row)
    if (parent) leave(world, actor, parent, row)
    else syncCopies(world, actor, row)
    return
  }
  eraseEvent(world, actor, row)
  if (parent) leave(world, actor, parent, row)
}

function cancelRow(world: World, actor: Actor, row: EventRow): void {
  if (row.isCancelled) return
  const before = { ...row }
  world.events.update(row, { isCancelled: true, updatedAt: world.second() })
  world.changes[actor.by].events.updated += 1
  noteEvent(world, actor, 'update', row, before)
}

/** The owner of a removed copy leaves the parent's attendees. */
function leave(world: World, actor: Actor, parent: EventRow, copy: EventRow): void {
  const ownerId =
    copy.calendarId === null ? undefined : world.calendars.get(copy.calendarId)?.ownerId
  const attendees = parent.attendees.filter((attendee) => attendee.userId !== ownerId)
  if (attendees.length === parent.attendees.length) return
  const before = { ...parent }
  world.events.update(parent, { attendees, updatedAt: world.second() })
  noteEvent(world, actor, 'update', parent, before)
}
