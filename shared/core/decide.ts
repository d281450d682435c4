import { aside, gone, outOfWindow } from './aside'
import { maskedReading, project, type FieldRule } from './fields'
import { fingerprint, isFingerprint, same } from './fingerprint'
import { look, MASKED, settled, stampOf, to, type LinkedItem, type View } from './linked-item'
import { mergeField, type FieldOutcome } from './merge'
import { across, type Decision, type Fields, type Finding, type Json } from './model'
import type { Link, Operation, Pair, Reading, Side, Why } from './model'
import { masked, type Policy } from './policy'
import { actionFor, type Seen } from './table'

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

function mergeAll(item: LinkedItem, view: View): Decision {
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

function recreate(item: LinkedItem, view: View, on: Side): Decision {
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

const changedFields = (item: LinkedItem, view: View): string[] =>
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
