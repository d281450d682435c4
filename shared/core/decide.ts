import { maskedReading, project, type FieldRule } from './fields'
import { fingerprint, isFingerprint, same } from './fingerprint'
import { mergeField, type FieldOutcome } from './merge'
import { across, type Decision, type Fields, type Finding, type Json } from './model'
import type { Link, LinkState, Operation, Pair, Reading, Side, SideState, Span, Why } from './model'
import { filtered, inWindow, masked, writes, type Policy } from './policy'
import { actionFor, type Seen } from './table'

/** One linked item with everything the decision may look at. */
export interface LinkedItem {
  readonly link: Link
  readonly oro: SideState
  readonly microsoft: SideState
  readonly policy: Policy
  readonly rules: readonly FieldRule[]
  /** Items outside are parked (D12). */
  readonly window: Span
  /** The side that only received when both were last compared whole, now that it is followed as well; absent = none. */
  readonly formerTarget?: Side | null
}

/** Suffix of the stamp of a link whose text is hidden from Oro. */
const MASKED = '|masked'

/** What decides what is seen of an item besides the item itself; another stamp means rebase, not change (sync-rules 10). */
export const stampOf = (policy: Policy, isMasked: boolean): string =>
  [policy.private, policy.attendees, policy.checklist].join('|') + (isMasked ? MASKED : '')

interface Seen2 {
  readonly oro: Reading | null
  readonly microsoft: Reading | null
  readonly masked: boolean
  readonly reprojected: boolean
}

function look(item: LinkedItem): Seen2 {
  const oro = item.oro.is === 'present' ? item.oro.reading : null
  const raw = item.microsoft.is === 'present' ? item.microsoft.reading : null
  const isMasked = raw ? masked(item.policy, raw) : item.link.stamp.endsWith(MASKED)
  return {
    oro,
    microsoft: raw && isMasked ? maskedReading(raw, item.rules, fingerprint) : raw,
    masked: isMasked,
    reprojected: raw !== null && item.link.stamp !== stampOf(item.policy, isMasked),
  }
}

const valueOn = (
  side: Side,
  reading: Reading | null,
  link: Link,
  rule: FieldRule,
): Json | undefined => (reading ? reading.fields[rule.name] : link.base[rule.name]?.[side])

function seen(item: LinkedItem, side: Side, reading: Reading | null): Seen {
  const state = item[side]
  if (state.is === 'same' || state.is === 'gone') return state.is
  if (!reading) return 'unknown'
  const changed = item.rules.some((rule) => {
    const pair = item.link.base[rule.name]
    const now = reading.fields[rule.name]
    return (
      pair !== undefined && now !== undefined && rule.onceOnly !== true && !same(now, pair[side])
    )
  })
  return changed ? 'changed' : 'same'
}

const settled = (link: Link, change: Partial<Decision> = {}): Decision => ({
  operations: [],
  agreed: {},
  state: link.state,
  reason: link.reason,
  stamp: link.stamp,
  lost: [],
  findings: [],
  ...change,
})

const to = (
  link: Link,
  state: LinkState,
  reason: string | null,
  findings: Finding[] = [],
): Decision => settled(link, { state, reason, findings })

/** Writes a living item to the other side from nothing: every field, projected. */
export function createOperation(
  from: Reading,
  rules: readonly FieldRule[],
  policy: Policy,
  why: Why,
): Operation {
  const isMasked = from.side === 'microsoft' && masked(policy, from)
  const reading = isMasked ? maskedReading(from, rules, fingerprint) : from
  const on = across(from.side)
  const fields: Record<string, Json> = {}
  const pairs: Record<string, Pair> = {}
  for (const rule of rules) {
    const said = reading.fields[rule.name]
    if (said === undefined || rule.owner === on) continue
    const value = project(rule, from.side, said, { policy, masked: isMasked })
    fields[rule.name] = value
    pairs[rule.name] =
      on === 'oro' ? { oro: value, microsoft: said } : { oro: said, microsoft: value }
  }
  return { kind: 'create', on, fields, pairs, why }
}

function mergeAll(item: LinkedItem, view: Seen2): Decision {
  const agreed: Record<string, Pair> = {}
  const perSide: Record<
    Side,
    { fields: Record<string, Json>; pairs: Record<string, Pair>; why: Why }
  > = {
    oro: { fields: {}, pairs: {}, why: 'changed' },
    microsoft: { fields: {}, pairs: {}, why: 'changed' },
  }
  const lost: Decision['lost'][number][] = []
  const findings: Finding[] = []
  const unread = new Set<Side>()
  const take = (rule: FieldRule, outcome: FieldOutcome): void => {
    if (outcome.is === 'agreed') agreed[rule.name] = outcome.pair
    else if (outcome.finding) findings.push(outcome.finding)
    if (outcome.is !== 'write') return
    const { on, value } = outcome
    if (rule.unlistedOn === on && item[on].is === 'same') unread.add(on)
    if (isFingerprint(value) && item[across(on)].is === 'same') unread.add(across(on))
    const target = perSide[outcome.on]
    target.fields[rule.name] = outcome.value
    target.pairs[rule.name] = outcome.pair
    target.why = outcome.why === 'changed' ? target.why : outcome.why
    if (outcome.lost) lost.push(outcome.lost)
  }
  for (const rule of item.rules) {
    take(
      rule,
      mergeField({
        rule,
        link: item.link,
        policy: item.policy,
        masked: view.masked,
        reprojected: view.reprojected,
        unmasked: view.microsoft !== null && !view.masked && item.link.stamp.endsWith(MASKED),
        oro: valueOn('oro', view.oro, item.link, rule),
        microsoft: valueOn('microsoft', view.microsoft, item.link, rule),
        readings: view,
      }),
    )
  }
  const operations = (['microsoft', 'oro'] as const)
    .filter((side) => Object.keys(perSide[side].fields).length > 0)
    .map((on): Operation => ({ kind: 'update', on, ...perSide[on] }))
  const stamp = view.microsoft ? stampOf(item.policy, view.masked) : item.link.stamp
  return settled(item.link, {
    operations,
    agreed,
    lost,
    findings,
    stamp,
    state: 'linked',
    reason: null,
    ...(unread.size > 0 ? { unread: [...unread] } : {}),
  })
}

