import { app as functions, type HttpRequest, type HttpResponseInit } from '@azure/functions'
import { app } from '../shared/compose'
import { ProblemAnswer } from '../shared/errors'
import { finishSignIn, startSignIn } from '../shared/usecases/connect'
import { popUpPage } from './http/page'
import { answering } from './http/route'

/** Binds the sign-in to the browser that began it. */
const COOKIE = 'oro-connect'
const COOKIE_LIFE_S = 900

const origin = (): string => app().config.backOfficeOrigin

const failure = (status: number, text: string): HttpResponseInit =>
  popUpPage(status, { title: 'Not connected', text, message: null, origin: origin() })

async function start(request: HttpRequest, kind: 'user' | 'admin'): Promise<HttpResponseInit> {
  const { deps, config } = app()
  try {
    const { location, cookie } = await startSignIn(deps, request.query.get('ticket') ?? '', kind)
    return {
      status: 302,
      headers: { location, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' },
      cookies: [
        {
          name: COOKIE,
          value: cookie,
          path: '/api/oauth',
          httpOnly: true,
          secure: config.publicUrl.startsWith('https:'),
          sameSite: 'Lax',
          maxAge: COOKIE_LIFE_S,
        },
      ],
    }
  } catch (error) {
    if (error instanceof ProblemAnswer) return failure(error.status, error.message)
    throw error
  }
}

function cookieOf(request: HttpRequest): string | null {
  const pairs = (request.headers.get('cookie') ?? '').split(/;\s*/)
  return pairs.find((pair) => pair.startsWith(`${COOKIE}=`))?.slice(COOKIE.length + 1) ?? null
}

async function callback(request: HttpRequest): Promise<HttpResponseInit> {
  const { query } = request
  const result = await finishSignIn(app().deps, {
    state: query.get('state'),
    code: query.get('code'),
    error: query.get('error'),
    errorDescription: query.get('error_description'),
    adminConsent: query.get('admin_consent'),
    cookie: cookieOf(request),
  })
  if (!result.ok) return failure(400, result.message)
  const text =
    result.name === ''
      ? 'The consent was given. Press Connect now.'
      : `Connected as ${result.name}. This window closes by itself.`
  const { organizationId, userId } = result.account
  return popUpPage(200, {
    title: result.name === '' ? 'Thank you' : 'Connected',
    text,
    message: {
      type: 'oro-microsoft-365-connected',
      accountId: `${String(organizationId)}-${String(userId)}`,
    },
    origin: origin(),
  })
}

/** The pop-up's calls. They are anonymous: a one-time ticket, then state, PKCE and cookie stand for the key. */
export function registerOauth(): void {
  const get = { methods: ['GET' as const], authLevel: 'anonymous' as const }
  functions.http('oauth-start', {
    ...get,
    route: 'oauth/start',
    handler: (request, context) => answering(context, 'oauth/start', () => start(request, 'user')),
  })
  functions.http('oauth-admin-consent', {
    ...get,
    route: 'oauth/admin-consent',
    handler: (request, context) =>
      answering(context, 'oauth/admin-consent', () => start(request, 'admin')),
  })
  functions.http('oauth-callback', {
    ...get,
    route: 'oauth/callback',
    handler: (request, context) => answering(context, 'oauth/callback', () => callback(request)),
  })
}
