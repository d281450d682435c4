import { createOperation } from './decide'
import { stampOf } from './linked-item'
import { agrees, maskedReading, project, type FieldRule } from './fields'
import { fingerprint, same } from './fingerprint'
import type {
  Decision,
  Finding,
  Json,
  Lost,
  Operation,
  Pair,
  Reading,
  Side,
  Span,
  Why,
} from './model'
import { filtered, inWindow, masked, writes, type Policy } from './policy'

/** Two items without a link that belong together (sync-rules 7). */
export interface Match {
  readonly oro: Reading
  readonly microsoft: Reading
  readonly by: 'marker' | 'uid' | 'guess'
}

export interface Pairing {
  readonly matches: readonly Match[]
  /** Nobody across could be their counterpart. */
  readonly single: readonly Reading[]
  /** Several could be: reported, none adopted. */
  readonly ambiguous: readonly Reading[]
}

/** What a guess compares: title, start and end, or for tasks subject, due date and completion. */
export type GuessKey = (reading: Reading) => string | null

function takeBy(
  key: (reading: Reading) => string | undefined | null,
  acrossKey: (reading: Reading) => string | undefined | null,
  oro: Map<string, Reading>,
  microsoft: Map<string, Reading>,
  by: Match['by'],
): { matches: Match[]; ambiguous: Reading[] } {
  const group = (
    readings: Iterable<Reading>,
    keyOf: (reading: Reading) => string | undefined | null,
  ): Map<string, Reading[]> => {
    const groups = new Map<string, Reading[]>()
    for (const reading of readings) {
      const text = keyOf(reading)
      if (text !== undefined && text !== null)
        groups.set(text, [...(groups.get(text) ?? []), reading])
    }
    return groups
  }
  const matches: Match[] = []
  const ambiguous: Reading[] = []
  const oroGroups = group(oro.values(), key)
  for (const [text, candidates] of group(microsoft.values(), acrossKey)) {
    const others = oroGroups.get(text) ?? []
    const [first] = others
    const [only] = candidates
    if (!first || !only) continue
    if (others.length === 1 && candidates.length === 1)
      matches.push({ oro: first, microsoft: only, by })
    else ambiguous.push(...others, ...candidates)
  }
  for (const reading of [
    ...matches.flatMap((match) => [match.oro, match.microsoft]),
    ...ambiguous,
  ]) {
    ;(reading.side === 'oro' ? oro : microsoft).delete(reading.id)
  }
  return { matches, ambiguous }
}

/** Ties newcomers of both sides to each other: by our marker, by uid, by one unambiguous likeness, in this order. */
export function pairNewcomers(readings: readonly Reading[], guess: GuessKey): Pairing {
  const of = (side: Side): Map<string, Reading> =>
    new Map(
      readings.filter((reading) => reading.side === side).map((reading) => [reading.id, reading]),
    )
  const oro = of('oro')
  const microsoft = of('microsoft')
  const marked = takeBy(
    (r) => r.id,
    (r) => r.keys.marker,
    oro,
    microsoft,
    'marker',
  )
  const named = takeBy(
    (r) => r.keys.uid,
    (r) => r.keys.uid,
    oro,
    microsoft,
    'uid',
  )
  const alike = takeBy(guess, guess, oro, microsoft, 'guess')
  return {
    matches: [...marked.matches, ...named.matches, ...alike.matches],
    single: [...oro.values(), ...microsoft.values()],
    ambiguous: [...marked.ambiguous, ...named.ambiguous, ...alike.ambiguous],
  }
}

export type NewcomerDecision =
  | { readonly is: 'nothing' }
  | { readonly is: 'withhold'; readonly finding: Finding }
  | { readonly is: 'create'; readonly operation: Operation; readonly stamp: string }

/** Is there any reason to look at this item, which nothing is linked to? Neither barred, cancelled, filtered nor out of the window. */
export const eligible = (reading: Reading, policy: Policy, window: Span): boolean =>
  !reading.cancelled && inWindow(reading.span, window) && filtered(policy, reading) === null

/** What to do about a living item that has no link and no counterpart (sync-rules 2, last row). */
export function decideNewcomer(
  reading: Reading,
  rules: readonly FieldRule[],
  policy: Policy,
  window: Span,
): NewcomerDecision {
  const on: Side = reading.side === 'oro' ? 'microsoft' : 'oro'
  if (!eligible(reading, policy, window) || !writes(policy, on)) return { is: 'nothing' }
  // Oro makes and keeps the copies of attendees itself (oro/README 3.10): they are no meetings of their own.
  if (reading.side === 'oro' && reading.role === 'attendee') return { is: 'nothing' }
  if (reading.unmappable) {
    const { code, message } = reading.unmappable
    return { is: 'withhold', finding: { code, message, fields: [], side: reading.side } }
  }
  const isMasked = reading.side === 'microsoft' && masked(policy, reading)
  return {
    is: 'create',
    operation: createOperation(reading, rules, policy, 'new'),
    stamp: stampOf(policy, isMasked),
  }
}

