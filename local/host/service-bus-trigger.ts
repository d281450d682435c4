import type {
  ServiceBusClient,
  ServiceBusReceivedMessage,
  ServiceBusReceiver,
  ServiceBusSessionReceiver,
} from '@azure/service-bus'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Binding } from './core-types'
import type { RegisteredFunction } from './invoke'
import { toRpcRequest } from './service-bus-message'
import { resolveSettings, timeSpanMs } from './settings'
import type { HostServices, TriggerHandler } from './trigger'

interface QueueFunction {
  registered: RegisteredFunction
  bindingName: string
  /** `name` or `name/$DeadLetterQueue`. */
  queue: string
  isSessionsEnabled: boolean
  connection: string
}

/**
 * A session is granted because it has a message: that one is on its way, the wait is for nothing but a fault. Later ones are there when
 * the receiver asks or not at all, since the drain that ends the wait brings along what was sent before. `sessionIdleTimeout` of
 * host.json is a second or more; locally nobody pays for the next accept, and every minute of a journey waits for it.
 */
const FIRST_MESSAGE_MS = 1000
const NEXT_MESSAGE_MS = 1
const AFTER_ERROR_MS = 250
/**
 * How long the client waits for a session with a message before it asks again. A waiting accept cannot be called off
 * (the client ignores the abort signal, and closing it leaves a timer of a minute), so stopping waits this long.
 */
const ACCEPT_MS = 1000
const STOP_GRACE_MS = 5000
const DEAD_LETTERS = /\/\$DeadLetterQueue$/i

/**
 * Service Bus queue triggers on the official client: a returning function completes its message, a throwing one
 * abandons it; sessions run side by side up to `maxConcurrentSessions`, the messages of one session one by one.
 *
 * @param receiverOf tells when the queue's first receiver is there, where the broker can say so
 */
