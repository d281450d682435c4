import * as z from 'zod'
import type { App } from '../shared/compose'
import { patchSettings, readSettings } from '../shared/usecases/change-settings'
import { createPageTicket } from '../shared/usecases/page-tickets'
import { pause, resume } from '../shared/usecases/pause'
import { route, type Answer, type Input } from './http/route'
import { organizationParams, userParams } from './http/schemas'
import type { Scope } from '../shared/ports/stores'

type Levels = {
  readonly level: Scope['level']
  readonly prefix: string
  readonly params: z.ZodType
  readonly scope: (params: unknown) => Scope
}

const levels: readonly Levels[] = [
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

const name = (verb: string, level: string): string => `${verb}-${level}`

/** The calls that exist at all three levels. */
export function declareLevelRoutes(): void {
  for (const { level, prefix, params, scope } of levels) {
    route({
      name: name('get-settings', level),
      method: 'GET',
      path: `${prefix}settings`,
      summary: `The settings of the ${level} level, field by field with their origin`,
      params,
      answers: { 200: 'settings' },
      async handle({ deps }, { params: at }) {
        const { body, etag } = await readSettings(deps, scope(at))
        return { status: 200, body, headers: { etag } }
      },
    })
    route({
      name: name('patch-settings', level),
      method: 'PATCH',
      path: `${prefix}settings`,
      summary: `Changes own values of the ${level} level (JSON merge patch, null = inherit)`,
      params,
      body: z.unknown(),
      answers: { 200: 'settings', 412: 'problem', 422: 'problem', 428: 'problem' },
      async handle({ deps }, { params: at, body, header, by }) {
        const result = await patchSettings(deps, scope(at), {
          body,
          ifMatch: header('if-match'),
          by,
        })
        return { status: 200, body: result.body, headers: { etag: result.etag } }
      },
    })
    route({
      name: name('create-page-ticket', level),
      method: 'POST',
      path: `${prefix}page-tickets`,
      summary: `An address of the settings page of the ${level} level, good once within five minutes`,
      params,
      answers: { 201: 'ticket' },
      handle: async ({ deps }, { params: at }) => ({
        status: 201,
        body: await createPageTicket(deps, scope(at)),
      }),
    })
    const stop = async (
      { deps }: App,
      { params: at }: Pick<Input<unknown, never, never>, 'params'>,
    ): Promise<Answer> => ({
      status: 200,
      body: await pause(deps, scope(at)),
    })
    route({
      name: name('pause', level),
      method: 'POST',
      path: `${prefix}pause`,
      summary: `Stops syncing at the ${level} level; nothing is called from the answer on`,
      params,
      answers: { 200: 'paused' },
      handle: stop,
    })
    route({
      name: name('resume', level),
      method: 'POST',
      path: `${prefix}resume`,
      summary: `Takes back the stop of the ${level} level`,
      params,
      answers: { 200: 'paused' },
      handle: async ({ deps }, { params: at }) => ({
        status: 200,
        body: await resume(deps, scope(at)),
      }),
    })
  }
}
