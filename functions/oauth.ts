import {
  app as functions,
  type Cookie,
  type HttpRequest,
  type HttpResponseInit,
} from '@azure/functions'
import { app } from '../shared/compose'
import { accountId } from '../shared/core/account'
import { finishSignIn, startSignIn, type CallbackResult } from '../shared/usecases/connect'
import { answering } from './http/answering'
import { messagePage } from './http/message-page'

const COOKIE_LIFE_S = 900

/** One cookie per sign-in: two pop-ups of one browser do not disturb each other. */
const cookieName = (state: string): string =>
  `oro-connect-${state.slice(0, 8).replaceAll(/[^\w-]/g, '')}`

/** Sent back to the pop-up's own calls only, also where the service lies below a path. */
function cookieOf(state: string, value: string, maxAge: number): Cookie {
  const { pathname, protocol } = new URL(`${app().config.publicUrl}/api/oauth`)
  return {
    name: cookieName(state),
    value,
    path: pathname,
    httpOnly: true,
    secure: protocol === 'https:',
    // Lax: the way back from the sign-in is a navigation from another site.
    sameSite: 'Lax',
    maxAge,
  }
}

function readCookie(request: HttpRequest, state: string): string | null {
  const start = `${cookieName(state)}=`
  const pairs = (request.headers.get('cookie') ?? '').split(/;\s*/)
  return pairs.find((pair) => pair.startsWith(start))?.slice(start.length) ?? null
}

const failure = (status: number, text: string): HttpResponseInit =>
  messagePage(status, { title: 'Not connected', text })

async function start(request: HttpRequest, kind: 'user' | 'admin'): Promise<HttpResponseInit> {
  const ticket = request.query.get('ticket') ?? ''
  const { location, state, cookie } = await startSignIn(app().deps, ticket, kind)
  return {
    status: 302,
    headers: { location, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' },
    cookies: [cookieOf(state, cookie, COOKIE_LIFE_S)],
  }
}

function success({ account, name }: Extract<CallbackResult, { ok: true }>): HttpResponseInit {
  const tell = (type: string) => ({
    message: { type, accountId: accountId(account) },
    origin: app().config.backOfficeOrigin,
  })
  return name === null
    ? messagePage(200, {
        title: 'Thank you',
        text: 'The consent was given. Press Connect now.',
        tell: tell('oro-microsoft-365-consented'),
      })
    : messagePage(200, {
        title: 'Connected',
        text: `Connected as ${name}. This window closes by itself.`,
        tell: tell('oro-microsoft-365-connected'),
      })
}

async function callback(request: HttpRequest): Promise<HttpResponseInit> {
  const { query } = request
  const state = query.get('state')
  const result = await finishSignIn(app().deps, {
    state,
    code: query.get('code'),
    error: query.get('error'),
    errorDescription: query.get('error_description'),
    adminConsent: query.get('admin_consent'),
    cookie: state === null ? null : readCookie(request, state),
  })
  const page = result.ok ? success(result) : failure(400, result.message)
  // A state that was not found is somebody's trial: the browser keeps the cookie of its own.
  const over = state !== null && (result.ok || result.account !== null)
  return over ? { ...page, cookies: [cookieOf(state, '', 0)] } : page
}

/** The pop-up's calls. They are anonymous: a one-time ticket, then state, PKCE and cookie stand for the key. */
export function registerOauth(): void {
  const get = { methods: ['GET' as const], authLevel: 'anonymous' as const }
  functions.http('oauth-start', {
    ...get,
    route: 'oauth/start',
    handler: (request, context) =>
      answering(context, 'oauth/start', () => start(request, 'user'), failure),
  })
  functions.http('oauth-admin-consent', {
    ...get,
    route: 'oauth/admin-consent',
    handler: (request, context) =>
      answering(context, 'oauth/admin-consent', () => start(request, 'admin'), failure),
  })
  functions.http('oauth-callback', {
    ...get,
    route: 'oauth/callback',
    handler: (request, context) =>
      answering(context, 'oauth/callback', () => callback(request), failure),
  })
}
