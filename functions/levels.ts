import * as z from 'zod'
import type { Scope } from '../shared/ports/stores'
import { organizationParams, userParams } from './http/schemas'

/** One of the three levels as a call names it. */
export interface LevelPath {
  readonly level: Scope['level']
  readonly prefix: string
  readonly params: z.ZodObject
  readonly scope: (params: unknown) => Scope
}

/** Paths of DESIGN 7 at which settings, pause, history and page tickets exist. */
export const LEVELS: readonly LevelPath[] = [
  { level: 'system', prefix: '', params: z.strictObject({}), scope: () => ({ level: 'system' }) },
  {
    level: 'organization',
    prefix: 'organizations/{o}/',
    params: organizationParams,
    scope: (params) => ({
      level: 'organization',
      organizationId: (params as z.output<typeof organizationParams>).o,
    }),
  },
  {
    level: 'user',
    prefix: 'organizations/{o}/users/{u}/',
    params: userParams,
    scope: (params) => {
      const { o, u } = params as z.output<typeof userParams>
      return { level: 'user', account: { organizationId: o, userId: u } }
    },
  },
]

/** `get-settings-user` and the like: names of functions are unique in an app. */
export const nameAt = (verb: string, { level }: LevelPath): string => `${verb}-${level}`
