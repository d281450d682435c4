import * as z from 'zod'
import type { Violation } from './errors'

/** Hosts that plain `http:` may go to (DESIGN 8). */
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])

const isGuarded = (address: string): boolean => {
  const { protocol, hostname } = new URL(address)
  return protocol === 'https:' || LOOPBACK.has(hostname)
}

/** Without trailing slash. */
const address = z
  .url({ protocol: /^https?$/, error: 'must be an address that starts with https://' })
  .transform((text) => text.replace(/\/+$/, ''))
  .refine(isGuarded, { error: 'plain http is only allowed to loopback' })
  .refine((text) => /^[^?#@]*$/.test(text), {
    error: 'must have neither query nor fragment nor credentials',
  })

const text = z.string().optional()
const queue = z.string().regex(/^[\w./-]{1,260}$/, 'must be the name of a queue')

const schema = z.object({
  ORO_URL: address.describe('Where Oro is.'),
  ORO_BACKEND_PREFIX: z
    .string()
    .regex(/^\/[^?#]*[^/?#]$/, 'must start with a slash and not end with one')
    .optional()
    .describe('Prefix of the back office in the paths of Oro, like `/admin`; empty = none.'),
  ORO_ORGANIZATION_ID: z
    .string()
    .regex(/^[1-9]\d{0,9}$/, 'must be a positive whole number')
    .transform(Number)
    .default(1)
    .describe('Organization in Oro that the next two settings belong to.'),
  ORO_CLIENT_ID: text.describe(
    "Client id of that organization's application in Oro. Others: `PUT /organizations/{o}/oro-credentials`.",
  ),
  ORO_CLIENT_SECRET: text.describe('Its client secret.'),
  ORO_WEBHOOK_SECRET: text.describe("Secret under which Oro's webhooks are signed."),
  BACK_OFFICE_ORIGIN: address
    .refine((given) => !URL.canParse(given) || new URL(given).origin === given, {
      error: 'must be an origin: scheme, host and port',
    })
    .describe('Origin of the back office: it alone may frame the page and is told by the pop-up.'),
  MICROSOFT_CLIENT_ID: text.describe(
    'Application (client) id in Entra; nobody can connect without this, the secret and the tenant.',
  ),
  MICROSOFT_CLIENT_SECRET: text.describe('Client secret of that application.'),
  MICROSOFT_TENANT_ID: text.describe('Directory (tenant) id.'),
  MICROSOFT_CLOUD: z
    .enum(['global', 'us-government', 'us-government-dod', 'china', 'custom'], {
      error: 'must be one of global, us-government, us-government-dod, china, custom',
    })
    .default('global')
    .describe('Which cloud the tenant is in; `custom` = the two addresses below.'),
  MICROSOFT_LOGIN_URL: address.optional().describe('Sign-in of a `custom` cloud.'),
  MICROSOFT_GRAPH_URL: address.optional().describe('Graph of a `custom` cloud.'),
  PUBLIC_URL: address.describe(
    'Address of this app as browsers and Microsoft reach it, without `/api`; a path in front is kept.',
  ),
  Tables: text.describe('Connection string of Table Storage (local).'),
  Tables__serviceUri: text.describe('Its table endpoint, reached by managed identity (Azure).'),
  ServiceBus: text.describe('Connection string of Service Bus (local).'),
  ServiceBus__fullyQualifiedNamespace: text.describe(
    'Its host name, reached by managed identity (Azure).',
  ),
  CALENDAR_QUEUE: queue.default('calendar-sync').describe('Queue of calendar runs.'),
  TASK_QUEUE: queue.default('task-sync').describe('Queue of task runs.'),
  TOKEN_KEY: text
    .refine((given) => given === undefined || /^[A-Za-z0-9+/]{43}=$/.test(given), {
      error: 'must be 32 bytes in base64',
    })
    .describe('Key that protects stored tokens (local): 32 bytes in base64.'),
  TOKEN_KEY_ID: text
    .refine((given) => given === undefined || /^https:\/\/[^/?#@]+\/keys\/[^?#]+$/.test(given), {
      error: 'must look like https://{vault}/keys/{name}',
    })
    .describe('Key Vault key that protects stored tokens (Azure).'),
  SCHEDULE_CRON: z
    .string()
    .regex(/^\S+( \S+){5}$/, 'must have six parts: second minute hour day month weekday')
    .default('0 * * * * *')
    .describe('When the scheduler looks for work: every minute.'),
})

/** Names of all application settings; sample, Bicep and README are tested to agree with it. */
export const SETTING_NAMES = Object.keys(schema.shape)

/** The README's table of application settings: name, default, meaning. */
export function configTable(): string {
  const rows = Object.entries(schema.shape).map(([name, field]) => {
    const unset = field.safeParse(undefined)
    const value = unset.success ? (unset.data ?? '') : 'required'
    const shown = value === '' || value === 'required' ? value : `\`${String(value)}\``
    return `| \`${name}\` | ${shown} | ${field.description ?? ''} |`
  })
  return ['| setting | default | what it is |', '|---|---|---|', ...rows].join('\n')
}

export interface Config {
  readonly oro: {
    readonly url: string
    readonly prefix: string
    readonly organizationId: number
    readonly clientId: string | undefined
    readonly clientSecret: string | undefined
    readonly webhookSecret: string | undefined
  }
  readonly backOfficeOrigin: string
  /** null until client id, secret and tenant are all given. */
  readonly microsoft: {
    readonly clientId: string
    readonly clientSecret: string
    readonly tenantId: string
    readonly cloud: 'global' | 'us-government' | 'us-government-dod' | 'china' | 'custom'
    readonly loginUrl: string | undefined
    readonly graphUrl: string | undefined
  } | null
  readonly publicUrl: string
  readonly tables: { readonly connectionString: string } | { readonly serviceUri: string }
  readonly serviceBus: { readonly connectionString: string } | { readonly namespace: string }
  readonly queues: { readonly calendar: string; readonly tasks: string }
  readonly tokenKey: { readonly local: Buffer } | { readonly keyVault: string }
}

/** Every fault of the configuration at once, by the name of the setting. */
export class InvalidConfig extends Error {
  readonly problems: readonly Violation[]
  constructor(problems: readonly Violation[]) {
    super(
      `The configuration has ${String(problems.length)} fault(s):\n` +
        problems.map(({ pointer, detail }) => `  ${pointer}: ${detail}`).join('\n') +
        '\nSee local.settings.sample.json and the README, "Configuration".',
    )
    this.name = 'InvalidConfig'
    this.problems = problems
  }
}

type Name = keyof typeof schema.shape
type Values = z.output<typeof schema>

/** Faults of settings that belong together. */
function crossFaults(given: Readonly<Partial<Record<string, string>>>): Violation[] {
  const missing = (...names: Name[]) => names.every((name) => given[name] === undefined)
  const alternatives: [Name, Name][] = [
    ['Tables', 'Tables__serviceUri'],
    ['ServiceBus', 'ServiceBus__fullyQualifiedNamespace'],
    ['TOKEN_KEY', 'TOKEN_KEY_ID'],
  ]
  const custom: Name[] = ['MICROSOFT_LOGIN_URL', 'MICROSOFT_GRAPH_URL']
  const pairs: [Name, Name][] = [
    ['ORO_CLIENT_ID', 'ORO_CLIENT_SECRET'],
    ['ORO_CLIENT_SECRET', 'ORO_CLIENT_ID'],
  ]
  return [
    ...alternatives
      .filter(([a, b]) => missing(a, b))
      .map(([a, b]) => ({ pointer: a, detail: `give ${a} or ${b}` })),
    ...custom
      .filter((name) => given['MICROSOFT_CLOUD'] === 'custom' && missing(name))
      .map((name) => ({ pointer: name, detail: 'is needed when MICROSOFT_CLOUD is custom' })),
    ...pairs
      .filter(([name, other]) => missing(name) && !missing(other))
      .map(([name, other]) => ({ pointer: name, detail: `is needed beside ${other}` })),
  ]
}

function microsoftOf(values: Values): Config['microsoft'] {
  const { MICROSOFT_CLIENT_ID, MICROSOFT_CLIENT_SECRET, MICROSOFT_TENANT_ID } = values
  if (!MICROSOFT_CLIENT_ID || !MICROSOFT_CLIENT_SECRET || !MICROSOFT_TENANT_ID) return null
  return {
    clientId: MICROSOFT_CLIENT_ID,
    clientSecret: MICROSOFT_CLIENT_SECRET,
    tenantId: MICROSOFT_TENANT_ID,
    cloud: values.MICROSOFT_CLOUD,
    loginUrl: values.MICROSOFT_LOGIN_URL,
    // The root is meant; one given with its version is as good.
    graphUrl: values.MICROSOFT_GRAPH_URL?.replace(/\/v1\.0$/, ''),
  }
}

/** Reads the application settings once (DESIGN 8). Throws `InvalidConfig` with every fault. */
export function parseConfig(settings: Readonly<Record<string, string | undefined>>): Config {
  // An empty value is how a sample file and the portal say "not set".
  const given = Object.fromEntries(
    Object.entries(settings).filter(([, value]) => value !== undefined && value.trim() !== ''),
  ) as Readonly<Partial<Record<string, string>>>
  const parsed = schema.safeParse(given)
  const issues = parsed.error?.issues ?? []
  const faults = [
    ...issues.map(({ path, message }) => {
      const pointer = String(path[0])
      return { pointer, detail: given[pointer] === undefined ? 'is missing' : message }
    }),
    ...crossFaults(given),
  ]
  if (!parsed.success || faults.length > 0) throw new InvalidConfig(faults)
  const values = parsed.data
  return Object.freeze({
    oro: {
      url: values.ORO_URL,
      prefix: values.ORO_BACKEND_PREFIX ?? '',
      organizationId: values.ORO_ORGANIZATION_ID,
      clientId: values.ORO_CLIENT_ID,
      clientSecret: values.ORO_CLIENT_SECRET,
      webhookSecret: values.ORO_WEBHOOK_SECRET,
    },
    backOfficeOrigin: values.BACK_OFFICE_ORIGIN,
    microsoft: microsoftOf(values),
    publicUrl: values.PUBLIC_URL,
    tables: values.Tables
      ? { connectionString: values.Tables }
      : { serviceUri: values.Tables__serviceUri ?? '' },
    serviceBus: values.ServiceBus
      ? { connectionString: values.ServiceBus }
      : { namespace: values.ServiceBus__fullyQualifiedNamespace ?? '' },
    queues: { calendar: values.CALENDAR_QUEUE, tasks: values.TASK_QUEUE },
    tokenKey: values.TOKEN_KEY
      ? { local: Buffer.from(values.TOKEN_KEY, 'base64') }
      : { keyVault: values.TOKEN_KEY_ID ?? '' },
  })
}

/** The settings of this process: the one place that reads its environment. */
export const readConfig = (): Config => parseConfig(process.env)
