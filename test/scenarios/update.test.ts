import { startCompany, type Company } from './company'
import {
  appointment,
  at,
  expectSettled,
  inOro,
  inOutlook,
  subjectsInOutlook,
  syncLater,
  titlesInOro,
} from './observe'
import {
  bodies,
  colleague,
  countsOf,
  named,
  only,
  oroRow,
  outlookEvent,
  problemsOf,
  writesOf,
} from './writes'

let company: Company
beforeAll(async () => {
  company = await startCompany()
})
afterAll(() => company.stop())
afterEach(() => {
  company.graph.faults.clear()
  company.oro.faults.clear()
})

describe('an edit in Oro', () => {
  it('U1: of the title costs one PATCH that holds the subject and nothing else', async () => {
    const person = await colleague(company)
    const id = inOro(company, person, 'Old title')
    await syncLater(company, person)
    company.oro.events.update(id, { title: 'New title' })
    const writes = await writesOf(company, person, () => syncLater(company, person))
    expect(writes.oro).toEqual([])
    expect(only(writes.graph).method).toBe('PATCH')
    expect(only(bodies(writes.graph))).toEqual({ subject: 'New title' })
    expect(subjectsInOutlook(company, person)).toEqual(['New title'])
    await expectSettled(company, person)
  })

  it('U5: of the description keeps the join block of a Teams meeting byte for byte', async () => {
    const person = await colleague(company)
    const eventId = company.graph.createEvent(person.upn, {
      ...appointment('Stand-up'),
      isOnlineMeeting: true,
      onlineMeetingProvider: 'teamsForBusiness',
      body: { contentType: 'html', content: '<p>Old agenda</p>' },
    })
    await syncLater(company, person)
    const before = outlookEvent(company, person)
    const { joinUrl } = before['onlineMeeting'] as { joinUrl: string }
    const content = (before['body'] as { content: string }).content
    const block = content.slice(
      content.indexOf('<div class="me-email-text"'),
      content.indexOf('</a>'),
    )
    expect(block).toContain(joinUrl)
    const row = oroRow(company, person)
    expect(row.description).toContain('Old agenda')
    expect(row.description).not.toContain(joinUrl)
    await expectSettled(company, person)

    company.oro.events.update(row.id, { description: '<p>New agenda</p>' })
    const writes = await writesOf(company, person, () => syncLater(company, person))
    const patch = only(bodies(writes.graph))
    expect(Object.keys(patch)).toEqual(['body'])
    const sent = (patch['body'] as { content: string }).content
    expect(sent).toContain(block)
    expect(sent).toContain('New agenda')
    expect(sent).not.toContain('Old agenda')
    const after = outlookEvent(company, person)
    expect(after['id']).toBe(eventId)
    expect(after['isOnlineMeeting']).toBe(true)
    expect(after['onlineMeeting']).toEqual(before['onlineMeeting'])
    await expectSettled(company, person)
  })

  it('U12: elsewhere than in the synced calendar goes nowhere, and nothing is put there', async () => {
    const person = await colleague(company)
    const { systemCalendars } = company.oro.state() as { systemCalendars: unknown[] }
    const { systemCalendarIds } = seedSystemCalendars()
    const [systemWide, ofOrganization] = systemCalendarIds
    expect(systemCalendars).toEqual([])
    const times = { start: at(0), end: at(1) }
    company.oro.seed({
      events: [
        { title: 'System-wide', systemCalendarId: systemWide as number, ...times },
        { title: 'Of the organization', systemCalendarId: ofOrganization as number, ...times },
        { title: 'Nowhere', ...times },
      ],
    })
    const before = JSON.stringify(
      company.oro.eventRows().filter((row) => row.calendarId !== person.calendarId),
    )
    inOutlook(company, person, 'Mine')
    const writes = await writesOf(company, person, () => syncLater(company, person))
    expect(writes.graph).toEqual([])
    expect(subjectsInOutlook(company, person)).toEqual(['Mine'])
    expect(titlesInOro(company, person)).toEqual(['Mine'])
    await expectSettled(company, person)
    expect(
      JSON.stringify(company.oro.eventRows().filter((row) => row.calendarId !== person.calendarId)),
    ).toBe(before)
  })
})

