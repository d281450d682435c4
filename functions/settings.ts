import * as z from 'zod'
import { patchSchema } from '../shared/settings/schema'
import { patchSettings, readSettings } from '../shared/usecases/change-settings'
import { route } from './http/route'
import { LEVELS, nameAt } from './levels'

/** `GET` and `PATCH …/settings` of the three levels. */
export function declareSettingsRoutes(): void {
  for (const at of LEVELS) {
    const { level, prefix, params, scope } = at
    const answer = { status: 200, is: `${level}Settings` } as const
    route({
      name: nameAt('get-settings', at),
      method: 'GET',
      path: `${prefix}settings`,
      summary: `The settings of the ${level} level, field by field with their origin`,
      params,
      answer,
      async handle({ deps }, given) {
        const { body, etag } = await readSettings(deps, scope(given.params))
        return { status: 200, body, headers: { etag } }
      },
    })
    route({
      name: nameAt('patch-settings', at),
      method: 'PATCH',
      path: `${prefix}settings`,
      summary: `Changes own values of the ${level} level (JSON merge patch, null = inherit)`,
      params,
      // Judged by the use case against what holds above; `patchSchema` is what it starts with.
      body: z.unknown(),
      document: patchSchema(level),
      headers: ['if-match'],
      answer,
      problems: [412, 422],
      async handle({ deps }, { params: given, body, header, by }) {
        const request = { body, ifMatch: header('if-match'), by }
        const changed = await patchSettings(deps, scope(given), request)
        return { status: 200, body: changed.body, headers: { etag: changed.etag } }
      },
    })
  }
}
