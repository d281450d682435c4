import { EventEmitter, once } from 'node:events'
import type { AddressInfo, Socket } from 'node:net'
import { create_container } from 'rhea'
import { acknowledgeAtOnce } from './acknowledge'
import { createBrokerFaults, type BrokerFaults } from './faults'
import { attachLinks } from './links'
import { inspect, type AmqpContent, type Message } from './message'
import { createQueue, type MessageQueue, type QueueDefinition } from './queue'

export interface BrokerOptions {
  /** Port on loopback; 0 or absent = any free one. */
  port?: number
  /** The clock of scheduled messages, locks and lives, milliseconds since 1970; default the global Date. */
  now?: () => number
  queues: QueueDefinition[]
}

export interface QueueInspection {
  /** Waiting, locked and deferred messages in order of arrival. */
  active: Message[]
  scheduled: Message[]
  deadLetter: Message[]
  /** Messages that a receiver holds. */
  locked: number
}

export interface Broker {
  /** For `new ServiceBusClient(…)` of @azure/service-bus: plain AMQP on loopback. */
  connectionString: string
  port: number
  /** @throws RangeError for a queue that does not exist. */
  queue(name: string): QueueInspection
  /** Earliest time of a scheduled message over all queues, milliseconds since 1970. */
  nextScheduledAt(): number | undefined
  /** To be called after the clock moved: enqueues what is due, expires locks, wakes receivers. Answers how many were enqueued. */
  enqueueDue(): number
  /** No message is waiting or held that could be worked on now (dead letters and deferred ones aside). */
  idle(): boolean
  /** Resolves as soon as the first receiver is there; at once for a queue (or `name/$DeadLetterQueue`) that does not exist. */
  receiverOf(name: string): Promise<void>
  faults: BrokerFaults
  /** Answers those who wait for a session that there is none: a host that stops need not sit their time out. */
  endWaits(): void
  /** Cuts every connection without a word. */
  dropConnections(): void
  stop(): Promise<void>
}

const DEAD_LETTER_SUFFIX = '/$DeadLetterQueue'

/**
 * A Service Bus namespace on loopback for the official client (AMQP 1.0, platform.md 4). Nothing is kept over a restart.
 *
 * @throws TypeError that names every fault of the queue definitions.
 */
