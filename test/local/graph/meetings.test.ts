import { ANNA, BEN, creation, IMMUTABLE, startWorld, type Json, type TestWorld } from './world'

const OUTSIDER = 'zoe@fabrikam.example'
const AS_BEN = { ...IMMUTABLE, authorization: `Bearer ${BEN}` }

const guest = (address: string): Json => ({
  emailAddress: { address, name: address },
  type: 'Required',
})

describe('meetings of the Graph stand-in', () => {
  let world: TestWorld
  beforeEach(async () => {
    world = await startWorld()
  })
  afterEach(() => world.graph.stop())

  const invite = async (attendees = [guest(BEN), guest(OUTSIDER)]): Promise<string> => {
    const event = creation('Review', 't-1', { attendees, responseRequested: false })
    const made = await world.call('POST', '/me/events', event, IMMUTABLE)
    expect(made.status).toBe(201)
    return `/me/events/${encodeURIComponent(String(made.body['id']))}`
  }
  const ledger = (): string[] =>
    world.graph.mails().map((mail) => `${mail.kind} ${mail.mailbox} > ${mail.recipient}`)
  const bens = (): Json => world.graph.state(BEN).events[0] ?? {}
  const bensPath = (): string => `/me/events/${encodeURIComponent(String(bens()['id']))}`

  it('G-33 mails every attendee of a new meeting, and the copy arrives', async () => {
    await invite()
    expect(ledger()).toEqual([`invitation ${ANNA} > ${BEN}`, `invitation ${ANNA} > ${OUTSIDER}`])
    const [own] = world.graph.state(ANNA).events
    expect(bens()).toMatchObject({
      subject: 'Review',
      isOrganizer: false,
      iCalUId: own?.['iCalUId'],
      organizer: { emailAddress: { address: ANNA } },
      responseStatus: { response: 'notResponded' },
    })
    expect(bens()['id']).not.toBe(own?.['id'])
    expect(bens()).not.toHaveProperty('transactionId')
  })

  it('G-33 mails updates for shared members, also for a no-op, and none for personal ones', async () => {
    const path = await invite()
    world.graph.clearMails()
    await world.call('PATCH', path, {
      reminderMinutesBeforeStart: 5,
      categories: ['Red'],
      showAs: 'free',
    })
    expect(ledger()).toEqual([])
    await world.call('PATCH', path, { subject: 'Review' })
    expect(ledger()).toEqual([`update ${ANNA} > ${BEN}`, `update ${ANNA} > ${OUTSIDER}`])
    await world.call('PATCH', path, { subject: 'Second review' })
    expect(bens()['subject']).toBe('Second review')
  })

  it('G-33 mails only those whom a change of attendees alone concerns', async () => {
    const path = await invite()
    world.graph.clearMails()
    await world.call('PATCH', path, { attendees: [guest(BEN), guest('max@fabrikam.example')] })
    expect(ledger()).toEqual([
      `cancellation ${ANNA} > ${OUTSIDER}`,
      `invitation ${ANNA} > max@fabrikam.example`,
    ])
  })

  it('G-34 mails cancellations on an organiser’s delete and cancels the copies', async () => {
    const path = await invite()
    world.graph.clearMails()
    await world.call('DELETE', path)
    expect(ledger()).toEqual([
      `cancellation ${ANNA} > ${BEN}`,
      `cancellation ${ANNA} > ${OUTSIDER}`,
    ])
    expect(bens()).toMatchObject({ isCancelled: true, subject: 'Canceled: Review' })
  })

  it('G-34 only drops the own copy on an attendee’s delete', async () => {
    await invite()
    world.graph.clearMails()
    expect((await world.call('DELETE', bensPath(), undefined, AS_BEN)).status).toBe(204)
    expect(ledger()).toEqual([])
    expect(world.graph.state(ANNA).events).toHaveLength(1)
    expect(world.graph.state(BEN).events).toEqual([])
  })

  it('cancels with a comment for the organiser only', async () => {
    const path = await invite()
    expect(
      (await world.call('POST', `${bensPath()}/cancel`, { comment: 'x' }, AS_BEN)).status,
    ).toBe(400)
    const answer = await world.call('POST', `${path}/cancel`, { comment: 'Sorry' })
    expect([answer.status, answer.body]).toEqual([202, { text: '' }])
    expect(world.graph.mails().at(-1)).toMatchObject({
      kind: 'cancellation',
      comment: 'Sorry',
      cause: 'api',
    })
    expect(world.graph.state(ANNA).events).toEqual([])
  })

  it('takes an answer on the responder’s own copy and tells the organiser', async () => {
    const path = await invite()
    world.graph.clearMails()
    const accepted = await world.call(
      'POST',
      `${bensPath()}/accept`,
      { sendResponse: true },
      AS_BEN,
    )
    expect(accepted.status).toBe(202)
    expect(ledger()).toEqual([`response ${BEN} > ${ANNA}`])
    const { body } = await world.call('GET', path)
    expect((body['attendees'] as Json[])[0]).toMatchObject({ status: { response: 'accepted' } })
    expect(bens()).toMatchObject({ responseStatus: { response: 'accepted' }, showAs: 'busy' })
    expect((await world.call('POST', `${path}/accept`, {})).status).toBe(400)
  })

  it('mails nothing when no response is to be sent, and drops a declined copy', async () => {
    await invite()
    world.graph.clearMails()
    const path = bensPath()
    await world.call('POST', `${path}/tentativelyAccept`, { sendResponse: false }, AS_BEN)
    expect(ledger()).toEqual([])
    await world.call('POST', `${path}/decline`, { comment: 'Away' }, AS_BEN)
    expect(world.graph.mails()).toMatchObject([
      { kind: 'response', comment: 'Away', recipient: ANNA },
    ])
    expect(world.graph.state(BEN).events).toEqual([])
  })

  it('keeps a PATCH of an attendee’s copy local, or refuses it where the switch says so', async () => {
    const path = await invite()
    world.graph.clearMails()
    await world.call('PATCH', bensPath(), { subject: 'Mine' }, AS_BEN)
    expect((await world.call('GET', path)).body['subject']).toBe('Review')
    expect(ledger()).toEqual([])
    world.graph.setSwitch(BEN, 'attendeeEdit', 'refuse')
    const refused = await world.call('PATCH', bensPath(), { subject: 'Mine too' }, AS_BEN)
    expect([refused.status, refused.body['error']]).toMatchObject([
      403,
      { code: 'ErrorAccessDenied' },
    ])
    const personal = await world.call(
      'PATCH',
      bensPath(),
      { reminderMinutesBeforeStart: 0 },
      AS_BEN,
    )
    expect(personal.status).toBe(200)
  })

  it('shows attendees only themselves when they are hidden', async () => {
    await world.call(
      'POST',
      '/me/events',
      creation('Secret', 't-1', { attendees: [guest(BEN), guest(OUTSIDER)], hideAttendees: true }),
    )
    expect(bens()['attendees']).toMatchObject([{ emailAddress: { address: BEN } }])
  })

  it('tells a user’s mails from those that a request caused', async () => {
    world.graph.createEvent(ANNA, creation('Review', 't-1', { attendees: [guest(BEN)] }))
    expect(world.graph.mails(ANNA)).toMatchObject([{ kind: 'invitation', cause: 'user' }])
    expect(world.graph.mails(BEN)).toEqual([])
  })
})
