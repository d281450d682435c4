import * as z from 'zod'
import type { Violation } from './errors'

/** Hosts that plain `http:` may go to (DESIGN 8). */
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])

const address = z
  .url({ protocol: /^https?$/ })
  .transform((text) => text.replace(/\/+$/, ''))
  .refine((text) => !text.startsWith('http:') || LOOPBACK.has(new URL(text).hostname), {
    error: 'plain http is only allowed to loopback',
  })

const optionalText = z
  .string()
  .optional()
  .transform((text) => (text === undefined || text === '' ? undefined : text))

const schema = z.object({
  ORO_URL: address,
  ORO_BACKEND_PREFIX: z
    .string()
    .regex(/^(\/.*[^/])?$/, 'must start with a slash and not end with one')
    .default(''),
  ORO_ORGANIZATION_ID: z.coerce.number().int().min(1).default(1),
  ORO_CLIENT_ID: optionalText,
  ORO_CLIENT_SECRET: optionalText,
  ORO_WEBHOOK_SECRET: optionalText,
  BACK_OFFICE_ORIGIN: address.refine((text) => new URL(text).origin === text, {
    error: 'must be an origin: scheme, host and port',
  }),
  MICROSOFT_CLIENT_ID: optionalText,
  MICROSOFT_CLIENT_SECRET: optionalText,
  MICROSOFT_TENANT_ID: optionalText,
  MICROSOFT_CLOUD: z
    .enum(['global', 'us-government', 'us-government-dod', 'china', 'custom'])
    .default('global'),
  MICROSOFT_LOGIN_URL: address.optional(),
  MICROSOFT_GRAPH_URL: address.optional(),
  PUBLIC_URL: address,
  Tables: optionalText,
  Tables__serviceUri: optionalText,
  ServiceBus: optionalText,
  ServiceBus__fullyQualifiedNamespace: optionalText,
  CALENDAR_QUEUE: z.string().min(1).default('calendar-sync'),
  TASK_QUEUE: z.string().min(1).default('task-sync'),
  TOKEN_KEY: optionalText,
  TOKEN_KEY_ID: optionalText,
  SCHEDULE_CRON: z.string().default('0 * * * * *'),
})

/** Names of all application settings; sample, Bicep and README are tested to agree with it. */
export const SETTING_NAMES = Object.keys(schema.shape)

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

type Values = z.output<typeof schema>

function crossFaults(values: Values): Violation[] {
  const faults: Violation[] = []
  const oneOf = (a: keyof Values, b: keyof Values): void => {
    if (values[a] === undefined && values[b] === undefined) {
      faults.push({ pointer: a, detail: `give ${a} or ${b}` })
    }
  }
  oneOf('Tables', 'Tables__serviceUri')
  oneOf('ServiceBus', 'ServiceBus__fullyQualifiedNamespace')
  oneOf('TOKEN_KEY', 'TOKEN_KEY_ID')
  if (values.TOKEN_KEY !== undefined && Buffer.from(values.TOKEN_KEY, 'base64').length !== 32) {
    faults.push({ pointer: 'TOKEN_KEY', detail: 'must be 32 bytes in base64' })
  }
  if (values.MICROSOFT_CLOUD === 'custom') {
    for (const name of ['MICROSOFT_LOGIN_URL', 'MICROSOFT_GRAPH_URL'] as const) {
      if (values[name] === undefined) {
        faults.push({ pointer: name, detail: 'is needed when MICROSOFT_CLOUD is custom' })
      }
    }
  }
  return faults
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
  const parsed = schema.safeParse(settings)
  if (!parsed.success) {
    throw new InvalidConfig(
      parsed.error.issues.map((issue) => ({
        pointer: issue.path.join('.'),
        detail: settings[String(issue.path[0])] === undefined ? 'is missing' : issue.message,
      })),
    )
  }
  const values = parsed.data
  const faults = crossFaults(values)
  if (faults.length > 0) throw new InvalidConfig(faults)
  return Object.freeze({
    oro: {
      url: values.ORO_URL,
      prefix: values.ORO_BACKEND_PREFIX,
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
