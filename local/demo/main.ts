import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { MovableClock } from '../clock/movable-clock'
import { BadFunctions } from '../host/host'
import { provideFunctionsCore } from '../host/provide-functions-core'
import type { LogEntry } from '../host/log'
import type { HostJson } from '../host/trigger'
import { SAMPLE, startPlatform, type Platform, type StandIns } from '../platform'
import { configurationFaults, type Bundle } from '../seams/bundle'
import { hintSeam, type SendHint } from '../seams/hint'
import { createProduct, type Product } from '../seams/product'
import { applySeed, settingsSeam } from '../seams/settings'
import { platformAddresses, settingsPages, tryIt } from './addresses'
import { configureCompany, connectCompany } from './connect'
import { fillCompany } from './fill'
import { watchFirstSync } from './first-sync'
import { BadOptions, tokenKeyOf, type StartOptions } from './options'
import { addCompanyPage } from './page-routes'
import { PEOPLE } from './people'
import { reportCompany, table } from './report'
import { watchCompany } from './watch'

/** `--once` has nothing to show where nobody is connected. */
const NOTHING_TO_SHOW = 2

interface Running {
  readonly platform: Platform
  readonly product: Product
  readonly sendHint: SendHint
  /** Undone in reverse order when everything ends. */
  readonly undo: (() => unknown)[]
}

const say = (text = ''): void => {
  process.stdout.write(`${text}\n`)
}

function printFailures({ level, category, message }: LogEntry): void {
  if (level === 'error' || level === 'critical') process.stderr.write(`${category}: ${message}\n`)
}

const named = (error: unknown, port: number, bundle: Bundle | undefined): unknown =>
  error instanceof BadFunctions && bundle
    ? new BadOptions([...configurationFaults(bundle), ...error.faults])
    : portTaken(error, port)

const portTaken = (error: unknown, port: number): unknown =>
  (error as NodeJS.ErrnoException).code === 'EADDRINUSE'
    ? new BadOptions([
        `port ${String(port)} is taken by another program: stop that one, or choose another port (LOCAL_PORT=7072 npm start)`,
      ])
    : error

/** Starts everything and loads what is deployed: `dist/app`, beside which this file was built. */
async function startEverything(options: StartOptions, clock: MovableClock) {
  const app = join(__dirname, '..', 'app')
  const { settings, dataFolder } = options
  let bundle: Bundle | undefined
  try {
    const platform = await startPlatform({
      clock,
      hostJson: JSON.parse(readFileSync(join(app, 'host.json'), 'utf8')) as HostJson,
      settings:
        dataFolder === null || settings['TOKEN_KEY'] !== undefined
          ? settings
          : { ...settings, TOKEN_KEY: tokenKeyOf(dataFolder) },
      register(known) {
        Object.assign(process.env, known)
        provideFunctionsCore()
        bundle = createRequire(__filename)(join(app, 'main.js')) as Bundle
      },
      loaded() {
        const faults = bundle ? configurationFaults(bundle) : []
        if (faults.length > 0) throw new BadOptions(faults)
      },
      port: options.port,
      functionKey: options.functionKey,
      ...(dataFolder === null ? {} : { dataFolder }),
      directory: {
        tenants: [
          { id: settings['MICROSOFT_TENANT_ID'] ?? SAMPLE.tenantId, name: 'Sample Company' },
        ],
        users: PEOPLE.map(({ upn, name }) => ({
          upn,
          name,
          tenantId: settings['MICROSOFT_TENANT_ID'] ?? SAMPLE.tenantId,
        })),
      },
      log: printFailures,
    })
    const sendHint: SendHint = async ({ accountId, kind }) => bundle?.hint(accountId, kind)
    return { platform, sendHint }
  } catch (error) {
    throw named(error, options.port, bundle)
  }
}

/** What keeps the product from its storage has been printed by then. */
async function expectAnswers(product: Product): Promise<void> {
  const { status } = await product('GET', '/settings')
  if (status !== 200) throw new BadOptions(['the product does not answer; see the error above'])
}

