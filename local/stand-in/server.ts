import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { createFaults, type FaultRule, type Faults } from './faults'

/** One request as a stand-in's handler sees it. */
export interface StandInRequest {
  method: string
  /** Decoded only by the handler: `rawPath` keeps percent-encoding, `rawQuery` is without the question mark. */
  rawPath: string
  rawQuery: string
  url: URL
  /** Lower-cased names; repeated headers are comma-joined. */
  headers: Record<string, string>
  body: Buffer
}

export interface StandInAnswer {
  status: number
  headers?: Record<string, string>
  /** Objects are sent as JSON, strings and buffers as they are, undefined = no bytes. */
  body?: unknown
}

/** A line of the request log. Credentials are left out. */
export interface LoggedRequest {
  at: string
  method: string
  /** Path and query as received. */
  path: string
  principal: string | null
  headers: Record<string, string>
  body: unknown
  status: number | null
  answer: unknown
  /** Requests of the same principal under way when this one arrived, itself included. */
  inFlight: number
  fault: FaultRule | null
  /** Came as a part of a batch, whose own line stands before. */
  inBatch?: true
}

export type StandInHandler = (request: StandInRequest) => Promise<StandInAnswer>

export interface StandInOptions {
  /** Port on loopback; 0 or absent = any free one. */
  port?: number
  now?: () => number
  handle: StandInHandler
  /** Who asks (mailbox, OAuth client …), for fault rules and the log. */
  principal?: (request: StandInRequest) => string | undefined | Promise<string | undefined>
  /** Routes below `/_control/` beside the common ones; undefined = not mine. */
  control?: (request: StandInRequest, json: unknown) => Promise<StandInAnswer | undefined>
  /** Requests that leave no line in the log (health checks, pages). */
  silent?: (request: StandInRequest) => boolean
  /** What the log shows of a body that is not JSON or holds credentials; absent = the parsed JSON. */
  loggedBody?: (request: StandInRequest) => unknown
  /** What the log shows of an answer that holds credentials; absent = the answer. */
  loggedAnswer?: (request: StandInRequest, answer: StandInAnswer) => unknown
}

/** A request inside another one, already answered. */
export interface PartOfRequest {
  request: StandInRequest
  principal: string | undefined
  fault: FaultRule | undefined
  answer: StandInAnswer
}

export interface StandInServer {
  url: string
  faults: Faults
  log: LoggedRequest[]
  /** Whether requests are written to the log; off in benchmarks. */
  keepLog(keep: boolean): void
  /** Writes a line for a request that came inside another one (a part of a batch). */
  note(part: PartOfRequest): void
  /** Requests not answered yet. */
  inFlight(): number
  stop(): Promise<void>
}

const SECRET_HEADERS = new Set(['authorization', 'cookie', 'x-functions-key'])

/**
 * An HTTP server on loopback with what every stand-in has: request log, fault rules and the `/_control` seam
 * (`GET|DELETE requests`, `PUT requests {keep}`, `GET|POST|DELETE faults`), DESIGN 12.
 */
