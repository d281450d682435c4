import { AsyncLocalStorage } from 'node:async_hooks'
import { randomBytes, randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { ServiceBusClient } from '@azure/service-bus'
import { resolveCloud } from './adapters/entra/clouds'
import { createEntra } from './adapters/entra/entra'
import { createMicrosoft } from './adapters/graph/microsoft'
import { createOro } from './adapters/oro/oro'
import { createServiceBusQueue } from './adapters/queues/service-bus-queue'
import { connectKeyVault, createKeyVaultSecrets } from './adapters/secrets/key-vault'
import { createLocalSecrets } from './adapters/secrets/local'
import { createConnections, createFeedPositions } from './adapters/tables/connections'
import { openTables } from './adapters/tables/open-table'
import { createOperations, createTickets } from './adapters/tables/operations'
import { createTableRows } from './adapters/tables/rows'
import { createDueIndex, createPending } from './adapters/tables/schedule'
import { createSettingsStore } from './adapters/tables/settings'
import { createSyncState } from './adapters/tables/sync-state'
import { createSealedCredentials, createTokenVault } from './adapters/tables/tokens'
import { parseConfig, readConfig, type Config } from './config'
import type { Log, LogLine } from './log'
import type { Entra, Secrets } from './ports/identity'
import type { Rows } from './ports/rows'
import type { AccessTokens, Microsoft, OroCredentialStore } from './ports/systems'
import { SyncError } from './errors'
import type { ConnectDeps } from './usecases/connect'
import type { CredentialsDeps } from './usecases/oro-credentials'
import type { PageDeps } from './usecases/page-tickets'
import type { RestDeps } from './usecases/rest'
import type { SettingsDeps } from './usecases/change-settings'

/** Everything the functions use, wired once per process. */
export interface App {
  readonly config: Config
  readonly deps: ConnectDeps & SettingsDeps & PageDeps & CredentialsDeps & RestDeps
}

/** Where log lines go: the invocation that is under way. */
export interface LogSink {
  info(message: string): void
  warn(message: string): void
  error(message: string): void
}

const sinks = new AsyncLocalStorage<LogSink>()

/** Runs an invocation with its log. */
export const withLog = <T>(sink: LogSink, work: () => Promise<T>): Promise<T> =>
  sinks.run(sink, work)

const log: Log = ({ event, level, properties }: LogLine) => {
  sinks.getStore()?.[level](`${event} ${JSON.stringify(properties)}`)
}

/** A log to hand to log lines outside of the use cases. */
export const invocationLog = log

const CREDENTIALS_OWNER = 'oro-credentials'

function secretsOf(config: Config): Secrets {
  const clock = { randomBytes: (size: number) => randomBytes(size), now: () => Date.now() }
  return 'local' in config.tokenKey
    ? createLocalSecrets({ key: config.tokenKey.local, ...clock })
    : createKeyVaultSecrets({ keyId: config.tokenKey.keyVault, client: connectKeyVault, ...clock })
}

/** Who records a hint waits for the answer (W7); the client's own patience is minutes. Nothing is lost: its caller asks again. */
const SENDING = {
  retryOptions: { maxRetries: 2, retryDelayInMs: 250, maxRetryDelayInMs: 1000, timeoutInMs: 5000 },
}

async function serviceBusOf(config: Config): Promise<ServiceBusClient> {
  const { serviceBus } = config
  if ('connectionString' in serviceBus)
    return new ServiceBusClient(serviceBus.connectionString, SENDING)
  const { DefaultAzureCredential } = await import('@azure/identity')
  return new ServiceBusClient(serviceBus.namespace, new DefaultAzureCredential(), SENDING)
}

const notConfigured = (): SyncError =>
  new SyncError({ code: 'not-configured', scope: 'service', side: 'microsoft', transient: false })

/** Wires the product for one configuration. Nothing is called before it is used. */
function createApp(config: Config, rows: Rows): App {
  const now = (): number => Date.now()
  const newId = (): string => randomUUID()
  const secrets = secretsOf(config)
  const vault = createTokenVault(rows, now)
  const sealed = createSealedCredentials(rows)
  const cloud =
    config.microsoft &&
    resolveCloud({
      name: config.microsoft.cloud,
      tenantId: config.microsoft.tenantId,
      ...(config.microsoft.loginUrl === undefined ? {} : { loginUrl: config.microsoft.loginUrl }),
      ...(config.microsoft.graphUrl === undefined ? {} : { graphUrl: config.microsoft.graphUrl }),
    })
  const sleep = (ms: number): Promise<void> => wait(ms)
  const entra: Entra | null =
    config.microsoft && cloud
      ? createEntra({ ...config.microsoft, cloud, vault, secrets, now, newId, sleep })
      : null
  const tokens: AccessTokens = entra ?? { accessToken: () => Promise.reject(notConfigured()) }
  const microsoft: Microsoft = createMicrosoft({
    graphUrl: `${cloud?.graphUrl ?? 'https://graph.microsoft.com'}/v1.0`,
    tokens,
    toDo: cloud?.toDo ?? false,
    now,
    log,
    oroUrl: `${config.oro.url}${config.oro.prefix}`,
  })
  const credentials: OroCredentialStore = {
    async credentials(organizationId) {
      // What was put through the interface is newer than what the process was started with.
      const text = await sealed.read(organizationId)
      if (text !== null) {
        const plain = await secrets.open(organizationId, CREDENTIALS_OWNER, text)
        return JSON.parse(plain) as { clientId: string; clientSecret: string }
      }
      const { organizationId: own, clientId, clientSecret } = config.oro
      return organizationId === own && clientId && clientSecret ? { clientId, clientSecret } : null
    },
  }
  let bus: Promise<ServiceBusClient> | undefined
  const queue = createServiceBusQueue({
    client: () => (bus ??= serviceBusOf(config)),
    names: config.queues,
    newId,
  })
  return {
    config,
    deps: {
      clock: { now },
      sleep,
      newId,
      newSecret: () => randomBytes(32).toString('base64url'),
      log,
      queue,
      connections: createConnections(rows),
      settings: createSettingsStore(rows),
      pending: createPending(rows),
      due: createDueIndex(rows),
      operations: createOperations(rows),
      feeds: createFeedPositions(rows),
      tickets: createTickets(rows),
      stateOf: (account, kind, containers = '') => createSyncState(rows, account, kind, containers),
      microsoft,
      oro: createOro({ oroUrl: config.oro.url, prefix: config.oro.prefix, credentials, now }),
      entra,
      publicUrl: config.publicUrl,
      toDo: cloud?.toDo ?? false,
      microsoftConfigured: config.microsoft !== null,
      storeCredentials: async (organizationId, given) => {
        const text = await secrets.seal(organizationId, CREDENTIALS_OWNER, JSON.stringify(given))
        await sealed.write(organizationId, text)
      },
    },
  }
}

let current: App | undefined

const tablesOf = (config: Config): Rows => createTableRows(openTables(config.tables))

function start(config: Config, rows: Rows = tablesOf(config)): App {
  current = createApp(config, rows)
  return current
}

/** The app of this process, made from its environment at the first use. */
export const app = (): App => current ?? start(readConfig())

/**
 * Makes the app anew from these settings: for a host that runs several after each other in one process.
 *
 * @param rows instead of the configured tables: the twin in memory, where storage itself is not what matters
 */
export const useSettings = (
  settings: Readonly<Record<string, string | undefined>>,
  rows?: Rows,
): App => start(parseConfig(settings), rows)
