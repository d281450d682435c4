import type { StandInAnswer, StandInRequest } from '../stand-in/server'
import { GraphError } from './errors'
import type { Mailbox } from './model'
import type { Preferences } from './prefer'
import { contractPaths } from './schema'
import type { World } from './world'

/** What a handler is given. */
export interface RouteContext {
  world: World
  mailbox: Mailbox
  request: StandInRequest
  preferences: Preferences
  /** Decoded path parameters by the contract's names (`event-id`, `calendar-id` …). */
  parameters: Record<string, string>
  /** Query with lower-cased names, without the dollar sign where it has one left out too (`top` for `$top`). */
  query: Map<string, string>
  /** Origin and version root as the client sees them: `http://127.0.0.1:1234/v1.0`. */
  root: string
  /** Path below the root as received, for links. */
  path: string
  violation(rule: string, detail: string): void
}

export interface Route {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** A path of the contract, `/me` form. */
  path: string
  /** Delegated scopes, any of which is enough. */
  scopes: string[]
  handle(context: RouteContext): StandInAnswer | Promise<StandInAnswer>
}

export interface Match {
  route: Route
  parameters: Record<string, string>
}

interface Node {
  fixed: Map<string, Node>
  parameter: { name: string; node: Node } | null
  /** Function calls with an argument, such as `supportedTimeZones(TimeZoneStandard='{x}')`. */
  calls: { start: string; name: string; node: Node }[]
  methods: Map<string, Route | null>
}

const emptyNode = (): Node => ({ fixed: new Map(), parameter: null, calls: [], methods: new Map() })

export interface Router {
  /**
   * @param rawPath path below the version root, still percent-encoded
   * @throws GraphError 400 outside the contract, 405, 501 for calls of the contract that nobody imitates yet
   */
  match(method: string, rawPath: string): Match
}

/** A router over the contract's paths; a route outside the contract is refused at once. */
export function createRouter(routes: Route[]): Router {
  const root = emptyNode()
  const insert = (path: string): Node => {
    let node = root
    for (const segment of path.split('/').slice(1)) {
      const name = /^\{(.+)\}$/.exec(segment)?.[1]
      const call = /^(.+')\{(.+)\}'\)$/.exec(segment)
      if (call !== null) {
        const start = (call[1] ?? '').toLowerCase()
        let entry = node.calls.find((one) => one.start === start)
        if (entry === undefined) {
          entry = { start, name: call[2] ?? '', node: emptyNode() }
          node.calls.push(entry)
        }
        node = entry.node
      } else if (name === undefined) {
        const key = segment.toLowerCase()
        const next = node.fixed.get(key) ?? emptyNode()
        node.fixed.set(key, next)
        node = next
      } else {
        node.parameter ??= { name, node: emptyNode() }
        node = node.parameter.node
      }
    }
    return node
  }
  for (const [path, methods] of Object.entries(contractPaths)) {
    const node = insert(path)
    for (const method of methods) node.methods.set(method.toUpperCase(), null)
  }
  for (const route of routes) {
    for (const path of [route.path, route.path.replace(/^\/me\b/, '/users/{user-id}')]) {
      if (contractPaths[path]?.includes(route.method.toLowerCase()) !== true) {
        if (path === route.path) throw new Error(`not in the contract: ${route.method} ${path}`)
        continue
      }
      insert(path).methods.set(route.method, route)
    }
  }
  return {
    match(method, rawPath) {
      let node: Node | undefined = root
      const parameters: Record<string, string> = {}
      for (const raw of rawPath.split('/').slice(1)) {
        const segment = decoded(raw)
        const fixed: Node | undefined = node.fixed.get(segment.toLowerCase())
        const call: Node['calls'][number] | undefined = node.calls.find((one) =>
          segment.toLowerCase().startsWith(one.start),
        )
        if (fixed !== undefined) node = fixed
        else if (call !== undefined) {
          parameters[call.name] = segment.slice(call.start.length).replace(/'\)$/, '')
          node = call.node
        } else if (node.parameter !== null && segment !== '') {
          parameters[node.parameter.name] = segment
          node = node.parameter.node
        } else {
          throw new GraphError(
            400,
            'BadRequest',
            `Resource not found for the segment '${segment}'.`,
          )
        }
      }
      const route = node.methods.get(method)
      if (route !== undefined && route !== null) return { route, parameters }
      if (route === null) {
        throw new GraphError(501, 'NotImplemented', `${method} ${rawPath} is not imitated.`)
      }
      if (node.methods.size === 0) {
        throw new GraphError(400, 'BadRequest', `Resource not found for the path '${rawPath}'.`)
      }
      throw new GraphError(405, 'Request_BadRequest', 'The HTTP method is not allowed here.')
    },
  }
}

/** Query parameters; names lower-cased, `$` dropped, percent-decoded, `+` kept as space. */
export function queryOf(rawQuery: string): Map<string, string> {
  const query = new Map<string, string>()
  for (const [name, value] of new URLSearchParams(rawQuery)) {
    query.set(name.toLowerCase().replace(/^\$/, ''), value)
  }
  return query
}

function decoded(raw: string): string {
  try {
    return decodeURIComponent(raw)
  } catch {
    throw new GraphError(400, 'BadRequest', `The segment '${raw}' is not percent-encoded.`)
  }
}
