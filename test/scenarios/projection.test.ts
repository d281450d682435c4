import { startCompany, type Company, type Person } from './company'
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
  historyOf,
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

const SECRET = 'Salary of Zebedee'
const secret = (sensitivity: string, hours = 0) => ({
  ...appointment(SECRET, hours),
  sensitivity,
  body: { contentType: 'html', content: `<p>${SECRET} in detail</p>` },
  isReminderOn: true,
  reminderMinutesBeforeStart: 30,
})

/** Everything that the product says about the person or logs: none of it may name what is private. */
async function expectNoSecret(person: Person): Promise<void> {
  const said = [
    (await company.status(person)) as unknown,
    await problemsOf(company, person),
    await historyOf(company, person),
    (await company.call('GET', `${person.path}/hold`)).body as unknown,
    (await company.local('GET', 'log')).body as unknown,
  ]
  expect(JSON.stringify(said)).not.toContain('Zebedee')
}

const change = async (person: Person, calendar: object) => {
  await company.settings(person, { calendar })
  return writesOf(company, person, () => syncLater(company, person))
}

describe('private events', () => {
  it.each(['private', 'confidential'])(
    'S6: busy: of a %s event Oro gets "Private", the times and nothing else',
    async (sensitivity) => {
      const person = await colleague(company)
      company.graph.createEvent(person.upn, secret(sensitivity))
      await syncLater(company, person)
      const row = oroRow(company, person)
      expect(row).toMatchObject({
        title: 'Private',
        start: Date.parse(at(0)),
        end: Date.parse(at(1)),
        reminders: [],
      })
      expect(row.description ?? '').toBe('')
      expect(JSON.stringify(company.oro.eventRows())).not.toContain('Zebedee')
      await expectNoSecret(person)
      await expectSettled(company, person)
    },
  )

  it('S6: busy: a new time travels both ways, a new text stays in Outlook, a text put in Oro is never written back', async () => {
    const person = await colleague(company)
    const id = company.graph.createEvent(person.upn, secret('private'))
    await syncLater(company, person)
    const { id: oroId } = oroRow(company, person)
    company.graph.updateEvent(person.upn, id, { ...appointment(`${SECRET} again`, 4) })
    await syncLater(company, person)
    expect(oroRow(company, person)).toMatchObject({ title: 'Private', start: Date.parse(at(4)) })
    company.oro.events.update(oroId, { start: at(6), end: at(7) })
    const moved = await writesOf(company, person, () => syncLater(company, person))
    expect(Object.keys(only(bodies(moved.graph))).sort()).toEqual(['end', 'start'])
    company.oro.events.update(oroId, { title: 'Renamed in Oro', description: '<p>Note</p>' })
    const renamed = await writesOf(company, person, () => syncLater(company, person))
    expect(renamed.graph).toEqual([])
    expect(subjectsInOutlook(company, person)).toEqual([`${SECRET} again`])
    expect(await problemsOf(company, person)).toEqual([
      expect.objectContaining({
        code: 'private',
        label: 'Private',
        fields: ['title', 'description'],
      }),
    ])
    await expectSettled(company, person)
    await expectNoSecret(person)
  })

  it('S6: from busy to full and back: the text comes, and is scrubbed again; Outlook is not written', async () => {
    const person = await colleague(company)
    company.graph.createEvent(person.upn, secret('private'))
    await syncLater(company, person)
    const full = await change(person, { private: 'full' })
    expect(full.graph).toEqual([])
    expect(oroRow(company, person)).toMatchObject({ title: SECRET })
    expect(oroRow(company, person).description).toContain('in detail')
    await expectSettled(company, person)
    const busy = await change(person, { private: 'busy' })
    expect(busy.graph).toEqual([])
    expect(oroRow(company, person)).toMatchObject({ title: 'Private', reminders: [] })
    expect(oroRow(company, person).description ?? '').toBe('')
    expect(JSON.stringify(company.oro.eventRows(person.calendarId))).not.toContain('Zebedee')
    await expectNoSecret(person)
    await expectSettled(company, person)
  })

  it('S6: skip leaves it out; switched to, its copy stays and is unlinked; switched from, it is in step again', async () => {
    const person = await colleague(company)
    const id = company.graph.createEvent(person.upn, secret('private'))
    await syncLater(company, person)
    const skipped = await change(person, { private: 'skip' })
    expect(skipped).toEqual({ graph: [], oro: [] })
    company.graph.createEvent(person.upn, secret('confidential', 3))
    await syncLater(company, person)
    expect(titlesInOro(company, person)).toEqual(['Private'])
    expect(await countsOf(company, person)).toMatchObject({ linked: 0, unlinked: 1 })
    company.graph.updateEvent(person.upn, id, appointment(SECRET, 8))
    await change(person, { private: 'busy' })
    expect(titlesInOro(company, person)).toEqual(['Private', 'Private'])
    expect(
      company.oro
        .eventRows(person.calendarId)
        .map((row) => row.start)
        .sort(),
    ).toEqual([Date.parse(at(3)), Date.parse(at(8))])
    expect(subjectsInOutlook(company, person)).toEqual([SECRET, SECRET])
    await expectNoSecret(person)
    await expectSettled(company, person)
  })

  it('S6: an ordinary event that is made private is scrubbed in Oro and in the history, and shown again when it no longer is', async () => {
    const person = await colleague(company)
    const { sensitivity, ...open } = secret('normal')
    expect(sensitivity).toBe('normal')
    const id = company.graph.createEvent(person.upn, open)
    await syncLater(company, person)
    expect(titlesInOro(company, person)).toEqual([SECRET])
    company.graph.updateEvent(person.upn, id, { sensitivity: 'private' })
    const writes = await writesOf(company, person, () => syncLater(company, person))
    expect(writes.graph).toEqual([])
    expect(oroRow(company, person)).toMatchObject({ title: 'Private' })
    expect(oroRow(company, person).description ?? '').toBe('')
    await expectNoSecret(person)
    await expectSettled(company, person)
    company.graph.updateEvent(person.upn, id, { sensitivity: 'normal' })
    await syncLater(company, person)
    expect(titlesInOro(company, person)).toEqual([SECRET])
    expect(subjectsInOutlook(company, person)).toEqual([SECRET])
    await expectSettled(company, person)
  })
})

