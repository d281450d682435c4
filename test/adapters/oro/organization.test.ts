import { fromAudit, readFeed } from '../../../shared/adapters/oro/feed'
import { recorded } from './recorded'
import { CALENDAR, NORA, startOroWorld, type OroWorld } from './oro-world'

let world: OroWorld

beforeEach(async () => {
  world = await startOroWorld()
})

afterEach(async () => {
  await world.stop()
})

const event = (changes: object = {}) => ({
  calendarId: 7,
  title: 'Budget talk',
  start: '2026-09-08T08:00:00Z',
  end: '2026-09-08T09:00:00Z',
  ...changes,
})
const SERVICE = { organizationId: 1, userId: 2 }

describe('the change feed', () => {
  it('reads recorded rows of events and tasks', () => {
    const events = recorded('audits-removed-events').response.body as unknown[]
    expect(fromAudit(events[0], 'calendar')).toEqual({
      auditId: '90011',
      action: 'remove',
      kind: 'calendar',
      id: '4101',
      calendarId: '7',
      at: '2026-09-05T10:02:44Z',
    })
    const tasks = recorded('audits-removed-tasks').response.body as unknown[]
    expect(fromAudit(tasks[0], 'tasks')).toMatchObject({ id: '311', calendarId: null })
  })

  it('drops rows that say nothing', () => {
    expect(fromAudit({ id: 1, action: 'remove' }, 'calendar')).toBeUndefined()
    expect(fromAudit(null, 'calendar')).toBeUndefined()
  })

  it('tells what was created and removed for all users of the organization', async () => {
    const id = world.standIn.events.create(event())
    world.standIn.events.create(event({ calendarId: 9 }))
    world.standIn.events.remove(id)
    world.clock.now += 60_000
    const meter = { feed: 0 }
    const feed = await world.oro.feed(1, '2026-09-01T08:00:30Z', 'calendar', meter)
    expect(feed?.changes.map(({ action, calendarId }) => [action, calendarId])).toEqual([
      ['create', '7'],
      ['create', '9'],
      ['remove', '7'],
    ])
    expect(feed?.until).toBe('2026-09-01T08:01:00Z')
    expect(meter.feed).toBe(1)
    expect(world.meter.oro).toBe(0)
  })

  it('is read page by page to its end, each row once', async () => {
    for (let count = 0; count < 130; count += 1) world.standIn.events.create(event())
    world.clock.now += 60_000
    const meter = { feed: 0 }
    const feed = await world.oro.feed(1, '2026-09-01T08:00:00Z', 'calendar', meter)
    expect(feed?.changes).toHaveLength(130)
    expect(new Set(feed?.changes.map(({ id }) => id)).size).toBe(130)
    expect(meter.feed).toBe(2)
  })

  it('is read to its end although its pages are smaller than was asked for, and ends where pages repeat', async () => {
    const rows = Array.from({ length: 120 }, (_, index) => ({
      id: index + 1,
      action: 'remove',
      objectId: index + 1,
      loggedAt: '2026-09-01T08:00:00+00:00',
      additionalFields: { calendar_id: 7 },
    }))
    let calls = 0
    const answer = (page: number, counted: boolean) => {
      calls += 1
      const headers = counted ? { 'x-include-total-count': '120' } : {}
      const body = rows.slice((page - 1) * 50, page * 50)
      return Promise.resolve({
        status: 200,
        headers: new Headers(headers),
        body,
        retryAfterMs: null,
      })
    }
    const small = await readFeed(
      ({ query }) => answer(Number(query?.['page']), true),
      '2026-09-01T08:00:00Z',
      'calendar',
    )
    expect(small?.changes).toHaveLength(120)
    expect(calls).toBe(3)
    await readFeed(() => answer(1, true), '2026-09-01T08:00:00Z', 'calendar')
    expect(calls).toBe(5)
  })

  it('shows a row that was written late in the next read', async () => {
    world.standIn.configureAudit({ auditDelayMs: 120_000 })
    world.standIn.events.create(event())
    world.clock.now += 60_000
    const first = await world.oro.feed(1, '2026-09-01T08:00:00Z', 'calendar')
    expect(first).toEqual({ changes: [], until: '2026-09-01T08:01:00Z' })
    world.clock.now += 120_000
    const second = await world.oro.feed(1, first?.until ?? '', 'calendar')
    expect(second?.changes).toMatchObject([{ action: 'create', at: '2026-09-01T08:00:00Z' }])
  })

  it('looks back ten minutes', async () => {
    await world.oro.feed(1, '2026-09-01T08:00:00Z', 'tasks')
    expect(world.calls()).toEqual([
      'GET /api/rest/latest/audits.json?page=1&limit=100&objectClass=Oro_Bundle_TaskBundle_Entity_Task&loggedAt>=2026-09-01T07:50:00Z',
    ])
  })

  it('is not readable where auditing is denied', async () => {
    world.standIn.faults.add({ path: 'audits', status: 403, body: { code: 403 } })
    expect(await world.oro.feed(1, '2026-09-01T08:00:00Z', 'calendar')).toBeNull()
  })
})

