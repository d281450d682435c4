import type { MovableClock } from '../clock/movable-clock'
import type { HostLog } from './log'
import type { TimeTravel } from './time-travel'
import type { Work } from './work'

export interface LocalRequest {
  method: string
  /** Below `/_local/`. */
  path: string
  query: URLSearchParams
  body: Buffer
  /** @throws LocalFault 400 when the body is not JSON */
  json(): unknown
}

export interface LocalAnswer {
  /** 200 when absent. */
  status?: number
  /** Names in lower case. */
  headers?: Readonly<Record<string, string>>
  /** Sent as JSON; undefined = no bytes. */
  body?: unknown
  /** Sent as it is, instead of a body. */
  content?: { readonly type: string; readonly bytes: string | Buffer }
}

export type LocalHandler = (request: LocalRequest) => LocalAnswer | Promise<LocalAnswer>

/** What a local route answers instead of its result: a fault of the caller. */
export class LocalFault extends Error {
  readonly status: number
  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

export interface LocalRoutes {
  add(method: string, path: string, handler: LocalHandler): void
  serve(method: string, path: string, query: URLSearchParams, body: Buffer): Promise<LocalAnswer>
}

/** The seams under `/_local/` (DESIGN 12): without key, on loopback, never deployed. */
export function createLocalRoutes(deps: {
  clock: Pick<MovableClock, 'now' | 'set'>
  travel: TimeTravel
  work: Work
  log: HostLog
}): LocalRoutes {
  const { clock, travel, work, log } = deps
  const routes = new Map<string, LocalHandler>()
  const nowText = (): string => new Date(clock.now()).toISOString()

  const local: LocalRoutes = {
    add(method, path, handler) {
      routes.set(`${method.toUpperCase()} ${path.replace(/^\//, '')}`, handler)
    },
    async serve(method, path, query, body) {
      const handler = routes.get(`${method} ${path}`)
      if (handler === undefined) {
        return { status: 404, body: { error: `no such seam: ${method} /_local/${path}` } }
      }
      try {
        return await handler({ method, path, query, body, json: () => parse(body) })
      } catch (error) {
        const status = error instanceof LocalFault ? error.status : 500
        return { status, body: { error: (error as Error).message } }
      }
    },
  }

  local.add('GET', 'clock', () => ({ body: { now: nowText() } }))
  local.add('PUT', 'clock', async (request) => {
    const target = readTarget(request.json())
    const arrived = await travel.to(() => target(clock.now()), timeoutMs(request, 300))
    return arrived
      ? { body: { now: nowText() } }
      : { status: 504, body: { idle: false, now: nowText() } }
  })
  local.add('GET', 'idle', async (request) =>
    (await work.whenIdle(timeoutMs(request, 30)))
      ? { body: { idle: true } }
      : { status: 504, body: { idle: false } },
  )
  local.add('GET', 'log', () => ({ body: log.entries() }))
  return local
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString()) as unknown
  } catch {
    throw new LocalFault(400, 'the body is not JSON')
  }
}

function timeoutMs(request: LocalRequest, otherwise: number): number {
  const seconds = Number(request.query.get('timeout') ?? otherwise)
  if (!(seconds >= 0)) throw new LocalFault(400, 'timeout is a number of seconds')
  return seconds * 1000
}

const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/i
const DURATION =
  /^P(?!$)(?:(\d+)W)?(?:(\d+)D)?(?:T(?!$)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/

/** Reads `{"now": RFC 3339}` or `{"advance": seconds or ISO 8601 duration of weeks and below}`. */
function readTarget(json: unknown): (now: number) => number {
  const wish = (typeof json === 'object' && json !== null ? json : {}) as Record<string, unknown>
  const known = Object.keys(wish)
  if (known.length === 1 && typeof wish['now'] === 'string' && RFC_3339.test(wish['now'])) {
    const at = Date.parse(wish['now'])
    if (Number.isFinite(at)) return () => at
  }
  if (known.length === 1 && typeof wish['advance'] === 'number' && wish['advance'] >= 0) {
    const ms = wish['advance'] * 1000
    return (now) => now + ms
  }
  const duration = known.length === 1 ? DURATION.exec(String(wish['advance'] ?? '')) : null
  if (duration !== null) {
    const [weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = duration
      .slice(1)
      .map((part: string | undefined) => Number(part ?? 0))
    const ms = ((((weeks * 7 + days) * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000
    return (now) => now + ms
  }
  throw new LocalFault(
    400,
    'say {"now": a time like 2026-03-01T09:00:00Z} or {"advance": seconds or a duration like PT15M}',
  )
}
