import type { HttpResponseInit } from '@azure/functions'
import {
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
): HttpResponseInit => ({
  status,
  headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store' },
  body: JSON.stringify({ type: 'about:blank', title, status, detail, errors }),
})

/** What a failed use case means to the caller; null = our own fault, to be logged. */
export function toProblem(error: unknown): HttpResponseInit | null {
  if (error instanceof ProblemAnswer) {
    return problem(error.status, error.title, error.message, error.violations)
  }
  if (error instanceof VersionMismatch) {
    return problem(
      409,
      'Changed meanwhile',
      'Somebody else changed this at the same time. Try again.',
    )
  }
  if (error instanceof Unavailable) {
    return problem(503, 'Not available', 'Storage or queue do not answer. Try again in a moment.')
  }
  if (error instanceof SyncError) {
    return problem(502, 'The other system failed', error.message)
  }
  return null
}
