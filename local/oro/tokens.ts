import type { StandInAnswer, StandInRequest } from '../stand-in/server'
import type { Application } from './model'
import type { World } from './state'

const LIFETIME_S = 3600
/** Never below the back-office prefix (contract 2.1). */
export const TOKEN_PATH = '/oauth2-token'

export interface Tokens {
  /** `POST /oauth2-token` (contract 2.3). */
  issue(request: StandInRequest): StandInAnswer
  /** The client that a request names: by its token, or by its credentials at the token endpoint. */
  client(request: StandInRequest): string | undefined
  /** The application behind a request's bearer token; undefined = 401. */
  application(request: StandInRequest): Application | undefined
  /** Lets all access tokens expire at once. */
  revokeAll(): void
}

export function createTokens(world: World): Tokens {
  const issued = new Map<string, { clientId: string; expiresAt: number }>()
  const usable = (clientId: string): Application | undefined => {
    const application = world.applications.get(clientId)
    if (!application?.active) return undefined
    const organization = world.organizations.get(application.organizationId)
    return organization?.apiEnabled === true ? application : undefined
  }
  const application = (request: StandInRequest): Application | undefined => {
    const token = /^Bearer (.+)$/i.exec(request.headers['authorization'] ?? '')?.[1]
    const grant = token === undefined ? undefined : issued.get(token)
    if (!grant || grant.expiresAt <= world.now()) return undefined
    return usable(grant.clientId)
  }
  return {
    application,
    client: (request) =>
      request.rawPath === TOKEN_PATH
        ? credentials(request)['client_id']
        : application(request)?.clientId,
    issue(request) {
      const fields = credentials(request)
      if (fields['grant_type'] === undefined) return unsupportedGrant()
      if (fields['client_id'] === undefined) return invalidRequest('client_id')
      const application = usable(fields['client_id'])
      if (application?.clientSecret !== fields['client_secret'] || !application)
        return invalidClient()
      if (fields['grant_type'] !== 'client_credentials') return unsupportedGrant()
      const token = newToken(world)
      const expiresAt = world.now() + LIFETIME_S * 1000
      issued.set(token, { clientId: application.clientId, expiresAt })
      return {
        status: 200,
        headers: { 'content-type': 'application/json; charset=UTF-8' },
        body: { token_type: 'Bearer', expires_in: LIFETIME_S, access_token: token },
      }
    },
    revokeAll() {
      issued.clear()
    },
  }
}

function newToken(world: World): string {
  const bytes = Buffer.from(Array.from({ length: 24 }, () => Math.floor(world.random() * 256)))
  const header = Buffer.from('{"typ":"JWT","alg":"RS256"}').toString('base64url')
  return `${header}.${bytes.toString('base64url')}.c2lnbmF0dXJl`
}

/** JSON or form body; client id and secret in it or as Basic auth. */
function credentials(request: StandInRequest): Record<string, string | undefined> {
  const fields: Record<string, string | undefined> = {}
  const text = request.body.toString()
  if ((request.headers['content-type'] ?? '').includes('json')) {
    try {
      for (const [name, value] of Object.entries(JSON.parse(text) as object))
        if (typeof value === 'string') fields[name] = value
    } catch {
      return fields
    }
  } else for (const [name, value] of new URLSearchParams(text)) fields[name] = value
  const basic = /^Basic (.+)$/i.exec(request.headers['authorization'] ?? '')?.[1]
  if (basic !== undefined) {
    const pair = Buffer.from(basic, 'base64').toString()
    const colon = pair.indexOf(':')
    fields['client_id'] ??= pair.slice(0, colon)
    fields['client_secret'] ??= pair.slice(colon + 1)
  }
  return fields
}

/** Wrong secret, inactive application, Web API off: all look the same (contract 2.2). */
function invalidClient(): StandInAnswer {
  const text = 'Client authentication failed'
  return {
    status: 401,
    headers: { 'content-type': 'application/json' },
    body: { error: 'invalid_client', error_description: text, message: text },
  }
}

function invalidRequest(field: string): StandInAnswer {
  const text =
    'The request is missing a required parameter, includes an invalid parameter value, includes a parameter more than once, or is otherwise malformed.'
  return {
    status: 400,
    headers: { 'content-type': 'application/json' },
    body: {
      error: 'invalid_request',
      error_description: text,
      hint: `Check the \`${field}\` parameter`,
      message: text,
    },
  }
}

function unsupportedGrant(): StandInAnswer {
  const text = 'The authorization grant type is not supported by the authorization server.'
  return {
    status: 400,
    headers: { 'content-type': 'application/json' },
    body: {
      error: 'unsupported_grant_type',
      error_description: text,
      hint: 'Check that all required parameters have been provided',
      message: text,
    },
  }
}
