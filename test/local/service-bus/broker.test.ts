import {
  ServiceBusClient,
  type ServiceBusMessage,
  type ServiceBusReceivedMessage,
  type ServiceBusSessionReceiver,
} from '@azure/service-bus'
import { startBroker, type Broker } from '../../../local/service-bus/broker'

let now = Date.now()
let broker: Broker
let client: ServiceBusClient
const MINUTE = 60_000

beforeAll(async () => {
  broker = await startBroker({
    now: () => now,
    queues: [
      { name: 'plain', maxDeliveryCount: 3 },
      { name: 'sessions', requiresSession: true },
      { name: 'short', timeToLiveMs: 5 * MINUTE },
    ],
  })
})

afterAll(() => broker.stop())

beforeEach(() => {
  client = connect()
})

afterEach(async () => {
  await client.close()
  broker.faults.clear()
  await drainAll()
})

function connect(timeoutInMs = 5000): ServiceBusClient {
  return new ServiceBusClient(broker.connectionString, {
    retryOptions: { maxRetries: 0, timeoutInMs },
  })
}

/** Empties the queues so that tests run in any order. */
async function drainAll(): Promise<void> {
  const cleaner = connect()
  now += 3 * 24 * 60 * MINUTE
  broker.enqueueDue()
  while (broker.queue('sessions').active.length > 0) {
    const receiver = await cleaner.acceptNextSession('sessions', {
      receiveMode: 'receiveAndDelete',
    })
    await receiver.receiveMessages(1000, { maxWaitTimeInMs: 50 })
    await receiver.close()
  }
  for (const name of ['plain', 'short']) {
    for (const options of [{}, { subQueueType: 'deadLetter' as const }]) {
      const kind = 'subQueueType' in options ? 'deadLetter' : 'active'
      const receiver = cleaner.createReceiver(name, {
        receiveMode: 'receiveAndDelete',
        ...options,
      })
      while (broker.queue(name)[kind].length > 0)
        await receiver.receiveMessages(1000, { maxWaitTimeInMs: 50 })
      await receiver.close()
    }
  }
  await cleaner.close()
}

async function receiveOne(name = 'plain'): Promise<ServiceBusReceivedMessage> {
  const [message] = await client.createReceiver(name).receiveMessages(1, { maxWaitTimeInMs: 1000 })
  if (!message) throw new Error('nothing received')
  return message
}

let sent = 0
/** With ids: the client's lock renewal fails on messages without one. */
async function send(name: string, ...messages: ServiceBusMessage[]): Promise<void> {
  const sender = client.createSender(name)
  for (const message of messages) {
    sent += 1
    await sender.sendMessages({ messageId: `m${String(sent)}`, ...message })
  }
}

const bodies = (messages: { body: unknown }[]): unknown[] => messages.map(({ body }) => body)

describe('sending and receiving', () => {
  it('delivers a message with its body, properties and broker fields', async () => {
    await client.createSender('plain').sendMessages({
      body: { v: 1 },
      messageId: 'm1',
      applicationProperties: { reason: 'hint' },
    })
    const message = await receiveOne()
    expect(message).toMatchObject({
      body: { v: 1 },
      messageId: 'm1',
      applicationProperties: { reason: 'hint' },
      deliveryCount: 0,
      state: 'active',
    })
    expect(message.enqueuedTimeUtc?.getTime()).toBe(now)
    expect(message.lockedUntilUtc?.getTime()).toBe(now + MINUTE)
  })

  it('delivers a batch in order', async () => {
    const sender = client.createSender('plain')
    const batch = await sender.createMessageBatch()
    for (const body of ['a', 'b', 'c']) batch.tryAddMessage({ body, messageId: body })
    await sender.sendMessages(batch)
    const receiver = client.createReceiver('plain')
    const got = await receiver.receiveMessages(3, { maxWaitTimeInMs: 1000 })
    expect(bodies(got)).toEqual(['a', 'b', 'c'])
  })

  it('removes a completed message', async () => {
    await send('plain', { body: 'done' })
    const receiver = client.createReceiver('plain')
    const [message] = await receiver.receiveMessages(1)
    expect(broker.queue('plain').locked).toBe(1)
    expect(broker.idle()).toBe(false)
    await receiver.completeMessage(message as ServiceBusReceivedMessage)
    expect(broker.queue('plain')).toMatchObject({ active: [], locked: 0, deadLetter: [] })
    expect(broker.idle()).toBe(true)
  })

  it('says that an unknown queue is not there', async () => {
    await expect(client.createSender('nowhere').sendMessages({ body: 1 })).rejects.toMatchObject({
      code: 'MessagingEntityNotFound',
    })
    await expect(client.createReceiver('nowhere').receiveMessages(1)).rejects.toMatchObject({
      code: 'MessagingEntityNotFound',
    })
  })
})