const seedSystemCalendars = (): { systemCalendarIds: number[] } => {
  const ids = [901, 902]
  company.oro.seed({
    systemCalendars: [
      { id: 901, organizationId: null, name: 'System', backgroundColor: null },
      { id: 902, organizationId: 1, name: 'Organization', backgroundColor: null },
    ],
  })
  return { systemCalendarIds: ids }
}

describe('an edit in Outlook', () => {
  it('U3: costs one Oro write and no Graph write, in this run and the next', async () => {
    const person = await colleague(company)
    const id = inOutlook(company, person, 'Before')
    await syncLater(company, person)
    const { location, ...moved } = { ...appointment('After', 3), location: undefined }
    expect(location).toBeUndefined()
    company.graph.updateEvent(person.upn, id, moved)
    const writes = await writesOf(company, person, () => syncLater(company, person))
    expect(writes.graph).toEqual([])
    expect(named(writes.oro)).toEqual([expect.stringMatching(/^PUT .*calendarevents\/\d+/)])
    const sent = only(bodies(writes.oro))
    expect(sent).toMatchObject({ title: 'After', notifyAttendees: 'none' })
    expect(sent).not.toHaveProperty('attendees')
    expect(sent).not.toHaveProperty('description')
    expect(oroRow(company, person)).toMatchObject({
      title: 'After',
      start: Date.parse(at(3)),
      end: Date.parse(at(4)),
    })
    await expectSettled(company, person)
  })

  it('U3: of a meeting whose reminder has passed is not carried back as the loss of that reminder', async () => {
    const person = await colleague(company)
    const start = new Date(company.clock.now() + 3_600_000)
    const time = (hours: number) => ({
      dateTime: new Date(start.getTime() + hours * 3_600_000).toISOString().slice(0, 19),
      timeZone: 'UTC',
    })
    const id = company.graph.createEvent(person.upn, {
      subject: 'Soon',
      start: time(0),
      end: time(1),
      attendees: guests('anna@elsewhere.example'),
      isReminderOn: true,
      reminderMinutesBeforeStart: 15,
    })
    await syncLater(company, person)
    // Its time is over, the meeting's is not.
    company.clock.advance(48 * 60_000)
    company.graph.updateEvent(person.upn, id, { subject: 'Was' })
    const mails = company.graph.mails(person.upn).length
    const writes = await writesOf(company, person, async () => {
      await syncLater(company, person)
      await syncLater(company, person, { mode: 'full' })
    })
    expect(writes.graph).toEqual([])
    expect(titlesInOro(company, person)).toEqual(['Was'])
    expect(company.graph.mails(person.upn)).toHaveLength(mails)
    await expectSettled(company, person)
  })

  it('U6: of nothing but versions of 50 events writes nothing and mails nobody', async () => {
    const person = await colleague(company)
    const events = Array.from({ length: 50 }, (_, n) => ({
      ...appointment(`Event ${String(n)}`, n),
      ...(n % 5 === 0 ? { attendees: guests('guest@elsewhere.example') } : {}),
    }))
    company.graph.seedEvents(person.upn, events)
    await syncLater(company, person)
    expect(titlesInOro(company, person)).toHaveLength(50)
    const mails = company.graph.mails(person.upn).length
    company.graph.touch(person.upn)
    const writes = await writesOf(company, person, () => syncLater(company, person))
    expect(writes).toEqual({ graph: [], oro: [] })
    await expectSettled(company, person)
    expect(company.graph.mails(person.upn)).toHaveLength(mails)
  })

  it('a reminder travels both ways and can be taken away', async () => {
    const person = await colleague(company)
    const id = company.graph.createEvent(person.upn, {
      ...appointment('Reminded', 48),
      isReminderOn: true,
      reminderMinutesBeforeStart: 15,
    })
    await syncLater(company, person)
    const { reminders, id: oroId } = oroRow(company, person)
    expect(reminders).toEqual([expect.objectContaining({ interval: { number: 15, unit: 'M' } })])
    company.graph.updateEvent(person.upn, id, { reminderMinutesBeforeStart: 60 })
    await syncLater(company, person)
    expect(oroRow(company, person).reminders).toHaveLength(1)
    await expectSettled(company, person)
    company.oro.events.update(oroId, {
      reminders: [{ method: 'email', interval: { number: 2, unit: 'D' } }],
    })
    const writes = await writesOf(company, person, () => syncLater(company, person))
    expect(only(bodies(writes.graph))).toEqual({ reminderMinutesBeforeStart: 2880 })
    await expectSettled(company, person)
    company.graph.updateEvent(person.upn, id, { isReminderOn: false })
    await syncLater(company, person)
    expect(oroRow(company, person).reminders).toEqual([])
    await expectSettled(company, person)
  })
})

