import type { StandInAnswer, StandInRequest } from '../stand-in/server'
import { NAMED_REFUSALS, type NamedRefusal } from './errors'
import { ORDINARY, type EntraSwitches } from './model'
import type { Issued } from './tokens'

/** What a test does by object and an outside driver under `/_control/`. */
export interface ControlActions {
  /** Changes the behaviour, for everybody or for one user. */
  set(switches: Partial<EntraSwitches>, upn?: string): void
  /** Ends a user's refresh tokens, and access tokens too if asked. */
  revoke(upn: string, options?: { access?: boolean }): void
  /** Lets a user's tokens run out now. */
  expire(upn: string, kind: 'access' | 'refresh'): void
  /** The next calls of the token endpoint are refused; `times` 0 = until the fault rules are cleared. */
  refuse(as: NamedRefusal, scope?: { upn?: string; times?: number; claims?: string }): void
}

/**
 * `PUT switches {upn?, …}`, `POST revoke {upn, access?}`, `POST expire {upn, kind}`, `POST refuse {as, upn?, times?, claims?}`,
 * `GET tokens` (without secrets), beside the common ones.
 */
export function control(
  actions: ControlActions,
  issued: readonly Issued[],
  request: StandInRequest,
  json: unknown,
): StandInAnswer | undefined {
  const what = `${request.method} ${request.url.pathname.slice('/_control/'.length)}`
  const given = (json ?? {}) as Record<string, unknown>
  const upn = typeof given['upn'] === 'string' ? given['upn'] : undefined
  if (what === 'GET tokens') return { status: 200, body: issued.map(withoutSecret) }
  if (what === 'PUT switches') {
    const { upn: _, ...switches } = given
    const unknown = Object.keys(switches).filter((name) => !(name in ORDINARY))
    if (unknown.length > 0) return bad(`no such switch: ${unknown.join(', ')}`)
    actions.set(switches, upn)
    return { status: 204 }
  }
  if (what === 'POST revoke') {
    if (upn === undefined) return bad('upn is missing')
    actions.revoke(upn, { access: given['access'] === true })
    return { status: 204 }
  }
  if (what === 'POST expire') {
    const { kind } = given
    if (upn === undefined || (kind !== 'access' && kind !== 'refresh'))
      return bad('upn and kind (access or refresh) are needed')
    actions.expire(upn, kind)
    return { status: 204 }
  }
  if (what === 'POST refuse') {
    const { as, times, claims } = given
    if (typeof as !== 'string' || !(as in NAMED_REFUSALS))
      return bad(`as is one of: ${Object.keys(NAMED_REFUSALS).join(', ')}`)
    actions.refuse(as as NamedRefusal, {
      ...(upn === undefined ? {} : { upn }),
      ...(typeof times === 'number' ? { times } : {}),
      ...(typeof claims === 'string' ? { claims } : {}),
    })
    return { status: 204 }
  }
  return undefined
}

const bad = (error: string): StandInAnswer => ({ status: 400, body: { error } })

const withoutSecret = (issued: Issued) => ({
  kind: issued.kind,
  upn: issued.user?.upn ?? null,
  tenantId: issued.tenantId,
  clientId: issued.clientId,
  scopes: issued.scopes,
  issuedAt: new Date(issued.issuedAt).toISOString(),
  expiresAt: new Date(issued.expiresAt).toISOString(),
  revoked: issued.revoked,
  uses: issued.uses,
})
