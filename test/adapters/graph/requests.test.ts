import { ACCOUNT, ANNA, graphWorld, NOW, type GraphWorld } from './world'

const WINDOW = { start: '2026-08-02T08:00:00.000Z', end: '2027-09-01T08:00:00.000Z' }

describe('requests to Graph', () => {
  let world: GraphWorld

  afterEach(async () => {
    await world.graph.stop()
  })

  const gather = () =>
    world.microsoft
      .calendar(world.context())
      .gather({ cursor: null, window: WINDOW, mode: 'changes', ids: [] })

  it('wait a short Retry-After in the process and hand a long one back', async () => {
    world = await graphWorld()
    world.graph.faults.add({ status: 429, headers: { 'retry-after': '2.128' } })
    await gather()
    expect(world.waits).toEqual([2128])
    world.graph.faults.add({ status: 429, headers: { 'retry-after': '7' } })
    await expect(gather()).rejects.toMatchObject({
      evidence: { code: 'throttled', retryAfterMs: 7000, scope: 'account', transient: true },
    })
    expect(world.waits).toEqual([2128])
  })

  it('read a Retry-After that is a date', async () => {
    world = await graphWorld()
    const date = new Date(NOW + 90_000).toUTCString()
    world.graph.faults.add({ status: 503, headers: { 'retry-after': date } })
    await expect(gather()).rejects.toMatchObject({
      evidence: { code: 'throttled', retryAfterMs: 90_000 },
    })
  })

  it('double the wait of a mailbox that is throttled without a word, up to ten minutes', async () => {
    world = await graphWorld()
    world.graph.faults.add({ status: 429, times: 7 })
    const waits: unknown[] = []
    for (let times = 0; times < 7; times += 1) {
      await gather().catch((error: unknown) =>
        waits.push((error as { evidence: { retryAfterMs: number } }).evidence.retryAfterMs),
      )
    }
    expect(waits).toEqual([30_000, 60_000, 120_000, 240_000, 480_000, 600_000, 600_000])
    await gather()
    world.graph.faults.add({ status: 429 })
    await expect(gather()).rejects.toMatchObject({ evidence: { retryAfterMs: 30_000 } })
  })

  it('are logged when they are refused, by the ids that Microsoft asks for and nothing else', async () => {
    world = await graphWorld()
    world.graph.setSwitch('*', 'throttledUntil', NOW + 600_000)
    await gather().catch(() => undefined)
    const sent = world.graph.log.at(-1)
    const [line] = world.logged
    expect(line).toMatchObject({ event: 'graph.refused', level: 'warn' })
    expect(line?.properties).toEqual({
      account: '1-42',
      method: 'GET',
      status: 429,
      code: expect.any(String),
      clientRequestId: sent?.headers['client-request-id'],
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      date: expect.any(String),
      diagnostic: expect.stringContaining('ServerInfo'),
    })
  })

  it('renew a refused token once and go on with the same page', async () => {
    world = await graphWorld()
    world.graph.setSwitch('*', 'expiredToken', true, 1)
    await gather()
    expect(world.asked).toContainEqual({ refresh: true })
  })

  it('answer a claims challenge once', async () => {
    world = await graphWorld()
    world.graph.setSwitch('*', 'claimsChallenge', true, 1)
    await gather()
    expect(world.asked).toContainEqual({ claims: expect.stringMatching(/^[\w+/=]+$/) as string })
  })

  it('give up on a sign-in that stays refused', async () => {
    world = await graphWorld()
    world.graph.setSwitch('*', 'claimsChallenge', true)
    await expect(gather()).rejects.toMatchObject({
      evidence: { code: 'token', scope: 'account', transient: false },
    })
    expect(world.meter.microsoft).toBe(2)
  })

  it('never have more than two in flight per mailbox, batches included', async () => {
    world = await graphWorld()
    world.graph.setSwitch('*', 'latencyMs', 5)
    const ids = Array.from({ length: 9 }, () =>
      world.graph.createEvent(ANNA, {
        subject: 'Event',
        start: { dateTime: '2026-09-10T12:00:00', timeZone: 'UTC' },
        end: { dateTime: '2026-09-10T13:00:00', timeZone: 'UTC' },
      }),
    )
    for (const id of ids.slice(0, 4)) world.graph.deleteEvent(ANNA, id)
    await Promise.all(
      [1, 2, 3].map(() =>
        world.microsoft
          .calendar(world.context())
          .read(ids.map((id) => ({ id, container: world.calendarId }))),
      ),
    )
    expect(Math.max(...world.graph.log.map((entry) => entry.inFlight))).toBe(2)
    expect(world.graph.log.filter((entry) => entry.status === 429)).toEqual([])
  })

  it('pass on why there is no token', async () => {
    const failure = new Error('no token')
    world = await graphWorld({ tokens: { accessToken: () => Promise.reject(failure) } })
    await expect(gather()).rejects.toMatchObject({ cause: failure })
    expect(world.graph.log).toEqual([])
  })
})

describe('what is known of a mailbox', () => {
  let world: GraphWorld

  beforeEach(async () => {
    world = await graphWorld()
  })

  afterEach(async () => {
    await world.graph.stop()
  })

  it('is read after Connect', async () => {
    expect(await world.microsoft.profile(ACCOUNT, { calendar: true })).toEqual({
      id: expect.any(String) as string,
      username: ANNA,
      displayName: 'Anna Adams',
      timeZone: 'Europe/Berlin',
      calendarId: world.calendarId,
    })
  })

  it('has no zone when that may not be read or is a custom one', async () => {
    world.graph.faults.add({ path: 'mailboxSettings', status: 403 })
    expect((await world.microsoft.profile(ACCOUNT, { calendar: true })).timeZone).toBeNull()
    world.graph.setTimeZone(ANNA, 'Customized Time Zone')
    expect((await world.microsoft.profile(ACCOUNT, { calendar: true })).timeZone).toBeNull()
  })

  it.each([
    ['ok', () => undefined],
    ['mailbox', () => world.graph.setSwitch('*', 'mailboxUnusable', 400)],
    ['token', () => world.graph.setSwitch('*', 'expiredToken', true)],
    ['consent', () => world.graph.setSwitch('*', 'deniedScopes', ['Calendars.ReadWrite'])],
    ['throttled', () => world.graph.setSwitch('*', 'throttledUntil', -1)],
    ['microsoft-unreachable', () => world.graph.faults.add({ drop: 'before', times: 0 })],
  ])('checks as %s', async (code, arrange) => {
    arrange()
    expect(await world.microsoft.checkMailbox(ACCOUNT)).toEqual({ ok: code === 'ok', code })
  })
})
