import { TableClient } from '@azure/data-tables'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { startStorage } from '../local/storage/storage'
import { createMemoryQueue, type MemoryQueue } from '../shared/adapters/memory/queue'
import { createMemoryRows } from '../shared/adapters/memory/rows'
import { createTableRows } from '../shared/adapters/tables/rows'
import type { ProbesMessage } from '../shared/messages'
import type { Rows } from '../shared/ports/rows'
import { lookAtDue } from '../shared/usecases/due-accounts'
import { tick } from '../shared/usecases/schedule'
import { crowd, type Crowd } from './crowd'

const ACCOUNTS = 100_000
const MINUTE = 60_000
const EVERY_MINUTES = 15
const KINDS = ['calendar', 'tasks'] as const
type KindName = (typeof KINDS)[number]

export interface CrowdRow {
  readonly name: string
  readonly bar: string
  readonly cells: readonly string[]
}

export const CROWD_HEADER = ['due', 'messages', 'table reads', 'wall ms', 'CPU ms']

interface Measured {
  readonly due: number
  readonly messages: number
  readonly reads: number
  readonly wallMs: number
  readonly cpuMs: number
}

async function measured(world: Crowd, work: () => Promise<void>): Promise<Measured> {
  const before = world.counts()
  const cpu = process.cpuUsage()
  const started = performance.now()
  await work()
  const wallMs = performance.now() - started
  const used = process.cpuUsage(cpu)
  const after = world.counts()
  return {
    due: after.due - before.due,
    messages: after.sent - before.sent,
    reads: after.rowsRead - before.rowsRead,
    wallMs,
    cpuMs: (used.user + used.system) / 1000,
  }
}

const cells = ({ due, messages, reads, wallMs, cpuMs }: Measured): string[] => [
  String(due),
  String(messages),
  String(reads),
  wallMs.toFixed(0),
  cpuMs.toFixed(0),
]

/** The entries spread evenly over the interval. */
async function enter(world: Crowd, count: number, kinds: readonly KindName[]): Promise<void> {
  const queue = Array.from({ length: count }, (_, index) => index)
  const worker = async (): Promise<void> => {
    for (let index = queue.pop(); index !== undefined; index = queue.pop()) {
      for (const [place, kind] of kinds.entries()) {
        const dueAt = world.now() + ((index + place * 7) % EVERY_MINUTES) * MINUTE
        const account = world.account(index)
        await world.deps.due.schedule(account, kind, dueAt, EVERY_MINUTES * MINUTE)
      }
    }
  }
  await Promise.all(Array.from({ length: 32 }, worker))
}

function heapMiB(): number {
  setFlagsFromString('--expose_gc')
  const collect = runInNewContext('gc') as () => void
  collect()
  return process.memoryUsage().heapUsed / 2 ** 20
}

const worst = (all: readonly Measured[]): Measured =>
  all.reduce((most, one) => (one.wallMs > most.wallMs ? one : most))

/** Two full intervals, tick by tick, the heap compared after each; then one minute's probes, all mailboxes idle. */
async function steady(): Promise<CrowdRow[]> {
  const queue = createMemoryQueue()
  const world = crowd(createMemoryRows(), queue)
  await enter(world, ACCOUNTS, KINDS)
  const ticks: Measured[] = []
  const heaps: number[] = []
  let messages: ProbesMessage[] = []
  for (let minute = 1; minute <= 2 * EVERY_MINUTES; minute += 1) {
    ticks.push(await measured(world, () => tick(world.deps)))
    messages = taken(queue)
    if (minute % EVERY_MINUTES === 0) heaps.push(heapMiB())
    world.advance(MINUTE)
  }
  const grown = (heaps[1] ?? 0) - (heaps[0] ?? 0)
  const due = messages.flatMap((message) => message.due)
  await world.settle(due)
  const probes = await measured(world, async () => {
    for (const message of messages) await lookAtDue(world.deps, message)
  })
  const share = (100 * messages.length) / due.length
  const { graph } = world.counts()
  return [
    {
      name: `tick, worst of ${String(ticks.length)} minutes; heap after the second interval ${grown < 0 ? '' : '+'}${grown.toFixed(1)} MiB`,
      bar: '< 20,000 ms, ≤ 400 messages a second, memory flat',
      cells: cells(worst(ticks)),
    },
    {
      name: `probes of a minute: ${String(messages.length)} executions, ${share.toFixed(1)} % of full runs; ${String(graph)} Graph calls`,
      bar: '< 5 % of the executions of full runs',
      cells: cells({ ...probes, due: due.length, messages: queue.waiting.length }),
    },
  ]
}

function taken(queue: MemoryQueue): ProbesMessage[] {
  while (queue.takeOro()) continue
  const messages: ProbesMessage[] = []
  for (let next = queue.takeProbes(); next; next = queue.takeProbes()) messages.push(next)
  return messages
}

/** Everybody is due at once: what the timer makes of it until nobody waits. */
async function backlog(): Promise<CrowdRow> {
  const queue = createMemoryQueue()
  const world = crowd(createMemoryRows(), queue)
  await enter(world, ACCOUNTS, KINDS)
  world.advance(60 * MINUTE)
  const ticks: Measured[] = []
  const reached = new Set<string>()
  while (reached.size < ACCOUNTS * KINDS.length && ticks.length < 60) {
    ticks.push(await measured(world, () => tick(world.deps)))
    for (const { due } of taken(queue))
      for (const { accountId, kind } of due) reached.add(`${accountId}|${kind}`)
    world.advance(MINUTE)
  }
  return {
    name: `after an hour without timer: all ${String(reached.size)} asked in ${String(ticks.length)} minutes, worst tick`,
    bar: 'nobody is lost, < 20,000 ms',
    cells: cells(worst(ticks)),
  }
}

/** As many as are due in one minute of the full number, on Azurite in this process. */
async function onAzurite(): Promise<CrowdRow> {
  const count = Math.ceil(ACCOUNTS / EVERY_MINUTES)
  const storage = await startStorage()
  try {
    const rows: Rows = createTableRows(async (name) => {
      const options = { allowInsecureConnection: true }
      const client = TableClient.fromConnectionString(storage.connectionString, name, options)
      await client.createTable()
      return client
    })
    const world = crowd(rows, createMemoryQueue())
    await enter(world, count, ['calendar'])
    world.advance(EVERY_MINUTES * MINUTE)
    const figures = await measured(world, () => tick(world.deps))
    return {
      name: 'tick on Azurite, its own time included, calendars only',
      bar: '< 20,000 ms',
      cells: cells(figures),
    }
  } finally {
    await storage.stop()
  }
}

/** The scheduler with 100,000 accounts at the usual interval (DESIGN 15). */
export const crowdRows = async (): Promise<CrowdRow[]> => [
  ...(await steady()),
  await backlog(),
  await onAzurite(),
]
