import type { AddressInfo } from 'node:net'
import type { MovableClock } from '../clock/movable-clock'
import type { Binding, CoreHost } from './core-types'
import { attachHost, detachHost } from './functions-core'
import { createHooks, invoke, type RegisteredFunction } from './invoke'
import { createHttpServer } from './http-server'
import { createHttpTrigger } from './http-trigger'
import { createLocalRoutes, type LocalHandler } from './local-routes'
import { createHostLog, type LogEntry } from './log'
import { createServiceBusTrigger } from './service-bus-trigger'
import { createTimeTravel } from './time-travel'
import { createTimerTrigger } from './timer-trigger'
import type { HostJson, HostServices, TriggerHandler } from './trigger'
import { createWork, type TimedWork } from './work'

export interface HostOptions {
  /** Application settings, for `%NAME%` and for the `connection` of bindings. */
  settings: Record<string, string>
  hostJson: HostJson
  /** Accepted as function key and as master key. */
  functionKey: string
  /** Used instead of the setting that a Service Bus binding names. */
  serviceBusConnection?: string
  clock: Pick<MovableClock, 'now' | 'set'>
  /** Scheduled messages and idleness of the broker; any other timed work joins with `host.join`. */
  broker?: TimedWork
  /** Tells when the first receiver of a queue is there; absent = its broker cannot say so. */
  receiverOf?: (queue: string) => Promise<void>
  log?: (entry: LogEntry) => void
  /** Further trigger types, by binding type in lower case. */
  triggers?: (services: HostServices) => Record<string, TriggerHandler>
}

export interface Host {
  /** Runs the registrations: a `require` of the bundle, or calls of `app.http` and the like. @throws BadFunctions */
  load(register: () => unknown): Promise<void>
  /** Serves HTTP on loopback; 0 = any free port. */
  listen(port: number): Promise<{ port: number; url: string }>
  /** Runs the start hooks, then timers and queue listeners. */
  start(): Promise<void>
  /** Takes no more work, waits up to five seconds for what is in flight, runs the termination hooks. */
  stop(): Promise<void>
  /** Adds a route below `/_local/`. */
  local(method: string, path: string, handler: LocalHandler): void
  /** Makes other timed work (a stand-in's) count for idleness and for moving the clock. */
  join(work: TimedWork): void
  /** Oldest first, at most 10,000. */
  log(): LogEntry[]
  functions(): string[]
}

/** Every fault of the functions' bindings, one text each. */
export class BadFunctions extends Error {
  readonly faults: readonly string[]
  constructor(faults: readonly string[]) {
    super(faults.join('\n'))
    this.name = 'BadFunctions'
    this.faults = faults
  }
}

/** While time just runs: timers are looked at this often at least, and due messages enqueued. */
const TICK_MS = 500
const STOP_GRACE_MS = 5000

