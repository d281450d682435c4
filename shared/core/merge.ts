import { agrees, project, type FieldRule } from './fields'
import { fingerprint, same } from './fingerprint'
import { SIDES, type Finding, type Json, type Link, type Lost, type Pair } from './model'
import type { Reading, Side, Why } from './model'
import { writes, type Policy } from './policy'

/** One field of a linked item, as both sides say it now. */
export interface FieldInput {
  readonly rule: FieldRule
  readonly link: Link
  readonly policy: Policy
  readonly masked: boolean
  /** The projection changed since the pairs were made (sync-rules 10). */
  readonly reprojected: boolean
  /** Its text was hidden from Oro when the pairs were made and is not any more. */
  readonly unmasked: boolean
  /** undefined = the side does not state this field. */
  readonly oro: Json | undefined
  readonly microsoft: Json | undefined
  readonly readings: { readonly oro: Reading | null; readonly microsoft: Reading | null }
}

export type FieldOutcome =
  | { readonly is: 'nothing'; readonly finding?: Finding }
  | { readonly is: 'agreed'; readonly pair: Pair }
  | {
      readonly is: 'write'
      readonly on: Side
      readonly value: Json
      readonly pair: Pair
      readonly why: Why
      readonly lost?: Lost
      readonly finding?: Finding
    }

const NOTHING: FieldOutcome = { is: 'nothing' }

/** Two modification times less than this apart are a tie, and a tie goes to Oro (sync-rules 2, K6). */
const TIE_MS = 2000

/** May this field be written to this side at all? (P1, P9, S6) */
function writable(input: FieldInput, side: Side): boolean {
  const { rule, policy, masked, link } = input
  if (!writes(policy, side) || rule.owner === side || rule.onceOnly === true) return false
  if (side === 'oro') return true
  if (masked && rule.maskable) return false
  return link.role === 'organizer' || rule.own
}

function conflictWinner(input: FieldInput): Side {
  const { policy, readings } = input
  if (policy.direction === 'oro-to-microsoft') return 'oro'
  if (policy.direction === 'microsoft-to-oro') return 'microsoft'
  const doubtful = SIDES.filter((side) => rewritten(input, side))
  if (doubtful.length === 1) return doubtful[0] === 'oro' ? 'microsoft' : 'oro'
  if (policy.conflictResolution !== 'newest') return policy.conflictResolution
  const oro = Date.parse(readings.oro?.modifiedAt ?? '')
  const microsoft = Date.parse(readings.microsoft?.modifiedAt ?? '')
  return microsoft - oro >= TIE_MS ? 'microsoft' : 'oro'
}

/** Writes what `from` says to the other side, unless that side refused this very value before. */
function carry(input: FieldInput, from: Side, why: Why): FieldOutcome {
  const { rule, link, policy, masked } = input
  const on: Side = from === 'oro' ? 'microsoft' : 'oro'
  const value = project(rule, from, input[from] ?? null, { policy, masked, beside: input[on] })
  const refused = link.refused[rule.name]
  if (refused?.side === on && refused.fingerprint === fingerprint(value)) return NOTHING
  const said = input[from] ?? null
  const pair = from === 'oro' ? { oro: said, microsoft: value } : { oro: value, microsoft: said }
  return { is: 'write', on, value, pair, why }
}

/** The target of a one-way sync was edited: left alone, or set back if nobody gets mail for it (K8, P6). */
function foreignEdit(input: FieldInput, target: Side): FieldOutcome {
  const from: Side = target === 'oro' ? 'microsoft' : 'oro'
  if (input.policy.foreignEdit === 'leave' || !writable(input, target)) return NOTHING
  if (target === 'microsoft' && (input.readings.microsoft?.audience ?? 0) > 0) return NOTHING
  const outcome = carry(input, from, 'set-back')
  if (outcome.is !== 'write') return outcome
  const value = input[target] ?? null
  return {
    ...outcome,
    lost: { field: input.rule.name, side: target, value, winner: outcome.value },
  }
}

/**
 * Is this change what the side made of our own last write? Whether the server rewrote the value or somebody edited it in that very moment
 * cannot be told apart (sync-rules 1): it is carried like an edit, but it neither beats one nor mails people.
 */
function rewritten({ rule, link, oro, microsoft }: FieldInput, side: Side): boolean {
  const pair = link.base[rule.name]
  const now = (side === 'oro' ? oro : microsoft) ?? null
  return pair !== undefined && link.drift[rule.name] === fingerprint([pair[side], now])
}

