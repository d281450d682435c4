import { CursorExpired } from '../../../shared/errors'
import type { GatherRequest } from '../../../shared/ports/side'
import { ANNA, graphWorld, type GraphWorld } from './world'

const DAY_MS = 86_400_000
const WINDOW = { start: '2026-08-02T08:00:00.000Z', end: '2027-09-01T08:00:00.000Z' }

const shifted = (days: number) => ({
  start: new Date(Date.parse(WINDOW.start) + days * DAY_MS).toISOString(),
  end: new Date(Date.parse(WINDOW.end) + days * DAY_MS).toISOString(),
})

const at = (hour: number, zone = 'UTC') => ({
  dateTime: `2026-09-10T${String(hour).padStart(2, '0')}:00:00`,
  timeZone: zone,
})

const event = (subject: string, more: object = {}) => ({
  subject,
  start: at(12),
  end: at(13),
  ...more,
})

const weekly = event('Stand-up', {
  recurrence: {
    pattern: { type: 'weekly', interval: 1, daysOfWeek: ['thursday'], firstDayOfWeek: 'monday' },
    range: { type: 'numbered', startDate: '2026-09-10', numberOfOccurrences: 5 },
  },
})

describe('gathering from Graph', () => {
  let world: GraphWorld

  beforeEach(async () => {
    world = await graphWorld()
  })

  afterEach(async () => {
    await world.graph.stop()
  })

  const gather = (more: Partial<GatherRequest> = {}) =>
    world.microsoft
      .calendar(world.context())
      .gather({ cursor: null, window: WINDOW, mode: 'changes', ids: [], ...more })

  const calls = () => world.graph.log.filter((entry) => entry.inBatch !== true)

  it('reads 1,000 events in 21 calls, and nothing new in one', async () => {
    world.graph.setSwitch('*', 'emptyPages', 0)
    world.graph.setSwitch('*', 'replays', false)
    world.graph.seedEvents(
      ANNA,
      Array.from({ length: 1000 }, (_each, index) =>
        event(`Event ${String(index)}`, {
          body: { contentType: 'html', content: `<p>Text <b>${String(index)}</b></p>` },
        }),
      ),
    )
    const first = await gather()
    expect(first.readings).toHaveLength(1000)
    expect(world.meter.microsoft).toBeLessThanOrEqual(21)
    const before = world.meter.microsoft
    const later = await gather({ cursor: first.cursor })
    expect(later).toMatchObject({ readings: [], removed: [], full: false })
    expect(world.meter.microsoft - before).toBe(1)
  })

  it('asks on every page for immutable ids, UTC and the page size, and for nothing unsupported', async () => {
    world.graph.seedEvents(
      ANNA,
      Array.from({ length: 60 }, () => event('Event')),
    )
    await gather()
    expect(calls().length).toBeGreaterThan(1)
    for (const { headers, path } of calls()) {
      expect(headers['prefer']).toBe(
        'IdType="ImmutableId", outlook.timezone="UTC", odata.maxpagesize=50',
      )
      expect(headers['client-request-id']).toMatch(/^[0-9a-f-]{36}$/)
      expect(path).not.toMatch(/select|filter|expand/)
    }
    expect(world.graph.violations()).toEqual([])
  })

  it('asks for a week more than is wanted and stays with its chain for that week', async () => {
    const first = await gather()
    expect(first.window).toEqual({ start: WINDOW.start, end: shifted(7).end })
    const within = await gather({ cursor: first.cursor, window: shifted(6) })
    expect(within).toMatchObject({ full: false, window: first.window })
    const beyond = await gather({ cursor: within.cursor, window: shifted(8) })
    expect(beyond).toMatchObject({ full: true, window: { start: shifted(8).start } })
  })

  it('starts anew when more days back are wanted, or the cursor is of another calendar', async () => {
    const { cursor } = await gather()
    expect((await gather({ cursor, window: { ...WINDOW, start: shifted(-1).start } })).full).toBe(
      true,
    )
    const foreign = { ...(cursor as object), container: 'other' }
    expect((await gather({ cursor: foreign })).full).toBe(true)
  })

  it('has one unmappable reading for a whole series, without a call for it', async () => {
    const master = world.graph.createEvent(ANNA, weekly)
    world.graph.updateOccurrence(ANNA, master, '2026-09-17', { subject: 'Moved' })
    const before = world.meter.microsoft
    const { readings } = await gather()
    expect(readings.map(({ id, unmappable }) => [id, unmappable?.code])).toEqual([
      [master, 'unsupported-series'],
    ])
    expect(calls().every(({ path }) => path.includes('/delta'))).toBe(true)
    expect(world.meter.microsoft - before).toBe(calls().length)
  })

  it('takes the reading of the master where it comes', async () => {
    world.graph.setSwitch('*', 'masters', 'first')
    const master = world.graph.createEvent(ANNA, weekly)
    const { readings } = await gather()
    expect(readings).toMatchObject([{ id: master, label: 'Stand-up' }])
    expect(readings).toHaveLength(1)
  })

  it('calls a false tombstone a question', async () => {
    const { cursor } = await gather()
    const outside = world.graph.createEvent(ANNA, {
      subject: 'Far',
      start: { dateTime: '2031-01-01T10:00:00', timeZone: 'UTC' },
      end: { dateTime: '2031-01-01T11:00:00', timeZone: 'UTC' },
    })
    const later = await gather({ cursor })
    expect(later).toMatchObject({ readings: [], removed: [outside] })
  })

  it.each([
    [410, 'syncStateNotFound'],
    [410, null],
    [400, 'resyncRequired'],
    [410, 'FULLSYNCREQUIRED'],
  ] as const)('says that the cursor has expired on %s %s', async (status, code) => {
    const { cursor } = await gather()
    world.graph.setSwitch('*', 'lostSyncState', { status, code, location: false }, 1)
    await expect(gather({ cursor })).rejects.toBeInstanceOf(CursorExpired)
  })

  it('gives up on paging without end', async () => {
    world.graph.seedEvents(
      ANNA,
      Array.from({ length: 120 }, () => event('Event')),
    )
    world.graph.setSwitch('*', 'endlessPaging', true)
    await expect(gather()).rejects.toMatchObject({
      evidence: { detail: 'endless-paging', transient: true },
    })
    expect(world.meter.microsoft).toBeLessThan(60)
  })

  it('goes on where a page holds a whole long series and later pages say all of it again', async () => {
    world.graph.setSwitch('*', 'oversizedPages', 'repeated')
    world.graph.setSwitch('*', 'emptyPages', 0)
    world.graph.createEvent(
      ANNA,
      event('Daily', {
        recurrence: {
          pattern: { type: 'daily', interval: 1 },
          range: { type: 'numbered', startDate: '2026-09-10', numberOfOccurrences: 1500 },
        },
      }),
    )
    const single = world.graph.createEvent(ANNA, event('Single'))
    const { readings } = await gather({ window: { ...WINDOW, end: shifted(1000).end } })
    expect(readings.map(({ id }) => id)).toContain(single)
    // The first page, and so many of fifty.
    expect(calls().length).toBeGreaterThan(20)
  })

  it('goes on through empty pages', async () => {
    world.graph.setSwitch('*', 'emptyPages', 40)
    const id = world.graph.createEvent(ANNA, event('Event'))
    expect((await gather()).readings.map((reading) => reading.id)).toEqual([id])
  })

  it('infers nothing from a round that breaks', async () => {
    world.graph.seedEvents(
      ANNA,
      Array.from({ length: 120 }, () => event('Event')),
    )
    world.graph.faults.add({ path: 'skiptoken', status: 500, times: 0 })
    await expect(gather()).rejects.toMatchObject({
      evidence: { code: 'microsoft-unreachable', transient: true },
    })
  })

  it('repeats a page that was cut', async () => {
    const id = world.graph.createEvent(ANNA, event('Event'))
    world.graph.faults.add({ path: 'delta', cut: true })
    expect((await gather()).readings.map((reading) => reading.id)).toEqual([id])
  })

  it('tells a calendar that is gone from a mailbox that is unusable', async () => {
    const { cursor } = await gather()
    world.graph.setSwitch('*', 'mailboxUnusable', 404)
    await expect(gather({ cursor })).rejects.toMatchObject({ evidence: { code: 'mailbox' } })
    world.graph.setSwitch('*', 'mailboxUnusable', null)
    world.graph.faults.add({ path: `/calendars/`, status: 404, times: 0 })
    await expect(gather({ cursor })).rejects.toMatchObject({
      evidence: { code: 'container-gone', scope: 'container' },
    })
  })

  it('follows no link to another origin', async () => {
    const { cursor } = await gather()
    const deltaLink = 'https://graph.example.com/v1.0/me/calendarView/delta?$deltatoken=1'
    const foreign = { ...(cursor as object), deltaLink }
    expect(await world.microsoft.changed(world.context(), 'calendar', foreign)).toBe(true)
    expect((await gather({ cursor: foreign })).full).toBe(true)
  })

  it('believes no page that leads to another origin', async () => {
    const next = 'https://graph.example.com/v1.0/me/calendarView/delta?$skiptoken=1'
    world.graph.faults.add({ status: 200, body: { value: [], '@odata.nextLink': next } })
    await expect(gather()).rejects.toMatchObject({ evidence: { code: 'microsoft-unreachable' } })
    expect(world.graph.log).toHaveLength(1)
  })

  it('probes with one call that does not use the link up', async () => {
    const { cursor } = await gather()
    const context = world.context()
    const before = world.meter.microsoft
    world.graph.setSwitch('*', 'emptyPages', 0)
    const changed = () => world.microsoft.changed(context, 'calendar', cursor)
    expect(await changed()).toBe(false)
    expect(world.meter.microsoft - before).toBe(1)
    const id = world.graph.createEvent(ANNA, event('New'))
    expect(await changed()).toBe(true)
    expect((await gather({ cursor })).readings.map((reading) => reading.id)).toEqual([id])
    expect(await world.microsoft.changed(context, 'calendar', null)).toBe(true)
  })
})

