import * as z from 'zod'
import type { Account } from '../../shared/core/account'

/** Oro's numeric ids; its database counts in 32 bits. */
const oroId = z
  .string()
  .regex(/^[1-9]\d{0,9}$/, 'must be a positive whole number')
  .transform(Number)
  .refine((value) => value <= 2_147_483_647, 'is out of range')

export const organizationParams = z.strictObject({ o: oroId })
export const userParams = z.strictObject({ o: oroId, u: oroId })

/** Where all calls of one user are. */
export const USER_PATH = 'organizations/{o}/users/{u}'

export const accountOf = ({ o, u }: z.output<typeof userParams>): Account => ({
  organizationId: o,
  userId: u,
})
export const operationParams = z.strictObject({
  id: z.string().regex(/^[1-9]\d{0,9}-[0-9a-f-]{1,60}$/, 'is no operation id'),
})

export const pageQuery = z.strictObject({
  limit: z
    .string()
    .regex(/^\d{1,4}$/, 'must be a whole number')
    .transform(Number)
    .refine((value) => value >= 1 && value <= 500, 'must be between 1 and 500')
    .default(50),
  next: z
    .string()
    .max(2000)
    .optional()
    .transform((next) => next ?? null),
})

const zone = z.string().refine((name) => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return !/^[+-]/.test(name)
  } catch {
    return false
  }
}, 'is no IANA time zone')

export const connectBody = z.strictObject({
  calendarId: z.int().min(1).max(2_147_483_647).optional(),
  timeZone: zone.optional(),
  email: z.email().max(255).optional(),
})

export const credentialsBody = z.strictObject({
  clientId: z.string().min(1).max(255),
  clientSecret: z.string().min(1).max(255),
})

export const cleanupQuery = z.strictObject({
  cleanup: z.enum(['leave', 'remove-from-microsoft', 'remove-from-oro']).default('leave'),
})

export const syncBody = z.strictObject({
  kind: z.enum(['calendar', 'tasks']).optional(),
  mode: z.enum(['changes', 'full', 'audit']).default('changes'),
})

export const problemParams = z.strictObject({
  o: oroId,
  u: oroId,
  id: z.string().regex(/^[ct]-[0-9a-f]{16}$/, 'is no problem id'),
  choice: z.enum(['retry', 'ignore', 'remove-copy', 'repair']),
})

const heldId = z.string().regex(/^[ct]-\d{1,20}$/, 'is no id of a held item')
export const confirmBody = z.strictObject({ ids: z.array(heldId).min(1).max(500).optional() })
export const refuseBody = confirmBody.extend({
  then: z.enum(['unlink', 'recreate']).default('unlink'),
})

export const accountsQuery = pageQuery.extend({
  state: z
    .enum([
      'none',
      'connecting',
      'connected',
      'needs-reconnect',
      'needs-attention',
      'disconnecting',
    ])
    .optional()
    .transform((state) => state ?? null),
})
