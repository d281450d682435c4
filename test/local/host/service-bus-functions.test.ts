import { app, type InvocationContext } from '@azure/functions'
import { ServiceBusClient, type ServiceBusMessage } from '@azure/service-bus'
import { createMovableClock, type MovableClock } from '../../../local/clock/movable-clock'
import type { HostJson } from '../../../local/host/trigger'
import { startBroker, type Broker } from '../../../local/service-bus/broker'
import {
  createGate,
  FUNCTION_KEY,
  runHost,
  START,
  stopHosts,
  type RunningHost,
} from './running-host'

jest.mock(
  '@azure/functions-core',
  () => jest.requireActual<object>('../../../local/host/functions-core'),
  { virtual: true },
)

type Handler = (message: unknown, context: InvocationContext) => Promise<void> | void

let clock: MovableClock
let broker: Broker
let client: ServiceBusClient
let running: RunningHost

const hostJson: HostJson = {
  extensions: { serviceBus: { maxConcurrentSessions: 16, maxAutoLockRenewalDuration: '00:30:00' } },
}

beforeEach(async () => {
  clock = createMovableClock(START)
  broker = await startBroker({
    now: clock.now,
    queues: [
      { name: 'calendar-sync', requiresSession: true, maxDeliveryCount: 3 },
      { name: 'plain', maxDeliveryCount: 3 },
      { name: 'brief', lockDurationMs: 1000 },
    ],
  })
  client = new ServiceBusClient(broker.connectionString)
})

afterEach(async () => {
  await stopHosts()
  await client.close()
  await broker.stop()
})

const run = async (handlers: Record<string, Handler>, json = hostJson): Promise<void> => {
  running = await runHost(
    () => {
      for (const [queueName, handler] of Object.entries(handlers)) {
        app.serviceBusQueue(queueName.replace(/\W/g, ''), {
          connection: 'ServiceBus',
          queueName,
          isSessionsEnabled: queueName === 'calendar-sync' || queueName === '%CALENDAR_QUEUE%',
          handler,
        })
      }
    },
    {
      settings: { CALENDAR_QUEUE: 'calendar-sync', ServiceBus: broker.connectionString },
      hostJson: json,
      clock,
      broker,
      receiverOf: (queue) => broker.receiverOf(queue),
    },
  )
}

const send = async (queue: string, messages: ServiceBusMessage[]): Promise<void> => {
  const sender = client.createSender(queue)
  await sender.sendMessages(messages)
  await sender.close()
}

const idle = async (): Promise<void> => {
  expect((await running.call('/_local/idle?timeout=10')).status).toBe(200)
}

describe('a queue with sessions', () => {
  it('is worked on in order within a session and side by side between sessions', async () => {
    const order: string[] = []
    const inFlight = new Map<string, number>()
    let most = 0
    const gate = createGate()
    await run({
      '%CALENDAR_QUEUE%': async (message, context) => {
        const session = String(context.triggerMetadata?.['sessionId'])
        inFlight.set(session, (inFlight.get(session) ?? 0) + 1)
        expect(inFlight.get(session)).toBe(1)
        most = Math.max(most, [...inFlight.values()].filter((count) => count > 0).length)
        if (most === 3) gate.open()
        await gate.opened
        order.push(`${session}/${String((message as { n: number }).n)}`)
        inFlight.set(session, 0)
      },
    })
    const sessions = ['1-41', '1-42', '1-43']
    await send(
      'calendar-sync',
      [0, 1, 2, 3].flatMap((n) => sessions.map((sessionId) => ({ body: { n }, sessionId }))),
    )
    await idle()
    for (const session of sessions) {
      expect(order.filter((entry) => entry.startsWith(session))).toEqual(
        [0, 1, 2, 3].map((n) => `${session}/${String(n)}`),
      )
    }
    expect(most).toBe(3)
    expect(broker.queue('calendar-sync').active).toEqual([])
  })

  it('has no more sessions open at once than host.json allows', async () => {
    let open = 0
    let most = 0
    const handled: unknown[] = []
    await run(
      {
        'calendar-sync': async (message) => {
          open += 1
          most = Math.max(most, open)
          await new Promise(setImmediate)
          open -= 1
          handled.push(message)
        },
      },
      { extensions: { serviceBus: { maxConcurrentSessions: 2 } } },
    )
    await send(
      'calendar-sync',
      [1, 2, 3, 4, 5].map((n) => ({ body: n, sessionId: `1-${String(n)}` })),
    )
    await idle()
    expect(handled).toHaveLength(5)
    expect(most).toBeLessThanOrEqual(2)
  })

  it('gives a thrown message again before the next one, counted from 1', async () => {
    const seen: unknown[] = []
    await run({
      'calendar-sync': (message, context) => {
        const count = context.triggerMetadata?.['deliveryCount']
        seen.push([message, count])
        if (message === 'first' && count === 1) throw new Error('not yet')
      },
    })
    await send('calendar-sync', [
      { body: 'first', sessionId: '1-42' },
      { body: 'second', sessionId: '1-42' },
    ])
    await idle()
    expect(seen).toEqual([
      ['first', 1],
      ['first', 2],
      ['second', 1],
    ])
  })

  it('takes a session up again for a message that comes after it was closed for idleness', async () => {
    const seen: unknown[] = []
    const second = createGate()
    await run({
      'calendar-sync': (message) => {
        seen.push(message)
        if (message === 2) second.open()
      },
    })
    await send('calendar-sync', [{ body: 1, sessionId: '1-42' }])
    await idle()
    // Another receiver gets the session only once the host has let it go.
    const other = await (async () => {
      for (;;) {
        try {
          return await client.acceptSession('calendar-sync', '1-42')
        } catch (error) {
          expect((error as { code?: string }).code).toBe('SessionCannotBeLocked')
        }
      }
    })()
    await other.close()
    await send('calendar-sync', [{ body: 2, sessionId: '1-42' }])
    await second.opened
    expect(seen).toEqual([1, 2])
  })
})

