import { randomUUID } from 'node:crypto'
import type { StandInAnswer } from '../stand-in/server'

/** A refusal of the token endpoint. `code` is the AADSTS number. */
export interface TokenRefusal {
  error: string
  code: number
  text: string
  suberror?: string
  status?: number
  claims?: string
}

/** The error body of the token endpoint (graph/CONTRACT 14). */
export function refusalBody(refusal: TokenRefusal, now: number): Record<string, unknown> {
  const trace = randomUUID()
  const correlation = randomUUID()
  const timestamp = new Date(now)
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z/, 'Z')
  return {
    error: refusal.error,
    error_description: `AADSTS${String(refusal.code)}: ${refusal.text} Trace ID: ${trace} Correlation ID: ${correlation} Timestamp: ${timestamp}`,
    error_codes: [refusal.code],
    timestamp,
    trace_id: trace,
    correlation_id: correlation,
    error_uri: `https://login.microsoftonline.com/error?code=${String(refusal.code)}`,
    ...(refusal.suberror === undefined ? {} : { suberror: refusal.suberror }),
    ...(refusal.claims === undefined ? {} : { claims: refusal.claims }),
  }
}

export const refuse = (refusal: TokenRefusal, now: number): StandInAnswer => ({
  status: refusal.status ?? 400,
  headers: { 'cache-control': 'no-store, no-cache' },
  body: refusalBody(refusal, now),
})

/** How the core's refusals are worded by Entra. */
export function translated(error: string, description: string): TokenRefusal {
  if (error === 'invalid_client')
    return {
      error,
      code: 7000215,
      status: 401,
      text: 'Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID.',
    }
  if (error === 'invalid_grant')
    return { error, code: 54005, text: `The grant cannot be redeemed: ${description}.` }
  if (error === 'unsupported_grant_type')
    return { error, code: 70003, text: 'The app requested an unsupported grant type.' }
  return { error, code: 900144, text: `The request is malformed: ${description}.` }
}

/** Refusals that a test or a driver asks for by name, at the token endpoint. */
export const NAMED_REFUSALS = {
  'invalid-grant': {
    error: 'invalid_grant',
    code: 700082,
    text: 'The refresh token has expired due to inactivity.',
  },
  'invalid-grant-suberror': {
    error: 'invalid_grant',
    suberror: 'bad_token',
    code: 50173,
    text: 'The provided grant has expired due to it being revoked, a fresh auth token is needed.',
  },
  'interaction-required': {
    error: 'interaction_required',
    suberror: 'basic_action',
    code: 50076,
    text: 'Due to a configuration change made by your administrator you must use multi-factor authentication.',
  },
  'consent-required': {
    error: 'invalid_grant',
    suberror: 'consent_required',
    code: 65001,
    text: 'The user or administrator has not consented to use the application.',
  },
  'admin-consent-required': {
    error: 'invalid_grant',
    code: 90094,
    text: 'The grant requires admin permission.',
  },
  'invalid-client': {
    error: 'invalid_client',
    code: 7000222,
    status: 401,
    text: 'The provided client secret keys for the app are expired.',
  },
  'unauthorized-client': {
    error: 'unauthorized_client',
    code: 700016,
    text: 'The application was not found in the directory.',
  },
  unavailable: {
    error: 'temporarily_unavailable',
    code: 90033,
    status: 503,
    text: 'A transient error has occurred. Please try again.',
  },
} as const satisfies Record<string, TokenRefusal>

export type NamedRefusal = keyof typeof NAMED_REFUSALS
