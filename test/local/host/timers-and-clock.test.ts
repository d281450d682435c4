import { app, type Timer } from '@azure/functions'
import { createMovableClock } from '../../../local/clock/movable-clock'
import type { TimedWork } from '../../../local/host/work'
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

afterEach(stopHosts)

const minute = (ms: number): string => new Date(ms).toISOString().slice(0, 16)
const second = (ms: number): string => new Date(ms).toISOString().slice(0, 19)

/** Times at which pieces become due; what is due is noted and done at once. */
const fakeBroker = (times: number[], now: () => number) => {
  const done: string[] = []
  let busy = false
  const broker: TimedWork = {
    nextScheduledAt: () => (times.length === 0 ? undefined : Math.min(...times)),
    enqueueDue() {
      const due = times.filter((at) => at <= now())
      for (const at of due) {
        times.splice(times.indexOf(at), 1)
        done.push(`message ${second(now())}`)
      }
      return due.length
    },
    idle: () => !busy,
  }
  return { broker, done, setBusy: (value: boolean) => (busy = value) }
}

describe('moving the clock', () => {
  it('fires each timer at each of its moments, by time and then by name, each after the one before has ended', async () => {
    const events: string[] = []
    const register = () => {
      for (const [name, schedule] of [
        ['b-minute', '0 * * * * *'],
        ['a-minute', '0 * * * * *'],
        ['two-minutes', '30 */2 * * * *'],
      ] as const) {
        app.timer(name, {
          schedule,
          handler: async () => {
            events.push(`${name} ${second(Date.now())}`)
            await new Promise((resolve) => setTimeout(resolve, 3))
            events.push(`${name} ended`)
          },
        })
      }
    }
    const running = await runHost(register)
    const uninstall = running.clock.install()
    try {
      const answer = await running.move({ advance: 'PT2M' })
      expect(answer.status).toBe(200)
      expect(((await answer.json()) as { now: string }).now).toMatch(/^2026-03-02T08:02:30/)
    } finally {
      uninstall()
    }
    expect(events).toEqual([
      'a-minute 2026-03-02T08:01:00',
      'a-minute ended',
      'b-minute 2026-03-02T08:01:00',
      'b-minute ended',
      'a-minute 2026-03-02T08:02:00',
      'a-minute ended',
      'b-minute 2026-03-02T08:02:00',
      'b-minute ended',
      'two-minutes 2026-03-02T08:02:30',
      'two-minutes ended',
    ])
  })

  it('brings scheduled messages to their moment between the timers', async () => {
    const times = [START.getTime() + 45_000, START.getTime() + 3_600_000, START.getTime() + 75_000]
    const events: string[] = []
    let now = (): number => 0
    const { broker, done } = fakeBroker(times, () => now())
    const running = await runHost(
      () => {
        app.timer('minute', {
          schedule: '0 * * * * *',
          handler: () => {
            events.push(`timer after ${String(done.length)}`)
          },
        })
      },
      { broker },
    )
    now = running.clock.now
    await running.move({ advance: 120 })
    expect(done).toEqual(['message 2026-03-02T08:01:15', 'message 2026-03-02T08:01:45'])
    expect(events).toEqual(['timer after 0', 'timer after 2'])
    expect(times).toEqual([START.getTime() + 3_600_000])
  })

  it('is not held up by a message and a timer of the same moment', async () => {
    // START is on half a minute: the timer fires when the message falls due, which is work until it is enqueued.
    const at = Math.ceil((START.getTime() + 1) / 60_000) * 60_000
    const { broker, done } = fakeBroker([at], () => now())
    let now = (): number => 0
    const waiting: TimedWork = {
      ...broker,
      idle: () => (broker.nextScheduledAt() ?? Infinity) > now(),
    }
    const fired: string[] = []
    const running = await runHost(
      () => {
        app.timer('minute', { schedule: '0 * * * * *', handler: () => void fired.push('timer') })
      },
      { broker: waiting },
    )
    now = running.clock.now
    expect((await running.move({ advance: 60 })).status).toBe(200)
    expect(done).toHaveLength(1)
    expect(fired).toEqual(['timer'])
  })

  it('answers only when nothing is in flight', async () => {
    const { broker, setBusy } = fakeBroker([], () => 0)
    const running = await runHost(() => undefined, { broker })
    setBusy(true)
    let answered = false
    const moving = running.move({ advance: 60 }).then((response) => {
      answered = true
      return response
    })
    expect((await running.call('/_local/idle?timeout=0.02')).status).toBe(504)
    expect(answered).toBe(false)
    setBusy(false)
    expect((await moving).status).toBe(200)
  })

  it('is not held up by work that says it is due but cannot be set going', async () => {
    const stuck: TimedWork = {
      nextScheduledAt: () => START.getTime() + 1000,
      enqueueDue: () => 0,
      idle: () => true,
    }
    const running = await runHost(() => undefined, { broker: stuck })
    expect((await running.move({ advance: 60 })).status).toBe(200)
  })

  it('fires each timer at most 1440 times in a step of more than a day, late ones as past due', async () => {
    const fired: Record<string, { at: number; late: boolean }[]> = { minute: [], night: [] }
    const running: { now: () => number } = { now: () => 0 }
    const { clock, move } = await runHost(() => {
      for (const [name, schedule] of [
        ['minute', '0 * * * * *'],
        ['night', '0 10 3 * * *'],
      ] as const) {
        app.timer(name, {
          schedule,
          handler: (timer: Timer) => {
            fired[name]?.push({ at: running.now(), late: timer.isPastDue })
          },
        })
      }
    })
    running.now = clock.now
    expect((await move({ now: '2026-04-01T08:00:30Z' })).status).toBe(200)
    expect(fired['minute']?.length).toBe(1440)
    expect(fired['minute']?.every((one) => one.late)).toBe(true)
    expect(fired['night']?.map((one) => new Date(one.at).getUTCHours())).toEqual(
      Array.from({ length: 30 }, () => 3),
    )
  })

  it('keeps every moment in a step of exactly a day', async () => {
    let count = 0
    let late = 0
    const { move } = await runHost(() => {
      app.timer('minute', {
        schedule: '0 * * * * *',
        handler: (timer: Timer) => {
          count += 1
          if (timer.isPastDue) late += 1
        },
      })
    })
    await move({ advance: 'P1D' })
    expect([count, late]).toEqual([1440, 0])
  })

  it('back in time fires nothing, and timers count from there', async () => {
    const fired: string[] = []
    let now = (): number => 0
    const running = await runHost(() => {
      app.timer('hourly', {
        schedule: '0 0 * * * *',
        handler: () => {
          fired.push(minute(now()))
        },
      })
    })
    now = running.clock.now
    await running.move({ now: '2026-01-01T00:30:00Z' })
    expect(fired).toEqual([])
    await running.move({ advance: 3600 })
    expect(fired).toEqual(['2026-01-01T01:00'])
  })

  it('one call after the other, also when they are made at once', async () => {
    const running = await runHost(() => undefined)
    await Promise.all([running.move({ advance: 'PT1H' }), running.move({ advance: 'P1DT0.5S' })])
    expect(second(running.clock.now())).toMatch(/^2026-03-03T09:00:3/)
  })

  it.each([
    '{}',
    '{"now": "tomorrow"}',
    '{"now": "2026-03-02"}',
    '{"advance": -5}',
    '{"advance": "PT"}',
    '{"advance": "P1M"}',
    '{"now": "2026-03-02T09:00:00Z", "advance": 1}',
    'nonsense',
    'null',
  ])('is refused for %s', async (body) => {
    const running = await runHost(() => undefined)
    const response = await running.call('/_local/clock', { method: 'PUT', body })
    expect(response.status).toBe(400)
    expect(((await response.json()) as { error: string }).error).toMatch(/./)
    expect(second(running.clock.now())).toMatch(/^2026-03-02T08:00:3/)
  })
})

