import { startCompany, type Company } from './company'
import {
  appointment,
  at,
  expectSame,
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
  company.graph.resetSwitches()
})

const NUL = String.fromCharCode(0)

describe('an event made in Oro', () => {
  it('C1: costs one POST with transactionId and the correlation property, and one link', async () => {
    const person = await colleague(company)
    const id = inOro(company, person, 'Made in Oro')
    const writes = await writesOf(company, person, () => syncLater(company, person))
    expect(writes.oro).toEqual([])
    const post = only(writes.graph)
    expect(post.method).toBe('POST')
    expect(post.path).toMatch(/\/events$/)
    expect(only(bodies(writes.graph))).toMatchObject({
      subject: 'Made in Oro',
      transactionId: expect.stringMatching(/^[0-9a-f-]{36}$/) as unknown,
      singleValueExtendedProperties: [
        {
          id: expect.stringContaining('OroEventId') as unknown,
          value: `${new URL(company.oro.url).host}/${String(id)}`,
        },
      ],
    })
    expect(only(bodies(writes.graph))).not.toHaveProperty('attendees')
    expect(await countsOf(company, person)).toMatchObject({ linked: 1, problems: 0 })
    expectSame(company, person, ['Made in Oro'])
    await expectSettled(company, person)
  })

  it('C2: of a user whose sync is off goes nowhere; switched on, the items of the window follow', async () => {
    const person = await colleague(company, { enabled: false })
    inOro(company, person, 'In the window')
    inOro(company, person, 'Long past', -24 * 90)
    inOro(company, person, 'Far ahead', 24 * 500)
    const calls = company.graph.log.length
    await syncLater(company, person)
    await company.advance('PT16M')
    expect(company.graph.log.slice(calls).filter((l) => l.principal === person.upn)).toEqual([])
    await company.settings(person, { calendar: { enabled: true } })
    await syncLater(company, person)
    expect(subjectsInOutlook(company, person)).toEqual(['In the window'])
    expect(titlesInOro(company, person)).toEqual(['Far ahead', 'In the window', 'Long past'])
    await expectSettled(company, person)
  })

  it('C3: while sync is paused is sent once, with its final content, on resume', async () => {
    const person = await colleague(company)
    expect((await company.call('POST', `${person.path}/pause`)).status).toBeLessThan(300)
    const id = inOro(company, person, 'First thought')
    const calls = company.graph.log.length
    await company.advance('PT16M')
    company.oro.events.update(id, { title: 'Final thought' })
    await company.advance('PT16M')
    expect(company.graph.log.slice(calls).filter((l) => l.principal === person.upn)).toEqual([])
    const writes = await writesOf(company, person, async () => {
      expect((await company.call('POST', `${person.path}/resume`)).status).toBeLessThan(300)
      await company.idle()
      await company.advance('PT16M')
    })
    expect(only(bodies(writes.graph))).toMatchObject({ subject: 'Final thought' })
    expectSame(company, person, ['Final thought'])
    await expectSettled(company, person)
  })
})

