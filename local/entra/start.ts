import { createHash } from 'node:crypto'
import type { FaultRule } from '../stand-in/faults'
import {
  startStandIn,
  type StandInAnswer,
  type StandInRequest,
  type StandInServer,
} from '../stand-in/server'
import { adminConsent } from './admin-consent'
import { authorize, signIn, type Realm } from './authorize'
import { browse } from './browse'
import { startProtocolCore, type ProtocolCore } from './core'
import { control, type ControlActions } from './control'
import { discovery, instanceDiscovery } from './discovery'
import { NAMED_REFUSALS, refusalBody, type NamedRefusal } from './errors'
import {
  ORDINARY,
  sameName,
  type Directory,
  type EntraSeed,
  type EntraSwitches,
  type EntraTenant,
  type EntraUser,
} from './model'
import { presented, token } from './token'
import { createTokens, type Issued, type Verified } from './tokens'

export interface EntraOptions extends EntraSeed {
  /** Port on loopback; 0 or absent = any free one. */
  port?: number
  /** Milliseconds; everything expires on this clock. */
  now?: () => number
  /** Root of Graph, the prefix of its scopes; absent = the global one. A function, where Graph starts later. */
  graphOrigin?: string | (() => string)
}

/** The Entra stand-in (graph/CONTRACT 14, 17). Users are named by their principal name. */
export interface EntraStandIn extends ControlActions {
  /** `http://127.0.0.1:{port}`; the issuer is `{url}/{tenant}/v2.0`. */
  url: string
  server: StandInServer
  users: readonly EntraUser[]
  /** Everything handed out, secrets included. */
  issued: readonly Issued[]
  /** For Graph: whose token this is, judged on the clock. */
  verifyToken(bearer: string): Verified
  /** Walks through the sign-in page as a browser would; answers where the browser is sent. */
  browse(authorizeUrl: string, as: string, decision?: 'accept' | 'cancel'): Promise<URL>
  stop(): Promise<void>
}

/** Starts the stand-in; `stop` ends it. */
export async function startEntra(options: EntraOptions): Promise<EntraStandIn> {
  const general: Partial<EntraSwitches> = {}
  const personal = new Map<string, Partial<EntraSwitches>>()
  const directory: Directory = {
    now: options.now ?? Date.now,
    tenants: options.tenants,
    users: options.users.map((user) => ({ ...user, oid: user.oid ?? oidOf(user.upn) })),
    clients: options.clients,
    get graphOrigin() {
      const { graphOrigin = 'https://graph.microsoft.com' } = options
      return typeof graphOrigin === 'string' ? graphOrigin : graphOrigin()
    },
    adminConsents: new Set(),
    switches: (user) => ({
      ...ORDINARY,
      ...general,
      ...(user ? personal.get(user.upn.toLowerCase()) : {}),
    }),
  }
  const tokens = createTokens(directory)
  const started: { core?: ProtocolCore } = {}
  const realm: Realm = {
    directory,
    tokens,
    get core() {
      if (!started.core) throw new Error('the protocol core has not started')
      return started.core
    },
  }
  const known = (upn: string): string => {
    const user = directory.users.find((one) => sameName(one.upn, upn))
    if (!user) throw new Error(`no user ${upn} in this directory`)
    return user.upn
  }
  const actions: ControlActions = {
    set(switches, upn) {
      if (upn === undefined) Object.assign(general, switches)
      else {
        const key = known(upn).toLowerCase()
        personal.set(key, { ...personal.get(key), ...switches })
      }
    },
    revoke(upn, revocation) {
      tokens.revoke(known(upn), revocation)
    },
    expire(upn, kind) {
      tokens.expire(known(upn), kind)
    },
    refuse(as, scope = {}) {
      const { upn, ...rest } = scope
      const rule = refusalRule(as, rest, directory.now())
      server.faults.add(upn === undefined ? rule : { ...rule, principal: known(upn) })
    },
  }
  const server = await startStandIn({
    ...(options.port === undefined ? {} : { port: options.port }),
    now: directory.now,
    handle: (request) => route(realm, server.url, request),
    principal: (request) => {
      const form = tokenForm(request)
      return form && (presented(realm, form)?.user?.upn ?? form.get('client_id') ?? undefined)
    },
    control: (request, json) => Promise.resolve(control(actions, tokens.all, request, json)),
    loggedBody: (request) => {
      const form = tokenForm(request)
      return (
        form &&
        Object.fromEntries([...form].filter(([name]) => HARMLESS_TOKEN_PARAMETERS.has(name)))
      )
    },
    loggedAnswer: (_request, { body }) => withoutTokens(body),
  })
  started.core = await startProtocolCore(directory, server.url)
  return {
    ...actions,
    url: server.url,
    server,
    users: directory.users,
    issued: tokens.all,
    verifyToken: (bearer) => tokens.verify(bearer),
    browse: (authorizeUrl, as, decision = 'accept') =>
      browse(server.url, authorizeUrl, as, decision),
    async stop() {
      await server.stop()
      await realm.core.stop()
    },
  }
}

