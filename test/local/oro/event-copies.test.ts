import { EVENTS, meeting, startCompany, stopAll, type TestOro } from './company'

afterEach(stopAll)

const PRIYA = { email: 'priya.nair@example.com', displayName: 'Priya Nair', status: 'none' }
const SAM = { email: 'sam.ortiz@example.com', displayName: 'Sam Ortiz', status: 'none' }
const RULE = {
  recurrenceType: 'daily',
  interval: 1,
  startTime: '2026-09-15T08:00:00+00:00',
  timeZone: 'Europe/Berlin',
}

async function invited(
  changes: Record<string, unknown> = {},
): Promise<TestOro & { path: string; id: number; copyPath: string }> {
  const company = await startCompany()
  const { body } = await company.call(
    'POST',
    EVENTS,
    meeting({ uid: 'meeting', attendees: [PRIYA], ...changes }),
  )
  const [copy] = company.oro.eventRows(12)
  return {
    ...company,
    id: body.id,
    path: `${EVENTS}/${body.id}.json`,
    copyPath: `${EVENTS}/${copy?.id ?? 0}.json`,
  }
}

describe('an attendee who is a user of the organization', () => {
  it('gets a copy in the default calendar: same uid, not organizer, the attendees of the parent', async () => {
    const { call, copyPath, id } = await invited()
    const { body } = await call('GET', copyPath)
    expect(body).toMatchObject({
      uid: 'meeting',
      calendar: 12,
      parentEventId: id,
      isOrganizer: false,
      editable: false,
      organizerEmail: 'nora.feld@example.com',
      attendees: [{ email: 'priya.nair@example.com', userId: 8 }],
    })
  })

  it('gets none when the address is of another organization or of nobody', async () => {
    const { oro } = await invited({
      attendees: [{ email: 'olga@other.example' }, { email: 'pat.lund@partner.example' }],
    })
    expect(oro.eventRows()).toHaveLength(1)
  })

  it('gets none when the event is somebody else’s', async () => {
    const { oro } = await invited({ organizerEmail: 'pat.lund@partner.example' })
    expect(oro.eventRows()).toHaveLength(1)
  })

  it('sees the copy overwritten, with a new updatedAt, on every save of the parent', async () => {
    const { call, clock, path, copyPath } = await invited()
    clock.now += 60_000
    await call('PUT', path, { title: 'Budget talk' })
    expect((await call('GET', copyPath)).body.updatedAt).toBe('2026-08-24T09:13:40+00:00')
    expect((await call('GET', path)).body.updatedAt).toBe('2026-08-24T09:12:40+00:00')
    await call('PUT', path, { title: 'Moved', start: '2026-09-15T07:00:00Z' })
    expect((await call('GET', copyPath)).body).toMatchObject({
      title: 'Moved',
      start: '2026-09-15T07:00:00+00:00',
    })
  })

  it('loses the copy when taken off the list', async () => {
    const { call, path, copyPath, oro } = await invited()
    await call('PUT', path, { attendees: [SAM] })
    expect((await call('GET', copyPath)).status).toBe(404)
    expect(oro.eventRows(9)).toHaveLength(1)
  })

  it('leaves the parent’s list by deleting the copy', async () => {
    const { call, clock, path, copyPath } = await invited({ attendees: [PRIYA, SAM] })
    clock.now += 60_000
    expect((await call('DELETE', copyPath)).status).toBe(204)
    const { body } = await call('GET', path)
    expect(body.attendees.map((one: { email: string }) => one.email)).toEqual([SAM.email])
    expect(body.updatedAt).toBe('2026-08-24T09:13:40+00:00')
  })

  it('cannot be written to the copy: always the frozen list', async () => {
    const { call, copyPath } = await invited()
    const { status, body } = await call('PUT', copyPath, { title: 'Mine' })
    expect(status).toBe(400)
    expect(body.errors.children.attendees.errors).toEqual(['Attendees list cannot be changed'])
  })

  it('shares the fate of a deleted parent', async () => {
    const { call, path, oro } = await invited()
    await call('DELETE', path)
    expect(oro.eventRows()).toEqual([])
    expect(oro.audits().filter(({ action }) => action === 'remove')).toHaveLength(2)
  })

  it('has a copy of a series without recurrence in a single GET, with the parent’s in a list', async () => {
    const { call, copyPath } = await invited({ recurrence: RULE })
    expect((await call('GET', copyPath)).body).not.toHaveProperty('recurrence')
    const list = await call('GET', `${EVENTS}.json?calendar=12&page=1&limit=9`)
    expect(list.body[0].recurrence).toMatchObject({ recurrenceType: 'daily' })
  })
})

