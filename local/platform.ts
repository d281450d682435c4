import { randomBytes } from 'node:crypto'
import type { MovableClock } from './clock/movable-clock'
import { startEntra, type EntraStandIn } from './entra/start'
import type { EntraSeed } from './entra/model'
import { startGraph, type GraphStandIn } from './graph/start'
import { createHost, type Host } from './host/host'
import type { HostJson } from './host/trigger'
import type { LogEntry } from './host/log'
import { startOro, type OroStandIn } from './oro/start'
import { startBroker, type Broker } from './service-bus/broker'
import type * as TableService from './storage/storage'

/** Sample values of a machine that nobody else reaches. */
export const SAMPLE = {
  tenantId: '11111111-2222-4333-8444-555555555555',
  clientId: 'sample-client',
  clientSecret: 'sample-secret',
  oroClientId: 'sample-oro-client',
  oroClientSecret: 'sample-oro-secret',
  functionKey: 'local-key',
} as const

export interface StandIns {
  readonly entra: EntraStandIn
  readonly graph: GraphStandIn
  readonly oro: OroStandIn
}

export interface PlatformOptions {
  readonly clock: MovableClock
  readonly hostJson: HostJson
  /** Settings of the product; those of the parts started here are added. */
  readonly settings: Readonly<Record<string, string | undefined>>
  /** Registers the functions: the bundle's `require`, or the sources in tests. Called when all settings are known. */
  readonly register: (settings: Readonly<Record<string, string>>) => unknown
  /** Between loading and starting; what it throws keeps the host from starting. */
  readonly loaded?: () => void
  readonly port?: number
  readonly functionKey?: string
  /** false = no table service: what is registered keeps its rows elsewhere. */
  readonly tables?: boolean
  /** Folder of the tables; absent = memory. */
  readonly dataFolder?: string
  /** Users of the sign-in stand-in; its client is made from the settings. */
  readonly directory?: Pick<EntraSeed, 'tenants' | 'users'>
  readonly log?: (entry: LogEntry) => void
}

/** One machine's worth of everything: host, broker, storage and, where no address is configured, the stand-ins (DESIGN 12). */
export interface Platform {
  readonly url: string
  readonly host: Host
  readonly broker: Broker
  /** undefined where no tables were wanted. */
  readonly storage: TableService.Storage | undefined
  readonly settings: Readonly<Record<string, string>>
  /** null where an outside system is configured. */
  readonly standIns: Partial<StandIns>
  stop(): Promise<void>
}

const QUEUES = [
  { name: 'calendar-sync', requiresSession: true },
  { name: 'task-sync', requiresSession: true },
  { name: 'oro-changes', requiresSession: true },
  { name: 'probes', requiresSession: false },
]

const given = (settings: PlatformOptions['settings']): Record<string, string> =>
  Object.fromEntries(
    Object.entries(settings).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== '',
    ),
  )

/** Of the right form, and leads nowhere. */
const NO_TABLES =
  'DefaultEndpointsProtocol=http;AccountName=none;AccountKey=bm9uZQ==;TableEndpoint=http://127.0.0.1:9/none;'

/** Loaded here: the table service is large, and who wants no tables need not wait for it. */
async function storageIn(folder: string | undefined): Promise<TableService.Storage> {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- `import()` would ask for a file extension that the sources do not have
  const { startStorage } = require('./storage/storage') as typeof TableService
  return startStorage(folder === undefined ? {} : { folder })
}