describe('users', () => {
  it("have the calendar that Oro names for the token's own user", async () => {
    expect(await world.oro.findCalendar(SERVICE)).toBe('6')
    expect(world.calls()).toEqual(['GET /api/rest/latest/calendars/default.json'])
  })

  it('have the calendar that names them among its connections', async () => {
    expect(await world.oro.findCalendar(NORA)).toBe(CALENDAR)
  })

  it('have no calendar that could be found when they are unknown, and the walk ends', async () => {
    expect(await world.oro.findCalendar({ organizationId: 1, userId: 404 })).toBeNull()
    // 6, 7 and 9 exist; 10 to 19 are the ten unknown ones that end it.
    const walked = world.calls().filter((call) => call.includes('connections'))
    expect(walked).toHaveLength(19)
  })

  it('are stated with name and address exactly as Oro stores them', async () => {
    expect(await world.oro.user(NORA)).toEqual({
      email: 'Nora.Feld@example.com',
      name: 'Nora Feld',
    })
    expect(await world.oro.user({ organizationId: 1, userId: 404 })).toBeNull()
  })

  it("have a readable zone only as the token's own user", async () => {
    expect(await world.oro.timeZone(SERVICE)).toBe('UTC')
    expect(await world.oro.timeZone(NORA)).toBeNull()
  })

  it('have no readable zone without the right to the configuration', async () => {
    world.standIn.faults.add({ path: 'configuration', status: 403, body: { code: 403 } })
    expect(await world.oro.timeZone(SERVICE)).toBeNull()
  })
})

describe('checks', () => {
  it('pass when both APIs and the calendar answer', async () => {
    expect(await world.oro.checkApi(1)).toEqual({ ok: true, code: 'ok' })
    expect(await world.oro.checkCalendar(1, CALENDAR)).toEqual({ ok: true, code: 'ok' })
  })

  it('name refused credentials, whatever the cause', async () => {
    const credentials = { clientId: 'sync', clientSecret: 'wrong' }
    expect(await world.oro.checkCredentials(credentials)).toEqual({
      ok: false,
      code: 'oro-credentials',
    })
    world.standIn.seed({ organizations: [{ id: 1, apiEnabled: false }] })
    expect(await world.oro.checkApi(1)).toEqual({ ok: false, code: 'oro-credentials' })
    const right = { clientId: 'other', clientSecret: 'sample' }
    expect(await world.oro.checkCredentials(right)).toEqual({ ok: true, code: 'ok' })
  })

  it('name a missing calendar', async () => {
    expect(await world.oro.checkCalendar(1, '77')).toEqual({
      ok: false,
      code: 'oro-calendar-missing',
    })
  })

  it('name an application that may not use the old API', async () => {
    world.standIn.seed({
      applications: [
        { clientId: 'sync', clientSecret: 'sample', organizationId: 1, userId: 2, oldApi: false },
      ],
    })
    expect(await world.oro.checkApi(1)).toEqual({ ok: false, code: 'access' })
    expect(await world.oro.checkCalendar(1, CALENDAR)).toEqual({ ok: false, code: 'access' })
  })

  it('name an application that is refused by the JSON:API alone', async () => {
    world.standIn.faults.add({ path: 'userprofile', status: 403, body: { errors: [] } })
    expect(await world.oro.checkApi(1)).toEqual({ ok: false, code: 'access' })
  })

  it('name an Oro that does not answer', async () => {
    await world.stop()
    expect(await world.oro.checkApi(1)).toEqual({ ok: false, code: 'oro-unreachable' })
    const credentials = { clientId: 'sync', clientSecret: 'sample' }
    expect(await world.oro.checkCredentials(credentials)).toEqual({
      ok: false,
      code: 'oro-unreachable',
    })
  })
})
