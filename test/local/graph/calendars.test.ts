import { startGraph } from '../../../local/graph/start'
import { ALL_SCOPES, ANNA, meeting, startWorld, WINDOW, type Json, type TestWorld } from './world'

describe('calendars of the Graph stand-in', () => {
  let world: TestWorld
  beforeEach(async () => {
    world = await startWorld()
  })
  afterEach(() => world.graph.stop())

  it('creates, renames and deletes a calendar; what it held lies in Deleted Items', async () => {
    const made = await world.call('POST', '/me/calendars', { name: 'Work', color: 'lightBlue' })
    expect(made).toMatchObject({ status: 201, body: { name: 'Work', isDefaultCalendar: false } })
    const path = `/me/calendars/${encodeURIComponent(String(made.body['id']))}`
    const event = await world.call('POST', `${path}/events`, meeting('Lunch'))
    expect(event.status).toBe(201)
    expect((await world.call('GET', `${path}/events`)).body['value']).toMatchObject([
      { subject: 'Lunch' },
    ])
    expect((await world.call('GET', '/me/events')).body['value']).toEqual([])
    const renamed = await world.call('PATCH', path, { name: 'Office' })
    expect(renamed.body['name']).toBe('Office')
    expect((await world.call('DELETE', path)).status).toBe(204)
    expect((await world.call('GET', path)).status).toBe(404)
    expect(world.graph.state(ANNA).deletedItems).toMatchObject([{ subject: 'Lunch' }])
  })

  it('refuses a calendar without a name and the deletion of the default one', async () => {
    expect((await world.call('POST', '/me/calendars', {})).status).toBe(400)
    const { body } = await world.call('GET', '/me/calendar')
    expect(body).toMatchObject({ isDefaultCalendar: true, isRemovable: false })
    const path = `/me/calendars/${encodeURIComponent(String(body['id']))}`
    expect((await world.call('DELETE', path)).status).toBe(400)
  })

  it('honours offsets in the window of a calendarView and wants both ends', async () => {
    world.graph.seedEvents(ANNA, [meeting('Lunch', '2026-06-10T10:00:00')])
    const view = async (start: string, end: string): Promise<unknown[]> => {
      const query = `startDateTime=${encodeURIComponent(start)}&endDateTime=${encodeURIComponent(end)}`
      return (await world.call('GET', `/me/calendarView?${query}`)).body['value'] as Json[]
    }
    expect(await view('2026-06-10T12:30:00+02:00', '2026-06-10T14:00:00+02:00')).toHaveLength(1)
    expect(await view('2026-06-10T13:00:00+02:00', '2026-06-10T14:00:00+02:00')).toHaveLength(0)
    expect(await view('2026-06-10T10:30:00', '2026-06-10T12:00:00')).toHaveLength(1)
    expect((await world.call('GET', '/me/calendarView?startDateTime=2026-06-10')).status).toBe(400)
    const select = await world.call(
      'GET',
      `/me/calendarView?${WINDOW}&$select=lastModifiedDateTime`,
    )
    expect(select.status).toBe(400)
  })

  it('deletes for good where permanentDelete is asked for', async () => {
    const { body } = await world.call('POST', '/me/events', meeting('Lunch'))
    const path = `/me/events/${encodeURIComponent(String(body['id']))}`
    expect((await world.call('POST', `${path}/permanentDelete`)).status).toBe(204)
    world.graph.setSwitch(ANNA, 'deletedReadable', true)
    expect((await world.call('GET', path)).status).toBe(404)
    expect(world.graph.state(ANNA).deletedItems).toEqual([])
  })

  it('tells listeners of every change and who made it', async () => {
    const heard: string[] = []
    world.graph.onChange((change) => heard.push(`${change.cause} ${change.changeType}`))
    const [id] = world.graph.seedEvents(ANNA, [meeting('Lunch')])
    const path = `/me/events/${encodeURIComponent(String(id))}`
    await world.call('PATCH', path, { subject: 'Dinner' })
    await world.call('DELETE', path)
    expect(heard).toEqual(['user created', 'api updated', 'api deleted'])
  })

  it('G-71 runs under another root, and its links stay there', async () => {
    const china = await startGraph({
      basePath: '/china/v1.0',
      verifyToken: () => ({ mailbox: ANNA, scopes: ALL_SCOPES }),
    })
    china.addMailbox({ userPrincipalName: ANNA })
    const root = `${china.url}/china/v1.0`
    const read = async (url: string): Promise<Response> =>
      fetch(url, { headers: { authorization: 'Bearer x' } })
    const page = (await (await read(`${root}/me/calendarView/delta?${WINDOW}`)).json()) as Json
    expect(String(page['@odata.deltaLink']).startsWith(`${root}/me/calendarView/delta`)).toBe(true)
    expect((await read(`${china.url}/v1.0/me`)).status).toBe(404)
    await china.stop()
  })

  it('gives the same ids for the same seed and others for another', async () => {
    const calendarId = async (seed: number): Promise<string> => {
      const graph = await startGraph({ seed, verifyToken: () => ({ error: 'invalid' }) })
      const { defaultCalendarId } = graph.addMailbox({ userPrincipalName: ANNA })
      await graph.stop()
      return defaultCalendarId
    }
    expect(await calendarId(7)).toBe(await calendarId(7))
    expect(await calendarId(7)).not.toBe(await calendarId(8))
  })

  it('throttles, refuses and fails only the mailbox that is told to', async () => {
    world.graph.faults.add({ principal: ANNA, status: 503, times: 0 })
    const ben = { authorization: 'Bearer ben@contoso.example' }
    expect((await world.call('GET', '/me')).status).toBe(503)
    expect((await world.call('GET', '/me', undefined, ben)).status).toBe(200)
  })
})
