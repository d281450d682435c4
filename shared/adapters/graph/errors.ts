import type { Fields } from '../../core/model'
import { CursorExpired, SyncError, type SyncErrorEvidence } from '../../errors'
import { retryAfterMs } from '../http/retry-after'
import type { GraphAnswer } from './client'

/** What a call was about: decides what a status means, and whom it concerns. */
export type Concern = 'delta' | 'item' | 'container' | 'account'

/** Codes of lost delta state, lower-cased (contract section 11, G-15). */
const LOST_STATE = new Set([
  'resyncrequired',
  'syncstatenotfound',
  'syncstateinvalid',
  'fullsyncrequired',
])

const WHEN_REFUSED = new Set([
  'invaliddatetime',
  'timezonenotsupportedexception',
  'erroroccurrencecrossingboundary',
])

/** `error.code` of an answer, lower-cased; '' = none (G-70). */
export function errorCode(answer: Pick<GraphAnswer, 'body'>): string {
  const { error } = (answer.body ?? {}) as { error?: { code?: unknown; message?: unknown } }
  return typeof error?.code === 'string' ? error.code.toLowerCase() : ''
}

const MAILBOX_UNUSABLE = 'mailboxnotenabledforrestapi'

export const isDuplicateTransaction = (answer: GraphAnswer): boolean =>
  (answer.status === 400 || answer.status === 409) &&
  errorCode(answer) === 'errorduplicatetransactionid'

/** The answer to a deletion: done, or gone already. A mailbox that cannot be used says nothing about its items (G-69). */
export const isRemoved = (answer: GraphAnswer): boolean =>
  answer.status < 300 ||
  ((answer.status === 404 || answer.status === 410) && errorCode(answer) !== MAILBOX_UNUSABLE)

/**
 * A failure of Graph in our words (contract section 13): by status first, by code second, never by message.
 * @param options `unnamedWaitMs` = how long to wait when throttled without a word about it
 */
export function graphError(
  answer: GraphAnswer,
  concern: Concern,
  options: { now: number; unnamedWaitMs: number },
): SyncError | CursorExpired {
  const code = errorCode(answer)
  const { status } = answer
  const item = concern === 'item'
  const named = retryAfterMs(answer.header('retry-after'), options.now)
  const error = (evidence: Pick<SyncErrorEvidence, 'code' | 'scope' | 'transient'>, more = {}) =>
    new SyncError({ side: 'microsoft', status, ...detailOf(code), ...evidence, ...more })
  const again = (more = {}) => error({ code: 'item-failed', scope: 'item', transient: true }, more)

  if (code === MAILBOX_UNUSABLE)
    return error({ code: 'mailbox', scope: 'account', transient: false })
  if (concern === 'delta' && (status === 410 || (status === 400 && LOST_STATE.has(code)))) {
    return new CursorExpired(code)
  }
  switch (status) {
    case 400:
      return error(
        { code: 'refused-value', scope: item ? 'item' : 'container', transient: false },
        WHEN_REFUSED.has(code) ? { fields: ['when'] } : {},
      )
    case 401:
      return error({ code: 'token', scope: 'account', transient: false }, claims(answer))
    case 403:
      return error({ code: 'access', scope: item ? 'item' : 'account', transient: false })
    case 404:
    case 410:
      if (item) return again()
      return concern === 'account'
        ? error({ code: 'mailbox', scope: 'account', transient: false })
        : error({ code: 'container-gone', scope: 'container', transient: false })
    case 413:
      return error({ code: 'too-large', scope: 'item', transient: false })
    case 429:
      return error(
        { code: 'throttled', scope: 'account', transient: true },
        { retryAfterMs: named ?? options.unnamedWaitMs },
      )
    default:
      // 412 comes without any precondition too, even on reads (contract 7.4).
      if (item && (status < 501 || code === 'concurrentitemsave')) return again()
      return named === null
        ? error({
            code: 'microsoft-unreachable',
            scope: item ? 'item' : 'account',
            transient: true,
          })
        : error({ code: 'throttled', scope: 'account', transient: true }, { retryAfterMs: named })
  }
}

const detailOf = (code: string): { detail?: string } => (code === '' ? {} : { detail: code })

function claims(answer: GraphAnswer): { claims?: string } {
  const found = /claims="([^"]+)"/i.exec(answer.header('www-authenticate') ?? '')?.[1]
  return found === undefined ? {} : { claims: found }
}

/** A value that was refused without a name is the only one that was sent. */
export function namedField(error: unknown, fields: Fields): unknown {
  if (!(error instanceof SyncError) || error.evidence.code !== 'refused-value') return error
  const names = Object.keys(fields)
  if (error.evidence.fields !== undefined || names.length !== 1) return error
  return new SyncError({ ...error.evidence, fields: names })
}
