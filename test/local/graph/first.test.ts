import { ANNA, creation, IMMUTABLE, startWorld, WINDOW, type TestWorld } from './world'

describe('the Graph stand-in', () => {
  let world: TestWorld
  beforeEach(async () => {
    world = await startWorld()
  })
  afterEach(() => world.graph.stop())

  it('creates, reads, changes and deletes an event, and delta tells', async () => {
    const first = await world.round(`/me/calendarView/delta?${WINDOW}`)
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

  it('answers a batch part by part', async () => {
    const batch = await world.call('POST', '/$batch', {
      requests: [
        { id: '1', method: 'GET', url: '/me' },
        { id: '2', method: 'GET', url: '/me/events/unknown' },
        { id: '3', method: 'GET', url: '/me', dependsOn: ['2'] },
      ],
    })
    const statuses = Object.fromEntries(
      (batch.body['responses'] as { id: string; status: number }[]).map((part) => [
        part.id,
        part.status,
      ]),
    )
    expect(statuses).toEqual({ '1': 200, '2': 404, '3': 424 })
  })
})
