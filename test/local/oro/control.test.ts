import { EVENTS, meeting, startCompany, stopAll, type TestOro } from './company'

afterEach(stopAll)

async function controlled(): Promise<
  TestOro & { control(method: string, path: string, body?: unknown): Promise<any> }
> {
  const company = await startCompany()
  return {
    ...company,
    async control(method, path, body) {
      const response = await fetch(`${company.oro.url}/_control/${path}`, {
        method,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      const text = await response.text()
      return { status: response.status, body: text === '' ? undefined : JSON.parse(text) }
    },
  }
}

describe('the control seam over HTTP', () => {
  it('seeds, edits events as a user, and lists the state', async () => {
    const { control, call } = await controlled()
    const seeded = await control('POST', 'seed', {
      users: [{ id: 40, email: 'new@example.com', calendarId: 50 }],
    })
    expect(seeded.body.users).toMatchObject([{ id: 40, calendarId: 50 }])
    const attendees = [{ email: 'priya.nair@example.com' }]
    const { body } = await control('POST', 'events', {
      calendarId: 50,
      title: 'Walk',
      start: '2026-09-15T08:00:00Z',
      end: '2026-09-15T09:00:00Z',
      attendees,
      recurrence: { recurrenceType: 'daily', timeZone: 'UTC' },
    })
    const read = async (): Promise<any> => (await call('GET', `${EVENTS}/${body.id}.json`)).body
    await control('PATCH', `events/${body.id}`, { title: 'Run' })
    await control('POST', `events/${body.id}/answer`, { userId: 8, status: 'declined' })
    expect(await read()).toMatchObject({ title: 'Run', attendees: [{ status: 'declined' }] })
    const cancelled = await control('POST', `events/${body.id}/cancel`, {
      originalStart: '2026-09-16T08:00:00Z',
    })
    expect((await call('GET', `${EVENTS}/${cancelled.body.id}.json`)).body).toMatchObject({
      isCancelled: true,
      recurringEventId: body.id,
    })
    await control('POST', `events/${body.id}/move`, { calendarId: 9 })
    expect(await read()).toMatchObject({ calendar: 9, isOrganizer: false })
    await control('DELETE', `events/${body.id}`)
    expect((await control('GET', 'state')).body.events).toEqual([])
  })

  it('edits tasks as a user', async () => {
    const { control, call } = await controlled()
    const { body } = await control('POST', 'tasks', { subject: 'Call', ownerId: 3 })
    await control('PATCH', `tasks/${body.id}`, { ownerId: 5, status: 'closed' })
    const read = (await call('GET', `/api/tasks/${body.id}`)).body.data.relationships
    expect([read.owner.data.id, read.status.data.id]).toEqual(['5', 'closed'])
    await control('DELETE', `tasks/${body.id}`)
    expect((await call('GET', `/api/tasks/${body.id}`)).status).toBe(404)
  })

  it('throws switches', async () => {
    const { control, call } = await controlled()
    await control('PUT', 'audit', { auditDelayMs: 5000 })
    await control('PUT', 'workflow', { active: false })
    const { body } = await control('GET', 'state')
    expect(body).toMatchObject({ workflow: { active: false }, audit: { auditDelayMs: 5000 } })
    await call('GET', `${EVENTS}.json?calendar=7&page=1&limit=1`)
    await control('PUT', 'organizations/1', { apiEnabled: false })
    expect((await call('GET', `${EVENTS}.json?calendar=7&page=1&limit=1`)).status).toBe(401)
  })

  it('counts changes by who made them', async () => {
    const { control, call } = await controlled()
    const { body } = await call('POST', EVENTS, meeting())
    await control('PATCH', `events/${body.id}`, { title: 'X' })
    expect((await control('GET', 'changes')).body).toMatchObject({
      api: { events: { created: 1, updated: 0, deleted: 0 } },
      user: { events: { created: 0, updated: 1, deleted: 0 } },
    })
  })

  it('logs requests without credentials, named by OAuth application', async () => {
    const { control, call } = await controlled()
    await call('GET', `${EVENTS}.json?calendar=7&page=1&limit=1`)
    const { body } = await control('GET', 'requests')
    expect(body.at(-1)).toMatchObject({ method: 'GET', principal: 'abc', status: 200 })
    expect(body.at(-1).headers).not.toHaveProperty('authorization')
    expect(body[0]).toMatchObject({ path: '/oauth2-token', principal: 'abc', answer: '(token)' })
    expect(JSON.stringify(body)).not.toContain('s3cr3t')
  })

  it('stores first and then loses the answer when a fault rule says so', async () => {
    const { control, call, oro } = await controlled()
    await control('POST', 'faults', {
      method: 'POST',
      path: 'calendarevents',
      status: 502,
      after: true,
    })
    expect((await call('POST', EVENTS, meeting())).status).toBe(502)
    expect(oro.eventRows(7)).toHaveLength(1)
    expect((await call('POST', EVENTS, meeting())).status).toBe(201)
  })

  it('answers a bad edit with the reason', async () => {
    const { control } = await controlled()
    const answer = await control('PATCH', 'events/999', { title: 'X' })
    expect(answer).toEqual({ status: 400, body: { error: 'no event 999' } })
  })
})

describe('contract violations', () => {
  it('are logged where Oro is laxer than the contract, and do not change the answer', async () => {
    const { call, control } = await controlled()
    expect(
      (await call('POST', EVENTS, meeting({ start: '2026-09-15T07:00:00+02:00' }))).status,
    ).toBe(201)
    const twice = 'updatedAt>=2026-08-20T10:00:00Z&updatedAt<=2026-08-21T10:00:00Z'
    await call('GET', `${EVENTS}.json?calendar=7&page=1&limit=1&${twice}`)
    await call('GET', `${EVENTS}.json?calendar=7&page=1&limit=1&updatedAt>2026-08-20T10:00:00Z`)
    const { body } = await control('GET', 'violations')
    expect(body.map(({ status }: { status: number }) => status)).toEqual([201, 200, 200])
    await control('DELETE', 'violations')
    expect((await control('GET', 'violations')).body).toEqual([])
  })

  it('are none for requests as the contract has them', async () => {
    const { call, oro } = await controlled()
    const { body } = await call('POST', `${EVENTS}.json`, meeting({ notifyAttendees: 'none' }))
    await call('PUT', `${EVENTS}/${body.id}.json`, { title: 'X' })
    await call(
      'GET',
      `${EVENTS}.json?calendar=7&page=1&limit=500&updatedAt%3E=2026-08-20T10%3A00%3A00Z`,
    )
    await call(
      'GET',
      '/api/tasks?filter[owner]=3&filter[updatedAt][gte]=2026-09-01T00:00:00Z&page[size]=-1',
    )
    await call('DELETE', `${EVENTS}/${body.id}.json?notifyAttendees=none`)
    expect(oro.violations()).toEqual([])
  })
})
