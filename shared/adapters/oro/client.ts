import { withCount, withTimeout, type Fetch } from '../http/fetch'
import { createInFlight } from '../http/in-flight'
import { TIMEOUT_MS, withShortRetry } from '../http/retry'
import { retryAfterMs } from '../http/retry-after'
import { oroError, unreachable } from './errors'
import type { OroTokens } from './token'

export interface OroRequest {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Below the prefix, e.g. `/api/rest/latest/calendarevents.json`. */
  readonly path: string
  /** Operators are part of the name: `updatedAt>` with a value means `>=` (oro/README 3.5). */
  readonly query?: Readonly<Record<string, string>>
  readonly json?: unknown
  readonly headers?: Readonly<Record<string, string>>
  /** May a write whose answer was lost be sent again? Reads, PUT and DELETE always may. */
  readonly repeatable?: boolean
}

/** A whole answer: the body has arrived completely. */
export interface OroAnswer {
  readonly status: number
  readonly headers: Headers
  /** Parsed JSON, or the text of what is none (an error page); undefined = empty (a 401, a 204). */
  readonly body: unknown
  /** How long Oro, or what stands before it, asks to wait. */
  readonly retryAfterMs: number | null
}

export interface OroClient {
  /**
   * Sends a request of one organization. `count` is called for every HTTP call to Oro, repetitions included, token requests not: they
   * serve the whole organization. Any answer is handed back but those that say nothing about what was asked: a lasting 401 throws
   * `oro-credentials`, a busy or unreachable Oro, or a page in its place, `oro-unreachable`.
   */
  send(organizationId: number, request: OroRequest, count: () => void): Promise<OroAnswer>
}

export interface ClientDeps {
  /** Origin of Oro, without prefix. */
  readonly oroUrl: string
  /** `web_backend_prefix`, e.g. `/admin`; '' for none (oro/README 2.1). */
  readonly prefix: string
  readonly tokens: OroTokens
  readonly sleep: (ms: number) => Promise<void>
  /** Epoch milliseconds. */
  readonly now: () => number
}

/** More at once per organization than a shared Oro likes (DESIGN 9). */
const IN_FLIGHT = 4
/** Longer waits are not spent in process (DESIGN 4). */
export const LONGEST_WAIT_MS = 5000
export const REPEATS = 2
const BUSY = new Set([429, 502, 503, 504])

export function createClient({ oroUrl, prefix, tokens, sleep, now }: ClientDeps): OroClient {
  const inFlight = createInFlight(IN_FLIGHT)
  const whole = withWholeBody(withTimeout(fetch, TIMEOUT_MS))

  async function attempt(
    organizationId: number,
    request: OroRequest,
    token: string,
    count: () => void,
  ): Promise<OroAnswer> {
    const key = String(organizationId)
    // A waiting repetition holds no place.
    const one: Fetch = (url, init) => inFlight(key, () => withCount(whole, count)(url, init))
    const stack = withShortRetry(one, {
      repeats: REPEATS,
      longestWaitMs: LONGEST_WAIT_MS,
      repeatable: () => mayRepeat(request),
      sleep,
      now,
    })
    const response = await stack(addressOf(request), initOf(request, token)).catch(
      (cause: unknown) => {
        throw unreachable({ cause })
      },
    )
    return {
      status: response.status,
      headers: response.headers,
      body: parsed(await response.text()),
      retryAfterMs: retryAfterMs(response.headers.get('retry-after'), now()),
    }
  }

  function addressOf({ path, query }: OroRequest): string {
    const search = query === undefined ? '' : `?${new URLSearchParams(query).toString()}`
    return `${oroUrl}${prefix}${path}${search}`
  }

  return {
    async send(organizationId, request, count) {
      const token = await tokens.token(organizationId)
      let answer = await attempt(organizationId, request, token, count)
      if (answer.status === 401) {
        // A refused token is replaced once (oro/README 2.3).
        const fresh = await tokens.token(organizationId, token)
        answer = await attempt(organizationId, request, fresh, count)
      }
      if (answer.status === 401 || BUSY.has(answer.status)) throw oroError(answer)
      // Something else said that all is well: nothing was done or listed.
      if (answer.status < 300 && isPage(answer)) throw unreachable({ status: answer.status })
      return answer
    },
  }
}

function initOf({ method = 'GET', json, headers }: OroRequest, token: string): RequestInit {
  return {
    method,
    headers: {
      accept: 'application/json',
      ...(json === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
      authorization: `Bearer ${token}`,
    },
    ...(json === undefined ? {} : { body: JSON.stringify(json) }),
    // The token goes nowhere but to the configured origin.
    redirect: 'error',
  }
}

const mayRepeat = ({ method = 'GET', repeatable }: OroRequest): boolean =>
  repeatable ?? (method === 'GET' || method === 'PUT' || method === 'DELETE')

/** Resolves when the body has arrived, so that a connection cut in its middle counts as a failed request. */
export const withWholeBody =
  (fetch: Fetch): Fetch =>
  async (url, init) => {
    const answer = await fetch(url, init)
    const text = await answer.text()
    const { status, headers } = answer
    return new Response(text === '' ? null : text, { status, headers })
  }

export function parsed(text: string): unknown {
  try {
    return text === '' ? undefined : (JSON.parse(text) as unknown)
  } catch {
    return text
  }
}

/** A page where the interface should answer: of maintenance, of a sign-in, of a route that is not there. */
export const isPage = ({ body }: Pick<OroAnswer, 'body'>): boolean =>
  typeof body === 'string' && body !== ''
