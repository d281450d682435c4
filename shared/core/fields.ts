import { same } from './fingerprint'
import type { Json, Reading, Side } from './model'
import type { Policy } from './policy'

/** What the projection of one field may look at besides its value. */
export interface FieldContext {
  readonly policy: Policy
  readonly masked: boolean
  /** What the side to be written says now; undefined = nothing yet. */
  readonly beside?: Json | undefined
}

/** How one mapped field travels. Both directions are total and pure. */
export interface FieldRule {
  readonly name: string
  toOro(value: Json, context: FieldContext): Json
  toMicrosoft(value: Json, context: FieldContext): Json
  /** Said by this side alone and never written to it. */
  readonly owner?: Side
  /** Hidden from Oro while the item is private (S6). */
  readonly maskable: boolean
  /** The user's own on a copy that somebody else organises (P9). */
  readonly own: boolean
  /** Written when the item is created and never afterwards. */
  readonly onceOnly?: boolean
  /** An edit of this field alone is missing from this side's list of changes: it is read before it is overwritten. */
  readonly unlistedOn?: Side
}

/** `toMicrosoft(o) = m` or `toOro(m) = o` (sync-rules 1). It never makes a change. */
export const agrees = (
  rule: FieldRule,
  oro: Json,
  microsoft: Json,
  context: Omit<FieldContext, 'beside'>,
): boolean =>
  same(rule.toOro(microsoft, { ...context, beside: oro }), oro) ||
  (!context.masked && same(rule.toMicrosoft(oro, { ...context, beside: microsoft }), microsoft))

/** The value of a field on one side, written for the other. */
export const project = (rule: FieldRule, from: Side, value: Json, context: FieldContext): Json =>
  from === 'oro' ? rule.toMicrosoft(value, context) : rule.toOro(value, context)

/** A masked reading holds fingerprints instead of what must not be seen, so that nothing private enters a link (sync-rules 10). */
export function maskedReading(
  reading: Reading,
  rules: readonly FieldRule[],
  fingerprint: (value: Json) => string,
): Reading {
  const hidden = rules.filter((rule) => rule.maskable && reading.fields[rule.name] !== undefined)
  return {
    ...reading,
    fields: {
      ...reading.fields,
      ...Object.fromEntries(
        hidden.map((rule) => [
          rule.name,
          { fingerprint: fingerprint(reading.fields[rule.name] ?? null) },
        ]),
      ),
    },
  }
}