async function route(realm: Realm, url: string, request: StandInRequest): Promise<StandInAnswer> {
  const [, segment = '', ...rest] = request.url.pathname.split('/')
  const what = `${request.method} ${rest.join('/')}`
  if (what === 'GET discovery/instance') return instanceDiscovery(url)
  const tenant = realm.directory.tenants.find((one) => one.id === segment)
  if (!tenant) return unknownTenant(segment)
  const query = request.url.searchParams
  const form = () => new URLSearchParams(request.body.toString())
  switch (what) {
    case 'GET v2.0/.well-known/openid-configuration':
      return discovery(url, tenant, realm.directory)
    case 'GET discovery/v2.0/keys':
      return keys(realm, tenant)
    case 'GET oauth2/v2.0/authorize':
      return authorize(realm, tenant, query)
    case 'POST oauth2/v2.0/authorize':
      return authorize(realm, tenant, form())
    case 'POST login':
      return signIn(realm, tenant, form())
    case 'POST oauth2/v2.0/token':
      return token(realm, tenant, form())
    case 'GET v2.0/adminconsent':
      return adminConsent(realm, tenant, query, null)
    case 'POST adminconsent-answer':
      return adminConsent(
        realm,
        tenant,
        new URLSearchParams(form().get('request') ?? ''),
        form().get('decision'),
      )
    default:
      return { status: 404, body: { error: 'not_found' } }
  }
}

const unknownTenant = (segment: string): StandInAnswer => ({
  status: 400,
  body: {
    error: 'invalid_tenant',
    error_description: `AADSTS90002: Tenant '${segment}' not found.`,
    error_codes: [90002],
  },
})

async function keys({ core }: Realm, tenant: EntraTenant): Promise<StandInAnswer> {
  const answer = await core.ask(`/${tenant.id}/discovery/v2.0/keys`, { method: 'GET' })
  return { status: answer.status, body: JSON.parse(answer.text) as unknown }
}

/** MSAL adds a query to the address. */
const TOKEN_PATH = '/oauth2/v2\\.0/token(\\?|$)'

const tokenForm = (request: StandInRequest): URLSearchParams | undefined =>
  request.method === 'POST' && request.url.pathname.endsWith('/oauth2/v2.0/token')
    ? new URLSearchParams(request.body.toString())
    : undefined

const HARMLESS_TOKEN_PARAMETERS = new Set([
  'grant_type',
  'client_id',
  'scope',
  'redirect_uri',
  'claims',
])

function withoutTokens(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || Buffer.isBuffer(body)) return undefined
  const secret = new Set(['access_token', 'refresh_token', 'id_token', 'client_info'])
  return Object.fromEntries(Object.entries(body).filter(([name]) => !secret.has(name)))
}

function refusalRule(
  as: NamedRefusal,
  scope: { times?: number; claims?: string },
  now: number,
): FaultRule {
  const refusal = { ...NAMED_REFUSALS[as], ...(scope.claims ? { claims: scope.claims } : {}) }
  return {
    method: 'POST',
    path: TOKEN_PATH,
    times: scope.times ?? 1,
    status: 'status' in refusal ? refusal.status : 400,
    body: refusalBody(refusal, now),
  }
}

/** A version 4 lookalike, the same for the same name. */
function oidOf(upn: string): string {
  const hex = createHash('sha256').update(upn.toLowerCase()).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
