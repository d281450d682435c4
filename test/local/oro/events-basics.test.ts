import { EVENTS, meeting, startCompany, stopAll } from './company'

afterEach(stopAll)

describe('an event written and read through the old REST API', () => {
  it('is created with a small answer: organizerUserId as text, no updatedAt', async () => {
    const { call } = await startCompany()
    const created = await call('POST', `${EVENTS}.json`, meeting({ uid: 'one' }))
    expect(created.status).toBe(201)
    expect(created.body).toEqual({
      id: expect.any(Number),
      uid: 'one',
      organizerEmail: 'nora.feld@example.com',
      organizerDisplayName: 'Nora Feld',
      organizerUserId: '3',
      invitationStatus: 'none',
      editableInvitationStatus: false,
    })
    const read = await call('GET', `${EVENTS}/${created.body.id}.json`)
    expect(read.body).toMatchObject({
      title: 'Budget talk',
      start: '2026-09-15T08:00:00+00:00',
      organizerUserId: 3,
      isOrganizer: true,
      updatedAt: '2026-08-24T09:12:40+00:00',
    })
    expect(read.body).not.toHaveProperty('recurrence')
    expect(read.body).not.toHaveProperty('reminders')
  })

  it('keeps on PUT what the body leaves out and answers without id', async () => {
    const { call, clock } = await startCompany()
    const { body: created } = await call('POST', EVENTS, meeting({ description: 'Bring it' }))
    clock.now += 60_500
    const put = await call('PUT', `${EVENTS}/${created.id}`, { title: '  Moved  ' })
    expect(put.status).toBe(200)
    expect(put.body).not.toHaveProperty('id')
    expect(put.body).not.toHaveProperty('updatedAt')
    const { body } = await call('GET', `${EVENTS}/${created.id}.json`)
    expect(body).toMatchObject({ title: 'Moved', description: 'Bring it' })
    expect(body.updatedAt).toBe('2026-08-24T09:13:40+00:00')
  })

  it('is gone after DELETE: GET answers the JSON string "", PUT and DELETE an empty 404', async () => {
    const { call, oro } = await startCompany()
    const { body: created } = await call('POST', EVENTS, meeting({ uid: 'gone' }))
    const path = `${EVENTS}/${created.id}.json`
    const removed = await call('DELETE', path)
    expect([removed.status, removed.text]).toEqual([204, ''])
    const read = await call('GET', path)
    expect([read.status, read.text]).toEqual([404, '""'])
    const put = await call('PUT', path, { title: 'X' })
    expect([put.status, put.text]).toEqual([404, ''])
    expect(oro.audits().map(({ action }) => action)).toEqual(['create', 'remove'])
    const audits = await call('GET', '/api/rest/latest/audits.json?page=1&limit=10&action=remove')
    expect(audits.body).toMatchObject([
      {
        action: 'remove',
        objectId: String(created.id),
        additionalFields: { uid: 'gone', calendar_id: 7 },
      },
    ])
  })

  it('is listed in page mode by updatedAt, with the total count', async () => {
    const { call, clock } = await startCompany()
    await call('POST', EVENTS, meeting({ title: 'Old' }))
    clock.now += 60_000
    await call('POST', EVENTS, meeting({ title: 'New' }))
    const since = encodeURIComponent('2026-08-24T09:13:00+00:00')
    const list = await call(
      'GET',
      `${EVENTS}.json?calendar=7&page=1&limit=9&updatedAt>=${since}`,
      undefined,
      {
        headers: { 'x-include': 'totalCount' },
      },
    )
    expect(list.body.map((row: { title: string }) => row.title)).toEqual(['New'])
    expect(list.headers.get('x-include-total-count')).toBe('1')
  })
})