describe('filters of categories', () => {
  it('S7: only matching events are linked; one born in Oro gets the first category', async () => {
    const person = await colleague(company, {
      onlyCategories: ['Work', 'Team'],
      exceptCategories: ['Draft'],
    })
    const categorised = (subject: string, categories: string[], hours: number) =>
      company.graph.createEvent(person.upn, { ...appointment(subject, hours), categories })
    categorised('Wanted', ['team'], 0)
    categorised('Draft of work', ['Work', 'Draft'], 2)
    categorised('Without', [], 4)
    inOro(company, person, 'Born in Oro', 6)
    await syncLater(company, person)
    expect(titlesInOro(company, person)).toEqual(['Born in Oro', 'Wanted'])
    const born = company.graph
      .state(person.upn)
      .events.find((one) => one['subject'] === 'Born in Oro')
    expect(born?.['categories']).toEqual(['Work'])
    await expectSettled(company, person)
  })

  it('S7: an event that loses its category is unlinked, deleted nowhere, and linked again when it has it back', async () => {
    const person = await colleague(company, { onlyCategories: ['Work'] })
    const id = company.graph.createEvent(person.upn, {
      ...appointment('Event'),
      categories: ['Work'],
    })
    await syncLater(company, person)
    const row = oroRow(company, person)
    company.graph.updateEvent(person.upn, id, { categories: [], subject: 'Event, private life' })
    const writes = await writesOf(company, person, () => syncLater(company, person))
    expect(writes).toEqual({ graph: [], oro: [] })
    expect(titlesInOro(company, person)).toEqual(['Event'])
    expect(await countsOf(company, person)).toMatchObject({ linked: 0, unlinked: 1 })
    await expectSettled(company, person)
    company.graph.updateEvent(person.upn, id, { categories: ['Work'] })
    await syncLater(company, person)
    expect(oroRow(company, person)).toMatchObject({ id: row.id, title: 'Event, private life' })
    expect(await countsOf(company, person)).toMatchObject({ linked: 1, unlinked: 0 })
    await expectSettled(company, person)
  })

  it('S7: a changed list unlinks and links again without a deletion or a double', async () => {
    const person = await colleague(company)
    company.graph.createEvent(person.upn, { ...appointment('Work'), categories: ['Work'] })
    inOutlook(company, person, 'Plain', 3)
    inOro(company, person, 'From Oro', 6)
    await syncLater(company, person)
    const all = ['From Oro', 'Plain', 'Work']
    const narrowed = await change(person, { onlyCategories: ['Work'] })
    expect(narrowed).toEqual({ graph: [], oro: [] })
    expectSame(company, person, all)
    expect(await countsOf(company, person)).toMatchObject({ linked: 1, unlinked: 2 })
    const except = await change(person, { onlyCategories: [], exceptCategories: ['Work'] })
    expect(except).toEqual({ graph: [], oro: [] })
    expect(await countsOf(company, person)).toMatchObject({ linked: 2, unlinked: 1 })
    const widened = await change(person, { exceptCategories: [] })
    expect(widened).toEqual({ graph: [], oro: [] })
    expectSame(company, person, all)
    expect(await countsOf(company, person)).toMatchObject({ linked: 3, unlinked: 0 })
    await expectSettled(company, person)
  })
})