describe('a message', () => {
  const metadataOf = async (message: ServiceBusMessage) => {
    const seen: { body: unknown; metadata: Record<string, unknown> }[] = []
    await run({
      plain: (body, context) => {
        seen.push({ body, metadata: { ...context.triggerMetadata } })
      },
    })
    await send('plain', [message])
    await idle()
    expect(seen).toHaveLength(1)
    return seen[0] ?? { body: undefined, metadata: {} }
  }

  it('arrives parsed, with its metadata in camel case', async () => {
    const { body, metadata } = await metadataOf({
      body: { v: 1, at: '2026-03-02T08:00:00Z' },
      messageId: 'message-1',
      correlationId: 'correlation',
      subject: 'hint',
      contentType: 'application/json',
      applicationProperties: { kind: 'calendar', tries: 2 },
    })
    expect(body).toEqual({ v: 1, at: '2026-03-02T08:00:00Z' })
    expect(metadata).toMatchObject({
      messageId: 'message-1',
      correlationId: 'correlation',
      subject: 'hint',
      label: 'hint',
      contentType: 'application/json',
      deliveryCount: 1,
      sequenceNumber: 1,
      applicationProperties: { kind: 'calendar', tries: 2 },
    })
    expect(metadata['enqueuedTimeUtc']).toMatch(/^2026-03-02T08:00:\d\d\.\d{3}Z$/)
    expect(typeof metadata['lockToken']).toBe('string')
    expect(metadata).not.toHaveProperty('sessionId')
  })

  it('of text stays text, and text metadata that looks like a number becomes one', async () => {
    const { body, metadata } = await metadataOf({ body: 'plain words', messageId: '007' })
    expect(body).toBe('plain words')
    expect(metadata['messageId']).toBe('007')
    const second = await (async () => {
      await stopHosts()
      return metadataOf({ body: '[1]', messageId: '42' })
    })()
    expect(second.body).toBe('[1]')
    expect(second.metadata['messageId']).toBe(42)
  })
})

describe('a queue without sessions', () => {
  it('hands a message that always fails over to the dead letters, where a function can see it', async () => {
    const tries: unknown[] = []
    const dead: unknown[] = []
    const buried = createGate()
    await run({
      plain: (_message, context) => {
        tries.push(context.triggerMetadata?.['deliveryCount'])
        throw new Error('poison')
      },
      'plain/$DeadLetterQueue': (message, context) => {
        dead.push([message, context.triggerMetadata?.['deadLetterReason']])
        buried.open()
      },
    })
    await send('plain', [{ body: { accountId: '1-42' } }])
    await buried.opened
    await idle()
    expect(tries).toEqual([1, 2, 3])
    expect(dead).toEqual([[{ accountId: '1-42' }, 'MaxDeliveryCountExceeded']])
    expect(broker.queue('plain').deadLetter).toEqual([])
  })

  it('keeps the lock of a message as long as its handler works', async () => {
    let handled = 0
    await run({
      brief: async () => {
        handled += 1
        const end = clock.now() + 1300
        while (clock.now() < end) await new Promise(setImmediate)
      },
    })
    await send('brief', [{ body: 1 }])
    await idle()
    expect(handled).toBe(1)
    expect(broker.queue('brief').active).toEqual([])
  })

  it('is worked on by as many calls as host.json allows', async () => {
    let open = 0
    let most = 0
    let handled = 0
    await run(
      {
        plain: async () => {
          open += 1
          most = Math.max(most, open)
          await new Promise((resolve) => setTimeout(resolve, 2))
          open -= 1
          handled += 1
        },
      },
      { extensions: { serviceBus: { maxConcurrentCalls: 3 } } },
    )
    await send(
      'plain',
      Array.from({ length: 12 }, (_, n) => ({ body: n })),
    )
    await idle()
    expect([handled, most]).toEqual([12, 3])
  })
})