/** A person, or the other system, refused the deletion: nothing that happens to the survivor carries it out later (SPEC 1). */
const REFUSED: ReadonlySet<string> = new Set(['refused-delete', 'delete-refused'])

/** The states that say why an item is not compared at all; null = it is. */
function aside(item: LinkedItem, view: Seen2): Decision | null {
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
function resumes(item: LinkedItem, view: Seen2): boolean {
  const { reason } = item.link
  if (reason === 'category' || reason === 'private') return view.microsoft !== null
  if (reason === 'moved' || reason === 'access' || reason === 'container-gone')
    return view.oro !== null && view.microsoft !== null
  return reason === 'disconnected'
}

/** Both copies out of the window: the base is frozen, nothing is written (D12). */
function outOfWindow(item: LinkedItem, view: Seen2): boolean {
  const at = (side: Side): Span | null => view[side]?.span ?? item.link.span
  if (item.oro.is === 'gone' || item.microsoft.is === 'gone') {
    const parked = item.link.state === 'parked' && item.link.reason === 'window'
    const survivor = item.oro.is === 'gone' ? 'microsoft' : 'oro'
    // Both gone: nothing is left to be parked. One that has come into the window is judged like any other.
    return parked && item[survivor].is !== 'gone' && !inWindow(at(survivor), item.window)
  }
  return !inWindow(at('oro'), item.window) && !inWindow(at('microsoft'), item.window)
}

function gone(item: LinkedItem, side: Side): Decision | null {
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

function recreate(item: LinkedItem, view: Seen2, on: Side): Decision {
  const living = on === 'oro' ? item.microsoft : item.oro
  if (living.is !== 'present') return settled(item.link)
  if (on === 'microsoft' && view.masked) {
    const text =
      'A private event was deleted in Outlook and changed in Oro, where its text is hidden.'
    const finding = { code: 'private', message: text, fields: [], side: 'oro' } as const
    return to(item.link, 'unlinked', 'source-deleted', [finding])
  }
  const message = 'Deleted on one side and changed on the other; the change was kept.'
  const operation = createOperation(living.reading, item.rules, item.policy, 're-created')
  return settled(item.link, {
    operations: [operation],
    state: 'linked',
    reason: null,
    findings: [{ code: 'conflict', message, fields: changedFields(item, view), side: on }],
  })
}

const changedFields = (item: LinkedItem, view: Seen2): string[] =>
  item.rules
    .filter((rule) => {
      const pair = item.link.base[rule.name]
      const living = view.oro ?? view.microsoft
      const now: Fields[string] | undefined = living?.fields[rule.name]
      return pair && living && now !== undefined && !same(now, pair[living.side])
    })
    .map((rule) => rule.name)

/** What to do about one linked item: total, pure, the same answer for the same input (SPEC D). */
export function decideLinked(item: LinkedItem): Decision {
  const { link, policy } = item
  const view = look(item)
  const early = aside(item, view)
  if (early) return early
  if (outOfWindow(item, view)) return to(link, 'parked', 'window')
  const declined = gone(item, 'microsoft') ?? gone(item, 'oro')
  if (declined) return declined
  const action = actionFor(
    seen(item, 'oro', view.oro),
    seen(item, 'microsoft', view.microsoft),
    policy,
  )
  switch (action) {
    case 'nothing':
      // What is written although neither side moved is what one alone states and the link does not know yet.
      return mergeAll(item, view)
    case 'merge':
      return mergeAll(item, view)
    case 'close':
      return to(link, 'closed', null)
    case 'park':
      return to(link, 'parked', 'target-deleted')
    case 'unlink':
      return to(link, 'unlinked', 'source-deleted', [
        {
          code: 'conflict',
          message:
            'Deleted on one side and changed on the other; the copy stays and is no longer synced.',
          fields: [],
          side: null,
        },
      ])
    case 're-create-oro':
      return recreate(item, view, 'oro')
    case 're-create-microsoft':
      return recreate(item, view, 'microsoft')
    case 'delete-oro':
    case 'delete-microsoft': {
      const on: Side = action === 'delete-oro' ? 'oro' : 'microsoft'
      const state = item[across(on)]
      const why = state.is === 'gone' && state.how === 'cancelled' ? 'cancelled' : 'deleted'
      return settled(link, {
        operations: [{ kind: 'delete', on, why }],
        state: 'closed',
        reason: null,
        // Deleted on the former target before the switch to Bidirectional (P2), whether or not a run has seen it before the switch.
        ask:
          (link.state === 'parked' && link.reason === 'target-deleted') ||
          item.formerTarget === across(on),
      })
    }
  }
}
