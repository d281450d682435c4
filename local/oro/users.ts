import type { StandInAnswer } from '../stand-in/server'
import { answerCollection, answerRecord } from './collections'
import { accessDenied, notAllowed, notFound, toOne, type Resource } from './json-api'
import type { CollectionRules } from './json-api-query'
import type { User } from './model'
import type { Call } from './old-rest'
import { jsonApiTime } from './time'

const RULES: CollectionRules<User> = {
  resource: 'users',
  filters: {
    id: { type: 'integer', value: (user) => user.id },
    username: { type: 'string', value: (user) => user.username },
    email: { type: 'string', value: (user) => user.email },
    externalId: { type: 'string', value: (user) => user.externalId },
    organizations: { type: 'integer', value: (user) => user.organizationId },
  },
  sorts: {
    id: (user) => user.id,
    username: (user) => user.username,
    email: (user) => user.email,
  },
}

/** JSON:API `users`, read only here (contract 5.1). */
export function userCollection(call: Call): StandInAnswer {
  if (call.request.method !== 'GET') return notAllowed(call.request)
  const own = [...call.world.users.values()].filter(
    (user) => user.organizationId === call.application.organizationId,
  )
  return answerCollection(call.request, RULES, own, (user) => userResource('users', user))
}

export function userRecord(call: Call, id: string): StandInAnswer {
  if (call.request.method !== 'GET') return notAllowed(call.request)
  const user = call.world.users.get(Number(id))
  if (!user) return notFound()
  if (user.organizationId !== call.application.organizationId) return accessDenied()
  return answerRecord(call.request, 200, userResource('users', user))
}

/** `GET /api/userprofile`: who the token acts as. */
export function userProfile(call: Call): StandInAnswer {
  if (call.request.method !== 'GET') return notAllowed(call.request)
  const user = call.world.users.get(call.application.userId)
  if (!user) return notFound()
  return answerRecord(call.request, 200, userResource('userprofile', user))
}

export const userResource = (type: 'users' | 'userprofile', user: User): Resource => ({
  type,
  id: String(user.id),
  attributes: {
    username: user.username,
    email: user.email,
    firstName: user.firstName,
    lastName: user.lastName,
    enabled: user.enabled,
    emails: user.emails.map((email) => ({ email })),
    externalId: user.externalId,
    createdAt: jsonApiTime(user.createdAt),
    updatedAt: jsonApiTime(user.updatedAt),
  },
  relationships: {
    owner: toOne('businessunits', 1),
    organization: toOne('organizations', user.organizationId),
    organizations: { data: [{ type: 'organizations', id: String(user.organizationId) }] },
    auth_status: toOne('userauthstatuses', 'active'),
  },
})