describe('moving the clock', () => {
  it('delivers scheduled messages at their moments, also those that handlers schedule on the way', async () => {
    const seen: string[] = []
    const note = (what: unknown): void => {
      seen.push(`${String(what)} ${new Date(clock.now()).toISOString().slice(11, 16)}`)
    }
    await run({
      'calendar-sync': async (message) => {
        note(message)
        if (message !== 'continue') return
        const sender = client.createSender('calendar-sync')
        await sender.scheduleMessages(
          { body: 'continued', sessionId: '1-42' },
          new Date(clock.now() + 600_000),
        )
        await sender.close()
      },
    })
    const sender = client.createSender('calendar-sync')
    await sender.scheduleMessages(
      [{ body: 'late', sessionId: '1-42' }],
      new Date('2026-03-02T08:30:00Z'),
    )
    await sender.scheduleMessages(
      { body: 'continue', sessionId: '1-42' },
      new Date('2026-03-02T08:15:00Z'),
    )
    await sender.scheduleMessages(
      { body: 'tomorrow', sessionId: '1-42' },
      new Date('2026-03-03T08:15:00Z'),
    )
    await sender.close()
    expect((await running.move({ advance: 'PT1H' })).status).toBe(200)
    expect(seen).toEqual(['continue 08:15', 'continued 08:25', 'late 08:30'])
    expect(broker.queue('calendar-sync').scheduled).toHaveLength(1)
  })

  it('by weeks leaves the client working, with the global Date moved too', async () => {
    const uninstall = clock.install()
    try {
      const seen: unknown[] = []
      await run({
        'calendar-sync': (message) => {
          seen.push(message)
        },
      })
      await send('calendar-sync', [{ body: 'before', sessionId: '1-42' }])
      expect((await running.move({ advance: 'P40D' })).status).toBe(200)
      await send('calendar-sync', [{ body: 'after', sessionId: '1-42' }])
      await idle()
      expect(seen).toEqual(['before', 'after'])
    } finally {
      uninstall()
    }
  })

  it('right after the start waits until every queue has its receiver', async () => {
    const restore = clock.install()
    try {
      const buried = createGate()
      await run({
        plain: () => Promise.reject(new Error('always')),
        'plain/$DeadLetterQueue': () => {
          buried.open()
        },
      })
      expect((await running.move({ advance: 'PT61S' })).status).toBe(200)
      // A client whose opening met the move is deaf for half a minute.
      await send('plain', [{ body: 1 }])
      await buried.opened
    } finally {
      restore()
    }
  })

  it('a scheduled message comes by itself when time just runs', async () => {
    const arrived = createGate()
    await run({
      'calendar-sync': () => {
        arrived.open()
      },
    })
    const sender = client.createSender('calendar-sync')
    await sender.scheduleMessages({ body: 1, sessionId: '1-42' }, new Date(clock.now() + 100))
    await sender.close()
    await arrived.opened
    expect(broker.queue('calendar-sync').scheduled).toEqual([])
  })
})

describe('by hand', () => {
  it('a queue function gets the input of the admin call as its message', async () => {
    const seen: unknown[] = []
    await run({
      'calendar-sync': (message) => {
        seen.push(message)
      },
    })
    const response = await running.call('/admin/functions/calendarsync', {
      method: 'POST',
      headers: { 'x-functions-key': FUNCTION_KEY, 'content-type': 'application/json' },
      body: JSON.stringify({ input: '{"accountId":"1-42"}' }),
    })
    expect(response.status).toBe(202)
    await idle()
    expect(seen).toEqual([{ accountId: '1-42' }])
  })
})

describe('loading', () => {
  it('refuses a queue or connection whose setting is missing', async () => {
    const failure = runHost(() => {
      for (const [name, queueName, connection] of [
        ['one', '%QUEUE%', 'ServiceBus'],
        ['two', 'plain', 'Elsewhere'],
      ] as const) {
        app.serviceBusQueue(name, { queueName, connection, handler: () => undefined })
      }
    })
    await expect(failure).rejects.toThrow('function "one": %QUEUE% in "%QUEUE%" does not resolve')
    await expect(failure).rejects.toThrow('function "two": connection "Elsewhere" does not resolve')
  })
})

describe('a lost connection', () => {
  it('is made again, and what was sent meanwhile arrives', async () => {
    const arrived = createGate()
    await run({
      'calendar-sync': () => {
        arrived.open()
      },
    })
    broker.dropConnections()
    await send('calendar-sync', [{ body: 1, sessionId: '1-42' }])
    await arrived.opened
    await idle()
    expect(broker.queue('calendar-sync').active).toEqual([])
  })
})
