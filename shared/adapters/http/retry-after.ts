/** Nobody means more: what says so is broken, and must not end a sync for a year. */
const LONGEST_MS = 24 * 3_600_000

/**
 * Reads `Retry-After` in each of its forms (RFC 9110, 10.2.3; fractional seconds: G-59).
 * @param now milliseconds since 1970, for the date form
 * @returns milliseconds, never negative and a day at the most; null = absent or unreadable
 */
export function retryAfterMs(value: string | null, now: number): number | null {
  const text = value?.trim() ?? ''
  if (/^\d+(?:\.\d+)?$/.test(text)) return Math.min(LONGEST_MS, Math.ceil(Number(text) * 1000))
  const date = /[a-z]/i.test(text) ? Date.parse(text) : NaN
  return Number.isNaN(date) ? null : Math.min(LONGEST_MS, Math.max(0, date - now))
}
