import type { HttpResponseInit } from '@azure/functions'
import {
  ERROR_CODES,
  ProblemAnswer,
  SyncError,
  Unavailable,
  VersionMismatch,
  type Violation,
} from '../../shared/errors'

/** An answer in the one error format of the interface (RFC 9457), every violation by its pointer. */
export const problem = (
  status: number,
  title: string,
  detail: string,
  errors: readonly Violation[] = [],
  headers: Readonly<Record<string, string>> = {},
): HttpResponseInit => ({
  status,
  headers: {
    'content-type': 'application/problem+json',
    'cache-control': 'no-store',
    ...headers,
  },
  body: JSON.stringify({ type: 'about:blank', title, status, detail, errors }),
})

export interface ProblemParts {
  readonly status: number
  readonly title: string
  readonly detail: string
  readonly errors: readonly Violation[]
}

/** What a failed use case means to the caller; null = our own fault, to be logged. */
export function toProblem(error: unknown): ProblemParts | null {
  if (error instanceof ProblemAnswer) {
    const { status, title, message, violations } = error
    return { status, title, detail: message, errors: violations }
  }
  if (error instanceof VersionMismatch) {
    const detail = 'Somebody else changed this at the same time. Try again.'
    return { status: 409, title: 'Changed meanwhile', detail, errors: [] }
  }
  if (error instanceof Unavailable) {
    const detail = 'Storage or queue do not answer. Try again in a moment.'
    return { status: 503, title: 'Not available', detail, errors: [] }
  }
  if (error instanceof SyncError) {
    const detail = ERROR_CODES[error.evidence.code]
    return { status: 502, title: 'The other system failed', detail, errors: [] }
  }
  return null
}