const guests = (...addresses: string[]) =>
  addresses.map((address) => ({
    type: 'required',
    emailAddress: { name: address.split('@', 1)[0], address },
  }))

describe('a refused value', () => {
  it('of one field is reported, the others are written, and it is not tried again until it changes', async () => {
    const person = await colleague(company)
    const id = inOutlook(company, person, 'Accepted')
    await syncLater(company, person)
    const rowId = oroRow(company, person).id
    const refusal = {
      method: 'PUT',
      path: `calendarevents/${String(rowId)}`,
      status: 400,
      body: {
        code: 400,
        message: 'Validation Failed',
        errors: { children: { title: { errors: ['This value is not valid.'] }, start: {} } },
      },
      times: 1,
    }
    company.oro.faults.add(refusal)
    company.graph.updateEvent(person.upn, id, appointment('Refused', 4))
    await syncLater(company, person)
    expect(oroRow(company, person)).toMatchObject({ title: 'Accepted', start: Date.parse(at(4)) })
    expect(await problemsOf(company, person)).toEqual([
      expect.objectContaining({ code: 'refused-value', side: 'oro', fields: ['title'] }),
    ])
    await expectSettled(company, person)
    expect(await problemsOf(company, person)).toHaveLength(1)

    company.graph.updateEvent(person.upn, id, { subject: 'Better' })
    await syncLater(company, person)
    expect(titlesInOro(company, person)).toEqual(['Better'])
    expect(await problemsOf(company, person)).toEqual([])
    await expectSettled(company, person)
  })

  it('of two fields is one report', async () => {
    const person = await colleague(company)
    const id = inOutlook(company, person, 'Accepted')
    await syncLater(company, person)
    const rowId = String(oroRow(company, person).id)
    company.oro.faults.add({
      method: 'PUT',
      path: `calendarevents/${rowId}`,
      status: 400,
      body: { code: 400, message: 'Validation Failed' },
      times: 3,
    })
    company.graph.updateEvent(person.upn, id, {
      subject: 'Refused',
      body: { contentType: 'html', content: '<p>Refused</p>' },
    })
    await syncLater(company, person)
    expect(await problemsOf(company, person)).toEqual([
      expect.objectContaining({ code: 'refused-value', fields: ['title', 'description'] }),
    ])
    expect(titlesInOro(company, person)).toEqual(['Accepted'])
    await expectSettled(company, person)
  })

  it('loses to any later change of the side that refused it', async () => {
    const person = await colleague(company)
    const id = inOutlook(company, person, 'Accepted')
    await syncLater(company, person)
    const row = oroRow(company, person)
    company.oro.faults.add({
      method: 'PUT',
      path: `calendarevents/${String(row.id)}`,
      status: 400,
      body: {
        code: 400,
        message: 'Validation Failed',
        errors: { children: { title: { errors: ['This value is not valid.'] } } },
      },
    })
    company.graph.updateEvent(person.upn, id, { subject: 'Refused' })
    await syncLater(company, person)
    company.oro.events.update(row.id, { title: 'From Oro' })
    await syncLater(company, person)
    expect(titlesInOro(company, person)).toEqual(['From Oro'])
    expect(subjectsInOutlook(company, person)).toEqual(['From Oro'])
    expect(await problemsOf(company, person)).toEqual([
      expect.objectContaining({ code: 'conflict' }),
    ])
    await expectSettled(company, person)
  })
})