interface Adopted {
  readonly agreed: Record<string, Pair>
  readonly writes: Record<Side, { fields: Record<string, Json>; pairs: Record<string, Pair> }>
  readonly lost: Lost[]
  readonly differing: string[]
}

/** No text, no value, nobody in a list. */
export const saysNothing = (value: Json): boolean =>
  value === null || value === '' || (Array.isArray(value) && value.length === 0)

/**
 * The first agreement of two items that found each other. Agreeing fields become pairs. By marker or uid the others go to the strategy;
 * by guess only empty ones are filled, and what differs is taken as it stands (each side is judged against its own past from now on).
 * Adoption mails nobody: an item with an audience is not written in Outlook.
 */
export function decideAdoption(
  match: Match,
  rules: readonly FieldRule[],
  policy: Policy,
): Decision {
  const isMasked = masked(policy, match.microsoft)
  const microsoft = isMasked ? maskedReading(match.microsoft, rules, fingerprint) : match.microsoft
  const out: Adopted = {
    agreed: {},
    writes: { oro: { fields: {}, pairs: {} }, microsoft: { fields: {}, pairs: {} } },
    lost: [],
    differing: [],
  }
  const mayWrite = (side: Side, rule: FieldRule): boolean =>
    writes(policy, side) &&
    rule.owner !== side &&
    rule.onceOnly !== true &&
    (side === 'oro' ||
      (microsoft.audience === 0 && microsoft.role === 'organizer' && !(isMasked && rule.maskable)))
  for (const rule of rules) {
    const o = match.oro.fields[rule.name]
    const m = microsoft.fields[rule.name]
    if (o === undefined && m === undefined) continue
    const now: Pair = { oro: o ?? null, microsoft: m ?? null }
    if (agrees(rule, now.oro, now.microsoft, { policy, masked: isMasked })) {
      out.agreed[rule.name] = now
      continue
    }
    const loser = losing(match, rule, now, policy, isMasked)
    if (loser === null || !mayWrite(loser, rule)) {
      out.agreed[rule.name] = now
      if (rule.onceOnly !== true && !(isMasked && rule.maskable)) out.differing.push(rule.name)
      continue
    }
    const from: Side = loser === 'oro' ? 'microsoft' : 'oro'
    const value = project(rule, from, now[from], { policy, masked: isMasked, beside: now[loser] })
    if (same(value, now[loser])) continue
    out.writes[loser].fields[rule.name] = value
    out.writes[loser].pairs[rule.name] = { ...now, [loser]: value }
    if (!saysNothing(now[loser])) {
      out.lost.push({ field: rule.name, side: loser, value: now[loser], winner: value })
    }
  }
  return finish(out, stampOf(policy, isMasked))
}

/** Which side gives way on a differing field; null = both stay as they are. */
function losing(
  match: Match,
  rule: FieldRule,
  now: Pair,
  policy: Policy,
  isMasked: boolean,
): Side | null {
  if (isMasked && rule.maskable) return 'oro'
  if (rule.owner) return rule.owner === 'oro' ? 'microsoft' : 'oro'
  if (policy.direction === 'oro-to-microsoft') return 'microsoft'
  if (policy.direction === 'microsoft-to-oro') return 'oro'
  if (saysNothing(now.oro)) return 'oro'
  if (saysNothing(now.microsoft)) return 'microsoft'
  if (match.by === 'guess') return null
  if (match.microsoft.role === 'attendee') return 'oro'
  if (policy.conflictResolution === 'microsoft') return 'oro'
  if (policy.conflictResolution === 'oro') return 'microsoft'
  const newer = Date.parse(match.microsoft.modifiedAt) - Date.parse(match.oro.modifiedAt)
  return newer >= 2000 ? 'oro' : 'microsoft'
}

function finish(out: Adopted, stamp: string): Decision {
  const why: Why = out.lost.length > 0 ? 'conflict' : 'changed'
  const operations = (['microsoft', 'oro'] as const)
    .filter((side) => Object.keys(out.writes[side].fields).length > 0)
    .map((on): Operation => ({ kind: 'update', on, ...out.writes[on], why }))
  const message = 'Linked to its counterpart; these fields differ and were left as they are.'
  const findings: Finding[] =
    out.differing.length === 0
      ? []
      : [{ code: 'conflict', message, fields: out.differing, side: null }]
  return {
    operations,
    agreed: out.agreed,
    state: 'linked',
    reason: null,
    stamp,
    lost: out.lost,
    findings,
  }
}
