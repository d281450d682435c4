import { same } from './fingerprint'
import { settled, to, type LinkedItem, type View } from './linked-item'
import { across, type Decision, type Side, type SideState, type Span } from './model'
import { filtered, inWindow, writes } from './policy'

/** A person, or the other system, refused the deletion: nothing that happens to the survivor carries it out later (SPEC 1). */
const REFUSED: ReadonlySet<string> = new Set(['refused-delete', 'delete-refused'])

/** The states that say why an item is not compared at all; null = it is. */
export function aside(item: LinkedItem, view: View): Decision | null {
  const { link, oro, microsoft, policy } = item
  if (link.state === 'closed' || (link.state === 'unlinked' && REFUSED.has(link.reason ?? '')))
    return settled(link)
  if (oro.is === 'unknown' || microsoft.is === 'unknown') return settled(link)
  for (const [side, state] of [
    ['oro', oro],
    ['microsoft', microsoft],
  ] as const) {
    if (state.is === 'hidden' && state.code === 'container-gone') {
      const message = 'Its list does not exist any more; the copy stays and is no longer synced.'
      return to(link, 'unlinked', 'container-gone', [
        { code: 'container-gone', message, fields: [], side },
      ])
    }
    if (state.is === 'hidden') {
      return to(link, 'unlinked', 'access', [
        {
          code: 'access',
          message: 'The item is no longer visible to this service.',
          fields: [],
          side,
        },
      ])
    }
    if (state.is === 'moved' && policy.kind === 'tasks') return handedOver(item, state)
    if (state.is === 'moved') {
      const message = 'The item was moved to a calendar that is not synced; its copy stays.'
      return to(
        link,
        'unlinked',
        'moved',
        link.reason === 'moved' ? [] : [{ code: 'moved', message, fields: [], side }],
      )
    }
  }
  for (const reading of [view.oro, view.microsoft]) {
    if (!reading?.unmappable) continue
    const { code, message } = reading.unmappable
    return to(link, 'withheld', code, [{ code, message, fields: [], side: reading.side }])
  }
  const why = view.microsoft ? filtered(policy, view.microsoft) : null
  if (why !== null) return to(link, 'unlinked', why)
  if (link.state === 'unlinked' && !resumes(item, view)) return settled(link)
  // What was withheld is compared again only on evidence from both sides: unread, it may still be what we cannot map.
  const proven = (state: SideState): boolean => state.is === 'present' || state.is === 'gone'
  if (link.state === 'withheld' && !(proven(oro) && proven(microsoft))) return settled(link)
  return null
}

/**
 * Given to another Oro user, whose own To Do shows it from now on; where nobody will, a person is asked first (TK11). What was changed in
 * the copy that goes is not written into a task of somebody else, which may say something new itself: it is told and kept (P7).
 */
function handedOver(
  { link, microsoft, policy, rules }: LinkedItem,
  { owner }: Extract<SideState, { is: 'moved' }>,
): Decision {
  if (owner === undefined || link.state === 'unlinked') return settled(link)
  if (microsoft.is === 'gone') return to(link, 'closed', null)
  if (!writes(policy, 'microsoft')) return to(link, 'unlinked', 'moved')
  const lost = rules.flatMap(({ name }) => {
    const value = microsoft.is === 'present' ? microsoft.reading.fields[name] : undefined
    const pair = link.base[name]
    if (value === undefined || pair === undefined || same(value, pair.microsoft)) return []
    return [{ field: name, side: 'microsoft' as const, value, winner: pair.oro }]
  })
  const fields = lost.map(({ field }) => field)
  const message =
    'Given to somebody else in Oro while it was changed in To Do; the change is in the history.'
  return settled(link, {
    operations: [{ kind: 'delete', on: 'microsoft', why: 'reassigned' }],
    state: 'closed',
    reason: null,
    ask: owner === 'unconnected',
    lost,
    findings: lost.length > 0 ? [{ code: 'conflict', message, fields, side: 'microsoft' }] : [],
  })
}

/** Does the reason of an unlinked item end now? Only a reading of the Outlook item can say so for a filter. */
function resumes(item: LinkedItem, view: View): boolean {
  const { reason } = item.link
  if (reason === 'category' || reason === 'private') return view.microsoft !== null
  if (reason === 'moved' || reason === 'access' || reason === 'container-gone')
    return view.oro !== null && view.microsoft !== null
  return reason === 'disconnected'
}

/** Both copies out of the window: the base is frozen, nothing is written (D12). */
export function outOfWindow(item: LinkedItem, view: View): boolean {
  const at = (side: Side): Span | null => view[side]?.span ?? item.link.span
  if (item.oro.is === 'gone' || item.microsoft.is === 'gone') {
    const parked = item.link.state === 'parked' && item.link.reason === 'window'
    const survivor = item.oro.is === 'gone' ? 'microsoft' : 'oro'
    // Both gone: nothing is left to be parked. One that has come into the window is judged like any other.
    return parked && item[survivor].is !== 'gone' && !inWindow(at(survivor), item.window)
  }
  return !inWindow(at('oro'), item.window) && !inWindow(at('microsoft'), item.window)
}

/** An attendee's copy that was deleted: declined, or left alone (P9). */
export function gone(item: LinkedItem, side: Side): Decision | null {
  const state = item[side]
  if (item.link.role !== 'attendee' || state.is !== 'gone') return null
  const acrossGone = item[across(side)].is === 'gone'
  if (acrossGone) return null
  if (side === 'microsoft' && state.how === 'deleted') return to(item.link, 'parked', 'declined')
  if (side !== 'oro') return null
  const message =
    'The copy in Oro was deleted; the meeting in Outlook belongs to its organizer and stays.'
  return to(item.link, 'unlinked', 'copy-deleted', [
    { code: 'not-organizer', message, fields: [], side: 'oro' },
  ])
}
