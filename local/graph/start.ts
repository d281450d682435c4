import { startStandIn, type LoggedRequest, type StandInRequest } from '../stand-in/server'
import type { Faults } from '../stand-in/faults'
import { openBatch, type PerformPart } from './batch'
import { createControl } from './control'
import { createHandler, type Verdict, type VerifyToken } from './handler'
import { createIds } from './ids'
import { calendarRoutes } from './routes-calendars'
import { eventRoutes } from './routes-events'
import { createViewRoutes } from './routes-views'
import { createRouter } from './routing'
import { createSwitchBoard } from './switches'
import { createBoxes } from './to-do/box'
import { createToDoControl } from './to-do/control'
import { createRounds } from './to-do/rounds'
import { toDoRoutes } from './to-do/routes'
import { createToDoEdits, type ToDoEdits } from './to-do/user-edits'
import { createUserEdits, type UserEdits } from './user-edits'
import { createWorld, findMailbox } from './world'

export interface GraphOptions {
  /** Port on loopback; absent = any free one. */
  port?: number
  now?: () => number
  /** The same seed gives the same ids. */
  seed?: number
  /** What a bearer token is worth; `mailbox` = user id or address. */
  verifyToken: VerifyToken
  /** Version root, `/v1.0` by default. */
  basePath?: string
}

/** The running stand-in: what a user can do past the API, and what a test may look at. */
export interface GraphStandIn extends UserEdits {
  /** Origin, without the version root. */
  url: string
  faults: Faults
  log: LoggedRequest[]
  /** Whether requests are written to the log; off in benchmarks. */
  keepLog(keep: boolean): void
  inFlight(): number
  /** What a user does in To Do. */
  toDo: ToDoEdits
  stop(): Promise<void>
}

/** Starts a stand-in for Microsoft Graph on loopback (contract sections 2 to 9 and 11 to 13). */
export async function startGraph(options: GraphOptions): Promise<GraphStandIn> {
  const basePath = options.basePath ?? '/v1.0'
  const world = createWorld(
    options.now ?? Date.now,
    createIds(options.seed ?? 1),
    createSwitchBoard(),
  )
  const boxOf = createBoxes(world)
  const router = createRouter([
    ...calendarRoutes,
    ...eventRoutes,
    ...createViewRoutes(),
    ...toDoRoutes(boxOf, createRounds()),
  ])

  const verdicts = new WeakMap<StandInRequest, Verdict>()
  const verdictOf = async (request: StandInRequest): Promise<Verdict> => {
    const known = verdicts.get(request)
    if (known !== undefined) return known
    const bearer = /^Bearer (.+)$/i.exec(request.headers['authorization'] ?? '')?.[1]
    const asked: Verdict | Promise<Verdict> =
      bearer === undefined ? { error: 'invalid' } : options.verifyToken(bearer)
    const verdict = asked instanceof Promise ? await asked : asked
    verdicts.set(request, verdict)
    return verdict
  }
  const principalOf = (verdict: Verdict): string | undefined => {
    if ('error' in verdict) return undefined
    return findMailbox(world, verdict.mailbox)?.userPrincipalName ?? verdict.mailbox
  }

  const part: PerformPart = async (request, verdict, refused) => {
    const path = decoded(request.rawPath + (request.rawQuery === '' ? '' : `?${request.rawQuery}`))
    const principal = principalOf(verdict)
    const fault = server.faults.take({ method: request.method, path, principal })
    const lost = fault?.drop !== undefined || fault?.cut === true ? 504 : undefined
    const status = fault?.status ?? lost
    const stores = status === undefined || fault?.after === true || fault?.drop === 'after'
    const real = stores ? await handler.perform(request, verdict, refused) : undefined
    const answer =
      status === undefined
        ? (real ?? { status: 500 })
        : { status, headers: fault?.headers ?? {}, body: fault?.body }
    server.note({ request, principal, fault, answer })
    return answer
  }
  const handler = createHandler({ world, router, basePath, verdictOf }, (request, verdict) =>
    openBatch(request, verdict, basePath, part),
  )
  const edits = createUserEdits(world)
  const toDo = createToDoEdits(world, boxOf)
  const toDoControl = createToDoControl(toDo)
  const control = createControl(edits)
  const server = await startStandIn({
    ...(options.port === undefined ? {} : { port: options.port }),
    now: world.now,
    principal: async (request) => principalOf(await verdictOf(request)),
    handle: (request) => handler.handle(request),
    control: async (request, json) => toDoControl(request, json) ?? (await control(request, json)),
  })
  return {
    ...edits,
    toDo,
    url: server.url,
    faults: server.faults,
    log: server.log,
    keepLog: (keep) => {
      server.keepLog(keep)
    },
    inFlight: () => server.inFlight(),
    stop: () => server.stop(),
  }
}

/** For fault rules; what cannot be decoded is matched as it is. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}
