import { createHash } from 'node:crypto'
import type { Json } from './model'

/** Text longer than this is kept in a link as a fingerprint (sync-rules 1). */
const LONG_TEXT = 8192

const sorted = (value: Json): Json => {
  if (Array.isArray(value)) return (value as readonly Json[]).map(sorted)
  if (value === null || typeof value !== 'object') return value
  const entries = Object.entries(value as Record<string, Json>)
  return Object.fromEntries(
    entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([k, v]) => [k, sorted(v)]),
  )
}

/** SHA-256 of the value with its members in order, hex. */
export const fingerprint = (value: Json): string =>
  createHash('sha256')
    .update(JSON.stringify(sorted(value)))
    .digest('hex')

/** Is this what a base keeps of a long or hidden text, and not the text? */
export const isFingerprint = (value: Json): value is { readonly fingerprint: string } =>
  value !== null && typeof value === 'object' && !Array.isArray(value) && 'fingerprint' in value

/** The form in which a value is kept in a base: itself, or the fingerprint of a long text. */
export const remembered = (value: Json): Json =>
  typeof value === 'string' && value.length > LONG_TEXT
    ? { fingerprint: fingerprint(value) }
    : value

/** Do two values say the same? Either may be the remembered form of a long text. Order of members does not matter. */
export function same(a: Json, b: Json): boolean {
  if (a === b) return true
  if (isFingerprint(a) || isFingerprint(b)) {
    const mark = (value: Json): string =>
      isFingerprint(value) ? value.fingerprint : fingerprint(value)
    return mark(a) === mark(b)
  }
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') return false
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b))
}