export function createServiceBusTrigger(
  services: HostServices,
  serviceBusConnection?: string,
  receiverOf?: (queue: string) => Promise<void>,
): TriggerHandler {
  const { settings, log, work, invoke } = services
  const options = services.hostJson.extensions?.serviceBus ?? {}
  const maxConcurrentSessions = options.maxConcurrentSessions ?? 8
  const maxConcurrentCalls = options.maxConcurrentCalls ?? 16
  const maxAutoLockRenewalDurationInMs = timeSpanMs(
    options.maxAutoLockRenewalDuration ?? '00:05:00',
  )
  const functions: QueueFunction[] = []
  const clients = new Map<string, ServiceBusClient>()
  const pumps: Promise<void>[] = []
  const closing: (() => Promise<void>)[] = []
  const stopping = new AbortController()

  const handle = async (
    one: QueueFunction,
    receiver: ServiceBusReceiver,
    message: ServiceBusReceivedMessage,
  ): Promise<void> => {
    const end = work.begin()
    try {
      const reason = `New ServiceBus message detected on '${one.queue}'.`
      const failed = await invoke(
        one.registered,
        toRpcRequest(one.bindingName, message),
        reason,
      ).then(
        () => false,
        () => true,
      )
      await (failed ? receiver.abandonMessage(message) : receiver.completeMessage(message))
    } catch (error) {
      // The lock was lost: the broker delivers the message again.
      warn(one, 'could not settle a message', error)
    } finally {
      end()
    }
  }

  const warn = (one: QueueFunction, what: string, error: unknown): void => {
    log.write('warning', 'Host.Triggers.ServiceBus', `${one.queue}: ${what}`, {
      function: one.registered.metadata.name,
      exception: error instanceof Error ? error.message : String(error),
    })
  }

  const drainSession = async (
    one: QueueFunction,
    session: ServiceBusSessionReceiver,
  ): Promise<void> => {
    // The client renews the session's lock by real time: the clock must not be moved on while one is held, or it is lost.
    const end = work.begin()
    try {
      let maxWaitTimeInMs = FIRST_MESSAGE_MS
      while (!stopping.signal.aborted) {
        const [message] = await session.receiveMessages(1, { maxWaitTimeInMs })
        if (message === undefined) break
        maxWaitTimeInMs = NEXT_MESSAGE_MS
        await handle(one, session, message)
      }
    } catch (error) {
      if (!stopping.signal.aborted) warn(one, `session ${session.sessionId} was lost`, error)
    } finally {
      await session.close().catch(() => undefined)
      end()
    }
  }

  // Asked anew after every wait: the compiler would take the loop's condition for granted.
  const isStopping = (): boolean => stopping.signal.aborted

  const pumpSessions = async (one: QueueFunction, client: ServiceBusClient): Promise<void> => {
    const open = new Set<Promise<void>>()
    while (!stopping.signal.aborted) {
      if (open.size >= maxConcurrentSessions) {
        await Promise.race(open)
        continue
      }
      try {
        const session = await client.acceptNextSession(one.queue, {
          maxAutoLockRenewalDurationInMs,
          skipParsingBodyAsJson: true,
        })
        const drained = drainSession(one, session).finally(() => open.delete(drained))
        open.add(drained)
      } catch (error) {
        if (isStopping()) break
        // No session had a message within the client's waiting time: that is no failure.
        if ((error as { code?: string }).code === 'ServiceTimeout') continue
        warn(one, 'could not accept a session', error)
        await sleep(AFTER_ERROR_MS, undefined, { ref: false })
      }
    }
    await Promise.all(open)
  }

  /** The client's own renewal refuses to settle messages without an id, which are lawful. */
  const renewing = (receiver: ServiceBusReceiver, message: ServiceBusReceivedMessage) => {
    const lockMs = (message.lockedUntilUtc?.getTime() ?? Infinity) - services.now()
    const end = performance.now() + maxAutoLockRenewalDurationInMs
    const timer = setInterval(
      () => {
        if (performance.now() > end) clearInterval(timer)
        else receiver.renewMessageLock(message).catch(() => undefined)
      },
      Math.min(Math.max(lockMs / 2, 20), 30_000),
    ).unref()
    return () => {
      clearInterval(timer)
    }
  }

  const subscribe = (one: QueueFunction, client: ServiceBusClient): void => {
    const receiver = client.createReceiver(one.queue.replace(DEAD_LETTERS, ''), {
      ...(DEAD_LETTERS.test(one.queue) ? { subQueueType: 'deadLetter' as const } : {}),
      maxAutoLockRenewalDurationInMs: 0,
      skipParsingBodyAsJson: true,
    })
    const subscription = receiver.subscribe(
      {
        processMessage: async (message) => {
          const stopRenewing = renewing(receiver, message)
          await handle(one, receiver, message)
          stopRenewing()
        },
        processError: ({ error }) => {
          if (!stopping.signal.aborted) warn(one, 'the receiver reports an error', error)
          return Promise.resolve()
        },
      },
      { autoCompleteMessages: false, maxConcurrentCalls },
    )
    closing.push(async () => {
      await subscription.close()
      await receiver.close()
    })
  }

  /** The client takes a clock that moves while its link is opened for half a minute without an answer. */
  const countOpening = (one: QueueFunction): void => {
    if (receiverOf === undefined) return
    const end = work.begin()
    void receiverOf(one.queue).then(end)
    stopping.signal.addEventListener('abort', end)
  }

  return {
    add(registered, bindingName, binding) {
      functions.push({
        registered,
        bindingName,
        queue: resolveSettings(String(binding['queueName'] ?? ''), settings),
        isSessionsEnabled: binding['isSessionsEnabled'] === true,
        connection: serviceBusConnection ?? connectionString(binding, settings),
      })
    },
    async start() {
      if (functions.length === 0) return
      // Loaded here: an app without queues starts faster, and the SDK sees the moved clock.
      const { ServiceBusClient: Client } = await import('@azure/service-bus')
      for (const one of functions) {
        const client =
          clients.get(one.connection) ??
          new Client(one.connection, { retryOptions: { timeoutInMs: ACCEPT_MS } })
        clients.set(one.connection, client)
        if (one.isSessionsEnabled) pumps.push(pumpSessions(one, client))
        else subscribe(one, client)
        countOpening(one)
      }
    },
    async stop() {
      stopping.abort()
      await Promise.allSettled(closing.map((close) => close()))
      await Promise.race([
        Promise.allSettled(pumps),
        sleep(STOP_GRACE_MS, undefined, { ref: false }),
      ])
      await Promise.allSettled([...clients.values()].map((client) => client.close()))
    },
    manualRequest: (_name, bindingName, input) => ({
      inputData: [{ name: bindingName, data: { string: input ?? '' } }],
      triggerMetadata: {},
    }),
  }
}

/** `connection` names a setting, with or without the prefix `AzureWebJobs`. */
function connectionString(binding: Binding, settings: Record<string, string>): string {
  const name = String(binding['connection'] ?? 'AzureWebJobsServiceBus')
  const value = settings[`AzureWebJobs${name}`] ?? settings[name]
  if (value === undefined) throw new Error(`connection "${name}" does not resolve to a setting`)
  return value
}
