import { createHash } from 'node:crypto'

/** A row key for text of any form: Graph ids hold characters that Table Storage refuses (F10). */
export const hashed = (text: string): string =>
  createHash('sha256').update(text).digest('base64url').slice(0, 32)

/** Sorts newest first: 2^53 minus the moment, sixteen digits. */
export const reverseTime = (at: string): string =>
  String(Number.MAX_SAFE_INTEGER - Date.parse(at)).padStart(16, '0')

/** Sorts oldest first. */
export const forwardTime = (ms: number): string => String(ms).padStart(16, '0')

/** Cuts a list for requests or transactions of limited size. */
export function* chunks<T>(items: readonly T[], size: number): Generator<readonly T[]> {
  for (let at = 0; at < items.length; at += size) yield items.slice(at, at + size)
}