describe('a timer', () => {
  const heard = async (
    options: Partial<Parameters<typeof app.timer>[1]>,
    settings: Record<string, string> = {},
  ): Promise<{ running: RunningHost; timers: Timer[] }> => {
    const timers: Timer[] = []
    const running = await runHost(
      () => {
        app.timer('tick', {
          schedule: '0 0 * * * *',
          handler: (timer) => {
            timers.push(timer)
          },
          ...options,
        })
      },
      { settings },
    )
    return { running, timers }
  }

  it('learns the moment it fires for, and when it fired before', async () => {
    const { running, timers } = await heard({ schedule: '%TICK%' }, { TICK: '0 0 * * * *' })
    await running.move({ advance: 'PT2H' })
    expect(timers[0]).toMatchObject({
      schedule: { adjustForDST: true },
      scheduleStatus: { last: '0001-01-01T00:00:00', next: '2026-03-02T09:00:00.000+00:00' },
      isPastDue: false,
    })
    expect(timers[1]).toMatchObject({
      scheduleStatus: {
        last: '2026-03-02T09:00:00.000+00:00',
        next: '2026-03-02T10:00:00.000+00:00',
      },
    })
  })

  it('that comes more often than each minute has no schedule status', async () => {
    const { running, timers } = await heard({ schedule: '*/30 * * * * *' })
    await running.move({ advance: 40 })
    expect(timers[0]?.scheduleStatus).toBeNull()
  })

  it('wants day and weekday to fit, unlike in Unix cron', async () => {
    const { running, timers } = await heard({ schedule: '0 0 9 13 * Fri' })
    await running.move({ now: '2026-03-12T23:00:00Z' })
    expect(timers).toHaveLength(0)
    await running.move({ now: '2026-03-13T12:00:00Z' })
    expect(timers).toHaveLength(1)
  })

  it('runs at the start when it says so', async () => {
    const { running, timers } = await heard({ runOnStartup: true })
    await running.call('/_local/idle')
    expect(timers).toHaveLength(1)
  })

  it('that fails leaves the others going and fires again', async () => {
    let count = 0
    const { running, timers } = await heard({
      handler: (timer: Timer) => {
        timers.push(timer)
        count += 1
        throw new Error('no luck')
      },
    })
    expect((await running.move({ advance: 'PT3H' })).status).toBe(200)
    expect(count).toBe(3)
  })

  it('fires by itself when time just runs', async () => {
    const fired = createGate()
    const clock = createMovableClock(new Date('2026-03-02T08:00:59.900Z'))
    await runHost(
      () => {
        app.timer('soon', {
          schedule: '0 * * * * *',
          handler: () => {
            fired.open()
          },
        })
      },
      { clock },
    )
    await fired.opened
    expect(minute(clock.now())).toBe('2026-03-02T08:01')
  })
})

