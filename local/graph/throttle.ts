import type { Mailbox } from './model'
import type { World } from './world'

const FORMS = ['integer', 'fractional', 'date', 'none'] as const

const turns = new WeakMap<World, number>()

/** `Retry-After` in the mailbox's form, or in each form in turn (G-59). */
export function retryAfterHeaders(world: World, mailbox: Mailbox): Record<string, string> {
  const asked = world.switches.use(mailbox.userId, 'retryAfter')
  const seconds = world.switches.use(mailbox.userId, 'retryAfterSeconds')
  const turn = turns.get(world) ?? 0
  if (asked === 'in-turn') turns.set(world, turn + 1)
  const form = asked === 'in-turn' ? FORMS[turn % FORMS.length] : asked
  if (form === 'none') return {}
  if (form === 'fractional') return { 'retry-after': (seconds + 0.128).toFixed(3) }
  if (form === 'date') {
    return { 'retry-after': new Date(world.now() + seconds * 1000).toUTCString() }
  }
  return { 'retry-after': String(seconds) }
}
