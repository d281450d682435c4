import { ANNA, BEN, meeting, startWorld, type Json, type TestWorld } from './world'

describe('/_control of the Graph stand-in', () => {
  let world: TestWorld
  beforeEach(async () => {
    world = await startWorld()
  })
  afterEach(() => world.graph.stop())

  const control = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(`${world.graph.url}/_control/${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    if (response.status >= 400) return { status: response.status }
    return text === '' ? undefined : JSON.parse(text)
  }
  const box = `mailboxes/${encodeURIComponent(ANNA)}`

  it('adds mailboxes, seeds them and shows their state', async () => {
    const made = (await control('POST', 'mailboxes', {
      userPrincipalName: 'cleo@contoso.example',
      displayName: 'Cleo Day',
      tenantId: 'tenant-2',
      timeZone: 'W. Europe Standard Time',
    })) as Json
    const cleo = `mailboxes/${String(made['userId'])}`
    const ids = (await control('POST', `${cleo}/seed`, {
      events: [meeting('One'), meeting('Two')],
    })) as string[]
    expect(ids).toHaveLength(2)
    expect(await control('GET', cleo)).toMatchObject({
      displayName: 'Cleo Day',
      tenantId: 'tenant-2',
      timeZone: 'W. Europe Standard Time',
      calendars: [{ id: made['defaultCalendarId'], isDefaultCalendar: true }],
      events: [{ id: ids[0], subject: 'One' }, { id: ids[1] }],
      deletedItems: [],
    })
    expect(await control('GET', 'mailboxes')).toEqual([ANNA, BEN, 'cleo@contoso.example'])
  })

  it('edits as a user and counts each edit', async () => {
    const { id } = (await control('POST', `${box}/events`, { event: meeting('One') })) as {
      id: string
    }
    const event = `${box}/events/${encodeURIComponent(id)}`
    await control('PATCH', event, { subject: 'Two' })
    const calendar = (await control('POST', `${box}/calendars`, { name: 'Other' })) as {
      id: string
    }
    await control('POST', `${event}/move`, { calendarId: calendar.id })
    await control('POST', `${box}/touch`, { ids: [id] })
    expect(await control('GET', box)).toMatchObject({
      events: [{ subject: 'Two', calendarId: calendar.id }],
    })
    expect(world.graph.changes()[BEN]).toBe(0)
    const before = world.graph.changes()[ANNA] ?? 0
    expect(before).toBeGreaterThanOrEqual(4)
    await control('DELETE', event)
    expect(((await control('GET', 'changes')) as Record<string, number>)[ANNA]).toBe(before + 1)
    await control('DELETE', `${box}/calendars/${encodeURIComponent(calendar.id)}`)
    expect(world.graph.state(ANNA).calendars).toHaveLength(1)
  })

  it('edits one date of a series', async () => {
    const recurrence = {
      pattern: { type: 'daily', interval: 1 },
      range: { type: 'numbered', startDate: '2026-06-10', numberOfOccurrences: 3 },
    }
    const { id } = (await control('POST', `${box}/events`, {
      event: meeting('Daily', '2026-06-10T09:00:00', { recurrence }),
    })) as { id: string }
    const event = `${box}/events/${encodeURIComponent(id)}`
    await control('PATCH', `${event}/2026-06-11`, { subject: 'Other' })
    await control('DELETE', `${event}/2026-06-12`)
    const path = `/me/events/${encodeURIComponent(id)}/instances?startDateTime=2026-06-01&endDateTime=2026-07-01`
    const { body } = await world.call('GET', path)
    expect((body['value'] as Json[]).map((one) => one['subject'])).toEqual(['Daily', 'Other'])
    expect(await control('DELETE', `${event}/2026-08-01`)).toEqual({ status: 404 })
  })

  it('empties the default calendar', async () => {
    world.graph.seedEvents(ANNA, [meeting('One'), meeting('Two')])
    await control('POST', `${box}/empty`)
    expect(await control('GET', box)).toMatchObject({ events: [], deletedItems: [{}, {}] })
  })

  it('sets switches for good and counted, shows and resets them, and refuses unknown ones', async () => {
    await control('PUT', `${box}/switches`, {
      mailboxUnusable: 404,
      claimsChallenge: { value: true, times: 1 },
    })
    expect((await world.call('GET', '/me/calendar')).status).toBe(401)
    expect((await world.call('GET', '/me/calendar')).status).toBe(404)
    expect(await control('GET', `${box}/switches`)).toMatchObject({ mailboxUnusable: 404 })
    await control('DELETE', `${box}/switches`)
    expect((await world.call('GET', '/me/calendar')).status).toBe(200)
    expect(await control('PUT', `${box}/switches`, { mailboxUnuseable: 404 })).toEqual({
      status: 400,
    })
  })

  it('shows and clears mails, violations, requests and faults', async () => {
    const attendees = [{ emailAddress: { address: BEN } }]
    await world.call('POST', '/me/events', meeting('Review', '2026-06-10T09:00:00', { attendees }))
    expect(await control('GET', `mails?mailbox=${encodeURIComponent(ANNA)}`)).toMatchObject([
      { recipient: BEN },
    ])
    expect(await control('GET', 'violations')).not.toEqual([])
    const [request] = (await control('GET', 'requests')) as Json[]
    expect(request).toMatchObject({ method: 'POST', status: 201, principal: ANNA, inFlight: 1 })
    expect(request?.['headers']).not.toHaveProperty('authorization')
    for (const list of ['mails', 'violations', 'requests']) {
      await control('DELETE', list)
      expect(await control('GET', list)).toEqual([])
    }
    await control('PUT', 'requests', { keep: false })
    await world.call('GET', '/me')
    expect(await control('GET', 'requests')).toEqual([])
    await control('POST', 'faults', { method: 'GET', status: 503 })
    expect((await world.call('GET', '/me')).status).toBe(503)
    expect((await world.call('GET', '/me')).status).toBe(200)
  })

  it('makes delta links stale and changes the zone', async () => {
    const { deltaLink } = await world.round(
      '/me/calendarView/delta?startDateTime=2026-01-01&endDateTime=2027-01-01',
    )
    await control('POST', `${box}/lose-sync-state`)
    expect((await world.call('GET', deltaLink)).status).toBe(410)
    await control('PUT', `${box}/time-zone`, { timeZone: 'Tokyo Standard Time' })
    expect((await world.call('GET', '/me/mailboxSettings')).body['timeZone']).toBe(
      'Tokyo Standard Time',
    )
  })

  it('answers 404 for mailboxes and controls that do not exist', async () => {
    expect(await control('GET', 'mailboxes/nobody')).toEqual({ status: 404 })
    expect(await control('GET', 'nothing')).toEqual({ status: 404 })
  })
})
