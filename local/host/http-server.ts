import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { HttpTrigger } from './http-trigger'
import type { LocalAnswer, LocalRoutes } from './local-routes'
import type { Work } from './work'

/** The one port of the host: `/_local/*` seams, `/admin/functions/{name}`, everything else to HTTP functions. */
export function createHttpServer(deps: {
  http: HttpTrigger
  localRoutes: LocalRoutes
  work: Work
  isKey: (given: string | null | undefined) => boolean
  /** Starts a function that has no HTTP trigger and does not wait for it. */
  manual: (name: string, input: string | undefined) => 'started' | 'unknown' | 'not by hand'
}): Server {
  const { http, localRoutes, work, isKey, manual } = deps

  const admin = (request: IncomingMessage, url: URL, body: Buffer): LocalAnswer => {
    const given =
      (request.headers['x-functions-key'] as string | undefined) ?? url.searchParams.get('code')
    if (!isKey(given)) return { status: 401 }
    const name = /^\/admin\/functions\/([^/]+)\/?$/.exec(url.pathname)?.[1]
    if (name === undefined || request.method !== 'POST') return { status: 404 }
    const input = readInput(body)
    if (input === 'wrong') return { status: 400 }
    const outcome = manual(decodeURIComponent(name), input.input)
    return { status: { started: 202, unknown: 404, 'not by hand': 400 }[outcome] }
  }

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', `http://${request.headers.host ?? '127.0.0.1'}`)
    if (url.pathname.startsWith('/_local/')) {
      const path = url.pathname.slice('/_local/'.length)
      const body = await readBody(request)
      if (isForeign(request)) {
        answer(response, {
          status: 403,
          body: { error: 'pages of other origins may not call this' },
        })
        return
      }
      answer(
        response,
        await localRoutes.serve(request.method ?? 'GET', path, url.searchParams, body),
      )
      return
    }
    const end = work.begin()
    response.once('close', end)
    const body = await readBody(request)
    if (url.pathname.startsWith('/admin/')) answer(response, admin(request, url, body))
    else if (!(await http.serve(request, body, url, response))) answer(response, { status: 404 })
  }

  return createServer((request, response) => {
    serve(request, response).catch(() => {
      if (response.headersSent) response.destroy()
      else answer(response, { status: 400 })
    })
  })
}

/** `FunctionInvocation` of the host: `input` is a string there; other values than plain ones make the whole body invalid. */
function readInput(body: Buffer): { input: string | undefined } | 'wrong' {
  try {
    const json = JSON.parse(body.toString()) as { input?: unknown; Input?: unknown } | null
    const input = json?.input ?? json?.Input
    if (json === null || typeof json !== 'object' || typeof input === 'object') return 'wrong'
    return { input: input === undefined ? undefined : String(input) }
  } catch {
    return 'wrong'
  }
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

/** These seams ask for no key, and any site that is open in a browser of this machine could post to them; it names its origin. */
function isForeign({ headers: { origin, host } }: IncomingMessage): boolean {
  return origin !== undefined && origin !== `http://${host ?? ''}`
}

function answer(
  response: ServerResponse,
  { status = 200, headers = {}, body, content }: LocalAnswer,
): void {
  const json = body === undefined ? undefined : jsonContent(body)
  const { type, bytes } = content ?? json ?? { type: undefined, bytes: '' }
  const sent = typeof bytes === 'string' ? Buffer.from(bytes) : bytes
  response
    .writeHead(status, {
      ...(type === undefined ? {} : { 'content-type': type }),
      ...(status === 204 ? {} : { 'content-length': sent.length }),
      ...headers,
    })
    .end(sent)
}

const jsonContent = (body: unknown) => ({
  type: 'application/json; charset=utf-8',
  bytes: JSON.stringify(body),
})
