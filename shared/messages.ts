import { z } from 'zod'

/** Names of the queues that are not configurable (DESIGN 4). */
export const ORO_CHANGES_QUEUE = 'oro-changes'
export const PROBES_QUEUE = 'probes'

const accountId = z.string().regex(/^[1-9]\d{0,9}-[1-9]\d{0,9}$/)
const at = z.iso.datetime()
/** Items that one message may name. */
export const MOST_IDS = 500
const ids = z.array(z.string().min(1).max(1024)).max(MOST_IDS)

/** Work for one account and kind, in the session of that account (DESIGN 4). */
export const syncMessageSchema = z.strictObject({
  v: z.literal(1),
  accountId,
  kind: z.enum(['calendar', 'tasks']),
  reason: z.enum(['hint', 'interval', 'manual', 'continuation', 'retry', 'first']),
  /** When the reason arose, RFC 3339 UTC. */
  at,
  mode: z.enum(['changes', 'full', 'audit']).optional(),
  operationId: z.string().max(64).optional(),
  runId: z.string().max(64).optional(),
  slice: z.int().min(0).optional(),
  /** Items to look at first, by the side that names them. */
  ids: z.strictObject({ oro: ids.optional(), microsoft: ids.optional() }).optional(),
})
export type SyncMessage = z.infer<typeof syncMessageSchema>

/** One read of an organization's audit feed serves all its users. */
export const oroChangesMessageSchema = z.strictObject({
  v: z.literal(1),
  organizationId: z.int().min(1),
  at,
})
export type OroChangesMessage = z.infer<typeof oroChangesMessageSchema>

/** Accounts that one message asks to be probed. */
export const MOST_PROBES = 50

/** Accounts that are due, of any organization; `at` = when the timer found them, RFC 3339 UTC. */
export const probesMessageSchema = z.strictObject({
  v: z.literal(1),
  at,
  due: z
    .array(
      z.strictObject({
        accountId,
        kind: z.enum(['calendar', 'tasks']),
        /** The date that has come and the interval it was entered with, milliseconds. */
        dueAt: z.int(),
        everyMs: z.int().nullable(),
      }),
    )
    .min(1)
    .max(MOST_PROBES),
})
export type ProbesMessage = z.infer<typeof probesMessageSchema>

export type Parsed<T> =
  | { readonly ok: true; readonly message: T }
  | { readonly ok: false; readonly problems: readonly string[] }

/** Checks a message on either end of a queue; every fault is named. */
export function parseMessage<T>(schema: z.ZodType<T>, body: unknown): Parsed<T> {
  const result = schema.safeParse(body)
  if (result.success) return { ok: true, message: result.data }
  return {
    ok: false,
    problems: result.error.issues.map((issue) => `/${issue.path.join('/')}: ${issue.message}`),
  }
}
