import type { SyncError } from '../../../shared/errors'
import { NORA, outlookEvent, draft, ref, startOroWorld, WINDOW, type OroWorld } from './oro-world'

let world: OroWorld

beforeEach(async () => {
  world = await startOroWorld({ prefix: '/admin' })
})

afterEach(async () => {
  await world.stop()
})

const gather = (): Promise<unknown> =>
  world.side().gather({ cursor: null, window: WINDOW, mode: 'full', ids: [] })
const tokenRequests = (): number =>
  world.standIn.log.filter((line) => line.path === '/oauth2-token').length
const evidence = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'nothing failed',
    (error: unknown) => (error as SyncError).evidence,
  )

describe('tokens', () => {
  it('are fetched without the prefix, once for requests that begin together', async () => {
    await Promise.all([gather(), gather(), gather()])
    expect(tokenRequests()).toBe(1)
    expect(world.standIn.log.every((line) => line.status === 200)).toBe(true)
  })

  it('are used until half a minute before their end', async () => {
    await gather()
    world.clock.now += 3_569_000
    await gather()
    expect(tokenRequests()).toBe(1)
    world.clock.now += 1000
    await gather()
    expect(tokenRequests()).toBe(2)
  })

  it('are replaced once when Oro refuses them', async () => {
    await gather()
    world.standIn.revokeTokens()
    await gather()
    expect(tokenRequests()).toBe(2)
  })

  it('end the work when the fresh one is refused as well', async () => {
    world.standIn.faults.add({ path: 'calendarevents', status: 401, times: 0 })
    expect(await evidence(gather())).toMatchObject({
      code: 'oro-credentials',
      scope: 'service',
      transient: false,
    })
    expect(tokenRequests()).toBe(2)
    expect(world.waits).toEqual([])
  })

  it('belong to one organization', async () => {
    await world.oro.checkApi(1)
    await world.oro.checkApi(2)
    expect(tokenRequests()).toBe(2)
  })

  it('are refused for an organization without credentials, and not asked for', async () => {
    expect(await evidence(world.oro.user({ ...NORA, organizationId: 3 }))).toMatchObject({
      code: 'oro-credentials',
      transient: false,
    })
    expect(tokenRequests()).toBe(0)
  })
})

describe('requests', () => {
  it('are never more than four at once', async () => {
    world.standIn.faults.add({ method: 'GET', path: 'calendarevents/', delayMs: 15, times: 0 })
    await world.side().read(Array.from({ length: 12 }, (_, index) => ref(5000 + index)))
    expect(Math.max(...world.standIn.log.map((line) => line.inFlight))).toBe(4)
  })

  it.each([
    ['a dropped connection', { drop: 'before' as const }],
    ['an answer that breaks off', { cut: true }],
    ['a busy server', { status: 503 }],
    ['a server that asks for a short wait', { status: 503, headers: { 'retry-after': '2' } }],
  ])('are repeated after %s', async (_, fault) => {
    world.standIn.faults.add({ path: 'calendarevents', ...fault })
    await gather()
    expect(world.waits).toEqual(['headers' in fault ? 2000 : 250])
    expect(world.meter.oro).toBe(2)
  })

  it('are given up when Oro asks for a wait that is too long to spend here', async () => {
    const headers = { 'retry-after': '7' }
    world.standIn.faults.add({ path: 'calendarevents', status: 503, headers, times: 0 })
    expect(await evidence(gather())).toMatchObject({
      code: 'oro-unreachable',
      transient: true,
      retryAfterMs: 7000,
    })
    expect(world.waits).toEqual([])
  })

  it('are given up after the third failure', async () => {
    world.standIn.faults.add({ path: 'calendarevents', drop: 'before', times: 0 })
    expect(await evidence(gather())).toMatchObject({ code: 'oro-unreachable', transient: true })
    expect(world.meter.oro).toBe(3)
  })

  it('that create are repeated too, since the uid makes it harmless', async () => {
    world.standIn.faults.add({ method: 'POST', path: 'calendarevents', status: 502, after: true })
    await world.side().create(draft({ counterpart: outlookEvent() }))
    expect(world.standIn.eventRows(7)).toHaveLength(1)
  })

  it('do not follow a redirection, which would carry the token away', async () => {
    const elsewhere = '/admin/api/rest/latest/calendars/default.json'
    const headers = { location: elsewhere }
    world.standIn.faults.add({ path: 'calendarevents', status: 302, headers, times: 0 })
    expect(await evidence(gather())).toMatchObject({ code: 'oro-unreachable' })
    expect(world.standIn.log.some((line) => line.path === elsewhere)).toBe(false)
  })
})
