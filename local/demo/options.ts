import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { SAMPLE } from '../platform'

/** The product's application settings (DESIGN 8) that the environment may give. */
export const PRODUCT_SETTINGS = [
  'ORO_URL',
  'ORO_BACKEND_PREFIX',
  'ORO_ORGANIZATION_ID',
  'ORO_CLIENT_ID',
  'ORO_CLIENT_SECRET',
  'ORO_WEBHOOK_SECRET',
  'BACK_OFFICE_ORIGIN',
  'MICROSOFT_CLIENT_ID',
  'MICROSOFT_CLIENT_SECRET',
  'MICROSOFT_TENANT_ID',
  'MICROSOFT_CLOUD',
  'MICROSOFT_LOGIN_URL',
  'MICROSOFT_GRAPH_URL',
  'PUBLIC_URL',
  'Tables',
  'Tables__serviceUri',
  'ServiceBus',
  'ServiceBus__fullyQualifiedNamespace',
  'CALENDAR_QUEUE',
  'TASK_QUEUE',
  'TOKEN_KEY',
  'TOKEN_KEY_ID',
  'SCHEDULE_CRON',
] as const

export interface StartOptions {
  /** End after the first sync. */
  readonly once: boolean
  readonly port: number
  readonly functionKey: string
  /** null = tables in memory. */
  readonly dataFolder: string | null
  /** Parsed JSON of `LOCAL_SEED`. */
  readonly seed: unknown
  readonly settings: Readonly<Record<string, string>>
  /** Another's Oro or Microsoft is used: no demo, nobody is connected. */
  readonly outside: boolean
}

/** Every fault of arguments and environment at once. */
export class BadOptions extends Error {
  constructor(faults: readonly string[]) {
    super(`npm start cannot begin:\n${faults.map((fault) => `  ${fault}`).join('\n')}`)
    this.name = 'BadOptions'
  }
}

function portOf(text: string, faults: string[]): number {
  const port = Number(text)
  if (!/^\d{1,5}$/.test(text) || port > 65_535) {
    faults.push(`LOCAL_PORT is a port number, 0 = any free one; "${text}" is none`)
  }
  return port
}

function seedOf(file: string | undefined, faults: string[]): unknown {
  if (file === undefined) return undefined
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as unknown
  } catch (error) {
    faults.push(`LOCAL_SEED: ${file} cannot be read as JSON: ${(error as Error).message}`)
    return undefined
  }
}

/** Microsoft is outside only as `MICROSOFT_CLOUD=custom` with both addresses; anything in between would be half a stand-in. */
function microsoftOutside(settings: Readonly<Record<string, string>>, faults: string[]): boolean {
  const {
    MICROSOFT_CLOUD: cloud,
    MICROSOFT_LOGIN_URL: login,
    MICROSOFT_GRAPH_URL: graph,
  } = settings
  const addresses = [login, graph].filter((address) => address !== undefined).length
  if (cloud !== undefined && cloud !== 'custom') {
    faults.push(
      `MICROSOFT_CLOUD is "${cloud}": on one machine it is left out, or "custom" with MICROSOFT_LOGIN_URL and MICROSOFT_GRAPH_URL`,
    )
  } else if (addresses === 1 || (addresses === 0 && cloud !== undefined)) {
    const missing = login === undefined ? 'MICROSOFT_LOGIN_URL' : 'MICROSOFT_GRAPH_URL'
    faults.push(`${missing} is missing: MICROSOFT_CLOUD=custom needs both addresses`)
  } else if (addresses === 2 && cloud === undefined) {
    faults.push(
      'MICROSOFT_CLOUD=custom is missing beside MICROSOFT_LOGIN_URL and MICROSOFT_GRAPH_URL',
    )
  }
  return addresses === 2
}

const ADDRESSES = [
  'ORO_URL',
  'MICROSOFT_LOGIN_URL',
  'MICROSOFT_GRAPH_URL',
  'PUBLIC_URL',
  'BACK_OFFICE_ORIGIN',
] as const

/** Addresses are used before the product has looked at its configuration. */
const addressFaults = (settings: Readonly<Record<string, string>>): string[] =>
  ADDRESSES.filter((name) => {
    const given = settings[name]
    return given !== undefined && !(URL.canParse(given) && /^https?:/i.test(given))
  }).map((name) => `${name} must be an address that begins with http:// or https://`)

/**
 * Reads arguments and environment of `npm start` (DESIGN 12). An empty value counts as not given.
 *
 * @throws BadOptions
 */
export function readOptions(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): StartOptions {
  const faults = args
    .filter((argument) => argument !== '--once')
    .map((argument) => `"${argument}" is not known; there is only --once`)
  const given = (name: string): string | undefined => environment[name] || undefined
  const settings = Object.fromEntries(
    PRODUCT_SETTINGS.map((name) => [name, given(name)]).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    ),
  )
  faults.push(...addressFaults(settings))
  const port = portOf(given('LOCAL_PORT') ?? '7071', faults)
  const seed = seedOf(given('LOCAL_SEED'), faults)
  const outside = microsoftOutside(settings, faults) || settings['ORO_URL'] !== undefined
  const data = given('LOCAL_DATA') ?? 'memory'
  const dataFolder = data === 'memory' ? null : data
  if (!outside && dataFolder !== null && existsSync(join(dataFolder, 'tables.json'))) {
    // Links to items that no longer exist would look like deletions on both sides.
    faults.push(
      `LOCAL_DATA: ${dataFolder} holds tables of an earlier demo, whose mailboxes and calendars are gone: remove it or name another folder`,
    )
  }
  if (faults.length > 0) throw new BadOptions(faults)
  return {
    once: args.includes('--once'),
    port,
    functionKey: given('LOCAL_FUNCTION_KEY') ?? SAMPLE.functionKey,
    dataFolder,
    seed,
    settings,
    outside,
  }
}

/** The key of the tokens in a folder that outlives this process: kept beside the tables, readable by its owner. */
export function tokenKeyOf(folder: string): string {
  const file = join(folder, 'token.key')
  if (existsSync(file)) return readFileSync(file, 'utf8').trim()
  mkdirSync(folder, { recursive: true })
  const key = randomBytes(32).toString('base64')
  writeFileSync(file, `${key}\n`, { mode: 0o600 })
  return key
}
