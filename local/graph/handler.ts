import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises'
import type { StandInAnswer, StandInRequest } from '../stand-in/server'
import { accessDenied, errorBody, GraphError } from './errors'
import { touchEvent } from './actions'
import type { Mailbox } from './model'
import { preferencesOf } from './prefer'
import { queryOf, type RouteContext, type Router } from './routing'
import { retryAfterHeaders } from './throttle'
import { findMailbox, type World } from './world'

/** What a bearer token is worth. */
export type Verdict = { mailbox: string; scopes: string[] } | { error: 'expired' | 'invalid' }

export type VerifyToken = (bearer: string) => Verdict | Promise<Verdict>

export interface HandlerDeps {
  world: World
  router: Router
  /** `/v1.0` */
  basePath: string
  verdictOf(request: StandInRequest): Promise<Verdict>
}

/** One request through token, switches, throttling, routing and error form. */
export interface GraphHandler {
  /** A request that came by itself: takes a place among those in flight. */
  handle(request: StandInRequest): Promise<StandInAnswer>
  /** The same without a place of its own: a part of a batch. `refused` = over the limit of requests in flight. */
  perform(request: StandInRequest, verdict: Verdict, refused: boolean): Promise<StandInAnswer>
}

/** Places that a batch takes among the requests in flight, and how it is answered with the places that are left. */
export interface Batch {
  places: number
  run(room: number): Promise<StandInAnswer>
}

const BATCH_PATH = '/$batch'

/** @param openBatch reads a batch; throws GraphError when it is none */
export function createHandler(
  deps: HandlerDeps,
  openBatch: (request: StandInRequest, verdict: Verdict) => Batch,
): GraphHandler {
  const { world, router, basePath } = deps
  const inFlight = new Map<string, number>()

  /** The real work; throws GraphError. */
  const route = async (request: StandInRequest, verdict: Verdict): Promise<StandInAnswer> => {
    const { mailbox, scopes } = admitted(world, verdict)
    checkToken(world, mailbox)
    if (!request.rawPath.startsWith(`${basePath}/`)) {
      throw new GraphError(404, 'BadRequest', `Invalid version in '${request.rawPath}'.`)
    }
    const path = request.rawPath.slice(basePath.length)
    const { route: found, parameters } = router.match(request.method, path)
    const named = parameters['user-id']
    if (named !== undefined && findMailbox(world, named) !== mailbox) throw accessDenied()
    // The user himself is read from the directory.
    if (found.path !== '/me') checkUsable(world, mailbox)
    checkScopes(world, mailbox, scopes, found.scopes)
    settle(world, mailbox)
    const preferences = preferencesOf(request.headers['prefer'])
    const context: RouteContext = {
      world,
      mailbox,
      request,
      parameters,
      path,
      preferences,
      query: queryOf(request.rawQuery),
      root: `http://${request.headers['host'] ?? '127.0.0.1'}${basePath}`,
      violation(rule, detail) {
        world.violations.push({
          at: new Date(world.now()).toISOString(),
          mailbox: mailbox.userPrincipalName,
          method: request.method,
          path: request.rawPath,
          rule,
          detail,
        })
      },
    }
    if (!preferences.immutableIds && /events|calendarview/i.test(found.path)) {
      context.violation('IdType', 'a calendar call without Prefer: IdType="ImmutableId"')
    }
    const answer = await found.handle(context)
    const { applied } = preferences
    if (applied.length === 0) return answer
    return { ...answer, headers: { ...answer.headers, 'preference-applied': applied.join(', ') } }
  }

  /** Adds the headers of every answer and gives refusals their body. */
  const stamped = async (
    request: StandInRequest,
    mailbox: Mailbox | undefined,
    work: () => StandInAnswer | Promise<StandInAnswer>,
  ): Promise<StandInAnswer> => {
    const stamps = {
      now: world.now(),
      requestId: world.ids.guid(),
      clientRequestId: request.headers['client-request-id'],
    }
    const headers: Record<string, string> = {
      'request-id': stamps.requestId,
      'client-request-id': stamps.clientRequestId ?? stamps.requestId,
      date: new Date(stamps.now).toUTCString(),
      'x-ms-ags-diagnostic': '{"ServerInfo":{"DataCenter":"stand-in"}}',
    }
    try {
      const answer = await work()
      return { ...answer, headers: { ...headers, ...answer.headers } }
    } catch (error) {
      if (!(error instanceof GraphError)) throw error
      const form = error.bodyless ? 'empty' : world.switches.use(mailbox?.userId ?? '', 'errorForm')
      return {
        status: error.status,
        headers: {
          ...headers,
          ...(form === 'html' ? { 'content-type': 'text/html' } : {}),
          ...error.headers,
        },
        body: errorBody(error, form, stamps),
      }
    }
  }

  const mailboxOf = (verdict: Verdict): Mailbox | undefined =>
    'mailbox' in verdict ? findMailbox(world, verdict.mailbox) : undefined

  const perform: GraphHandler['perform'] = (request, verdict, refused) => {
    const mailbox = mailboxOf(verdict)
    return stamped(request, mailbox, () => {
      if (refused && mailbox !== undefined) throw throttled(world, mailbox)
      return route(request, verdict)
    })
  }

  return {
    perform,
    async handle(request) {
      const verdict = await deps.verdictOf(request)
      const mailbox = mailboxOf(verdict)
      if (mailbox === undefined) return perform(request, verdict, false)
      const key = mailbox.userId
      const before = inFlight.get(key) ?? 0
      const room = world.switches.use(key, 'concurrency') - before
      const isBatch = request.rawPath === `${basePath}${BATCH_PATH}` && request.method === 'POST'
      return stamped(request, mailbox, async () => {
        if (isBatch) checkToken(world, mailbox)
        const opened = isBatch ? openBatch(request, verdict) : null
        const places = opened?.places ?? 1
        inFlight.set(key, before + places)
        try {
          const latencyMs = world.switches.use(key, 'latencyMs')
          // Requests that arrive in the same turn are in flight together.
          if (latencyMs > 0) await sleep(latencyMs)
          else await turn()
          return await (opened?.run(room) ?? perform(request, verdict, room < 1))
        } finally {
          inFlight.set(key, (inFlight.get(key) ?? places) - places)
        }
      })
    },
  }
}