describe('loading', () => {
  const load = (options: Partial<Parameters<typeof app.timer>[1]>) =>
    runHost(() => {
      app.timer('wrong', { schedule: '0 * * * * *', handler: () => undefined, ...options })
      app.generic('durable', {
        trigger: { type: 'orchestrationTrigger', name: 'context' },
        handler: () => undefined,
      })
    })

  it.each([
    'every minute',
    '0 * * * * ?',
    '0 0 0 L * *',
    '@daily',
    '00:05:00',
    '0 61 * * * *',
    '%NOT_SET%',
  ])('refuses the schedule %s, and names every function that is wrong', async (schedule) => {
    const failure = load({ schedule })
    await expect(failure).rejects.toThrow('function "wrong": ')
    await expect(failure).rejects.toThrow(
      'function "durable": nothing runs a "orchestrationTrigger"',
    )
  })

  it('refuses a name that is taken in any case, and registrations after the start', async () => {
    const add = (name: string) => {
      app.timer(name, { schedule: '0 * * * * *', handler: () => undefined })
    }
    await expect(
      runHost(() => {
        add('twice')
        add('Twice')
      }),
    ).rejects.toThrow('already been registered')
    await runHost(() => {
      add('once')
    })
    expect(() => {
      add('late')
    }).toThrow('during app startup')
  })
})

describe('by hand', () => {
  it('a timer is started through the admin interface, with the key, and answered before it has run', async () => {
    const timers: Timer[] = []
    const gate = createGate()
    const running = await runHost(() => {
      app.timer('nightly', {
        schedule: '0 0 3 * * *',
        handler: async (timer) => {
          await gate.opened
          timers.push(timer)
        },
      })
      app.http('page', { authLevel: 'anonymous', handler: () => ({}) })
    })
    const post = (name: string, body: string, headers: Record<string, string>) =>
      running.call(`/admin/functions/${name}`, { method: 'POST', body, headers })
    const key = { 'x-functions-key': FUNCTION_KEY, 'content-type': 'application/json' }
    expect((await post('nightly', '{}', {})).status).toBe(401)
    expect((await post('nightly', '{"input": ""}', { 'x-functions-key': 'wrong' })).status).toBe(
      401,
    )
    expect((await post('unknown', '{"input": ""}', key)).status).toBe(404)
    expect((await post('page', '{"input": ""}', key)).status).toBe(400)
    expect((await post('nightly', 'nonsense', key)).status).toBe(400)
    expect((await post('nightly', '{"input": {"not": "a string"}}', key)).status).toBe(400)
    expect((await post('Nightly', '{"input": ""}', key)).status).toBe(202)
    expect(timers).toHaveLength(0)
    expect((await running.call('/_local/idle?timeout=0.02')).status).toBe(504)
    gate.open()
    expect(await (await running.call('/_local/idle')).json()).toEqual({ idle: true })
    expect(timers).toMatchObject([{ isPastDue: false }])
  })
})

