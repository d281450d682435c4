import type { Actor, EventRow } from '../model'
import type { World } from '../state'
import { noteEvent } from './audit'

/** Removes a row with its exceptions and attendee copies, each with its own audit row (contract 3.8, 3.10). */
export function eraseEvent(world: World, actor: Actor, row: EventRow): void {
  if (!world.events.get(row.id)) return
  for (const exception of world.events.exceptionsOf(row.id)) eraseEvent(world, actor, exception)
  for (const copy of world.events.copiesOf(row.id)) eraseEvent(world, actor, copy)
  world.events.remove(row.id)
  world.changes[actor.by].events.deleted += 1
  noteEvent(world, actor, 'remove', row)
}