export async function startPlatform(options: PlatformOptions): Promise<Platform> {
  const { clock } = options
  const now = (): number => clock.now()
  const own = given(options.settings)
  const functionKey = options.functionKey ?? SAMPLE.functionKey
  const storage = options.tables === false ? undefined : await storageIn(options.dataFolder)
  const queues = QUEUES.map((queue) => ({
    ...queue,
    name:
      queue.name === 'calendar-sync'
        ? (own['CALENDAR_QUEUE'] ?? queue.name)
        : queue.name === 'task-sync'
          ? (own['TASK_QUEUE'] ?? queue.name)
          : queue.name,
  }))
  const broker = await startBroker({ now, queues })
  const settings: Record<string, string> = {
    SCHEDULE_CRON: '0 * * * * *',
    CALENDAR_QUEUE: 'calendar-sync',
    TASK_QUEUE: 'task-sync',
    TOKEN_KEY: randomBytes(32).toString('base64'),
    Tables: storage?.connectionString ?? NO_TABLES,
    ServiceBus: broker.connectionString,
    ...own,
  }
  const host = createHost({
    settings,
    hostJson: options.hostJson,
    functionKey,
    serviceBusConnection: settings['ServiceBus'] ?? broker.connectionString,
    clock,
    broker,
    // Another's broker may be configured; nothing is ever attached to this one then.
    ...(settings['ServiceBus'] === broker.connectionString
      ? { receiverOf: (queue: string) => broker.receiverOf(queue) }
      : {}),
    ...(options.log ? { log: options.log } : {}),
  })
  const { url } = await host.listen(options.port ?? 0)
  settings['PUBLIC_URL'] ??= url
  settings['BACK_OFFICE_ORIGIN'] ??= new URL(settings['PUBLIC_URL']).origin
  const standIns = await startStandIns(options, settings, now)
  await host.load(() => options.register(settings))
  options.loaded?.()
  await host.start()
  return {
    url,
    host,
    broker,
    storage,
    settings,
    standIns,
    async stop() {
      const stopped = host.stop()
      broker.endWaits()
      await stopped
      await broker.stop()
      await storage?.stop()
      await Promise.all([standIns.entra?.stop(), standIns.graph?.stop(), standIns.oro?.stop()])
    },
  }
}

/** Starts the stand-ins of the systems whose address nobody configured and enters theirs into the settings. */
async function startStandIns(
  { directory }: PlatformOptions,
  settings: Record<string, string>,
  now: () => number,
): Promise<Partial<StandIns>> {
  const started: { entra?: EntraStandIn; graph?: GraphStandIn; oro?: OroStandIn } = {}
  if (settings['ORO_URL'] === undefined) {
    started.oro = await startOro({ now, prefix: settings['ORO_BACKEND_PREFIX'] ?? '' })
    settings['ORO_URL'] = started.oro.url
    settings['ORO_CLIENT_ID'] ??= SAMPLE.oroClientId
    settings['ORO_CLIENT_SECRET'] ??= SAMPLE.oroClientSecret
  }
  if (
    settings['MICROSOFT_LOGIN_URL'] === undefined &&
    settings['MICROSOFT_GRAPH_URL'] === undefined
  ) {
    settings['MICROSOFT_CLOUD'] = 'custom'
    settings['MICROSOFT_CLIENT_ID'] ??= SAMPLE.clientId
    settings['MICROSOFT_CLIENT_SECRET'] ??= SAMPLE.clientSecret
    settings['MICROSOFT_TENANT_ID'] ??= SAMPLE.tenantId
    const tenantId = settings['MICROSOFT_TENANT_ID']
    const origin: { graph: string } = { graph: '' }
    const entra = await startEntra({
      now,
      graphOrigin: () => origin.graph,
      tenants: directory?.tenants ?? [{ id: tenantId, name: 'Sample Company' }],
      users: directory?.users ?? [],
      clients: [
        {
          clientId: settings['MICROSOFT_CLIENT_ID'],
          clientSecret: settings['MICROSOFT_CLIENT_SECRET'],
          tenantId,
          redirectUris: [`${settings['PUBLIC_URL'] ?? ''}/api/oauth/callback`],
        },
      ],
    })
    const graph = await startGraph({ now, verifyToken: (bearer) => entra.verifyToken(bearer) })
    origin.graph = graph.url
    settings['MICROSOFT_LOGIN_URL'] = entra.url
    settings['MICROSOFT_GRAPH_URL'] = graph.url
    started.entra = entra
    started.graph = graph
  }
  return started
}