describe('hooks', () => {
  it('run around every call and may exchange inputs, handler, result and error', async () => {
    const order: string[] = []
    const disposables: { dispose(): void }[] = []
    const running = await runHost(() => {
      app.hook.appStart(() => {
        order.push('start')
      })
      app.hook.appTerminate(() => {
        order.push('terminate')
      })
      app.hook.preInvocation((context) => {
        order.push(`before ${context.invocationContext.functionName}`)
        context.hookData['seen'] = 'yes'
        context.functionHandler = () => ({ body: 'exchanged' })
      })
      disposables.push(
        app.hook.postInvocation((context) => {
          order.push(`after, seen ${String(context.hookData['seen'])}`)
          ;(context.result as { status?: number }).status = 418
        }),
      )
      app.http('page', { authLevel: 'anonymous', handler: () => ({ body: 'own' }) })
    })
    const response = await running.call('/api/page')
    expect([response.status, await response.text()]).toEqual([418, 'exchanged'])
    disposables[0]?.dispose()
    expect((await running.call('/api/page')).status).toBe(200)
    await stopHosts()
    expect(order).toEqual(['start', 'before page', 'after, seen yes', 'before page', 'terminate'])
  })

  it('a log hook may rewrite what a function says', async () => {
    const running = await runHost(() => {
      app.hook.log((context) => {
        context.message = context.message.replace('secret', '…')
        context.level = 'error'
      })
      app.http('page', {
        authLevel: 'anonymous',
        handler: (_request, context) => {
          context.log('my secret')
          return {}
        },
      })
    })
    await running.call('/api/page')
    expect(running.host.log().find((line) => line.category.endsWith('.User'))).toMatchObject({
      message: 'my …',
      level: 'error',
    })
  })
})

describe('seams', () => {
  it('tell the moved time without a key, take more routes and say what they do not know', async () => {
    const running = await runHost(() => undefined)
    running.host.local('POST', 'hint', (request) => ({
      status: 202,
      body: { got: request.json(), slow: request.query.get('slow') },
    }))
    const clock = (await (await fetch(`${running.url}/_local/clock`)).json()) as { now: string }
    expect(clock.now).toMatch(/^2026-03-02T08:00:3/)
    const hint = await fetch(`${running.url}/_local/hint?slow=1`, {
      method: 'POST',
      body: '{"accountId": "1-42"}',
    })
    expect([hint.status, await hint.json()]).toEqual([
      202,
      { got: { accountId: '1-42' }, slow: '1' },
    ])
    expect((await fetch(`${running.url}/_local/hint`, { method: 'POST', body: 'x' })).status).toBe(
      400,
    )
    expect((await fetch(`${running.url}/_local/unknown`)).status).toBe(404)
    expect((await fetch(`${running.url}/_local/idle?timeout=soon`)).status).toBe(400)
  })

  it.each([
    ['text', '<p>Grüße</p>'],
    ['bytes', Buffer.from('<p>Grüße</p>')],
  ])('send %s of their own type as it is, with their headers', async (_, bytes) => {
    const running = await runHost(() => undefined)
    running.host.local('GET', '', () => ({
      headers: { 'content-security-policy': "default-src 'none'" },
      content: { type: 'text/html; charset=utf-8', bytes },
    }))
    const page = await fetch(`${running.url}/_local/`)
    expect([page.status, await page.text()]).toEqual([200, '<p>Grüße</p>'])
    expect(Object.fromEntries(page.headers)).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'content-length': '14',
      'content-security-policy': "default-src 'none'",
    })
  })

  it('are refused to pages of other origins, and open to their own', async () => {
    const running = await runHost(() => undefined)
    let edits = 0
    running.host.local('POST', 'edits', () => {
      edits += 1
      return { status: 204 }
    })
    const post = async (origin: string): Promise<number> => {
      const headers = { origin }
      return (await fetch(`${running.url}/_local/edits`, { method: 'POST', headers })).status
    }
    expect(await post('http://elsewhere.example')).toBe(403)
    expect(await post('null')).toBe(403)
    expect(edits).toBe(0)
    expect(await post(running.url)).toBe(204)
    expect(edits).toBe(1)
  })

  it('see a call that is under way as work', async () => {
    const gate = createGate()
    const running = await runHost(() => {
      app.http('slow', {
        authLevel: 'anonymous',
        handler: async () => {
          await gate.opened
          return {}
        },
      })
    })
    const slow = running.call('/api/slow')
    const waiting = await running.call('/_local/idle?timeout=0.05')
    expect([waiting.status, await waiting.json()]).toEqual([504, { idle: false }])
    gate.open()
    await slow
    expect((await running.call('/_local/idle')).status).toBe(200)
  })
})
