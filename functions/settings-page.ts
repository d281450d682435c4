import { readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { app as functions, type HttpRequest, type HttpResponseInit } from '@azure/functions'
import { app } from '../shared/compose'
import { openPage } from '../shared/usecases/page-tickets'
import { answering } from './http/answering'
import { messagePage } from './http/message-page'
import { problem } from './http/problem'

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
}

const FILE = /^(index\.html|page-[A-Za-z0-9]+\.(js|css))$/

const securityHeaders = (): Record<string, string> => ({
  'content-security-policy': `default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors ${app().config.backOfficeOrigin}`,
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
})

const missing = (): HttpResponseInit => problem(404, 'Not found', 'There is no such page.')

async function open(request: HttpRequest): Promise<HttpResponseInit> {
  const { location } = await openPage(app().deps, request.query.get('ticket') ?? '')
  const headers = { location, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' }
  return { status: 303, headers }
}

async function file(folder: string, name: string): Promise<HttpResponseInit> {
  const wanted = name === '' ? 'index.html' : name
  if (!FILE.test(wanted)) return missing()
  const body = await readFile(join(folder, wanted)).catch(() => null)
  if (body === null) return missing()
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
}

/** The page names its files relative to itself: without the last slash they would be looked for beside it. */
const withSlash = (): HttpResponseInit => ({ status: 308, headers: { location: 'settings-page/' } })

/** Who opens an old address sees a sentence, not JSON. */
const closed = (status: number, text: string): HttpResponseInit =>
  messagePage(status, {
    title: 'This page cannot be opened',
    text,
    frameAncestors: app().config.backOfficeOrigin,
  })

/**
 * The settings page: static, opened by a ticket that works once.
 *
 * @param folder where the built page lies
 */
export function registerSettingsPage(folder: string): void {
  functions.http('settings-page', {
    methods: ['GET'],
    route: 'settings-page/{*file}',
    authLevel: 'anonymous',
    handler(request, context) {
      const name = request.params['file'] ?? ''
      if (name === '' && !new URL(request.url).pathname.endsWith('/')) return withSlash()
      return name === 'open'
        ? answering(context, 'settings-page/open', () => open(request), closed)
        : answering(context, 'settings-page', () => file(folder, name))
    },
  })
}
