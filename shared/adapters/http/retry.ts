import type { Fetch } from './fetch'
import { retryAfterMs } from './retry-after'

interface RetryOptions {
  /** Repeats after the first attempt. */
  readonly repeats: number
  /** A longer wait is not for this process: the answer is handed back as it is. */
  readonly longestWaitMs: number
  /** Whether the request may be sent again after it may have been carried out. */
  readonly repeatable: (url: string, init: RequestInit) => boolean
  readonly sleep: (ms: number) => Promise<void>
  readonly now: () => number
}

/** Refused before it was looked at: nothing was stored, so even a POST may be repeated. */
const REFUSED = 429
const AMBIGUOUS = new Set([500, 502, 503, 504])
const FIRST_WAIT_MS = 250

/** How long one request may take. */
export const TIMEOUT_MS = 25_000
/** No repeat begins later than this after the first request: with its own time, a write is over within its margin of the lease (DESIGN 4). */
const LATEST_REPEAT_MS = 10_000

/**
 * Repeats what failed for the moment: throttled requests after the wait that was asked for, server and network failures after a short one
 * that doubles. A wait above `longestWaitMs`, or none named by a 429, ends it.
 */
export const withShortRetry =
  (fetch: Fetch, options: RetryOptions): Fetch =>
  async (url, init) => {
    const latest = options.now() + LATEST_REPEAT_MS
    for (let attempt = 0; ; attempt += 1) {
      const last = attempt >= options.repeats
      const backOffMs = FIRST_WAIT_MS * 2 ** attempt
      try {
        const answer = await fetch(url, init)
        const repeatable = AMBIGUOUS.has(answer.status) && options.repeatable(url, init)
        if (last || (answer.status !== REFUSED && !repeatable)) return answer
        const named = retryAfterMs(answer.headers.get('retry-after'), options.now())
        const asked = named ?? (answer.status === REFUSED ? Infinity : 0)
        // "At once", or a date that is over by our clock, again and again: no request is sent without a pause.
        const waitMs = Math.max(asked, backOffMs)
        if (waitMs > options.longestWaitMs || options.now() + waitMs > latest) return answer
        await answer.body?.cancel()
        await options.sleep(waitMs)
      } catch (error) {
        const late = options.now() + backOffMs > latest
        if (last || late || !options.repeatable(url, init)) throw error
        await options.sleep(backOffMs)
      }
    }
  }