/** Exchange's own touches after a creation (G-27), done before the next request. */
function settle(world: World, mailbox: Mailbox): void {
  if (mailbox.pendingTouches.size === 0) return
  for (const event of mailbox.pendingTouches) touchEvent(world, mailbox, event, 'api')
  mailbox.pendingTouches.clear()
}

function checkScopes(world: World, mailbox: Mailbox, granted: string[], wanted: string[]): void {
  const denied = world.switches.use(mailbox.userId, 'deniedScopes')
  if (wanted.some((scope) => granted.includes(scope) && !denied.includes(scope))) return
  throw accessDenied()
}

/** @throws GraphError 401; 404 when nobody has such a mailbox */
function admitted(world: World, verdict: Verdict): { mailbox: Mailbox; scopes: string[] } {
  if ('error' in verdict) throw tokenError(verdict.error)
  const mailbox = findMailbox(world, verdict.mailbox)
  if (mailbox === undefined) throw notEnabled(404)
  return { mailbox, scopes: verdict.scopes }
}

/** @throws GraphError 401 by the switches `expiredToken` (G-72) and `claimsChallenge` (G-64) */
function checkToken(world: World, mailbox: Mailbox): void {
  if (world.switches.use(mailbox.userId, 'expiredToken')) throw tokenError('expired')
  if (world.switches.use(mailbox.userId, 'claimsChallenge')) throw claimsError()
}

/** @throws GraphError 404/400 for an unusable mailbox (G-69), 429 under a long throttle (G-61) */
function checkUsable(world: World, mailbox: Mailbox): void {
  const unusable = world.switches.use(mailbox.userId, 'mailboxUnusable')
  if (unusable !== null) throw notEnabled(unusable)
  const until = world.switches.use(mailbox.userId, 'throttledUntil')
  if (until < 0 || world.now() < until) throw throttled(world, mailbox)
}

const notEnabled = (status: number): GraphError =>
  new GraphError(
    status,
    'MailboxNotEnabledForRESTAPI',
    'The mailbox is either inactive, soft-deleted, or is hosted on-premise.',
  )

/** 429 with the mailbox's form of Retry-After. */
function throttled(world: World, mailbox: Mailbox): GraphError {
  return new GraphError(
    429,
    'ApplicationThrottled',
    'Application is over its MailboxConcurrency limit.',
    retryAfterHeaders(world, mailbox),
  )
}

function tokenError(kind: 'expired' | 'invalid'): GraphError {
  return new GraphError(
    401,
    'InvalidAuthenticationToken',
    kind === 'expired'
      ? 'Lifetime validation failed, the token is expired.'
      : 'Access token is empty or not valid.',
    {
      'www-authenticate':
        'Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize"',
    },
  )
}

function claimsError(): GraphError {
  const claims = Buffer.from('{"access_token":{"nbf":{"essential":true,"value":"1604106651"}}}')
  return new GraphError(
    401,
    'InvalidAuthenticationToken',
    'Continuous access evaluation resulted in challenge with result: InteractionRequired and code: TokenIssuedBeforeRevocationTimestamp',
    {
      'www-authenticate': `Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", error="insufficient_claims", claims="${claims.toString('base64')}"`,
    },
  )
}