export async function startStandIn(options: StandInOptions): Promise<StandInServer> {
  const now = options.now ?? Date.now
  const faults = createFaults()
  const log: LoggedRequest[] = []
  const flying = new Map<string, number>()
  let inFlight = 0
  let keep = true

  const commonControl = (request: StandInRequest, json: unknown): StandInAnswer | undefined => {
    const what = request.url.pathname.slice('/_control/'.length)
    if (what === 'requests' && request.method === 'GET') return { status: 200, body: log }
    if (what === 'requests' && request.method === 'DELETE') {
      log.length = 0
      return { status: 204 }
    }
    if (what === 'requests' && request.method === 'PUT') {
      keep = (json as { keep?: unknown } | undefined)?.keep !== false
      return { status: 204 }
    }
    if (what !== 'faults') return undefined
    if (request.method === 'GET') return { status: 200, body: faults.list() }
    if (request.method === 'POST') {
      for (const rule of Array.isArray(json) ? json : [json]) faults.add(rule as FaultRule)
      return { status: 204 }
    }
    faults.clear()
    return { status: 204 }
  }

  const control = async (request: StandInRequest): Promise<StandInAnswer> => {
    const json =
      request.body.length > 0 ? (JSON.parse(request.body.toString()) as unknown) : undefined
    return (
      commonControl(request, json) ??
      (await options.control?.(request, json)) ?? {
        status: 404,
        body: { error: 'no such control' },
      }
    )
  }

  const logLine = (
    request: StandInRequest,
    principal: string | undefined,
    fault: FaultRule | undefined,
    together: number,
  ): LoggedRequest => ({
    at: new Date(now()).toISOString(),
    method: request.method,
    path: request.rawPath + (request.rawQuery === '' ? '' : `?${request.rawQuery}`),
    principal: principal ?? null,
    headers: Object.fromEntries(
      Object.entries(request.headers).filter(([name]) => !SECRET_HEADERS.has(name)),
    ),
    body: options.loggedBody ? options.loggedBody(request) : readable(request.body),
    status: null,
    answer: undefined,
    inFlight: together,
    fault: fault ?? null,
  })

  const serve = async (request: StandInRequest, response: ServerResponse): Promise<void> => {
    if (request.url.pathname.startsWith('/_control/')) {
      send(response, await control(request))
      return
    }
    const asked = options.principal?.(request)
    const principal = asked instanceof Promise ? await asked : asked
    const key = principal ?? ''
    const path =
      decode(request.rawPath) + (request.rawQuery === '' ? '' : `?${decode(request.rawQuery)}`)
    const fault = faults.take({ method: request.method, path, principal })
    flying.set(key, (flying.get(key) ?? 0) + 1)
    const line = logLine(request, principal, fault, flying.get(key) ?? 0)
    if (keep && options.silent?.(request) !== true) log.push(line)
    try {
      if (fault?.delayMs !== undefined) await sleep(fault.delayMs)
      if (fault?.drop === 'before') {
        response.destroy()
        return
      }
      const instead = fault?.status === undefined ? undefined : faultAnswer(fault, fault.status)
      const real =
        instead === undefined || fault?.after === true ? await options.handle(request) : undefined
      const answer = instead ?? real ?? { status: 500 }
      line.status = answer.status
      const shown = options.loggedAnswer ? options.loggedAnswer(request, answer) : answer.body
      line.answer = Buffer.isBuffer(shown) ? '(bytes)' : shown
      if (fault?.drop === 'after') response.destroy()
      else send(response, answer, fault?.cut)
    } finally {
      flying.set(key, (flying.get(key) ?? 1) - 1)
    }
  }

  const server = createServer((incoming, response) => {
    inFlight += 1
    response.on('close', () => {
      inFlight -= 1
    })
    readRequest(incoming)
      .then((request) => serve(request, response))
      .catch((error: unknown) => {
        send(response, { status: 500, body: { standInFault: String((error as Error).stack) } })
      })
  })
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${String(port)}`,
    faults,
    log,
    keepLog(wanted) {
      keep = wanted
    },
    note(part) {
      if (!keep) return
      const together = flying.get(part.principal ?? '') ?? 0
      const line = logLine(part.request, part.principal, part.fault, together)
      log.push({ ...line, inBatch: true, status: part.answer.status, answer: part.answer.body })
    },
    inFlight: () => inFlight,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve()
        })
        server.closeAllConnections()
      }),
  }
}

function faultAnswer(fault: FaultRule, status: number): StandInAnswer {
  return { status, ...(fault.headers ? { headers: fault.headers } : {}), body: fault.body }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function readable(body: Buffer): unknown {
  if (body.length === 0) return undefined
  try {
    return JSON.parse(body.toString()) as unknown
  } catch {
    return '(not JSON)'
  }
}

async function readRequest(incoming: IncomingMessage): Promise<StandInRequest> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk as Buffer)
  const target = incoming.url ?? '/'
  const mark = target.indexOf('?')
  return {
    method: incoming.method ?? 'GET',
    rawPath: mark < 0 ? target : target.slice(0, mark),
    rawQuery: mark < 0 ? '' : target.slice(mark + 1),
    url: new URL(target, 'http://stand-in.invalid'),
    headers: Object.fromEntries(
      Object.entries(incoming.headers).map(([name, value]) => [
        name,
        Array.isArray(value) ? value.join(', ') : (value ?? ''),
      ]),
    ),
    body: Buffer.concat(chunks),
  }
}

function send(response: ServerResponse, answer: StandInAnswer, cut = false): void {
  const { body } = answer
  const plain = typeof body === 'string' || Buffer.isBuffer(body)
  const bytes =
    body === undefined ? Buffer.alloc(0) : Buffer.from(plain ? body : JSON.stringify(body))
  const headers: Record<string, string> = {
    ...(plain || body === undefined ? {} : { 'content-type': 'application/json; charset=utf-8' }),
    ...(answer.status === 204 ? {} : { 'content-length': String(bytes.length) }),
    ...lowerCased(answer.headers),
  }
  response.writeHead(answer.status, headers)
  if (cut) {
    response.write(bytes.subarray(0, bytes.length >> 1), () => response.destroy())
    return
  }
  response.end(bytes)
}

function lowerCased(headers: Record<string, string> = {}): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  )
}
