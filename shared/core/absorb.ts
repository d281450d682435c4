import { fingerprint, remembered, same } from './fingerprint'
import type { Json, Link, Pair, Reading, Side } from './model'

/** What becomes of the pairs of a link when a write is answered. */
export interface Absorbed {
  readonly base: Readonly<Record<string, Pair>>
  readonly drift: Readonly<Record<string, string>>
}

/**
 * Takes the written fields, and only them, into the base (sync-rules 1). Where the answer says something else than was sent, the *sent*
 * value is kept, so that the difference counts as a change next time and no edit that slipped in between is lost; the same difference a
 * second time is the server's own form and is accepted.
 *
 * @param answer the item as the written side answered it, or null if it answers nothing
 * @param adjusted fields that the written side cannot hold: what it kept instead is no edit of anybody's
 */
export function absorb(
  link: Pick<Link, 'base' | 'drift'>,
  on: Side,
  pairs: Readonly<Record<string, Pair>>,
  answer: Reading | null,
  adjusted: readonly string[] = [],
): Absorbed {
  const base: Record<string, Pair> = { ...link.base }
  const drift: Record<string, string> = { ...link.drift }
  for (const [field, pair] of Object.entries(pairs)) {
    const sent = pair[on]
    const answered: Json | undefined = answer?.fields[field]
    let kept = sent
    if (adjusted.includes(field)) kept = answered ?? null
    else if (answered !== undefined && !same(answered, sent)) {
      const mark = fingerprint([sent, answered])
      if (drift[field] === mark) kept = answered
      else drift[field] = mark
    }
    base[field] = { ...pair, [on]: kept }
  }
  // Given up along with a write of something else (a reminder that is past): no edit either, and nothing to carry back.
  for (const field of adjusted) {
    const pair = base[field]
    if (pair && pairs[field] === undefined)
      base[field] = { ...pair, [on]: answer?.fields[field] ?? null }
  }
  return { base: compact(base), drift }
}

/** The base as it is stored: long texts as fingerprints. */
export const compact = (base: Readonly<Record<string, Pair>>): Record<string, Pair> =>
  Object.fromEntries(
    Object.entries(base).map(([field, pair]) => [
      field,
      { oro: remembered(pair.oro), microsoft: remembered(pair.microsoft) },
    ]),
  )