describe('an event made in Outlook', () => {
  it('C4: becomes one Oro event in the default calendar, organised by its owner, equal in all fields', async () => {
    const person = await colleague(company)
    company.graph.createEvent(person.upn, {
      ...appointment('Made in Outlook'),
      body: { contentType: 'html', content: '<p>Bring the <b>plan</b>.</p>' },
      isReminderOn: true,
      reminderMinutesBeforeStart: 30,
    })
    const writes = await writesOf(company, person, () => syncLater(company, person))
    expect(writes.graph).toEqual([])
    expect(named(writes.oro)).toEqual([expect.stringMatching(/^POST .*\/calendarevents/)])
    expect(only(bodies(writes.oro))).toMatchObject({ notifyAttendees: 'none' })
    const row = oroRow(company, person)
    expect(row).toMatchObject({
      calendarId: person.calendarId,
      title: 'Made in Outlook',
      start: Date.parse(at(0)),
      end: Date.parse(at(1)),
      allDay: false,
      attendees: [],
      reminders: [{ interval: { number: 30, unit: 'M' } }],
    })
    expect(row.isOrganizer).not.toBe(false)
    expect(row.description).toMatch(/<(b|strong)>plan<\/\1>/)
    await expectSettled(company, person)
    expect(company.oro.mails()).toEqual([])
    expect(company.graph.mails(person.upn)).toEqual([])
  })

  it('G-28: several that share one iCalUId stay several, each with its own content', async () => {
    const person = await colleague(company)
    const titles = ['Copy 1', 'Copy 2', 'Copy 3', 'Copy 4']
    company.graph.seedEvents(
      person.upn,
      titles.map((title, hour) => ({ ...appointment(title, hour), iCalUId: 'one-for-all' })),
    )
    const writes = await writesOf(company, person, async () => {
      await syncLater(company, person)
      await syncLater(company, person, { mode: 'full' })
    })
    expect(writes.graph).toEqual([])
    expectSame(company, person, titles)
    expect(await countsOf(company, person)).toMatchObject({ linked: 4, problems: 0 })
    await expectSettled(company, person)
  })

  it('C6: and organised by somebody unknown comes with name and address; an edit in Oro is reported, Graph is not written', async () => {
    const person = await colleague(company)
    company.graph.seedEvents(person.upn, [
      {
        ...appointment('Board meeting'),
        isOrganizer: false,
        organizer: { emailAddress: { name: 'Olga Outside', address: 'olga@elsewhere.example' } },
        attendees: [
          {
            type: 'required',
            status: { response: 'notResponded', time: '0001-01-01T00:00:00Z' },
            emailAddress: { name: 'Me', address: person.upn },
          },
        ],
      },
    ])
    await syncLater(company, person)
    const row = oroRow(company, person)
    expect(row).toMatchObject({
      title: 'Board meeting',
      isOrganizer: false,
      organizerEmail: 'olga@elsewhere.example',
      organizerDisplayName: 'Olga Outside',
    })
    await expectSettled(company, person)

    company.oro.events.update(row.id, { title: 'My own title' })
    const edited = await writesOf(company, person, () => syncLater(company, person))
    expect(edited.graph).toEqual([])
    expect(await problemsOf(company, person)).toEqual([
      expect.objectContaining({ code: 'not-organizer', fields: ['title'] }),
    ])
    expect(subjectsInOutlook(company, person)).toEqual(['Board meeting'])

    company.graph.updateEvent(person.upn, String(outlookEvent(company, person)['id']), {
      subject: 'Board meeting, moved',
    })
    await syncLater(company, person)
    expect(titlesInOro(company, person)).toEqual(['Board meeting, moved'])
    await expectSettled(company, person)
    expect(company.graph.mails(person.upn)).toEqual([])
  })

  it('C11: lacks a subject, its series, or its iCalUId: each is imported or withheld, ten others come', async () => {
    const person = await colleague(company)
    const ordinary = Array.from({ length: 10 }, (_, n) =>
      appointment(`Ordinary ${String(n)}`, n * 2),
    )
    const stray = { ...appointment('Stray date', 30), type: 'occurrence', seriesMasterId: null }
    company.graph.seedEvents(person.upn, [
      { ...appointment('', 40), subject: null },
      stray,
      { ...appointment('Without iCalUId', 50), iCalUId: null },
      ...ordinary,
    ])
    await syncLater(company, person)
    expect(titlesInOro(company, person)).toEqual(
      [
        '(No subject)',
        'Without iCalUId',
        ...ordinary.map((event) => String(event['subject'])),
      ].sort(),
    )
    const problems = await problemsOf(company, person)
    expect(problems).toEqual([
      expect.objectContaining({
        code: 'invalid-item',
        side: 'microsoft',
        message: expect.stringMatching(/\S/) as unknown,
      }),
    ])
    await expectSettled(company, person)
  })

  it('C12: carries a NUL and 60 KB of scripted HTML: the run succeeds and nothing executable arrives', async () => {
    const person = await colleague(company)
    const block =
      '<p onclick="steal()">Text <script>alert(1)</script><img src=x onerror=alert(2)><a href="javascript:alert(3)">link</a></p>'
    const content = `<html><body>${block.repeat(Math.ceil(61_440 / block.length))}</body></html>`
    company.graph.seedEvents(person.upn, [
      { ...appointment(`Zero${NUL}byte`), body: { contentType: 'html', content } },
    ])
    inOutlook(company, person, 'Beside it', 5)
    await syncLater(company, person)
    expect(titlesInOro(company, person)).toEqual(['Beside it', 'Zerobyte'])
    const row = company.oro.eventRows(person.calendarId).find((one) => one.title === 'Zerobyte')
    expect(row?.description).toContain('Text')
    expect(JSON.stringify(row)).not.toContain('\\u0000')
    expect(row?.description).not.toMatch(/<script|onclick|onerror|javascript:|alert/i)
    await expectSettled(company, person)
  })
})