export async function startBroker(options: BrokerOptions): Promise<Broker> {
  const problems = problemsOf(options.queues)
  if (problems.length > 0) throw new TypeError(`queue definitions: ${problems.join('; ')}`)
  const now = options.now ?? (() => Date.now())
  const faults = createBrokerFaults()
  const queues = new Map<string, MessageQueue>()
  let sequenceNumber = 0
  const nextSequenceNumber = () => (sequenceNumber += 1)
  for (const definition of options.queues) {
    const deadLetters = createQueue({
      definition: {
        name: definition.name + DEAD_LETTER_SUFFIX,
        lockDurationMs: definition.lockDurationMs ?? 60_000,
      },
      now,
      nextSequenceNumber,
    })
    const queue = createQueue({
      definition,
      now,
      nextSequenceNumber,
      deadLetter: (message) => {
        deadLetters.admit(message)
        links.changed(deadLetters)
      },
    })
    // Entity names are compared without case.
    queues.set(queue.name.toLowerCase(), queue)
    queues.set(deadLetters.name.toLowerCase(), deadLetters)
  }

  let timer: NodeJS.Timeout | undefined
  let wakeAt = Infinity
  const wakeBy = (at: number): void => {
    if (at >= wakeAt) return
    clearTimeout(timer)
    wakeAt = at
    timer = setTimeout(enqueueDue, Math.min(Math.max(at - now(), 0) + 1, 60_000))
    timer.unref()
  }
  const enqueueDue = (): number => {
    clearTimeout(timer)
    wakeAt = Infinity
    let enqueued = 0
    for (const queue of queues.values()) {
      links.expireSessions(queue)
      enqueued += queue.sweep()
      links.changed(queue)
    }
    for (const queue of queues.values()) wakeBy(queue.nextSweepAt() ?? Infinity)
    return enqueued
  }

  /** One send of a client. Answers the sequence numbers, or the condition of its refusal. */
  const send = (queue: MessageQueue, contents: AmqpContent[]): number[] | string => {
    const fault = faults.takeForSend(queue.name)
    if (fault?.kind === 'refuse-send') return 'com.microsoft:server-busy'
    if (fault?.kind === 'drop-send') return contents.map(nextSequenceNumber)
    const earliest = fault?.kind === 'delay' ? now() + (fault.ms ?? 0) : undefined
    const numbers = contents.map((content) => queue.enqueue(content, earliest))
    if (fault?.kind === 'duplicate') for (const content of contents) queue.enqueue(content)
    links.changed(queue)
    return numbers
  }

  const container = create_container({ id: 'local-service-bus' })
  const received = new Set<MessageQueue>()
  const arrivals = new EventEmitter()
  const links = attachLinks({
    container,
    attached(queue) {
      received.add(queue)
      arrivals.emit(queue.name)
    },
    faults,
    send,
    wakeBy,
    now,
    find: (address) => queues.get(address.toLowerCase()),
  })
  const mechanisms = container.sasl_server_mechanisms as Record<string, unknown> & {
    enable_anonymous(): void
  }
  mechanisms.enable_anonymous()
  // What the client offers first; like ANONYMOUS it only opens the door for `$cbs`.
  mechanisms['MSSBCBS'] = mechanisms['ANONYMOUS']
  const sockets = new Set<Socket>()
  const server = container.listen({
    port: options.port ?? 0,
    host: '127.0.0.1',
    receiver_options: { autoaccept: false },
    // Else rhea takes an abandoned or deferred message for a released one.
    sender_options: { treat_modified_as_released: false },
    // Replies often are two small writes: without this each waits 40 ms for the other's acknowledgement.
    tcp_no_delay: true,
  } as never)
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    acknowledgeAtOnce(socket)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('listening', resolve)
    server.once('error', reject)
  })
  const { port } = server.address() as AddressInfo
  const dropConnections = (): void => {
    // With an error, since rhea does not notice a socket that closes on this side.
    for (const socket of sockets) socket.destroy(new Error('connection dropped'))
  }

  return {
    connectionString: `Endpoint=sb://127.0.0.1:${String(port)};SharedAccessKeyName=local;SharedAccessKey=c2FtcGxl;UseDevelopmentEmulator=true;`,
    port,
    queue(name) {
      const queue = queues.get(name.toLowerCase())
      const deadLetters = queues.get((name + DEAD_LETTER_SUFFIX).toLowerCase())
      if (!queue || !deadLetters) throw new RangeError(`no queue named ${name}`)
      return {
        active: queue.messages().map(inspect),
        scheduled: queue.scheduled().map(inspect),
        deadLetter: deadLetters.messages().map(inspect),
        locked: queue.lockedCount(),
      }
    },
    nextScheduledAt() {
      const times = [...queues.values()]
        .flatMap((queue) => queue.scheduled())
        .map((message) => message.scheduledFor ?? Infinity)
      return times.length === 0 ? undefined : times.reduce((a, b) => Math.min(a, b))
    },
    enqueueDue,
    idle: () =>
      [...queues.values()]
        .filter((queue) => !queue.name.endsWith(DEAD_LETTER_SUFFIX))
        .every(
          (queue) =>
            queue.messages().every((message) => message.state === 'deferred') &&
            queue.scheduled().every((message) => (message.scheduledFor ?? 0) > now()),
        ),
    async receiverOf(name) {
      const queue = queues.get(name.toLowerCase())
      if (queue && !received.has(queue)) await once(arrivals, queue.name)
    },
    faults,
    endWaits: () => {
      links.endWaits()
    },
    dropConnections,
    stop() {
      clearTimeout(timer)
      wakeAt = -Infinity
      return new Promise((resolve) => {
        server.close(() => {
          resolve()
        })
        dropConnections()
      })
    },
  }
}

function problemsOf(queues: QueueDefinition[]): string[] {
  const names = queues.map((queue) => queue.name.toLowerCase())
  return queues.flatMap((queue, index) => [
    ...(queue.name === '' ? [`queue ${String(index)} has no name`] : []),
    ...(names.indexOf(queue.name.toLowerCase()) < index ? [`${queue.name} is defined twice`] : []),
    ...(['maxDeliveryCount', 'lockDurationMs', 'timeToLiveMs'] as const)
      .filter((field) => queue[field] !== undefined && !(queue[field] > 0))
      .map((field) => `${queue.name}: ${field} must be above 0`),
  ])
}
