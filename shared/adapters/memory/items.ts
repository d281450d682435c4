import { fingerprint } from '../../core/fingerprint'
import type { Fields, Json, Reading, Side, Span } from '../../core/model'

/** How a system keeps what it is given: `keep` on the way in, `tell` on the way out. Both are total. */
export interface Form {
  keep(field: string, value: Json): Json
  tell(field: string, value: Json): Json
}

export const EXACT: Form = { keep: (_, value) => value, tell: (_, value) => value }

/** Wraps bodies on the way in and tells them apart again: other bytes, the same canonical form (G-25). */
export const WRAPPING: Form = {
  keep: (field, value) =>
    field === 'description' && typeof value === 'string' ? `<body>${value}</body>` : value,
  tell: (field, value) =>
    field === 'description' && typeof value === 'string'
      ? value.replace(/^<body>([\s\S]*)<\/body>$/, '$1')
      : value,
}

/** A server with a mind of its own: blanks at the ends go, and a text is told as this server stores it. */
export const REWRITING: Form = {
  keep: (_, value) => (typeof value === 'string' ? value.trim().replace(/\s+/g, ' ') : value),
  tell: (_, value) => value,
}

/** One item as the memory system stores it; it outlives its deletion, as mailboxes do. */
export interface MemoryItem {
  readonly id: string
  /** Where it lives now; another calendar of the same user after a move. */
  container: string
  deleted: boolean
  cancelled: boolean
  private: boolean
  categories: readonly string[]
  role: Reading['role']
  /** People that Outlook would mail. */
  audience: number
  fields: Record<string, Json>
  uid: string
  /** Oro id in our property (Microsoft). */
  marker: string | null
  /** Of the create that made it: its token and what it asked for. */
  token: { readonly text: string; readonly content: string } | null
  version: number
  /** Milliseconds of the epoch. */
  modifiedAt: number
}

export const contentOf = (fields: Fields): string => fingerprint(fields)

/** Start and end of the field `when`; null without one. */
export function spanOf(fields: Fields): Span | null {
  const when = fields['when']
  if (when === null || typeof when !== 'object' || !('start' in when) || !('end' in when))
    return null
  const { start, end } = when
  return typeof start === 'string' && typeof end === 'string' ? { start, end } : null
}

/** A reading as the adapter of this side would make it; `marker` only where it was asked for (G-14). */
export function readingOf(side: Side, form: Form, item: MemoryItem, withMarker = false): Reading {
  const fields = Object.fromEntries(
    Object.entries(item.fields).map(([name, value]) => [name, form.tell(name, value)]),
  )
  const title = fields['title']
  return structuredClone({
    side,
    id: item.id,
    container: item.container,
    version: `v${String(item.version)}`,
    modifiedAt: new Date(item.modifiedAt).toISOString(),
    fields,
    role: item.role,
    cancelled: item.cancelled,
    private: item.private,
    categories: item.categories,
    keys: {
      uid: item.uid,
      ...(withMarker && item.marker !== null ? { marker: item.marker } : {}),
    },
    span: spanOf(fields),
    unmappable: null,
    label: item.private ? 'Private' : typeof title === 'string' ? title : '',
    audience: item.audience,
  })
}
