import {
  ANNA,
  creation,
  IMMUTABLE,
  meeting,
  startWorld,
  WINDOW,
  type Json,
  type TestWorld,
} from './world'

const DELTA = `/me/calendarView/delta?${WINDOW}`

const daily = (subject: string, more: Json = {}): Json =>
  meeting(subject, '2026-06-10T09:00:00', {
    recurrence: {
      pattern: { type: 'daily', interval: 1 },
      range: { type: 'numbered', startDate: '2026-06-10', numberOfOccurrences: 5 },
    },
    ...more,
  })

const ids = (items: Json[]): unknown[] => items.map((item) => item['id'])
const subjects = (items: Json[]): unknown[] => items.map((item) => item['subject'])

describe('calendarView/delta of the Graph stand-in', () => {
  let world: TestWorld
  beforeEach(async () => {
    world = await startWorld()
  })
  afterEach(() => world.graph.stop())

  it('creates, reads, changes and deletes an event, and delta tells', async () => {
    const first = await world.round(DELTA)
    expect(first.items).toEqual([])
    const made = await world.call('POST', '/me/events', creation('Lunch', 't-1'), IMMUTABLE)
    expect(made.status).toBe(201)
    const id = String(made.body['id'])
    const second = await world.round(first.deltaLink)
    expect(second.items).toMatchObject([{ id, subject: 'Lunch' }])
    const path = `/me/events/${encodeURIComponent(id)}`
    const changed = await world.call('PATCH', path, { subject: 'Dinner' }, IMMUTABLE)
    expect(changed).toMatchObject({ status: 200, body: { subject: 'Dinner' } })
    expect((await world.call('DELETE', path)).status).toBe(204)
    const third = await world.round(second.deltaLink)
    expect(third.items).toMatchObject([{ id, '@removed': { reason: 'deleted' } }])
    expect((await world.call('GET', path)).status).toBe(404)
    expect(world.graph.state(ANNA).deletedItems).toHaveLength(1)
  })

  it('G-01 brings the dates of a series as stubs of seven members', async () => {
    const [master] = world.graph.seedEvents(ANNA, [daily('Stand-up')])
    const { items } = await world.round(DELTA)
    expect(items).toHaveLength(5)
    expect(Object.keys(items[0] ?? {}).sort()).toEqual(
      ['@odata.etag', '@odata.type', 'end', 'id', 'seriesMasterId', 'start', 'type'].sort(),
    )
    expect(items[0]).toMatchObject({ type: 'occurrence', seriesMasterId: master })
  })

  it('G-01 brings whole dates where the switch says so', async () => {
    world.graph.setSwitch(ANNA, 'occurrenceStubs', false)
    world.graph.seedEvents(ANNA, [daily('Stand-up')])
    const { items } = await world.round(DELTA)
    expect(items[4]).toMatchObject({ type: 'occurrence', subject: 'Stand-up' })
  })

  it('G-02 sends tombstones for events outside the window, unknown ones included', async () => {
    const { deltaLink } = await world.round(DELTA)
    const [outside] = world.graph.seedEvents(ANNA, [meeting('Far', '2028-01-01T09:00:00')])
    const next = await world.round(deltaLink)
    expect(next.items).toEqual([
      { '@odata.type': '#microsoft.graph.event', id: outside, '@removed': { reason: 'deleted' } },
    ])
    world.graph.setSwitch(ANNA, 'falseTombstones', false)
    world.graph.touch(ANNA, [String(outside)])
    expect((await world.round(next.deltaLink)).items).toEqual([])
  })

  it('sends a tombstone when an event leaves the window, with or without G-02', async () => {
    world.graph.setSwitch(ANNA, 'falseTombstones', false)
    const [id] = world.graph.seedEvents(ANNA, [meeting('Lunch')])
    const { deltaLink } = await world.round(DELTA)
    const { start, end } = meeting('', '2028-01-01T09:00:00')
    world.graph.updateEvent(ANNA, String(id), { start, end })
    expect(ids((await world.round(deltaLink)).items)).toEqual([id])
  })

  it('G-04 says nothing of one deleted date, and redelivers the series where the switch says so', async () => {
    const [master] = world.graph.seedEvents(ANNA, [daily('Stand-up')])
    const first = await world.round(DELTA)
    world.graph.deleteOccurrence(ANNA, String(master), '2026-06-11')
    const second = await world.round(first.deltaLink)
    expect(second.items).toEqual([])
    world.graph.setSwitch(ANNA, 'occurrenceDelete', 'redeliver')
    world.graph.setSwitch(ANNA, 'masters', 'first')
    world.graph.deleteOccurrence(ANNA, String(master), '2026-06-12')
    const third = await world.round(second.deltaLink)
    expect(third.items.map((item) => item['type'])).toEqual([
      'seriesMaster',
      'occurrence',
      'occurrence',
      'occurrence',
    ])
  })

  it('G-05 leaves unchanged dates out after an exception, and redelivers them after a master change', async () => {
    const [master] = world.graph.seedEvents(ANNA, [daily('Stand-up')])
    const first = await world.round(DELTA)
    world.graph.updateOccurrence(ANNA, String(master), '2026-06-12', { subject: 'Long one' })
    const second = await world.round(first.deltaLink)
    expect(second.items).toMatchObject([
      { type: 'exception', subject: 'Long one', originalStart: '2026-06-12T09:00:00Z' },
    ])
    world.graph.updateEvent(ANNA, String(master), { subject: 'Daily' })
    const third = await world.round(second.deltaLink)
    expect(third.items.map((item) => item['type'])).toEqual(Array(4).fill('occurrence'))
    world.graph.setSwitch(ANNA, 'redelivery', 'any')
    world.graph.updateOccurrence(ANNA, String(master), '2026-06-13', { subject: 'Other' })
    expect((await world.round(third.deltaLink)).items).toHaveLength(4)
  })

  it('G-06 keeps the first window, whatever the link is given', async () => {
    const { deltaLink } = await world.round(DELTA)
    world.graph.seedEvents(ANNA, [meeting('Far', '2028-01-01T09:00:00')])
    const wider = `${deltaLink}&startDateTime=2020-01-01&endDateTime=2030-01-01`
    expect((await world.round(wider)).items).toMatchObject([{ '@removed': { reason: 'deleted' } }])
  })

  it('G-07 is silent when time passes and dates enter nobody’s window', async () => {
    world.graph.seedEvents(ANNA, [meeting('Far', '2027-01-05T09:00:00')])
    const { deltaLink } = await world.round(DELTA)
    world.clock.now += 60 * 86_400_000
    expect((await world.round(deltaLink)).items).toEqual([])
  })

  it('G-08 repeats an item within a round and one in the next, then is quiet', async () => {
    world.graph.setSwitch(ANNA, 'replays', true)
    world.graph.seedEvents(
      ANNA,
      Array.from({ length: 25 }, (_, at) => meeting(`E${String(at)}`)),
    )
    const first = await world.round(DELTA)
    expect(first.items).toHaveLength(26)
    expect(new Set(ids(first.items)).size).toBe(25)
    const second = await world.round(first.deltaLink)
    expect(second.items).toHaveLength(1)
    expect((await world.round(second.deltaLink)).items).toEqual([])
  })

  it('G-09 pages for ever on demand, the payload repeats and the link changes', async () => {
    world.graph.seedEvents(ANNA, [meeting('Lunch')])
    world.graph.setSwitch(ANNA, 'endlessPaging', true)
    const one = await world.call('GET', DELTA, undefined, IMMUTABLE)
    const two = await world.call('GET', String(one.body['@odata.nextLink']), undefined, IMMUTABLE)
    expect(two.body['value']).toEqual(one.body['value'])
    expect(two.body['@odata.nextLink']).not.toBe(one.body['@odata.nextLink'])
    expect(two.body['@odata.deltaLink']).toBeUndefined()
  })

  it('G-10 puts empty pages between the others', async () => {
    world.graph.setSwitch(ANNA, 'emptyPages', 3)
    world.graph.seedEvents(
      ANNA,
      Array.from({ length: 12 }, (_, at) => meeting(`E${String(at)}`)),
    )
    const { pages } = await world.round(DELTA)
    expect(pages.map((page) => page.length)).toEqual([10, 0, 0, 0, 2])
  })

  it('G-11 keeps maxpagesize but for series, where the switch says so, and times out on size 1', async () => {
    world.graph.seedEvents(ANNA, [daily('Stand-up')])
    const two = { prefer: 'IdType="ImmutableId", odata.maxpagesize=2' }
    expect((await world.round(DELTA, two)).pages.map((page) => page.length)).toEqual([2, 2, 1])
    world.graph.setSwitch(ANNA, 'oversizedPages', true)
    expect((await world.round(DELTA, two)).pages.map((page) => page.length)).toEqual([5])
    world.graph.setSwitch(ANNA, 'tinyPagesTimeOut', true)
    const one = { prefer: 'odata.maxpagesize=1' }
    expect((await world.call('GET', DELTA, undefined, one)).status).toBe(504)
  })

  it('G-12 fails or cuts any page by a fault rule, and the page can be had again', async () => {
    world.graph.seedEvents(
      ANNA,
      Array.from({ length: 15 }, (_, at) => meeting(`E${String(at)}`)),
    )
    const first = await world.call('GET', DELTA, undefined, IMMUTABLE)
    const link = String(first.body['@odata.nextLink'])
    world.graph.faults.add({ path: 'skiptoken', cut: true })
    await expect(world.call('GET', link)).rejects.toThrow()
    world.graph.faults.add({ path: 'skiptoken', status: 502 })
    expect((await world.call('GET', link)).status).toBe(502)
    expect((await world.call('GET', link)).body['value']).toHaveLength(5)
  })

  it('G-13 ignores options that delta does not support and notes them, or refuses them', async () => {
    world.graph.seedEvents(ANNA, [meeting('Lunch')])
    const link = `${DELTA}&$select=subject`
    expect((await world.round(link)).items[0]).toHaveProperty('start')
    expect(world.graph.violations()).toMatchObject([{ rule: 'G-13' }])
    world.graph.setSwitch(ANNA, 'unsupportedOptions', 'refuse')
    expect((await world.call('GET', link)).status).toBe(400)
  })

  it('G-14 shows extended properties on $expand only', async () => {
    const id = 'String {66f5a359-4659-4830-9070-00040ec6ac6e} Name OroEventId'
    const made = await world.call(
      'POST',
      '/me/events',
      creation('Lunch', 't-1', { singleValueExtendedProperties: [{ id, value: 'Oro:42' }] }),
      IMMUTABLE,
    )
    expect(made.body).not.toHaveProperty('singleValueExtendedProperties')
    const { items } = await world.round(DELTA)
    expect(items[0]).not.toHaveProperty('singleValueExtendedProperties')
    const event = `/me/events/${encodeURIComponent(String(made.body['id']))}`
    expect((await world.call('GET', event)).body).not.toHaveProperty(
      'singleValueExtendedProperties',
    )
    const expand = `$expand=singleValueExtendedProperties($filter=id%20eq%20'${encodeURIComponent(id)}')`
    const read = await world.call('GET', `${event}?${expand}`)
    expect(read.body['singleValueExtendedProperties']).toEqual([{ id, value: 'Oro:42' }])
    const filter = `singleValueExtendedProperties/Any(ep: ep/id eq '${id}' and ep/value eq 'oro:42')`
    const found = await world.call(
      'GET',
      `/me/events?$filter=${encodeURIComponent(filter)}&${expand}`,
    )
    expect(found.body['value']).toMatchObject([
      { subject: 'Lunch', singleValueExtendedProperties: [{ id }] },
    ])
    const view = `/me/calendarView?${WINDOW}&$filter=${encodeURIComponent(filter)}`
    expect((await world.call('GET', view)).status).toBe(500)
  })

  it.each([
    [410, 'fullSyncRequired', false],
    [410, 'ResyncRequired', true],
    [410, 'syncStateNotFound', false],
    [410, 'SYNCSTATEINVALID', false],
    [410, null, false],
    [400, 'syncStateNotFound', false],
  ] as const)(
    'G-15 answers %s %s once where the switch says so',
    async (status, code, location) => {
      const { deltaLink } = await world.round(DELTA)
      world.graph.setSwitch(ANNA, 'lostSyncState', { status, code, location }, 1)
      const lost = await world.call('GET', deltaLink)
      expect(lost.status).toBe(status)
      if (code === null) expect(lost.body).toEqual({ text: '' })
      else expect(lost.body['error']).toMatchObject({ code })
      expect(lost.headers.has('location')).toBe(location)
      expect((await world.call('GET', deltaLink)).status).toBe(200)
    },
  )

  it('G-15 answers 410 for every link after the sync state is lost', async () => {
    const { deltaLink } = await world.round(DELTA)
    world.graph.loseSyncState(ANNA)
    expect((await world.call('GET', deltaLink)).status).toBe(410)
    expect((await world.round(DELTA)).deltaLink).toContain('deltatoken')
  })

  it('G-16 has no tombstones in a first round', async () => {
    const [id] = world.graph.seedEvents(ANNA, [meeting('Gone'), meeting('Here')])
    world.graph.deleteEvent(ANNA, String(id))
    expect(subjects((await world.round(DELTA)).items)).toEqual(['Here'])
  })

  it('leaves no trace of what was created and deleted between two rounds', async () => {
    const { deltaLink } = await world.round(DELTA)
    const [id] = world.graph.seedEvents(ANNA, [meeting('Short-lived')])
    world.graph.deleteEvent(ANNA, String(id))
    expect((await world.round(deltaLink)).items).toEqual([])
  })

  it('G-17 renews the other id on a move and reports A-B-A as the switch says', async () => {
    const [id] = world.graph.seedEvents(ANNA, [meeting('Lunch')])
    const home = world.graph.state(ANNA).calendars[0]?.['id']
    const other = world.graph.createCalendar(ANNA, 'Other')
    const path = `/me/events/${encodeURIComponent(String(id))}`
    const before = (await world.call('GET', path)).body['id']
    const first = await world.round(DELTA)
    world.graph.moveEvent(ANNA, String(id), other)
    expect((await world.call('GET', path)).body['id']).not.toBe(before)
    expect((await world.call('GET', path, undefined, IMMUTABLE)).body['id']).toBe(id)
    world.graph.moveEvent(ANNA, String(id), String(home))
    expect((await world.round(first.deltaLink)).items).toMatchObject([{ id, subject: 'Lunch' }])
    world.graph.setSwitch(ANNA, 'movedBack', 'removed')
    expect((await world.round(first.deltaLink)).items).toMatchObject([{ id, '@removed': {} }])
  })

  it('reports an event moved to another calendar as removed here and new there', async () => {
    const [id] = world.graph.seedEvents(ANNA, [meeting('Lunch')])
    const other = world.graph.createCalendar(ANNA, 'Other')
    const there = `/me/calendars/${encodeURIComponent(other)}`
    const here = await world.round(DELTA)
    const beyond = await world.round(`${there}/calendarView/delta?${WINDOW}`)
    world.graph.moveEvent(ANNA, String(id), other)
    expect((await world.round(here.deltaLink)).items).toMatchObject([{ id, '@removed': {} }])
    expect((await world.round(beyond.deltaLink)).items).toMatchObject([{ id, subject: 'Lunch' }])
  })

  it('G-18 gives new ids to the dates of a moved series and no tombstones for the old ones', async () => {
    const [master] = world.graph.seedEvents(ANNA, [daily('Stand-up')])
    const first = await world.round(DELTA)
    const { start, end } = meeting('', '2026-06-10T11:00:00')
    world.graph.updateEvent(ANNA, String(master), { start, end })
    const second = await world.round(first.deltaLink)
    expect(second.items.filter((item) => '@removed' in item)).toEqual([])
    expect(second.items).toHaveLength(5)
    expect(ids(second.items).some((id) => ids(first.items).includes(id))).toBe(false)
    const old = `/me/events/${encodeURIComponent(String(first.items[0]?.['id']))}`
    expect((await world.call('GET', old)).status).toBe(404)
  })

  it('G-19 delivers an exception before its series, or the master first and complete', async () => {
    const [master] = world.graph.seedEvents(ANNA, [daily('Stand-up')])
    world.graph.updateOccurrence(ANNA, String(master), '2026-06-12', { subject: 'Long one' })
    const plain = await world.round(DELTA)
    expect(plain.items.map((item) => item['type'])).toEqual([
      'exception',
      ...Array(4).fill('occurrence'),
    ])
    world.graph.setSwitch(ANNA, 'masters', 'first')
    const other = await world.round(DELTA)
    expect(other.items.find((item) => item['id'] === master)).toMatchObject({
      type: 'seriesMaster',
      subject: 'Stand-up',
    })
    world.graph.deleteEvent(ANNA, String(master))
    const gone = await world.round(other.deltaLink)
    expect(ids(gone.items)).toContain(master)
    world.graph.setSwitch(ANNA, 'masters', 'omit')
    const dates = (await world.round(other.deltaLink)).items
    expect(ids(dates)).not.toContain(master)
    expect(dates.filter((item) => '@removed' in item)).toHaveLength(5)
  })

  it('G-20 returns null and missing members as they were seeded', async () => {
    world.graph.seedEvents(ANNA, [
      meeting('x', '2026-06-10T09:00:00', { subject: null, $omit: ['iCalUId'] }),
      meeting('y', '2026-06-10T09:00:00', { type: 'occurrence', seriesMasterId: null }),
    ])
    const { items } = await world.round(DELTA)
    expect(items[0]).toHaveProperty('subject', null)
    expect(items[0]).not.toHaveProperty('iCalUId')
    expect(items[1]).toMatchObject({ type: 'occurrence', seriesMasterId: null })
  })

  it('G-72 answers 401 on any page, and the page can be had again', async () => {
    world.graph.seedEvents(
      ANNA,
      Array.from({ length: 15 }, (_, at) => meeting(`E${String(at)}`)),
    )
    const first = await world.call('GET', DELTA)
    const link = String(first.body['@odata.nextLink'])
    world.graph.setSwitch(ANNA, 'expiredToken', true, 1)
    const refused = await world.call('GET', link)
    expect(refused.status).toBe(401)
    expect(refused.body['error']).toMatchObject({ code: 'InvalidAuthenticationToken' })
    expect((await world.call('GET', link)).body['value']).toHaveLength(5)
  })

  it('G-73 answers 404 on the delta of a calendar that is gone', async () => {
    const other = world.graph.createCalendar(ANNA, 'Other')
    const path = `/me/calendars/${encodeURIComponent(other)}/calendarView/delta?${WINDOW}`
    const { deltaLink } = await world.round(path)
    world.graph.deleteCalendar(ANNA, other)
    for (const link of [deltaLink, path]) {
      const { status, body } = await world.call('GET', link)
      expect(status).toBe(404)
      expect(body['error']).toMatchObject({ code: 'ErrorItemNotFound' })
    }
  })

  it('is hostile by default and comes to rest all the same', async () => {
    world.graph.resetSwitches()
    await world.call('POST', '/me/events', creation('Lunch', 't-1'), IMMUTABLE)
    let link = DELTA
    const counts: number[] = []
    for (let round = 0; round < 4; round += 1) {
      const { items, deltaLink } = await world.round(link)
      counts.push(items.length)
      link = deltaLink
    }
    expect(counts.at(0)).toBe(1)
    expect(counts.at(-1)).toBe(0)
  })
})
