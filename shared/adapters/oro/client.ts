import { SyncError } from '../../errors'
import { oroError, unreachable } from './errors'
import { createLimit } from './limit'
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
  /** Parsed JSON; undefined where there is none (an empty 401, a 204, an error page). */
  readonly body: unknown
}

/** Requests of one organization. Every call to `count` is one HTTP call to Oro, repetitions included, token requests not. */
export interface OroClient {
  /** Any answer of Oro but a lasting 401, which throws `oro-credentials` like every failure to get an answer throws `oro-unreachable`. */
  send(organizationId: number, request: OroRequest, count: () => void): Promise<OroAnswer>
}

export interface ClientDeps {
  /** Origin of Oro, without prefix. */
  readonly oroUrl: string
  /** `web_backend_prefix`, e.g. `/admin`; '' for none (oro/README 2.1). */
  readonly prefix: string
  readonly tokens: OroTokens
  readonly sleep: (ms: number) => Promise<void>
}

/** More at once per organization than a shared Oro likes (DESIGN 9). */
const IN_FLIGHT = 4
const TIMEOUT_MS = 30_000
/** Pauses before the second and third try when Oro does not say how long to wait. */
const PAUSES_MS = [500, 1500]
/** Longer waits are not spent in process (DESIGN 4). */
const LONGEST_WAIT_MS = 5000
const PASSING = new Set([429, 502, 503, 504])

export function createClient({ oroUrl, prefix, tokens, sleep }: ClientDeps): OroClient {
  const limit = createLimit(IN_FLIGHT)

  async function once(request: OroRequest, token: string): Promise<OroAnswer> {
    const url = new URL(`${oroUrl}${prefix}${request.path}`)
    if (request.query !== undefined) url.search = new URLSearchParams(request.query).toString()
    try {
      const response = await fetch(url, {
        method: request.method ?? 'GET',
        headers: {
          accept: 'application/json',
          ...(request.json === undefined ? {} : { 'content-type': 'application/json' }),
          ...request.headers,
          authorization: `Bearer ${token}`,
        },
        ...(request.json === undefined ? {} : { body: JSON.stringify(request.json) }),
        // The token goes nowhere but to the configured origin.
        redirect: 'error',
        signal: AbortSignal.timeout(TIMEOUT_MS),
      })
      return {
        status: response.status,
        headers: response.headers,
        body: parsed(await response.text()),
      }
    } catch (cause) {
      throw unreachable({ cause })
    }
  }

  /** A refused token is replaced once (oro/README 2.3). */
  async function authorized(
    organizationId: number,
    request: OroRequest,
    count: () => void,
  ): Promise<OroAnswer> {
    const token = await tokens.token(organizationId)
    count()
    const answer = await once(request, token)
    if (answer.status !== 401) return answer
    const fresh = await tokens.token(organizationId, token)
    count()
    const second = await once(request, fresh)
    if (second.status === 401) throw oroError(second)
    return second
  }

  return {
    async send(organizationId, request, count) {
      const pauses = mayRepeat(request) ? PAUSES_MS : []
      for (const pause of pauses) {
        const outcome = await limit(organizationId, () =>
          settled(authorized(organizationId, request, count)),
        )
        if ('answer' in outcome && !PASSING.has(outcome.answer.status)) return outcome.answer
        const error = 'answer' in outcome ? oroError(outcome.answer) : outcome.error
        if (!error.evidence.transient) throw error
        const wait = error.evidence.retryAfterMs ?? pause
        if (wait > LONGEST_WAIT_MS) throw error
        await sleep(wait)
      }
      const last = await limit(organizationId, () => authorized(organizationId, request, count))
      if (PASSING.has(last.status)) throw oroError(last)
      return last
    },
  }
}

const mayRepeat = ({ method = 'GET', repeatable }: OroRequest): boolean =>
  repeatable ?? (method === 'GET' || method === 'PUT' || method === 'DELETE')

async function settled(
  work: Promise<OroAnswer>,
): Promise<{ answer: OroAnswer } | { error: SyncError }> {
  try {
    return { answer: await work }
  } catch (error) {
    if (error instanceof SyncError) return { error }
    throw error
  }
}

function parsed(text: string): unknown {
  try {
    return text === '' ? undefined : (JSON.parse(text) as unknown)
  } catch {
    return undefined
  }
}
