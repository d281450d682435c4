import { readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { app as functions, type HttpRequest, type HttpResponseInit } from '@azure/functions'
import { app } from '../shared/compose'
import { covers, openPage, readPageToken } from '../shared/usecases/page-tickets'
import { problem } from './http/problem'
import { allRoutes, answering, call, type Route } from './http/route'

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
}

const FILE = /^(index\.html|page-[A-Za-z0-9]+\.(js|css))$/

const securityHeaders = (): Record<string, string> => ({
  'content-security-policy': `default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors ${app().config.backOfficeOrigin} 'self'`,
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
})

async function file(folder: string, request: HttpRequest): Promise<HttpResponseInit> {
  const name = request.params['file'] ?? ''
  if (name === 'open') {
    const { location } = await openPage(app().deps, request.query.get('ticket') ?? '')
    return { status: 303, headers: { location, 'cache-control': 'no-store' } }
  }
  const wanted = name === '' ? 'index.html' : name
  if (!FILE.test(wanted)) return problem(404, 'Not found', 'There is no such page.')
  try {
    const body = await readFile(join(folder, wanted))
    const lasting = wanted === 'index.html' ? 'no-cache' : 'public, max-age=31536000, immutable'
    return {
      status: 200,
      headers: {
        'content-type': TYPES[extname(wanted)] ?? 'application/octet-stream',
        'cache-control': lasting,
        ...securityHeaders(),
      },
      body,
    }
  } catch {
    return problem(404, 'Not found', 'There is no such page.')
  }
}

interface Match {
  readonly route: Route
  readonly params: Record<string, string>
}

/** Finds the call of the interface that a path below `/page/` stands for. */
export function matchCall(method: string, path: string): Match | null {
  const parts = path.split('/').filter((part) => part !== '')
  for (const candidate of allRoutes()) {
    const pattern = candidate.path.split('/')
    if (candidate.method !== method || pattern.length !== parts.length) continue
    const params: Record<string, string> = {}
    const fits = pattern.every((piece, index) => {
      const given = parts[index] ?? ''
      const name = /^\{(.+)\}$/.exec(piece)?.[1]
      if (name === undefined) return piece === given
      params[name] = given
      return true
    })
    if (fits) return { route: candidate, params }
  }
  return null
}

/** An operation belongs to the account that asked for it. */
async function ownerOf(
  params: Readonly<Record<string, string>>,
): Promise<{ organizationId: number | null; userId: number | null }> {
  const numbers = (text: string | undefined): number | null =>
    text === undefined ? null : Number(text)
  if (params['o'] !== undefined)
    return { organizationId: numbers(params['o']), userId: numbers(params['u']) }
  const id = params['id']
  const operation = id === undefined ? null : await app().deps.operations.get(id)
  const [o, u] = operation?.value.accountId?.split('-') ?? []
  return { organizationId: numbers(o), userId: numbers(u) }
}

async function pageCall(request: HttpRequest): Promise<HttpResponseInit> {
  const token = /^Bearer (.+)$/.exec(request.headers.get('authorization') ?? '')?.[1]
  const scope = token === undefined ? null : await readPageToken(app().deps, token)
  if (!scope) return problem(401, 'Page expired', 'Open this page from Oro again.')
  const match = matchCall(request.method, request.params['call'] ?? '')
  if (
    !match ||
    match.route.path.endsWith('page-tickets') ||
    match.route.path.endsWith('oro-credentials')
  ) {
    return problem(404, 'Not found', 'The page has no such call.')
  }
  if (!covers(scope, await ownerOf(match.params))) {
    return problem(403, 'Not yours', 'This page was opened for somebody else.')
  }
  return call(match.route, request, match.params)
}

/**
 * The settings page and its calls: the same use cases behind a token limited to the level of the page.
 *
 * @param folder where the built page lies
 */
export function registerPage(folder: string): void {
  functions.http('settings-page', {
    methods: ['GET'],
    route: 'settings-page/{*file}',
    authLevel: 'anonymous',
    handler: (request, context) => answering(context, 'settings-page', () => file(folder, request)),
  })
  functions.http('page', {
    methods: ['GET', 'POST', 'PATCH', 'PUT', 'DELETE'],
    route: 'page/{*call}',
    authLevel: 'anonymous',
    handler: (request, context) => answering(context, 'page', () => pageCall(request)),
  })
}
