import type { IncomingMessage, ServerResponse } from 'node:http'
import type { RpcHttpData, RpcResponse } from './core-types'
import { setCookie } from './cookies'
import type { RegisteredFunction } from './invoke'
import { compareRoutes, matchRoute, parseRouteTemplate, type RouteTemplate } from './route-template'
import type { HostServices, TriggerHandler } from './trigger'

interface Route {
  registered: RegisteredFunction
  bindingName: string
  template: RouteTemplate
  methods: string[]
  authLevel: string
}

export interface HttpTrigger extends TriggerHandler {
  /** False when no route fits: the caller answers 404. */
  serve(
    request: IncomingMessage,
    body: Buffer,
    url: URL,
    response: ServerResponse,
  ): Promise<boolean>
}

/**
 * Serves HTTP functions. Like the real host it answers 404 also for a known route with another method, HEAD included
 * (azure-functions-host issues 10098 and 11625), 401 with an empty body for a missing or wrong key, 500 with an empty
 * body for what a handler throws and 204 for a handler that returns nothing.
 */
export function createHttpTrigger(
  services: HostServices,
  isKey: (request: IncomingMessage, url: URL) => boolean,
): HttpTrigger {
  const prefix = services.hostJson.extensions?.http?.routePrefix ?? 'api'
  const routes: Route[] = []

  return {
    add(registered, bindingName, binding) {
      const route = String(binding['route'] ?? '') || registered.metadata.name
      routes.push({
        registered,
        bindingName,
        template: parseRouteTemplate(prefix === '' ? route : `${prefix}/${route}`),
        methods: ((binding['methods'] as string[] | undefined) ?? []).map((method) =>
          method.toUpperCase(),
        ),
        authLevel: String(binding['authLevel'] ?? 'function').toLowerCase(),
      })
      routes.sort((a, b) => compareRoutes(a.template, b.template))
    },

    async serve(request, body, url, response) {
      const method = request.method ?? 'GET'
      const path = (request.url ?? '/').split('?')[0] ?? '/'
      for (const route of routes) {
        if (route.methods.length > 0 && !route.methods.includes(method)) continue
        const parameters = matchRoute(route.template, path)
        if (parameters === undefined) continue
        if (route.authLevel !== 'anonymous' && !isKey(request, url)) {
          response.writeHead(401, { 'content-length': 0 }).end()
          return true
        }
        const http = toRpcHttp(request, body, url, parameters)
        let answer: RpcResponse
        try {
          answer = await services.invoke(
            route.registered,
            { inputData: [{ name: route.bindingName, data: { http } }], triggerMetadata: {} },
            'This function was programmatically called via the host APIs.',
          )
        } catch {
          response.writeHead(500, { 'content-length': 0 }).end()
          return true
        }
        send(response, answer.returnValue?.http)
        return true
      }
      return false
    },
  }
}

function toRpcHttp(
  request: IncomingMessage,
  body: Buffer,
  url: URL,
  parameters: Record<string, string>,
): RpcHttpData {
  const headers = Object.entries(request.headersDistinct).map(
    ([name, values]) => [name, (values ?? []).join(name === 'cookie' ? '; ' : ',')] as const,
  )
  const query = new Map<string, string>()
  for (const [name, value] of url.searchParams) {
    const before = query.get(name)
    query.set(name, before === undefined ? value : `${before},${value}`)
  }
  return {
    method: request.method ?? 'GET',
    url: url.href,
    nullableHeaders: boxed(headers),
    nullableQuery: boxed(query),
    nullableParams: boxed(Object.entries(parameters)),
    // Without HTTP streaming the host passes a body on only when its length was announced.
    ...(Number(request.headers['content-length'] ?? 0) > 0 ? { body: { bytes: body } } : {}),
  }
}

function boxed(entries: Iterable<readonly [string, string]>): Record<string, { value: string }> {
  return Object.fromEntries([...entries].map(([name, value]) => [name, { value }]))
}

/** Set by the server itself. */
const FRAMING = new Set(['content-length', 'transfer-encoding', 'connection'])

function send(response: ServerResponse, http: RpcHttpData | undefined): void {
  if (http === undefined) {
    response.writeHead(204).end()
    return
  }
  for (const [name, value] of Object.entries(http.headers ?? {})) {
    if (!FRAMING.has(name.toLowerCase())) response.setHeader(name, value)
  }
  const cookies = (http.cookies ?? []).map(setCookie)
  if (cookies.length > 0) {
    const own = response.getHeader('set-cookie')
    response.setHeader('set-cookie', own === undefined ? cookies : [String(own), ...cookies])
  }
  const status = Number(http.statusCode ?? 200)
  const body = Buffer.from(http.body?.bytes ?? http.body?.string ?? '')
  if (status !== 204 && status !== 304) response.setHeader('content-length', body.length)
  response.writeHead(status).end(body)
}
