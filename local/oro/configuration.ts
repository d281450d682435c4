import type { StandInAnswer } from '../stand-in/server'
import { forbidden, json, methodNotAllowed, type Call } from './old-rest'
import { oldRestTime } from './time'

/** `GET configuration.json`: the sections. */
export function configurationSections(call: Call): StandInAnswer {
  if (call.request.method !== 'GET') return methodNotAllowed()
  return isReadable(call) ? json(200, ['localization']) : forbidden()
}

/**
 * `GET configuration/localization.json`: the time zone of the token's user; needs the system configuration capability
 * (contract 5.2). Unknown sections are 404.
 */
export function configurationSection(call: Call, section: string): StandInAnswer {
  if (call.request.method !== 'GET') return methodNotAllowed()
  if (!isReadable(call)) return forbidden()
  const user = call.world.users.get(call.application.userId)
  if (section !== 'localization' || !user) return json(404, { code: 404 })
  const changed = oldRestTime(user.createdAt)
  return json(200, [
    { key: 'oro_locale.country', type: 'string', value: 'DE', createdAt: null, updatedAt: null },
    {
      key: 'oro_locale.timezone',
      type: 'string',
      value: user.timeZone,
      createdAt: changed,
      updatedAt: changed,
    },
  ])
}

const isReadable = (call: Call): boolean =>
  call.world.organizations.get(call.application.organizationId)?.configurationReadable === true