describe('reading events by id', () => {
  let world: GraphWorld

  beforeEach(async () => {
    world = await graphWorld()
  })

  afterEach(async () => {
    await world.graph.stop()
  })

  const read = async (ids: readonly string[]) =>
    world.microsoft
      .calendar(world.context())
      .read(ids.map((id) => ({ id, container: world.calendarId })))

  it('takes one round trip for twenty, as one request in flight', async () => {
    const ids = Array.from({ length: 20 }, () => world.graph.createEvent(ANNA, event('Event')))
    const states = await read(ids)
    expect([...states.values()].map((state) => state.is)).toEqual(ids.map(() => 'present'))
    expect(world.graph.log.filter((entry) => entry.inBatch !== true)).toHaveLength(1)
    expect(world.meter.microsoft).toBe(20)
  })

  it('reads the others too when one is gone', async () => {
    const ids = Array.from({ length: 5 }, () => world.graph.createEvent(ANNA, event('Event')))
    world.graph.deleteEvent(ANNA, ids[1] ?? '')
    const states = await read(ids)
    expect(ids.map((id) => states.get(id)?.is)).toEqual([
      ...['present', 'gone', 'present', 'present', 'present'],
    ])
  })

  it('repeats the part that was throttled inside a batch, after the wait that it names', async () => {
    const ids = Array.from({ length: 5 }, () => world.graph.createEvent(ANNA, event('Event')))
    const throttled = { path: '/events/', skip: 2, status: 429 }
    world.graph.faults.add({ ...throttled, headers: { 'retry-after': '3' } })
    const states = await read(ids)
    expect([...states.values()].map((state) => state.is)).toEqual(ids.map(() => 'present'))
    expect(world.waits).toEqual([3000])
    world.graph.faults.add({ ...throttled, headers: { 'retry-after': '60' } })
    await expect(read(ids)).rejects.toMatchObject({
      evidence: { code: 'throttled', retryAfterMs: 60_000 },
    })
  })

  it('renews a token that is refused inside a batch', async () => {
    const ids = Array.from({ length: 5 }, () => world.graph.createEvent(ANNA, event('Event')))
    world.graph.faults.add({ path: '/events/', skip: 2, status: 401 })
    const states = await read(ids)
    expect([...states.values()].map((state) => state.is)).toEqual(ids.map(() => 'present'))
  })

  it('believes no deletion while the calendar itself does not answer', async () => {
    const id = world.graph.createEvent(ANNA, event('Event'))
    world.graph.faults.add({ path: '/calendars/', status: 404, times: 0 })
    expect((await read([id])).get(id)).toEqual({ is: 'unknown' })
    world.graph.faults.clear()
    world.graph.faults.add({ path: '/calendars/', status: 403, times: 0 })
    expect((await read([id])).get(id)).toEqual({ is: 'hidden', code: 'access' })
  })

  it('knows an event in Deleted Items, although it still answers', async () => {
    world.graph.setSwitch('*', 'deletedReadable', true)
    world.graph.createCalendar(ANNA, 'Other')
    const id = world.graph.createEvent(ANNA, event('Event'))
    world.graph.deleteEvent(ANNA, id)
    expect((await read([id])).get(id)?.is).toBe('gone')
  })

  it('says unknown when a single answer is an error', async () => {
    const id = world.graph.createEvent(ANNA, event('Event'))
    world.graph.faults.add({ path: '/events/', status: 500, times: 0 })
    expect((await read([id])).get(id)).toEqual({ is: 'unknown' })
  })
})
