import { maskedReading, type FieldRule } from './fields'
import { fingerprint } from './fingerprint'
import type { Decision, Finding, Link, LinkState, Reading, Side, SideState, Span } from './model'
import { masked, type Policy } from './policy'

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
export const MASKED = '|masked'

/** What decides what is seen of an item besides the item itself; another stamp means rebase, not change (sync-rules 10). */
export const stampOf = (policy: Policy, isMasked: boolean): string =>
  [policy.private, policy.attendees, policy.checklist].join('|') + (isMasked ? MASKED : '')

/** Both readings as far as there are any, with the masks of the policy. */
export interface View {
  readonly oro: Reading | null
  readonly microsoft: Reading | null
  readonly masked: boolean
  readonly reprojected: boolean
}

/** What the decision sees of the item. */
export function look(item: LinkedItem): View {
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

/** Nothing is to be done but what `change` says. */
export const settled = (link: Link, change: Partial<Decision> = {}): Decision => ({
  operations: [],
  agreed: {},
  state: link.state,
  reason: link.reason,
  stamp: link.stamp,
  lost: [],
  findings: [],
  ...change,
})

/** Nothing but another state. */
export const to = (
  link: Link,
  state: LinkState,
  reason: string | null,
  findings: Finding[] = [],
): Decision => settled(link, { state, reason, findings })
