import { AuthError, ClientConfigurationError } from '@azure/msal-node'
import { SyncError, type ErrorCode, type SyncErrorEvidence } from '../../errors'
import { retryAfterMs } from '../http/retry-after'
import type { Exchange } from './exchange'

/** What Entra says when it refuses, at the token endpoint or in the address of the callback. */
interface Refusal {
  error: string
  suberror: string
  /** Begins with `AADSTS…:`. */
  description: string
}

/** Our application or its request is at fault, not the person. */
const OURS = new Set([
  'invalid_client',
  'unauthorized_client',
  'invalid_request',
  'invalid_scope',
  'invalid_resource',
  'unsupported_grant_type',
  'unsupported_response_type',
])

const PASSING = new Set(['temporarily_unavailable', 'server_error'])

/**
 * The one place where a refusal of Entra becomes an error of ours. Decided on `error` and `suberror`; the AADSTS number is looked at only
 * for the administrator's consent, which has no word of its own (graph/CONTRACT 14).
 */
function codeOf({ error, suberror, description }: Refusal): ErrorCode {
  if (/AADSTS9009[34]\b/.test(description)) return 'admin-consent'
  if (error === 'consent_required' || suberror === 'consent_required') return 'consent'
  if (/AADSTS65001\b/.test(description)) return 'admin-consent'
  if (PASSING.has(error)) return 'microsoft-unreachable'
  if (OURS.has(error)) return 'not-configured'
  return 'token'
}

/** What stopped a call of MSAL. `last` = the answer of the token endpoint, if there was one; `now` in epoch milliseconds. */
export function entraError(error: unknown, last: Exchange | null, now: number): unknown {
  if (error instanceof SyncError) return error
  const silent = last === null ? null : transientFault(last, now)
  if (silent) return syncError('microsoft-unreachable', { ...silent, cause: error })
  if (last !== null && typeof last.body['error'] === 'string') {
    const code = codeOf(refusalOf(last.body))
    return syncError(code, {
      ...(last.status === null ? {} : { status: last.status }),
      ...(typeof last.body['claims'] === 'string' ? { claims: last.body['claims'] } : {}),
      cause: error,
    })
  }
  if (error instanceof ClientConfigurationError)
    return syncError('not-configured', { cause: error })
  // Refused by MSAL itself: no refresh token is left, or the answer does not belong to this sign-in (nonce).
  if (error instanceof AuthError) return syncError('token', { cause: error })
  return error
}

/** An error that came back in the address of the callback (`error`, `error_description`), RFC 6749 4.1.2.1. */
export function signInError(error: string, description: string): SyncError {
  // The person said no: as good as a permission that was not granted.
  const refused = error === 'access_denied' && !/AADSTS(9009[34]|65001)\b/.test(description)
  return syncError(refused ? 'consent' : codeOf({ error, suberror: '', description }), {})
}

function transientFault(last: Exchange, now: number): Partial<SyncErrorEvidence> | null {
  const { status } = last
  if (status === null) return {}
  const passing = status === 408 || status === 429 || status >= 500
  if (!passing && typeof last.body['error'] === 'string') return null
  // Neither tokens nor an error: something in between has answered.
  if (!passing && status < 300 && Object.keys(last.body).length > 0) return null
  const asked = retryAfterMs(last.retryAfter, now)
  return { status, ...(asked === null ? {} : { retryAfterMs: asked }) }
}

const text = (value: unknown) => (typeof value === 'string' ? value : '')

const refusalOf = (body: Record<string, unknown>): Refusal => ({
  error: text(body['error']),
  suberror: text(body['suberror']),
  description: text(body['error_description']),
})

function syncError(code: ErrorCode, evidence: Partial<SyncErrorEvidence>): SyncError {
  return new SyncError({
    ...evidence,
    code,
    scope: code === 'not-configured' ? 'service' : 'account',
    side: 'microsoft',
    transient: code === 'microsoft-unreachable',
  })
}