describe('the list of an event that somebody else organizes', () => {
  it('is frozen as a set, while the same people may change status, type or name', async () => {
    const { call, path } = await invited({ organizerEmail: 'pat.lund@partner.example' })
    expect((await call('PUT', path, { attendees: [PRIYA, SAM] })).status).toBe(400)
    expect((await call('PUT', path, { attendees: [] })).status).toBe(400)
    const answer = { ...PRIYA, status: 'accepted' }
    expect((await call('PUT', path, { attendees: [answer] })).status).toBe(200)
  })
})

describe('an organizer event with the uid of events that others hold on their own', () => {
  it('adopts them as copies', async () => {
    const company = await startCompany()
    const [held] = company.oro.seed({
      events: [
        {
          calendarId: 12,
          uid: 'meeting',
          title: 'Held',
          organizerEmail: 'nora.feld@example.com',
          start: '2026-09-15T08:00:00Z',
          end: '2026-09-15T09:00:00Z',
        },
      ],
    }).events
    const { body } = await company.call(
      'POST',
      EVENTS,
      meeting({ uid: 'meeting', attendees: [PRIYA] }),
    )
    const copies = company.oro.eventRows(12)
    expect(copies.map((row) => [row.id, row.parentId])).toEqual([[held, body.id]])
  })
})

describe('updatedAt', () => {
  it('stands still when only a status, a type or reminders change', async () => {
    const { call, clock, path } = await invited({ attendees: [PRIYA, { displayName: 'Guest' }] })
    clock.now += 60_000
    const before = '2026-08-24T09:12:40+00:00'
    const updatedAt = async (change: object): Promise<string> => {
      expect((await call('PUT', path, change)).status).toBe(200)
      return (await call('GET', path)).body.updatedAt
    }
    const people = [
      { ...PRIYA, status: 'accepted', type: 'optional' },
      { displayName: 'Guest', status: 'declined' },
    ]
    expect(await updatedAt({ attendees: people })).toBe(before)
    const reminder = { method: 'email', interval: { number: 1, unit: 'H' } }
    expect(await updatedAt({ reminders: [reminder] })).toBe(before)
    expect(await updatedAt({ attendees: people.slice(0, 1) })).not.toBe(before)
  })

  it('moves on the copy, not on the parent, when a person answers in Oro', async () => {
    const { call, clock, path, copyPath, oro, id } = await invited()
    clock.now += 60_000
    oro.events.answer(id, 8, 'accepted')
    const parent = (await call('GET', path)).body
    expect(parent.updatedAt).toBe('2026-08-24T09:12:40+00:00')
    expect(parent.attendees).toMatchObject([{ status: 'accepted' }])
    expect((await call('GET', copyPath)).body).toMatchObject({
      updatedAt: '2026-08-24T09:13:40+00:00',
      invitationStatus: 'accepted',
    })
  })
})

describe('the mail ledger', () => {
  it('stays empty by default and for none', async () => {
    const { call, path, oro } = await invited()
    await call('PUT', path, { title: 'X', notifyAttendees: 'none' })
    await call('DELETE', `${path}?notifyAttendees=none`)
    expect(oro.mails()).toEqual([])
  })

  it('has one entry per recipient who would be mailed', async () => {
    const { call, path, oro } = await invited()
    const mails = (): string[] => oro.mails().map(({ kind, to }) => `${kind} ${to}`)
    await call('PUT', path, { attendees: [PRIYA, SAM], notifyAttendees: 'added_or_deleted' })
    expect(mails()).toEqual(['invitation sam.ortiz@example.com'])
    oro.clearMails()
    await call('PUT', path, { title: 'X', attendees: [SAM], notifyAttendees: 'all' })
    expect(mails()).toEqual(['update sam.ortiz@example.com', 'cancellation priya.nair@example.com'])
    oro.clearMails()
    await call('DELETE', `${path}?notifyAttendees=all`)
    expect(mails()).toEqual(['cancellation sam.ortiz@example.com'])
  })
})