describe('series and all-day events', () => {
  const weekly = {
    pattern: { type: 'weekly', interval: 1, daysOfWeek: ['tuesday'], firstDayOfWeek: 'sunday' },
    range: { type: 'noEnd', startDate: '2026-09-08' },
  }
  const allDay = (subject: string) => ({
    subject,
    isAllDay: true,
    start: { dateTime: '2026-09-10T00:00:00', timeZone: 'UTC' },
    end: { dateTime: '2026-09-11T00:00:00', timeZone: 'UTC' },
  })

  it('of either side are withheld with their reason and touched nowhere', async () => {
    const person = await colleague(company)
    company.graph.createEvent(person.upn, { ...appointment('Series'), recurrence: weekly })
    company.graph.createEvent(person.upn, allDay('All day'))
    const times = { calendarId: person.calendarId, start: at(0), end: at(1) }
    company.oro.events.create({
      ...times,
      title: 'Oro series',
      recurrence: { recurrenceType: 'weekly', dayOfWeek: ['tuesday'], timeZone: 'UTC' },
    })
    company.oro.events.create({
      ...times,
      title: 'Oro all day',
      allDay: true,
      start: '2026-09-10T00:00:00Z',
      end: '2026-09-11T00:00:00Z',
    })
    const writes = await writesOf(company, person, () => syncLater(company, person))
    expect(writes).toEqual({ graph: [], oro: [] })
    const codes = (await problemsOf(company, person)).map(({ code, side, label }) =>
      [side, code, label].join(' '),
    )
    expect(codes.sort()).toEqual([
      'microsoft unsupported-all-day All day',
      expect.stringMatching(/^microsoft unsupported-series/),
      'oro unsupported-all-day Oro all day',
      'oro unsupported-series Oro series',
    ])
    await expectSettled(company, person)
    expect(titlesInOro(company, person)).toEqual(['Oro all day', 'Oro series'])
  })

  it.each([
    ['a series', { recurrence: weekly }, { recurrence: null }, 'unsupported-series'],
    [
      'all-day',
      allDay('Changing'),
      { isAllDay: false, ...appointment('Changing') },
      'unsupported-all-day',
    ],
  ])(
    'a linked single event that becomes %s in Outlook is withheld, and comes back into step when it is single again',
    async (_name, there, back, code) => {
      const person = await colleague(company)
      const id = inOutlook(company, person, 'Changing')
      await syncLater(company, person)
      const row = oroRow(company, person)
      company.graph.updateEvent(person.upn, id, there)
      const away = await writesOf(company, person, () => syncLater(company, person))
      expect(away).toEqual({ graph: [], oro: [] })
      expect(oroRow(company, person)).toEqual(row)
      expect(await problemsOf(company, person)).toEqual([expect.objectContaining({ code })])
      expect(await countsOf(company, person)).toMatchObject({ withheld: 1, linked: 0 })
      await expectSettled(company, person)

      company.graph.updateEvent(person.upn, id, { ...back, subject: 'Single again' })
      await syncLater(company, person)
      expect(oroRow(company, person)).toMatchObject({ id: row.id, title: 'Single again' })
      expect(subjectsInOutlook(company, person)).toEqual(['Single again'])
      expect(await problemsOf(company, person)).toEqual([])
      expect(await countsOf(company, person)).toMatchObject({ withheld: 0, linked: 1 })
      await expectSettled(company, person)
    },
  )

  it('a linked single event that becomes all-day in Oro and back is withheld meanwhile', async () => {
    const person = await colleague(company)
    const id = inOro(company, person, 'Changing')
    await syncLater(company, person)
    const event = outlookEvent(company, person)
    company.oro.events.update(id, {
      allDay: true,
      start: '2026-09-10T00:00:00Z',
      end: '2026-09-11T00:00:00Z',
    })
    const away = await writesOf(company, person, () => syncLater(company, person))
    expect(away).toEqual({ graph: [], oro: [] })
    expect(outlookEvent(company, person)['start']).toEqual(event['start'])
    expect(await countsOf(company, person)).toMatchObject({ withheld: 1, linked: 0 })
    await expectSettled(company, person)
    company.oro.events.update(id, { allDay: false, start: at(2), end: at(3) })
    await syncLater(company, person)
    expect(outlookEvent(company, person)).toMatchObject({
      id: event['id'],
      start: { dateTime: expect.stringContaining(at(2).slice(0, 19)) as unknown },
    })
    expect(await countsOf(company, person)).toMatchObject({ withheld: 0, linked: 1 })
    await expectSettled(company, person)
  })
})