/** The seams of DESIGN 12 that belong to the product, for its own stand-ins and for outside systems alike. */
function addSeams({ platform, product, sendHint }: Running): void {
  platform.host.local('POST', 'hint', hintSeam(sendHint))
  platform.host.local('PUT', 'settings', settingsSeam(product))
}

async function plantSeed(product: Product, seed: unknown): Promise<void> {
  if (seed === undefined) return
  const problem = await applySeed(product, seed)
  if (!problem) return
  const faults = problem.errors.map(({ pointer, detail }) => `LOCAL_SEED ${pointer}: ${detail}`)
  throw new BadOptions([...faults, problem.detail])
}

/** The demo company, from empty calendars to the table. */
async function showCompany(
  running: Running,
  standIns: StandIns,
  options: StartOptions,
  clock: MovableClock,
  signal: AbortSignal,
): Promise<void> {
  const { product, platform } = running
  fillCompany(standIns, clock.now())
  await configureCompany(product)
  await plantSeed(product, options.seed)
  say(
    'Connecting the users of the demo company and syncing their calendars and tasks for the first time:',
  )
  await connectCompany(product, standIns.entra)
  await watchFirstSync(product, process.stdout, signal)
  if (signal.aborted) return
  say(`\n${table(await reportCompany(product, platform.host.log()))}`)
  const mails = standIns.graph.mails().length + standIns.oro.mails().length
  say(`\n  Mails that Outlook or Oro sent because of it: ${String(mails)}`)
}

/** Addresses, the page, and hints whenever something is edited; until stopped. */
async function goOn(
  running: Running,
  standIns: StandIns,
  options: StartOptions,
  clock: MovableClock,
): Promise<void> {
  const { product, platform, sendHint, undo } = running
  const folder = join(__dirname, 'demo', 'page')
  addCompanyPage(platform.host, { standIns, product, folder })
  undo.push(
    watchCompany(standIns, sendHint, (error) => {
      process.stderr.write(`A hint was not sent: ${String(error)}\n`)
    }),
  )
  say(`\nAddresses\n${platformAddresses(platform)}`)
  say(`\n${await settingsPages(product, platform, options.functionKey)}`)
  say(
    `\nBoth sides of a user side by side, with the requests ticking by\n  ${platform.url}/_local/`,
  )
  say(`\n${tryIt(platform, clock.now())}`)
  say('\nSyncing goes on: edit something on either side and see it arrive. Ctrl+C ends it.')
}

/**
 * `npm start` (DESIGN 12): host, broker, storage and the stand-ins of what is not configured, then the demo company, or, with outside
 * systems, one line of JSON.
 *
 * @param signal aborted when the user wants to stop
 * @returns the exit code
 */
export async function main(
  options: StartOptions,
  clock: MovableClock,
  signal: AbortSignal,
): Promise<number> {
  const stopped = new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => {
      resolve()
    })
  })
  const isStopped = (): boolean => signal.aborted
  if (isStopped()) return 0
  const { platform, sendHint } = await startEverything(options, clock)
  const undo: (() => unknown)[] = [() => platform.stop()]
  try {
    const { url, standIns } = platform
    const product = createProduct({ url, functionKey: options.functionKey })
    const running = { platform, product, sendHint, undo }
    addSeams(running)
    await expectAnswers(product)
    const { entra, graph, oro } = standIns
    if (entra && graph && oro) {
      const all = { entra, graph, oro }
      await showCompany(running, all, options, clock, signal)
      if (options.once || isStopped()) return 0
      await goOn(running, all, options, clock)
    } else {
      await plantSeed(product, options.seed)
      say(`Addresses\n${platformAddresses(platform)}`)
      say(`{"ready": true, "api": ${JSON.stringify(`${url}/api`)}}`)
      if (options.once) return NOTHING_TO_SHOW
    }
    if (!isStopped()) await stopped
    return 0
  } finally {
    for (const step of undo.reverse()) await step()
  }
}
