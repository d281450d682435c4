import type { Kind } from '../../core/model'
import { SyncError, type ErrorScope } from '../../errors'
import type { OroAnswer } from './client'

/** Oro's form keys in the words of the core. */
const FIELD: Readonly<Record<Kind, Readonly<Record<string, string>>>> = {
  calendar: {
    title: 'title',
    description: 'description',
    start: 'when',
    end: 'when',
    allDay: 'when',
    reminders: 'reminder',
    organizerEmail: 'organizer',
    organizerDisplayName: 'organizer',
  },
  tasks: {
    subject: 'subject',
    description: 'notes',
    dueDate: 'due',
    status: 'status',
    taskPriority: 'importance',
  },
}

/** One complaint of Oro about a written value: form errors of the old REST or one error of the JSON:API. */
export interface FormError {
  /** Oro's name of the top-level key, '' for the form as a whole. */
  readonly key: string
  readonly message: string
}

/**
 * The one place where a failed answer of Oro becomes an error of ours (oro/README 3.14, 7). `scope` says what was asked for: a refused
 * item concerns the item, a refused list the calendar or the owner's tasks.
 */
export function oroError(
  answer: OroAnswer,
  scope: ErrorScope = 'item',
  kind: Kind = 'calendar',
): SyncError {
  const { status } = answer
  const about = { side: 'oro', status } as const
  if (status === 401)
    return new SyncError({ ...about, code: 'oro-credentials', scope: 'service', transient: false })
  if (status === 403 || status === 405)
    return new SyncError({ ...about, code: 'access', scope, transient: false })
  if (status === 429 || status === 502 || status === 503 || status === 504)
    return unreachable({ status, ...retryAfter(answer) })
  if (scope !== 'item') return missingOrBroken(answer, scope, kind)
  if (status === 400 || status === 413 || status === 422) return refused(answer, kind)
  // A 404 means that the item went away in between, a 500 may lie in this item alone: the next run looks again.
  return new SyncError({ ...about, code: 'item-failed', scope, transient: true })
}

function missingOrBroken(answer: OroAnswer, scope: ErrorScope, kind: Kind): SyncError {
  const { status } = answer
  if (status !== 404 || scope !== 'container') return unreachable({ status })
  // A list without its route: the feature is off, or the prefix is wrong (oro/README 2.1, 3.15).
  const code = kind === 'calendar' ? 'oro-calendar-missing' : 'access'
  return new SyncError({ side: 'oro', status, code, scope, transient: false })
}

function refused(answer: OroAnswer, kind: Kind): SyncError {
  const errors = formErrors(answer.body)
  const fields = [...new Set(errors.flatMap(({ key }) => FIELD[kind][key] ?? []))]
  return new SyncError({
    side: 'oro',
    status: answer.status,
    code: 'refused-value',
    scope: 'item',
    transient: false,
    ...(fields.length === 0 ? {} : { fields }),
    detail: errors
      .map(({ key, message }) => (key === '' ? message : `${key}: ${message}`))
      .join('; '),
  })
}

/** Oro, or the way to it, does not answer as it should. `retryAfterMs` if it says how long. */
export const unreachable = (evidence: {
  status?: number
  retryAfterMs?: number
  cause?: unknown
}): SyncError =>
  new SyncError({
    ...evidence,
    side: 'oro',
    code: 'oro-unreachable',
    scope: 'service',
    transient: true,
  })

const retryAfter = ({ retryAfterMs }: OroAnswer): { retryAfterMs?: number } =>
  retryAfterMs === null ? {} : { retryAfterMs }

/** Every complaint of a 400 body, in any of Oro's shapes. */
export function formErrors(body: unknown): FormError[] {
  if (!isObject(body)) return []
  const { errors } = body
  if (Array.isArray(errors)) return errors.map(jsonApiError)
  const form = nodeErrors(errors, '')
  if (form.length > 0) return form
  const message = body['message'] ?? body['error'] ?? body['reason']
  return typeof message === 'string' ? [{ key: '', message }] : []
}

function jsonApiError(error: unknown): FormError {
  const { title, detail, source } = isObject(error) ? error : {}
  const pointer = isObject(source) ? source['pointer'] : undefined
  const key = /^\/data\/(?:attributes|relationships)\/([^/]+)/.exec(text(pointer))?.[1] ?? ''
  return { key, message: [title, detail].map(text).filter(Boolean).join(': ') }
}

/** `{errors: [...], children: {...}}`, where clean children are `[]` and collections may be arrays. */
function nodeErrors(node: unknown, key: string): FormError[] {
  if (!isObject(node)) return []
  const own = Array.isArray(node['errors'])
    ? node['errors'].map((message) => ({ key, message: text(message) }))
    : []
  const children =
    isObject(node['children']) || Array.isArray(node['children'])
      ? Object.entries(node['children'])
      : []
  return [
    ...own,
    ...children.flatMap(([name, child]) => nodeErrors(child, key === '' ? name : key)),
  ]
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '')

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
