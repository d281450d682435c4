import * as z from 'zod'
import { ERROR_CODES } from '../../shared/errors'
import { answerSchema } from '../../shared/settings/schema'

/** What the calls of DESIGN 7 answer: for the OpenAPI document, and the measure of every answer in the tests. */

/** Plain JSON of any form, or null. */
const anything = z.unknown()
const time = z.iso.datetime()
const kind = z.enum(['calendar', 'tasks'])
const side = z.enum(['oro', 'microsoft'])
const level = z.enum(['system', 'organization', 'user'])
const count = z.int().min(0)
const accountId = z.string().regex(/^\d+-\d+$/)
const reason = z.strictObject({ code: z.string(), message: z.string() })
const listOf = (item: z.ZodType) =>
  z.strictObject({ items: z.array(item), next: z.string().nullable() })

const connectionState = z.enum([
  'none',
  'connecting',
  'connected',
  'needs-reconnect',
  'needs-attention',
  'disconnecting',
])

const connection = z.strictObject({
  accountId,
  state: connectionState,
  microsoft: z
    .strictObject({ username: z.string(), displayName: z.string(), tenantId: z.string() })
    .nullable(),
  granted: z.strictObject({ calendar: z.boolean(), tasks: z.boolean() }),
  oro: z.strictObject({
    calendarId: z.int().nullable(),
    timeZone: z.string(),
    email: z.string().nullable(),
  }),
  reason: reason.extend({ adminConsentUrl: z.url().optional() }).nullable(),
  since: time,
})

const check = z.strictObject({
  healthy: z.boolean(),
  probes: z.array(
    z.strictObject({
      name: z.enum(['token', 'consent', 'mailbox', 'to-do', 'oro-api', 'oro-calendar']),
      ok: z.boolean(),
      code: z.enum(['ok', ...(Object.keys(ERROR_CODES) as [string, ...string[]])]),
      message: z.string(),
    }),
  ),
})

const progress = z.strictObject({ done: count, total: count })

const operation = z.strictObject({
  id: z.string(),
  type: z.enum(['sync', 'first-sync', 'preview', 'disconnect', 'resync', 'audit']),
  state: z.enum(['queued', 'running', 'waiting', 'done', 'failed', 'cancelled']),
  progress,
  result: anything,
  startedAt: time,
  endedAt: time.nullable(),
})

const writes = z.strictObject({ created: count, updated: count, deleted: count })

const kindStatus = z.strictObject({
  enabled: z.boolean(),
  state: z.enum(['off', 'idle', 'queued', 'running', 'throttled', 'paused', 'attention']),
  reason: reason.nullable(),
  inProgress: z.boolean(),
  progress: progress.nullable(),
  lastSyncAt: time.nullable(),
  nextSyncAt: time.nullable(),
  lastAgreedAt: time.nullable(),
  counts: z.strictObject({
    linked: count,
    parked: count,
    unlinked: count,
    withheld: count,
    held: count,
    problems: count,
  }),
  lastRun: z
    .strictObject({
      reason: z.string(),
      startedAt: time,
      endedAt: time.nullable(),
      calls: z.strictObject({ microsoft: count, oro: count }),
      writes: z.strictObject({ microsoft: writes, oro: writes }),
      mails: count,
    })
    .nullable(),
})

const status = z.strictObject({
  accountId,
  paused: level.nullable(),
  kinds: z.strictObject({ calendar: kindStatus, tasks: kindStatus }),
})

const problem = z.strictObject({
  id: z.string(),
  kind,
  code: z.enum(Object.keys(ERROR_CODES) as [string, ...string[]]),
  message: z.string(),
  side: side.nullable(),
  step: z.enum(['get_list', 'get', 'map', 'save', 'load']),
  operation: z.enum(['import', 'export']),
  oroId: z.string().nullable(),
  microsoftId: z.string().nullable(),
  label: z.string(),
  fields: z.array(z.string()),
  choices: z.array(z.enum(['retry', 'ignore', 'remove-copy', 'repair'])),
  since: time,
  attempts: count,
  nextTryAt: time.nullable(),
})

const hold = z.strictObject({
  items: z.array(
    z.strictObject({
      id: z.string(),
      kind,
      operation: z.enum(['delete', 're-create']),
      side,
      label: z.string(),
      when: z.strictObject({ start: time, end: time }).nullable(),
    }),
  ),
  since: time.nullable(),
  limit: count,
})

const historyEntry = z.strictObject({
  at: time,
  kind: z.enum(['calendar', 'tasks', 'settings', 'connection']),
  operation: z.string(),
  side: side.nullable(),
  oroId: z.string().nullable(),
  microsoftId: z.string().nullable(),
  label: z.string(),
  fields: z.array(
    z.strictObject({ name: z.string(), old: anything, new: anything, lost: anything }),
  ),
  why: z.string(),
  by: z.string(),
})

const account = z.strictObject({
  accountId,
  userId: count,
  state: connectionState,
  microsoft: z.strictObject({ username: z.string() }).nullable(),
  reason: reason.nullable(),
  lastAgreedAt: time.nullable(),
  problems: count,
  held: count,
})

const healthPart = z.strictObject({ name: z.string(), ok: z.boolean(), message: z.string() })

/** RFC 9457, with every violation by its JSON pointer. */
export const problemDocument = z.strictObject({
  type: z.literal('about:blank'),
  title: z.string(),
  status: z.int().min(400).max(599),
  detail: z.string(),
  errors: z.array(z.strictObject({ pointer: z.string(), detail: z.string() })),
})

export const ANSWERS = {
  systemSettings: answerSchema('system'),
  organizationSettings: answerSchema('organization'),
  userSettings: answerSchema('user'),
  connectLink: z.strictObject({ connectUrl: z.url(), expiresAt: time }),
  connection,
  check,
  operation,
  status,
  levelStatus: z.strictObject({ paused: level.nullable() }),
  problems: listOf(problem),
  hold,
  answered: z.strictObject({ answered: count }),
  history: listOf(historyEntry),
  accounts: listOf(account),
  pageTicket: z.strictObject({ url: z.url(), expiresAt: time }),
  paused: z.strictObject({ paused: z.literal(true), running: count }),
  resumed: z.strictObject({ paused: z.literal(false) }),
  up: z.strictObject({ up: z.boolean() }),
  health: z.strictObject({ up: z.boolean(), parts: z.array(healthPart) }),
  openApi: z.looseObject({ openapi: z.string() }),
  /** No content. */
  nothing: null,
} as const satisfies Record<string, z.ZodType | null>

export type AnswerName = keyof typeof ANSWERS