/** Outlook would mail a change that nobody made (P6). */
const mailsFor = (input: FieldInput, on: Side): boolean =>
  on === 'microsoft' && (input.readings.microsoft?.audience ?? input.link.audience) > 0

function oneChanged(input: FieldInput, changed: Side): FieldOutcome {
  const on: Side = changed === 'oro' ? 'microsoft' : 'oro'
  if (rewritten(input, changed) && mailsFor(input, on)) {
    const message =
      'Oro shows this in another form than was written; Outlook would mail the change.'
    const finding: Finding = { code: 'conflict', message, fields: [input.rule.name], side: 'oro' }
    return { is: 'nothing', finding }
  }
  if (writable(input, on)) return carry(input, changed, 'changed')
  if (!writes(input.policy, on)) return foreignEdit(input, changed)
  if (input.rule.owner === on || input.rule.onceOnly === true) return NOTHING
  const code = input.masked ? 'private' : 'not-organizer'
  const message = input.masked
    ? 'A private event keeps its text; the change made in Oro is not sent.'
    : 'Only the organizer can change this; the change made in Oro is not sent.'
  return { is: 'nothing', finding: { code, message, fields: [input.rule.name], side: 'oro' } }
}

function bothChanged(input: FieldInput): FieldOutcome {
  const wanted = conflictWinner(input)
  const other: Side = wanted === 'oro' ? 'microsoft' : 'oro'
  const attempt = (winner: Side, loser: Side): FieldOutcome =>
    writable(input, loser) ? carry(input, winner, 'conflict') : NOTHING
  let outcome = attempt(wanted, other)
  // A value that was refused, or may not be written, loses to the other side's change (sync-rules 6).
  if (outcome.is === 'nothing') outcome = attempt(other, wanted)
  if (outcome.is !== 'write') return NOTHING
  const loser = outcome.on
  const lost: Lost = {
    field: input.rule.name,
    side: loser,
    value: input[loser] ?? null,
    winner: outcome.value,
  }
  const message = `Changed on both sides; ${loser === 'oro' ? 'Microsoft' : 'Oro'} won.`
  return {
    ...outcome,
    lost,
    finding: { code: 'conflict', message, fields: [input.rule.name], side: loser },
  }
}

/** Neither side moved, but what may be seen did: the owner's value is shown anew (sync-rules 10). */
function reproject(input: FieldInput): FieldOutcome {
  const on: Side = input.rule.owner === 'oro' ? 'microsoft' : 'oro'
  // Unread, the item may have an audience: only a reading proves that nobody gets mail.
  const silent = on === 'oro' || input.readings.microsoft?.audience === 0
  if (!silent || !writable(input, on)) return NOTHING
  return carry(input, on === 'oro' ? 'microsoft' : 'oro', 'projection')
}

/** What becomes visible is filled from Outlook; what somebody wrote over the mask in Oro gives way and is kept (sync-rules 10). */
function unmask(input: FieldInput): FieldOutcome {
  if (!writable(input, 'oro')) return NOTHING
  const outcome = carry(input, 'microsoft', 'projection')
  const value = input.oro ?? null
  if (outcome.is !== 'write' || same(value, input.link.base[input.rule.name]?.oro ?? null))
    return outcome
  return { ...outcome, lost: { field: input.rule.name, side: 'oro', value, winner: outcome.value } }
}

/** Each side against its own past; the two are never compared to find changes (DESIGN 2). */
export function mergeField(input: FieldInput): FieldOutcome {
  const { rule, link, policy, masked, oro, microsoft } = input
  const pair = link.base[rule.name]
  if (oro === undefined && microsoft === undefined) return NOTHING
  const agreeing = agrees(rule, oro ?? null, microsoft ?? null, { policy, masked })
  const now: Pair = { oro: oro ?? null, microsoft: microsoft ?? null }
  if (pair === undefined) {
    if (agreeing) return { is: 'agreed', pair: now }
    return input.reprojected || rule.owner !== undefined ? reproject(input) : NOTHING
  }
  if (input.unmasked && rule.maskable && microsoft !== undefined)
    return agreeing ? { is: 'agreed', pair: now } : unmask(input)
  const oroChanged = oro !== undefined && !same(oro, pair.oro)
  const microsoftChanged = microsoft !== undefined && !same(microsoft, pair.microsoft)
  if (!oroChanged && !microsoftChanged) {
    return input.reprojected && rule.maskable && !agreeing ? reproject(input) : NOTHING
  }
  if (agreeing) return { is: 'agreed', pair: now }
  if (oroChanged && microsoftChanged) return bothChanged(input)
  return oneChanged(input, oroChanged ? 'oro' : 'microsoft')
}
