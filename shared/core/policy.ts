import type { Kind, Reading, Side, Span } from './model'

export type Direction = 'bidirectional' | 'oro-to-microsoft' | 'microsoft-to-oro'
export type ConflictResolution = 'oro' | 'microsoft' | 'newest'

/** The resolved settings of one kind in the core's words, read once at the start of a run (DESIGN 6). */
export interface Policy {
  readonly kind: Kind
  readonly direction: Direction
  readonly conflictResolution: ConflictResolution
  readonly deleteVsEdit: 'keep-edit' | 'delete-wins'
  readonly foreignEdit: 'leave' | 'revert'
  readonly private: 'busy' | 'full' | 'skip'
  readonly attendees: 'none' | 'list-in-body' | 'invite'
  readonly checklist: 'off' | 'in-description'
  readonly onlyCategories: readonly string[]
  readonly exceptCategories: readonly string[]
  readonly deletionLimit: number
  readonly deletionPercent: number
  /** IANA zone of the user. */
  readonly zone: string
}

/** What tasks have a setting for; they know no privacy, people or filter of their own. */
export const taskPolicy = (
  own: Omit<
    Policy,
    'kind' | 'private' | 'attendees' | 'onlyCategories' | 'exceptCategories' | 'zone'
  >,
  zone: string,
): Policy => ({
  ...own,
  kind: 'tasks',
  private: 'full',
  attendees: 'none',
  onlyCategories: [],
  exceptCategories: [],
  zone,
})

/** May this side be written at all under the direction (P1)? */
export const writes = (policy: Policy, side: Side): boolean =>
  policy.direction === 'bidirectional' ||
  policy.direction === (side === 'oro' ? 'microsoft-to-oro' : 'oro-to-microsoft')

/** Is the text of this item hidden from Oro (S6)? A masked field is never written back (sync-rules 10). */
export const masked = (policy: Policy, reading: Reading): boolean =>
  reading.private && policy.private === 'busy'

/** Why a living Outlook item is not synced although it is there; null = it is (S6, S7). */
export function filtered(policy: Policy, reading: Reading): 'private' | 'category' | null {
  if (reading.private && policy.private === 'skip') return 'private'
  const has = (names: readonly string[]): boolean => {
    const wanted = names.map((name) => name.toLowerCase())
    return reading.categories.some((name) => wanted.includes(name.toLowerCase()))
  }
  if (reading.side !== 'microsoft') return null
  if (policy.onlyCategories.length > 0 && !has(policy.onlyCategories)) return 'category'
  return has(policy.exceptCategories) ? 'category' : null
}

/** Does the item touch the window? Items without a place in time always do. RFC 3339 UTC texts compare as such. */
export const inWindow = (span: Span | null, window: Span): boolean =>
  span === null || (span.end >= window.start && span.start < window.end)

/** Does the item lie inside the window by a day at both ends, so that its absence from a full round means something? */
export function wellInside(span: Span | null, window: Span): boolean {
  if (span === null) return true
  const day = 86_400_000
  return (
    Date.parse(span.start) >= Date.parse(window.start) + day &&
    Date.parse(span.end) <= Date.parse(window.end) - day
  )
}
