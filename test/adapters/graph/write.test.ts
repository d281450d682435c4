import type { Fields, Reading } from '../../../shared/core/model'
import type { Draft } from '../../../shared/ports/side'
import { ANNA, graphWorld, type GraphWorld } from './world'

const when = (hour: number) => ({
  start: `2026-09-10T${String(hour)}:00:00Z`,
  end: `2026-09-10T${String(hour + 1)}:00:00Z`,
  allDay: false,
  zone: 'Europe/Berlin',
})

const FIELDS: Fields = { title: 'Sample', description: '<p>One</p>', when: when(12), reminder: 10 }

const across = (id: string): Reading => ({
  side: 'oro',
  id,
  container: '7',
  version: '',
  modifiedAt: '2026-09-01T00:00:00Z',
  fields: {},
  role: 'organizer',
  cancelled: false,
  private: false,
  categories: [],
  keys: {},
  span: null,
  unmappable: null,
  label: '',
  audience: 0,
})

describe('writing to Graph', () => {
  let world: GraphWorld

  beforeEach(async () => {
    world = await graphWorld()
  })

  afterEach(async () => {
    await world.graph.stop()
  })

  const port = () => world.microsoft.calendar(world.context())

  const draft = (more: Partial<Draft> = {}): Draft => ({
    fields: FIELDS,
    container: world.calendarId,
    counterpart: across('4711'),
    token: 'token-1',
    categories: [],
    mayWrite: () => true,
    ...more,
  })

  const stored = () => world.graph.state(ANNA).events as Record<string, unknown>[]

  const sent = (method: string) =>
    world.graph.log
      .filter((entry) => entry.method === method && !entry.path.includes('batch'))
      .map((entry) => entry.body as Record<string, unknown>)

  const readOne = async (id: string): Promise<Reading> => {
    const state = (await port().read([{ id, container: world.calendarId }])).get(id)
    if (state?.is !== 'present') throw new Error('not present')
    return state.reading
  }

  it('creates with the marker, the token, the first category and no attendees', async () => {
    const { reading } = await port().create(draft({ categories: ['Oro', 'Other'] }))
    expect(reading?.fields).toEqual({ ...FIELDS, attendeeList: [] })
    expect(reading?.keys.marker).toBe('4711')
    expect(stored()).toMatchObject([
      {
        subject: 'Sample',
        categories: ['Oro'],
        showAs: 'busy',
        attendees: [],
        extendedProperties: {
          'String {5d3c1b52-2f0e-4f6a-9c1b-7a1f3f0e9b64} Name OroEventId': 'oro.example/admin/4711',
        },
      },
    ])
    expect(world.graph.mails()).toEqual([])
    expect(world.graph.violations()).toEqual([])
  })

  it('leaves one event when the answer of a create is lost', async () => {
    world.graph.faults.add({ method: 'POST', drop: 'after' })
    const { id } = await port().create(draft())
    expect(stored().map((each) => each['id'])).toEqual([id])
  })

  it('leaves one event when the create was stored and an error answered', async () => {
    world.graph.setSwitch('*', 'concurrentItemSave', 503, 1)
    const { id } = await port().create(draft())
    expect(stored().map((each) => each['id'])).toEqual([id])
  })

  it('brings the event that a token has made to the content wanted now', async () => {
    const first = await port().create(draft())
    const again = await port().create(draft({ fields: { ...FIELDS, title: 'Newer' } }))
    expect(again.id).toBe(first.id)
    expect(again.reading?.fields).toMatchObject({ ...FIELDS, title: 'Newer' })
    expect(sent('PATCH')).toEqual([{ subject: 'Newer' }])
  })

  it('asks for another token when the one given leads nowhere', async () => {
    await port().create(draft())
    const elsewhere = draft({ counterpart: across('4712') })
    await expect(port().create(elsewhere)).rejects.toMatchObject({
      evidence: { code: 'item-failed', scope: 'item', detail: 'duplicate-token' },
    })
  })

  it('patches what is given and nothing else, insisting on the version', async () => {
    const { reading, ...ref } = await port().create(draft())
    const version = (await readOne(ref.id)).version
    await port().update({ ref, fields: { title: 'New' }, reading, version })
    expect(sent('PATCH')).toEqual([{ subject: 'New' }])
    const request = world.graph.log.find((entry) => entry.method === 'PATCH')
    expect(request?.headers['if-match']).toBe(version)
    await expect(
      port().update({ ref, fields: { title: 'Newer' }, reading, version }),
    ).rejects.toMatchObject({
      evidence: { code: 'item-failed', status: 412, scope: 'item', transient: true },
    })
  })

  it('sends nothing when there is nothing to say', async () => {
    const { reading, ...ref } = await port().create(draft())
    await port().update({ ref, fields: { organizer: null }, reading, version: '' })
    expect(sent('PATCH')).toEqual([])
  })

  it('does not repeat a change whose answer is lost', async () => {
    const { reading, ...ref } = await port().create(draft())
    world.graph.faults.add({ method: 'PATCH', drop: 'after' })
    await expect(
      port().update({ ref, fields: { title: 'New' }, reading, version: '' }),
    ).rejects.toMatchObject({ evidence: { transient: true, scope: 'item' } })
    expect(sent('PATCH')).toHaveLength(1)
  })

  it('keeps a Teams meeting joinable when its description is changed', async () => {
    const id = world.graph.createEvent(ANNA, {
      subject: 'Call',
      body: { contentType: 'html', content: '<p>Agenda</p>' },
      start: { dateTime: '2026-09-10T12:00:00', timeZone: 'UTC' },
      end: { dateTime: '2026-09-10T13:00:00', timeZone: 'UTC' },
      isOnlineMeeting: true,
      onlineMeetingProvider: 'teamsForBusiness',
    })
    const joinUrl = () => (stored()[0]?.['onlineMeeting'] as { joinUrl?: string } | null)?.joinUrl
    const before = joinUrl()
    const reading = await readOne(id)
    expect(reading.fields['description']).toBe('<p>Agenda</p>')
    await port().update({
      ref: reading,
      fields: { description: '<p>Other agenda</p>' },
      reading,
      version: '',
    })
    expect(before).toBeTruthy()
    expect(joinUrl()).toBe(before)
    expect((await readOne(id)).fields['description']).toBe('<p>Other agenda</p>')
  })

  it('keeps the list of attendees apart from the description', async () => {
    const attendeeList = ['Ben <ben@example.com>']
    const withList = () => world.microsoft.calendar(world.context({ attendees: 'list-in-body' }))
    const { reading, ...ref } = await withList().create(
      draft({ fields: { ...FIELDS, attendeeList } }),
    )
    expect(reading?.fields).toEqual({ ...FIELDS, attendeeList })
    const { reading: next } = await withList().update({
      ref,
      fields: { description: 'Two' },
      reading,
      version: '',
    })
    expect(next?.fields).toEqual({ ...FIELDS, description: 'Two', attendeeList })
    expect(world.graph.mails()).toEqual([])
  })

  it('cancels with a word, and deletes without one', async () => {
    world.graph.addMailbox({ userPrincipalName: 'ben@example.com' })
    const meeting = (attendees: object[]) =>
      world.graph.createEvent(ANNA, {
        subject: 'Meeting',
        start: { dateTime: '2026-09-10T12:00:00', timeZone: 'UTC' },
        end: { dateTime: '2026-09-10T13:00:00', timeZone: 'UTC' },
        attendees,
      })
    const ben = { emailAddress: { address: 'ben@example.com' }, type: 'required' }
    for (const [people, message] of [[[ben], 'Sorry'] as const, [[], ''] as const]) {
      const ref = await readOne(meeting([...people]))
      await port().remove({ ref, message, version: ref.version })
    }
    expect(sent('POST')).toEqual([{ comment: 'Sorry' }])
    expect(sent('DELETE')).toHaveLength(1)
    expect(stored()).toEqual([])
  })

  it('names the field of a refused value', async () => {
    const { reading, ...ref } = await port().create(draft())
    const fields = { when: { ...when(12), end: '2026-09-10T11:00:00Z' } }
    await expect(port().update({ ref, fields, reading, version: '' })).rejects.toMatchObject({
      evidence: { code: 'refused-value', scope: 'item', transient: false, fields: ['when'] },
    })
  })

  it('says that an item must not be deleted', async () => {
    const { id, container } = await port().create(draft())
    world.graph.faults.add({ method: 'DELETE', status: 403 })
    const removal = { ref: { id, container }, message: '', version: '' }
    await expect(port().remove(removal)).rejects.toMatchObject({
      evidence: { code: 'access', scope: 'item', transient: false },
    })
  })

  it('does not delete what the user has changed meanwhile', async () => {
    const { reading, ...ref } = await port().create(draft())
    world.graph.updateEvent(ANNA, ref.id, { subject: 'Changed' })
    const version = reading?.version ?? ''
    await expect(port().remove({ ref, message: '', version })).rejects.toMatchObject({
      evidence: { code: 'item-failed', status: 412, transient: true },
    })
    expect(stored()).toHaveLength(1)
  })

  it('takes no unusable mailbox for a deleted event (G-69)', async () => {
    const { reading, ...ref } = await port().create(draft())
    world.graph.faults.add({
      method: 'DELETE',
      status: 404,
      body: { error: { code: 'MailboxNotEnabledForRESTAPI', message: '' } },
    })
    const version = reading?.version ?? ''
    await expect(port().remove({ ref, message: '', version })).rejects.toMatchObject({
      evidence: { code: 'mailbox', scope: 'account' },
    })
  })
})