describe('attendees as a list in the body', () => {
  const people = [
    { email: 'anna@elsewhere.example', displayName: 'Anna A' },
    { email: 'bert@elsewhere.example', displayName: 'Bert B' },
  ]
  const bodyOf = (person: Person): string =>
    (outlookEvent(company, person)['body'] as { content: string }).content

  it('P6: under none they are not written at all', async () => {
    const person = await colleague(company)
    company.oro.events.create({
      calendarId: person.calendarId,
      title: 'Meeting',
      start: at(0),
      end: at(1),
      attendees: people,
    })
    await syncLater(company, person)
    expect(outlookEvent(company, person)['attendees']).toEqual([])
    expect(bodyOf(person)).not.toContain('anna@')
    expect(company.graph.mails(person.upn)).toEqual([])
    await expectSettled(company, person)
  })

  it('P6: the list stands in the body, follows the attendees, is no part of the description, and mails nobody', async () => {
    const person = await colleague(company, { attendees: 'list-in-body' })
    const id = company.oro.events.create({
      calendarId: person.calendarId,
      title: 'Meeting',
      // So long that Exchange breaks the line within the words that begin the list (G-25).
      description: '<p>Agenda: what we said last time, and what has come of it since then</p>',
      start: at(0),
      end: at(1),
      attendees: people,
    })
    await syncLater(company, person)
    expect(bodyOf(person)).toMatch(/Attendees\r\nin Oro/)
    expect(bodyOf(person)).toContain('anna@elsewhere.example')
    expect(bodyOf(person)).toContain('Agenda')
    expect(outlookEvent(company, person)['attendees']).toEqual([])
    expect(oroRow(company, person).description).not.toContain('anna@')
    await expectSettled(company, person)
    company.oro.events.update(id, { attendees: people.slice(0, 1) })
    await syncLater(company, person)
    expect(bodyOf(person)).toContain('anna@')
    expect(bodyOf(person)).not.toContain('bert@')
    expect(bodyOf(person)).toContain('Agenda')
    expect(bodyOf(person).match(/Attendees\s+in Oro/g)).toHaveLength(1)
    expect(oroRow(company, person).description).not.toMatch(/Attendees|anna@/)
    await expectSettled(company, person)
    expect(company.graph.mails(person.upn)).toEqual([])
    expect(company.oro.mails()).toEqual([])
  })

  it('P6: switched on later, the list joins the bodies of events that mail nobody; switched off, it leaves them and is not taken for text', async () => {
    const person = await colleague(company)
    company.oro.events.create({
      calendarId: person.calendarId,
      title: 'Meeting',
      description: '<p>Agenda</p>',
      start: at(0),
      end: at(1),
      attendees: people,
    })
    await syncLater(company, person)
    await change(person, { attendees: 'list-in-body' })
    expect(bodyOf(person)).toContain('anna@elsewhere.example')
    await expectSettled(company, person)
    await change(person, { attendees: 'none' })
    expect(oroRow(company, person).description).toBe('<p>Agenda</p>')
    expect(bodyOf(person)).toContain('Agenda')
    expect(bodyOf(person)).not.toMatch(/anna@|Attendees/)
    await expectSettled(company, person)
    expect(company.graph.mails(person.upn)).toEqual([])
  })

  it('P6: the join block of a meeting stays beside the list', async () => {
    const person = await colleague(company, { attendees: 'list-in-body' })
    company.graph.createEvent(person.upn, {
      ...appointment('Stand-up'),
      isOnlineMeeting: true,
      onlineMeetingProvider: 'teamsForBusiness',
      body: { contentType: 'html', content: '<p>Agenda</p>' },
    })
    await syncLater(company, person)
    const before = outlookEvent(company, person)
    const { joinUrl } = before['onlineMeeting'] as { joinUrl: string }
    company.oro.events.update(oroRow(company, person).id, {
      attendees: people,
      description: '<p>New agenda</p>',
    })
    await syncLater(company, person)
    expect(bodyOf(person)).toContain(joinUrl)
    expect(bodyOf(person)).toContain('New agenda')
    expect(bodyOf(person)).toContain('anna@elsewhere.example')
    expect(outlookEvent(company, person)['onlineMeeting']).toEqual(before['onlineMeeting'])
    expect(company.graph.mails(person.upn)).toEqual([])
    await expectSettled(company, person)
  })
})
