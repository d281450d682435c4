import type { Faults } from '../stand-in/faults'
import { startStandIn, type LoggedRequest, type StandInRequest } from '../stand-in/server'
import type { AuditRow, AuditSwitches } from './audits'
import { control } from './control'
import type { Mail } from './mails'
import type { EventRow, TaskRow } from './model'
import { route } from './router'
import { seedWorld, type Seeded, type SeedWorld } from './seed'
import { createWorld, type World } from './state'
import { createTaskEdits, type TaskEdits } from './tasks/user-edits'
import { configureWorkflow, type WorkflowSwitches } from './tasks/workflow'
import { createTokens, TOKEN_PATH } from './tokens'
import { createEventEdits, type EventEdits } from './user-edits'
import { createViolations, type Violation } from './violations'

export interface OroOptions {
  /** Port on loopback; 0 or absent = any free one. */
  port?: number
  /** Milliseconds; also what the `Date` header says. */
  now?: () => number
  /** Back-office prefix of everything but `/oauth2-token`, for example `/admin` (contract 2.1). */
  prefix?: string
  /** Of everything that is disorder: row order, numeric strings, generated ids. */
  seed?: number
}

/** The Oro stand-in: follows the contract file, seeded, edited and watched past its API. Same operations under `/_control/`. */
export interface OroStandIn {
  /** Origin without the prefix. */
  url: string
  prefix: string
  faults: Faults
  log: LoggedRequest[]
  /** Whether requests are written to the log; off in benchmarks. */
  keepLog(keep: boolean): void
  inFlight(): number
  seed(world: SeedWorld): Seeded
  /** Edits of events as people make them in Oro's pages. */
  events: EventEdits
  /** Edits of tasks as people make them in Oro's pages. */
  tasks: TaskEdits
  /** Rows of one calendar, or all, id ascending. */
  eventRows(calendarId?: number): EventRow[]
  taskRows(ownerId?: number): TaskRow[]
  state(): unknown
  mails(): Mail[]
  clearMails(): void
  /** Requests that openapi.json does not allow, whatever they were answered. */
  violations(): Violation[]
  clearViolations(): void
  changes(): World['changes']
  audits(): AuditRow[]
  configureAudit(switches: Partial<AuditSwitches>): void
  configureWorkflow(switches: WorkflowSwitches): void
  /** Lets all access tokens expire at once. */
  revokeTokens(): void
  stop(): Promise<void>
}

export async function startOro(options: OroOptions = {}): Promise<OroStandIn> {
  const now = options.now ?? Date.now
  const prefix = options.prefix ?? ''
  const world = createWorld(now, options.seed ?? 1)
  const tokens = createTokens(world)
  const violations = createViolations(now)
  const parts = {
    prefix,
    seed: (seed: SeedWorld) => seedWorld(world, seed),
    events: createEventEdits(world),
    tasks: createTaskEdits(world),
    eventRows: (calendarId?: number) => eventRows(world, calendarId),
    taskRows: (ownerId?: number) =>
      [...world.tasks.values()].filter((task) => ownerId === undefined || task.ownerId === ownerId),
    state: () => stateOf(world),
    mails: () => world.mails.list(),
    clearMails: () => {
      world.mails.clear()
    },
    violations: () => violations.list(),
    clearViolations: () => {
      violations.clear()
    },
    changes: () => world.changes,
    audits: () => world.audits.rows(),
    configureAudit: (switches: Partial<AuditSwitches>) => {
      world.audits.configure(switches)
    },
    configureWorkflow: (switches: WorkflowSwitches) => {
      configureWorkflow(world, switches)
    },
    revokeTokens: () => {
      tokens.revokeAll()
    },
  }
  const server = await startStandIn({
    ...(options.port === undefined ? {} : { port: options.port }),
    now,
    principal: (request) => tokens.client(request),
    loggedBody: (request) => (request.rawPath === TOKEN_PATH ? '(credentials)' : logged(request)),
    loggedAnswer: (request, answer) =>
      request.rawPath === TOKEN_PATH && answer.status === 200 ? '(token)' : answer.body,
    handle: (request: StandInRequest) => {
      const isException = namesException(world, request)
      const answer = route(world, tokens, prefix, request)
      const path = request.rawPath.startsWith(`${prefix}/`)
        ? request.rawPath.slice(prefix.length)
        : request.rawPath
      violations.check(request, path, answer.status, isException)
      const date = new Date(now()).toUTCString()
      return Promise.resolve({ ...answer, headers: { date, ...answer.headers } })
    },
    control: (request, body) => Promise.resolve(control({ ...parts, ...server }, request, body)),
  })
  return { ...parts, ...server }
}

/** The body of a request for the log. */
function logged({ body }: StandInRequest): unknown {
  if (body.length === 0) return undefined
  try {
    return JSON.parse(body.toString()) as unknown
  } catch {
    return '(not JSON)'
  }
}

/** Whether the request is about an event that is an exception already. */
function namesException(world: World, request: StandInRequest): boolean {
  const id = /\/calendarevents\/(\d+)(?:\.json)?$/.exec(request.rawPath)?.[1]
  return id !== undefined && world.events.get(Number(id))?.recurringEventId != null
}

const eventRows = (world: World, calendarId: number | undefined): EventRow[] =>
  (calendarId === undefined ? [...world.events.all()] : world.events.ofCalendar(calendarId)).sort(
    (a, b) => a.id - b.id,
  )

const stateOf = (world: World): unknown => ({
  organizations: [...world.organizations.values()],
  users: [...world.users.values()],
  calendars: [...world.calendars.values()],
  systemCalendars: [...world.systemCalendars.values()],
  events: eventRows(world, undefined),
  tasks: [...world.tasks.values()],
  workflow: world.workflow,
  audit: world.audits.switches(),
})
