import type { Violation } from '../../shared/settings/schema'
import { texts } from '../texts'

/** A refusal (RFC 9457). `status` 0 = no answer arrived. */
export class ApiProblem extends Error {
  override name = 'ApiProblem'
  readonly status: number
  readonly violations: readonly Violation[]
  constructor(status: number, message: string, violations: readonly Violation[] = []) {
    super(message)
    this.status = status
    this.violations = violations
  }
}

export interface Answer<Body> {
  body: Body
  etag: string | null
}

export interface Api {
  get: <Body>(call: string) => Promise<Answer<Body>>
  send: <Body>(
    method: 'POST' | 'PATCH' | 'DELETE',
    call: string,
    body?: unknown,
    ifMatch?: string | null,
  ) => Promise<Answer<Body>>
}

/**
 * Speaks to `{base}{call}` with the page token. Every failure is thrown as `ApiProblem`. The first 401 is told to `onExpired` as well, because
 * it concerns the whole page: `answered` says whether the page had shown anything before. From then on nothing is asked any more.
 */
export function createApi(base: URL, token: string, onExpired: (answered: boolean) => void): Api {
  let answered = false
  let expired = false
  function expire() {
    if (expired) return
    expired = true
    onExpired(answered)
  }
  async function request<Body>(call: string, init: RequestInit): Promise<Answer<Body>> {
    if (expired) throw problemOf(401, null)
    const headers = new Headers(init.headers)
    headers.set('authorization', `Bearer ${token}`)
    const answer = await fetch(new URL(call, base), { ...init, headers, cache: 'no-store' }).catch(
      () => {
        throw new ApiProblem(0, texts.errors.offline)
      },
    )
    const body: unknown = await answer.json().catch(() => null)
    if (answer.status === 401) expire()
    if (!answer.ok) throw problemOf(answer.status, body)
    answered = true
    return { body: body as Body, etag: answer.headers.get('etag') }
  }
  return {
    get: (call) => request(call, { method: 'GET' }),
    send: (method, call, body, ifMatch) =>
      request(call, {
        method,
        headers: {
          ...(body === undefined ? {} : { 'content-type': contentType(method) }),
          ...(ifMatch ? { 'if-match': ifMatch } : {}),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
  }
}

const contentType = (method: string) =>
  method === 'PATCH' ? 'application/merge-patch+json' : 'application/json'

function problemOf(status: number, body: unknown): ApiProblem {
  const { title, detail, errors } = (body ?? {}) as {
    title?: string
    detail?: string
    errors?: Violation[]
  }
  const known = status === 401 ? texts.errors.expired : status === 403 ? texts.errors.foreign : null
  return new ApiProblem(status, known ?? detail ?? title ?? texts.errors.status(status), errors)
}