/** Runs functions registered with `@azure/functions` as the Functions host does (platform.md 3). */
export function createHost(options: HostOptions): Host {
  const { clock } = options
  const log = createHostLog(() => clock.now(), options.log)
  const hooks = createHooks()
  const work = createWork()
  if (options.broker !== undefined) work.join(options.broker)
  const functions = new Map<string, RegisteredFunction>()
  let loading = false
  let ticking: NodeJS.Timeout | undefined
  let running = false

  const services: HostServices = {
    settings: options.settings,
    hostJson: options.hostJson,
    now: () => clock.now(),
    log,
    work,
    async invoke(registered, request, reason) {
      const end = work.begin()
      try {
        return await invoke(registered, request, { hooks, log, reason })
      } finally {
        end()
      }
    },
  }
  const timers = createTimerTrigger(services)
  const travel = createTimeTravel({ clock, timers, work })
  const localRoutes = createLocalRoutes({ clock, travel, work, log })
  const isKey = (given: string | null | undefined): boolean => given === options.functionKey
  const http = createHttpTrigger(services, (request, url) =>
    isKey(
      (request.headers['x-functions-key'] as string | undefined) ?? url.searchParams.get('code'),
    ),
  )
  const triggers: Record<string, TriggerHandler> = {
    httptrigger: http,
    timertrigger: timers,
    servicebustrigger: createServiceBusTrigger(
      services,
      options.serviceBusConnection,
      options.receiverOf,
    ),
    ...options.triggers?.(services),
  }
  const server = createHttpServer({
    http,
    localRoutes,
    work,
    isKey,
    manual: (name, input) => {
      const registered = functions.get(name.toLowerCase())
      if (registered === undefined) return 'unknown'
      const [bindingName, binding] = triggerBinding(registered)
      const request = triggers[binding.type.toLowerCase()]?.manualRequest?.(
        registered.metadata.name,
        bindingName,
        input,
      )
      if (request === undefined) return 'not by hand'
      services
        .invoke(registered, request, 'This function was programmatically called via the host APIs.')
        .catch(() => undefined)
      return 'started'
    },
  })

  const coreHost: CoreHost = {
    registerFunction(metadata, callback) {
      if (!loading) throw new Error('A function can only be registered during app startup.')
      const key = metadata.name.toLowerCase()
      if (functions.has(key)) {
        throw new Error(`A function with name "${metadata.name}" has already been registered.`)
      }
      functions.set(key, { metadata, callback })
    },
    registerHook: (name, callback) => hooks.add(name, callback),
    log: (level, category, message) => {
      log.write(level, `Worker.${category}`, message)
    },
  }

  const tick = (): void => {
    if (!travel.underWay()) {
      for (const timer of timers.due(clock.now())) void timers.fire(timer, clock.now(), false)
      for (const one of work.joined()) one.enqueueDue()
    }
    const wait = (timers.nextAt() ?? Infinity) - clock.now()
    ticking = setTimeout(tick, Math.max(1, Math.min(TICK_MS, wait))).unref()
  }

  return {
    async load(register) {
      attachHost(coreHost)
      loading = true
      try {
        await register()
      } finally {
        loading = false
      }
      const faults: string[] = []
      for (const registered of functions.values()) {
        try {
          const [name, binding] = triggerBinding(registered)
          const handler = triggers[binding.type.toLowerCase()]
          if (handler === undefined) throw new Error(`nothing runs a "${binding.type}"`)
          handler.add(registered, name, binding)
        } catch (error) {
          faults.push(`function "${registered.metadata.name}": ${(error as Error).message}`)
        }
      }
      if (faults.length > 0) throw new BadFunctions(faults)
      log.write('information', 'Host.Startup', `${String(functions.size)} functions loaded`)
    },
    async listen(port) {
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject)
        server.listen(port, '127.0.0.1', resolve)
      })
      const actual = (server.address() as AddressInfo).port
      return { port: actual, url: `http://127.0.0.1:${String(actual)}` }
    },
    async start() {
      running = true
      await hooks.run('appStart', { hookData: {} })
      for (const handler of Object.values(triggers)) await handler.start?.()
      tick()
      log.write('information', 'Host.Startup', 'Job host started')
    },
    async stop() {
      clearTimeout(ticking)
      await Promise.all(Object.values(triggers).map(async (handler) => handler.stop?.()))
      await work.whenIdle(running ? STOP_GRACE_MS : 0)
      if (running) await hooks.run('appTerminate', { hookData: {} })
      running = false
      await new Promise<void>((resolve) => {
        server.close(() => {
          resolve()
        })
        server.closeAllConnections()
      })
      detachHost(coreHost)
    },
    local: (method, path, handler) => {
      localRoutes.add(method, path, handler)
    },
    join: (other) => {
      work.join(other)
    },
    log: () => log.entries(),
    functions: () => [...functions.values()].map((registered) => registered.metadata.name),
  }
}

function triggerBinding(registered: RegisteredFunction): [string, Binding] {
  const found = Object.entries(registered.metadata.bindings).find(
    ([, binding]) => binding.direction === 'in' && /trigger$/i.test(binding.type),
  )
  if (found === undefined) throw new Error('it has no trigger')
  return found
}
