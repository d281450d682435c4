import {
  ANNA,
  BEN,
  creation,
  IMMUTABLE,
  meeting,
  startWorld,
  type Json,
  type TestWorld,
} from './world'

describe('events of the Graph stand-in', () => {
  let world: TestWorld
  beforeEach(async () => {
    world = await startWorld()
  })
  afterEach(() => world.graph.stop())

  const create = async (more: Json = {}, headers = IMMUTABLE): Promise<Json> => {
    const made = await world.call('POST', '/me/events', { ...meeting('Lunch'), ...more }, headers)
    expect(made.status).toBe(201)
    return made.body
  }
  const pathOf = (event: Json): string => `/me/events/${encodeURIComponent(String(event['id']))}`
  const codeOf = (answer: { body: Json }): unknown =>
    (answer.body['error'] as Json | undefined)?.['code']

  it('hands out ids with slash, plus and equals sign that work as one path segment', async () => {
    const event = await create({}, { prefer: 'IdType="ImmutableId"' })
    const other = await world.call('GET', pathOf(event))
    expect(`${String(event['id'])}${String(other.body['id'])}`).toMatch(/(?=.*\/)(?=.*\+)(?=.*=)/)
    expect(other.body['id']).not.toBe(event['id'])
    expect((await world.call('GET', pathOf(other.body))).body['subject']).toBe('Lunch')
  })

  it('G-03 answers 404 for an event in Deleted Items, 200 by id where the switch says so, never by calendar path', async () => {
    const event = await create()
    const calendar = String((await world.call('GET', '/me/calendar')).body['id'])
    const scoped = `/me/calendars/${encodeURIComponent(calendar)}/events/${encodeURIComponent(String(event['id']))}`
    expect((await world.call('GET', scoped)).status).toBe(200)
    await world.call('DELETE', pathOf(event))
    expect((await world.call('GET', pathOf(event))).status).toBe(404)
    world.graph.setSwitch(ANNA, 'deletedReadable', true)
    expect((await world.call('GET', pathOf(event))).status).toBe(200)
    expect((await world.call('GET', scoped)).status).toBe(404)
    expect((await world.call('DELETE', pathOf(event))).status).toBe(404)
  })

  it('answers 404 for an event through the path of another calendar', async () => {
    const event = await create()
    const other = world.graph.createCalendar(ANNA, 'Other')
    const path = `/me/calendars/${encodeURIComponent(other)}/events/${encodeURIComponent(String(event['id']))}`
    const answer = await world.call('GET', path)
    expect([answer.status, codeOf(answer)]).toEqual([404, 'ErrorItemNotFound'])
  })

  it('G-21 returns all-day events from midnight to midnight in whatever zone was asked for', async () => {
    const zone = 'W. Europe Standard Time'
    const event = await create({
      isAllDay: true,
      start: { dateTime: '2026-03-29T00:00:00', timeZone: zone },
      end: { dateTime: '2026-03-30T00:00:00', timeZone: zone },
    })
    for (const asked of ['UTC', 'Pacific Standard Time', 'Asia/Tokyo']) {
      const { body } = await world.call('GET', pathOf(event), undefined, {
        prefer: `outlook.timezone="${asked}"`,
      })
      expect(body['start']).toEqual({ dateTime: '2026-03-29T00:00:00.0000000', timeZone: asked })
      expect(body['end']).toEqual({ dateTime: '2026-03-30T00:00:00.0000000', timeZone: asked })
      expect(body['originalStartTimeZone']).toBe(zone)
    }
  })

  it.each([
    ['2026-03-29T08:00:00', 'UTC', '2026-03-30T00:00:00', 'UTC'],
    ['2026-03-29T00:00:00', 'UTC', '2026-03-29T00:00:00', 'UTC'],
    ['2026-03-29T00:00:00', 'UTC', '2026-03-30T00:00:00', 'Pacific Standard Time'],
  ])('G-21 refuses an all-day event from %s %s to %s %s', async (from, fromZone, to, toZone) => {
    const answer = await world.call('POST', '/me/events', {
      isAllDay: true,
      start: { dateTime: from, timeZone: fromZone },
      end: { dateTime: to, timeZone: toZone },
    })
    expect(answer.status).toBe(400)
  })

  it.each([
    ['Europe/Berlin', 'W. Europe Standard Time'],
    ['Europe/Kyiv', 'FLE Standard Time'],
    ['Europe/Kiev', 'FLE Standard Time'],
    ['Asia/Kolkata', 'India Standard Time'],
    ['Pacific Standard Time', 'Pacific Standard Time'],
    ['UTC', 'UTC'],
  ])('G-22 keeps %s as %s', async (asked, kept) => {
    const event = await create({
      start: { dateTime: '2026-07-01T10:00:00', timeZone: asked },
      end: { dateTime: '2026-07-01T11:00:00', timeZone: asked },
    })
    expect(event['originalStartTimeZone']).toBe(kept)
    expect(event['start']).toMatchObject({ timeZone: 'UTC' })
    const back = await world.call('GET', pathOf(event), undefined, {
      prefer: `outlook.timezone="${asked}"`,
    })
    expect(back.body['start']).toEqual({ dateTime: '2026-07-01T10:00:00.0000000', timeZone: asked })
  })

  it('G-22 returns odd zone names as they were seeded', async () => {
    const [id] = world.graph.seedEvents(ANNA, [
      meeting('x', '2026-06-10T09:00:00', { originalStartTimeZone: 'tzone://Microsoft/Custom' }),
    ])
    world.graph.setTimeZone(ANNA, 'Customized Time Zone')
    const { body } = await world.call('GET', `/me/events/${encodeURIComponent(String(id))}`)
    expect(body['originalStartTimeZone']).toBe('tzone://Microsoft/Custom')
    const settings = await world.call('GET', '/me/mailboxSettings')
    expect(settings.body['timeZone']).toBe('Customized Time Zone')
  })

  it('refuses a zone nobody knows, in a body and in Prefer', async () => {
    const body = { ...meeting('x'), start: { dateTime: '2026-06-10T09:00:00', timeZone: 'Mars' } }
    const answer = await world.call('POST', '/me/events', body)
    expect([answer.status, codeOf(answer)]).toEqual([400, 'TimeZoneNotSupportedException'])
    const read = await world.call('GET', '/me/events', undefined, {
      prefer: 'outlook.timezone="Mars"',
    })
    expect(codeOf(read)).toBe('TimeZoneNotSupportedException')
  })

  it('G-23 G-29 fills unused recurrence members with zeros and times with seven digits', async () => {
    const event = await create({
      recurrence: {
        pattern: {
          type: 'weekly',
          interval: 2,
          daysOfWeek: ['Wednesday'],
          firstDayOfWeek: 'monday',
        },
        range: { type: 'noEnd', startDate: '2026-06-10' },
      },
    })
    expect(event['type']).toBe('seriesMaster')
    expect(event['recurrence']).toEqual({
      pattern: {
        type: 'weekly',
        interval: 2,
        month: 0,
        dayOfMonth: 0,
        daysOfWeek: ['wednesday'],
        firstDayOfWeek: 'monday',
        index: 'first',
      },
      range: {
        type: 'noEnd',
        startDate: '2026-06-10',
        endDate: '0001-01-01',
        recurrenceTimeZone: 'UTC',
        numberOfOccurrences: 0,
      },
    })
    expect(event['start']).toEqual({ dateTime: '2026-06-10T09:00:00.0000000', timeZone: 'UTC' })
    expect(event['responseStatus']).toEqual({ response: 'organizer', time: '0001-01-01T00:00:00Z' })
  })

  it('G-24 keeps a series in its own zone under any Prefer zone', async () => {
    const zone = 'W. Europe Standard Time'
    const [id] = world.graph.seedEvents(ANNA, [
      {
        subject: 'Stand-up',
        start: { dateTime: '2026-03-28T09:00:00', timeZone: zone },
        end: { dateTime: '2026-03-28T09:15:00', timeZone: zone },
        recurrence: {
          pattern: { type: 'daily', interval: 1 },
          range: { type: 'noEnd', startDate: '2026-03-28' },
        },
      },
    ])
    const path = `/me/events/${encodeURIComponent(String(id))}`
    const { body } = await world.call('GET', path, undefined, {
      prefer: 'outlook.timezone="Tokyo Standard Time"',
    })
    expect((body['recurrence'] as Json)['range']).toMatchObject({
      startDate: '2026-03-28',
      recurrenceTimeZone: zone,
    })
    const days = 'startDateTime=2026-03-28&endDateTime=2026-03-31'
    const { body: page } = await world.call('GET', `${path}/instances?${days}`)
    expect((page['value'] as Json[]).map((one) => (one['start'] as Json)['dateTime'])).toEqual([
      '2026-03-28T08:00:00.0000000',
      '2026-03-29T07:00:00.0000000',
      '2026-03-30T07:00:00.0000000',
    ])
  })

  it('G-25 rewrites bodies, and writing the rewritten body changes nothing', async () => {
    const event = await create({ body: { contentType: 'HTML', content: '<p>One</p>\n<p>Two</p>' } })
    const content = String((event['body'] as Json)['content'])
    expect(content).toMatch(
      /^<html>\r\n<head>\r\n<meta [^>]+>\r\n<\/head>\r\n<body>\r\n<p>One<\/p>\r\n<p>Two<\/p>/,
    )
    expect(event['bodyPreview']).toBe('One\r\nTwo')
    const long =
      '<p>What was said last time</p>\n<p>and, in a few more words, what has really come of it since then</p>'
    const folded = await create({ body: { contentType: 'HTML', content: long } })
    expect(String((folded['body'] as Json)['content'])).toContain('since\r\nthen')
    for (const one of [event, folded]) {
      const again = await world.call('PATCH', pathOf(one), { body: one['body'] }, IMMUTABLE)
      expect(again.body['body']).toEqual(one['body'])
    }
    const text = await create({ body: { contentType: 'text', content: 'a < b\nc' } })
    expect((text['body'] as Json)['contentType']).toBe('html')
    const read = await world.call('GET', pathOf(text), undefined, {
      prefer: 'outlook.body-content-type="text"',
    })
    expect(read.body['body']).toEqual({ contentType: 'text', content: 'a < b\r\nc' })
    expect(read.headers.get('preference-applied')).toContain('outlook.body-content-type')
  })

  it('G-26 ends the online meeting when a body is written without its block', async () => {
    const event = await create({
      body: { contentType: 'html', content: 'Agenda' },
      isOnlineMeeting: true,
      onlineMeetingProvider: 'teamsForBusiness',
    })
    const joinUrl = String((event['onlineMeeting'] as Json)['joinUrl'])
    const content = String((event['body'] as Json)['content'])
    expect(content).toContain(joinUrl)
    const spliced = { contentType: 'html', content: content.replace('Agenda', 'New agenda') }
    const kept = await world.call('PATCH', pathOf(event), { body: spliced }, IMMUTABLE)
    expect(kept.body).toMatchObject({ isOnlineMeeting: true, onlineMeeting: { joinUrl } })
    const moved = await world.call('PATCH', pathOf(event), { isOnlineMeeting: false }, IMMUTABLE)
    expect(moved.body['isOnlineMeeting']).toBe(true)
    const lost = await world.call('PATCH', pathOf(event), {
      body: { contentType: 'html', content: 'Agenda' },
    })
    expect(lost.body).toMatchObject({ isOnlineMeeting: false, onlineMeeting: null })
  })

  it('G-27 touches an event once more after its creation, and on demand, without content change', async () => {
    world.graph.setSwitch(ANNA, 'touchAfterCreate', true)
    const event = await create()
    const read = await world.call('GET', pathOf(event), undefined, IMMUTABLE)
    expect(read.body['@odata.etag']).not.toBe(event['@odata.etag'])
    expect(read.body['subject']).toBe(event['subject'])
    const again = await world.call('GET', pathOf(event), undefined, IMMUTABLE)
    expect(again.body['changeKey']).toBe(read.body['changeKey'])
    world.clock.now += 1000
    world.graph.touch(ANNA)
    const touched = await world.call('GET', pathOf(event), undefined, IMMUTABLE)
    expect(touched.body['changeKey']).not.toBe(read.body['changeKey'])
    expect(touched.body['lastModifiedDateTime']).not.toBe(read.body['lastModifiedDateTime'])
    expect(world.graph.changes()).toEqual({ [ANNA]: 1, [BEN]: 0 })
  })

  it('G-30 answers the existing event for the same transactionId and content', async () => {
    const one = await world.call('POST', '/me/events', creation('Lunch', 't-1'), IMMUTABLE)
    const two = await world.call('POST', '/me/events', creation('Lunch', 't-1'), IMMUTABLE)
    expect(two.status).toBe(201)
    expect(two.body['id']).toBe(one.body['id'])
    expect(world.graph.state(ANNA).events).toHaveLength(1)
  })

  it('G-31 refuses a known transactionId with other content, and any in a PATCH', async () => {
    const one = await world.call('POST', '/me/events', creation('Lunch', 't-1'), IMMUTABLE)
    const clash = await world.call('POST', '/me/events', creation('Dinner', 't-1'), IMMUTABLE)
    expect([clash.status, codeOf(clash)]).toEqual([400, 'ErrorDuplicateTransactionId'])
    world.graph.setSwitch(ANNA, 'duplicateTransactionStatus', 409)
    world.graph.setSwitch(ANNA, 'duplicateTransactionNamesEvent', true)
    const other = await world.call('POST', '/me/events', creation('Dinner', 't-1'), IMMUTABLE)
    expect(other.status).toBe(409)
    expect(other.body['error']).toMatchObject({ '@event.existingEventId': one.body['id'] })
    const patch = await world.call('PATCH', pathOf(one.body), { transactionId: 't-2' })
    expect([patch.status, codeOf(patch)]).toEqual([400, 'ErrorInvalidRequest'])
  })

  it('G-32 stores a write and drops the connection on demand', async () => {
    world.graph.faults.add({ method: 'POST', path: '/me/events', drop: 'after' })
    await expect(world.call('POST', '/me/events', creation('Lunch', 't-1'))).rejects.toThrow()
    expect(world.graph.state(ANNA).events).toHaveLength(1)
    expect((await world.call('POST', '/me/events', creation('Lunch', 't-1'))).status).toBe(201)
    expect(world.graph.state(ANNA).events).toHaveLength(1)
  })

  it('G-35 refuses to move a date onto or past its neighbour’s day', async () => {
    const event = await create({
      recurrence: {
        pattern: { type: 'daily', interval: 2 },
        range: { type: 'noEnd', startDate: '2026-06-10' },
      },
    })
    const days = 'startDateTime=2026-06-12&endDateTime=2026-06-13'
    const { body } = await world.call(
      'GET',
      `${pathOf(event)}/instances?${days}`,
      undefined,
      IMMUTABLE,
    )
    const occurrence = (body['value'] as Json[])[0] ?? {}
    for (const day of ['2026-06-10', '2026-06-14', '2026-06-16']) {
      const { start, end } = meeting('', `${day}T09:00:00`)
      const answer = await world.call('PATCH', pathOf(occurrence), { start, end })
      expect([answer.status, codeOf(answer)]).toEqual([400, 'ErrorOccurrenceCrossingBoundary'])
    }
    const { start, end } = meeting('', '2026-06-13T09:00:00')
    const moved = await world.call('PATCH', pathOf(occurrence), { start, end }, IMMUTABLE)
    expect(moved).toMatchObject({
      status: 200,
      body: {
        type: 'exception',
        originalStart: '2026-06-12T09:00:00Z',
        seriesMasterId: event['id'],
      },
    })
  })

  it('names cancelled dates and exceptions of a master when both are asked for', async () => {
    const event = await create({
      recurrence: {
        pattern: { type: 'daily', interval: 1 },
        range: { type: 'numbered', startDate: '2026-06-10', numberOfOccurrences: 4 },
      },
    })
    const days = 'startDateTime=2026-06-01&endDateTime=2026-07-01'
    const instances = `${pathOf(event)}/instances?${days}`
    const { body } = await world.call('GET', instances, undefined, IMMUTABLE)
    const [, second, third] = body['value'] as Json[]
    expect((await world.call('DELETE', pathOf(second ?? {}))).status).toBe(204)
    await world.call('PATCH', pathOf(third ?? {}), { subject: 'Other' })
    const select =
      '$select=subject,exceptionOccurrences,cancelledOccurrences&$expand=exceptionOccurrences'
    const master = await world.call('GET', `${pathOf(event)}?${select}`, undefined, IMMUTABLE)
    expect(master.body).toMatchObject({
      cancelledOccurrences: [`OID.${String(event['id'])}.2026-06-11`],
      exceptionOccurrences: [{ subject: 'Other', type: 'exception' }],
    })
    expect((await world.call('GET', instances)).body['value']).toHaveLength(3)
    expect((await world.call('GET', pathOf(second ?? {}))).status).toBe(404)
  })

  it('G-28 gives each date its own iCalUId, or one to all where the switch says so', async () => {
    const event = await create({
      recurrence: {
        pattern: { type: 'daily', interval: 1 },
        range: { type: 'numbered', startDate: '2026-06-10', numberOfOccurrences: 3 },
      },
    })
    world.graph.updateOccurrence(ANNA, String(event['id']), '2026-06-11', { subject: 'Other' })
    const uids = async (): Promise<Set<unknown>> => {
      const days = 'startDateTime=2026-06-01&endDateTime=2026-07-01'
      const { body } = await world.call('GET', `${pathOf(event)}/instances?${days}`)
      return new Set((body['value'] as Json[]).map((one) => one['iCalUId']))
    }
    expect((await uids()).size).toBe(3)
    world.graph.setSwitch(ANNA, 'sharedICalUId', true)
    world.graph.updateOccurrence(ANNA, String(event['id']), '2026-06-12', { subject: 'Third' })
    expect((await uids()).size).toBe(2)
    expect(await uids()).toContain(event['iCalUId'])
  })

  it('G-36 drops exceptions after a change of times where the switch says so', async () => {
    world.graph.setSwitch(ANNA, 'dropExceptions', true)
    const event = await create({
      recurrence: {
        pattern: { type: 'daily', interval: 1 },
        range: { type: 'noEnd', startDate: '2026-06-10' },
      },
    })
    const exception = world.graph.updateOccurrence(ANNA, String(event['id']), '2026-06-12', {
      subject: 'Other',
    })
    const { start, end } = meeting('', '2026-06-10T11:00:00')
    await world.call('PATCH', pathOf(event), { start, end })
    expect((await world.call('GET', `/me/events/${encodeURIComponent(exception)}`)).status).toBe(
      404,
    )
  })

  it.each([
    ['honoured', 412, 200],
    ['ignored', 200, 200],
    ['spurious', 412, 412],
  ] as const)(
    'G-37 with If-Match %s a stale etag answers %i and a fresh one %i',
    async (mode, stale, fresh) => {
      const event = await create()
      world.graph.touch(ANNA)
      world.graph.setSwitch(ANNA, 'ifMatch', mode)
      const patch = (etag: unknown): ReturnType<TestWorld['call']> =>
        world.call('PATCH', pathOf(event), { subject: 'x' }, { 'if-match': String(etag) })
      const old = await patch(event['@odata.etag'])
      expect(old.status).toBe(stale)
      if (stale === 412) expect(codeOf(old)).toBe('ErrorIrresolvableConflict')
      const { changeKey } = world.graph.state(ANNA).events[0] as { changeKey: string }
      expect((await patch(`W/"${changeKey}"`)).status).toBe(fresh)
    },
  )

  it('G-38 answers 409 or 503 on demand although the item was saved', async () => {
    const event = await create()
    for (const status of [409, 503] as const) {
      world.graph.setSwitch(ANNA, 'concurrentItemSave', status, 1)
      const answer = await world.call('PATCH', pathOf(event), { subject: `at ${String(status)}` })
      expect([answer.status, codeOf(answer)]).toEqual([status, 'ConcurrentItemSave'])
      expect(world.graph.state(ANNA).events[0]).toHaveProperty('subject', `at ${String(status)}`)
    }
  })

  it('G-39 overwrites locations when location is written', async () => {
    const event = await create({ locations: [{ displayName: 'A' }, { displayName: 'B' }] })
    expect(event['location']).toMatchObject({ displayName: 'A; B' })
    const { body } = await world.call('PATCH', pathOf(event), { location: { displayName: 'C' } })
    expect(body['locations']).toMatchObject([{ displayName: 'C' }])
    const cleared = await world.call('PATCH', pathOf(event), { location: { displayName: '' } })
    expect(cleared.body['locations']).toEqual([])
  })

  it.each([
    ['an unknown member', { subjet: 'x' }, 'RequestBodyRead'],
    ['an unknown inner member', { body: { contentType: 'html', text: 'x' } }, 'RequestBodyRead'],
    ['an unknown enum member', { showAs: 'sleeping' }, 'RequestBodyRead'],
    [
      'an end before the start',
      { end: { dateTime: '2026-06-10T08:00:00', timeZone: 'UTC' } },
      'ErrorPropertyValidationFailure',
    ],
    [
      'a time that does not exist',
      { end: { dateTime: '2026-02-31T08:00:00', timeZone: 'UTC' } },
      'InvalidDateTime',
    ],
    [
      'an offset beside a zone',
      { end: { dateTime: '2026-06-10T12:00:00+02:00', timeZone: 'UTC' } },
      'InvalidDateTime',
    ],
    [
      'a recurrence without its days',
      {
        recurrence: {
          pattern: { type: 'weekly', interval: 1 },
          range: { type: 'noEnd', startDate: '2026-06-10' },
        },
      },
      'ErrorPropertyValidationFailure',
    ],
  ])('refuses %s', async (_what, more, code) => {
    const answer = await world.call('POST', '/me/events', { ...meeting('x'), ...more })
    expect([answer.status, codeOf(answer)]).toEqual([400, code])
    expect(world.graph.state(ANNA).events).toEqual([])
  })

  it('changes nothing when a PATCH is refused', async () => {
    const event = await create()
    const { start, end } = meeting('', '2026-06-20T09:00:00')
    const refused: Json[] = [
      { start, end, subject: 'x', recurrence: { pattern: { type: 'weekly', interval: 1 } } },
      {
        start,
        end,
        subject: 'x',
        isOnlineMeeting: true,
        onlineMeetingProvider: 'skypeForConsumer',
      },
      { subject: 'x', start: end, end: start },
    ]
    for (const changes of refused) {
      expect((await world.call('PATCH', pathOf(event), changes)).status).toBe(400)
    }
    const { body } = await world.call('GET', pathOf(event), undefined, IMMUTABLE)
    expect(body).toEqual(event)
  })

  it('accepts enums in any letter case and answers them in Graph’s', async () => {
    const event = await create({ showAs: 'OOF', sensitivity: 'Private', importance: 'High' })
    expect(event).toMatchObject({ showAs: 'oof', sensitivity: 'private', importance: 'high' })
  })

  it('pages lists with $top and $skip and selects members', async () => {
    world.graph.seedEvents(
      ANNA,
      Array.from({ length: 25 }, (_, at) => meeting(`E${String(at)}`)),
    )
    const first = await world.call('GET', '/me/events?$select=subject')
    expect(first.body['value']).toHaveLength(10)
    expect(Object.keys((first.body['value'] as Json[])[0] ?? {})).toEqual([
      '@odata.etag',
      'id',
      'subject',
    ])
    const second = await world.call('GET', '/me/events?$top=20')
    const rest = await world.call('GET', String(second.body['@odata.nextLink']))
    expect(rest.body['value']).toHaveLength(5)
    expect(rest.body).not.toHaveProperty('@odata.nextLink')
    const filter = encodeURIComponent(
      "subject eq 'E7' and start/dateTime ge '2026-01-01T00:00:00Z'",
    )
    const found = await world.call('GET', `/me/events?$filter=${filter}`)
    expect(found.body['value']).toMatchObject([{ subject: 'E7' }])
  })

  it('notes what Graph tolerates and the contract forbids', async () => {
    const event = await create({ transactionId: 't', bodyPreview: 'x' })
    await world.call('PATCH', pathOf(event), { subject: 'Lunch' }, IMMUTABLE)
    await world.call('POST', '/me/events', meeting('No transaction'))
    expect(world.graph.violations().map(({ rule }) => rule)).toEqual([
      'read-only',
      'no-op',
      'IdType',
      'G-30',
    ])
  })

  it('speaks of the same mailbox under /users and refuses another one', async () => {
    const event = await create()
    const mine = await world.call(
      'GET',
      `/users/${ANNA}/events/${encodeURIComponent(String(event['id']))}`,
    )
    expect(mine.body['subject']).toBe('Lunch')
    expect((await world.call('GET', `/users/${BEN}/events`)).status).toBe(403)
  })

  it('refuses paths outside the contract and says which calls are not imitated', async () => {
    expect((await world.call('GET', '/me/messages')).status).toBe(400)
    expect((await world.call('GET', '/me/events/x/calendar')).status).toBe(400)
    expect((await world.call('PUT', '/me/events/x')).status).toBe(405)
    expect((await world.call('GET', '/me/events/delta')).status).toBe(501)
  })
})
