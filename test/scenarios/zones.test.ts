import { startCompany, type Company, type Person } from './company'
import { appointment, at, expectSettled, inOro, syncLater, titlesInOro } from './observe'
import { bodies, colleague, only, oroRow, outlookEvent, problemsOf, writesOf } from './writes'

let company: Company
beforeAll(async () => {
  company = await startCompany()
})
afterAll(() => company.stop())

/** An event at nine by the clock of this zone, stored as Graph stores events of that zone. */
const nineIn = (zone: string, subject = zone) => ({
  subject,
  start: { dateTime: '2026-09-10T09:00:00', timeZone: 'UTC' },
  end: { dateTime: '2026-09-10T10:00:00', timeZone: 'UTC' },
  originalStartTimeZone: zone,
  originalEndTimeZone: zone,
})

const rowOf = (person: Person, title: string) =>
  only(company.oro.eventRows(person.calendarId).filter((row) => row.title === title))

describe('zones of an event', () => {
  const NAMES = [
    'Pacific Standard Time',
    'W. Europe Standard Time',
    'India Standard Time',
    'AUS Eastern Standard Time',
    'Greenwich Standard Time',
    'Central Asia Standard Time',
    'Mountain Standard Time (Mexico)',
    'UTC',
    'UTC-11',
    'Europe/Berlin',
    'America/Argentina/Buenos_Aires',
    'America/Buenos_Aires',
    'Asia/Calcutta',
    'Asia/Kolkata',
    'Europe/Kiev',
    'Customized Time Zone',
    'tzone://Microsoft/Custom',
    'tzone://Microsoft/Utc',
  ]

  it('Z2: under every kind of name the instants are equal on both sides; an unknown name is withheld with its reason', async () => {
    const person = await colleague(company)
    company.graph.seedEvents(person.upn, [
      ...NAMES.map((name) => nineIn(name)),
      nineIn('Middle-earth Standard Time'),
    ])
    await syncLater(company, person)
    expect(titlesInOro(company, person)).toEqual([...NAMES].sort())
    for (const name of NAMES) {
      expect(rowOf(person, name)).toMatchObject({
        start: Date.parse('2026-09-10T09:00:00Z'),
        end: Date.parse('2026-09-10T10:00:00Z'),
      })
    }
    expect(await problemsOf(company, person)).toEqual([
      expect.objectContaining({
        code: 'zone-unknown',
        side: 'microsoft',
        label: 'Middle-earth Standard Time',
      }),
    ])
    await expectSettled(company, person)
  })

  it('Z2: an event moved in Oro keeps the zone it has in Outlook, at the same instant', async () => {
    const person = await colleague(company)
    const zones = ['Pacific Standard Time', 'Europe/Kiev', 'tzone://Microsoft/Custom']
    company.graph.seedEvents(
      person.upn,
      zones.map((name) => nineIn(name)),
    )
    await syncLater(company, person)
    for (const zone of zones) {
      const { id } = rowOf(person, zone)
      company.oro.events.update(id, { start: at(30), end: at(31) })
    }
    const writes = await writesOf(company, person, () => syncLater(company, person))
    expect(writes.graph).toHaveLength(zones.length)
    for (const body of bodies(writes.graph))
      expect(Object.keys(body).sort()).toEqual(['end', 'start'])
    for (const event of company.graph.state(person.upn).events) {
      expect((event['start'] as { dateTime: string }).dateTime.slice(0, 19)).toBe(
        at(30).slice(0, 19),
      )
    }
    await expectSettled(company, person)
  })

  it('Z8: an event made in UTC and synced both ways is still a UTC event after its title was edited', async () => {
    const person = await company.newPerson({ timeZone: 'Europe/Berlin' })
    await company.settings(person, { calendar: { enabled: true }, tasks: { enabled: false } })
    await company.connect(person)
    company.graph.createEvent(person.upn, appointment('Made in UTC'))
    await syncLater(company, person)
    const before = outlookEvent(company, person)
    company.oro.events.update(oroRow(company, person).id, { title: 'Edited in Oro' })
    const writes = await writesOf(company, person, () => syncLater(company, person))
    expect(only(bodies(writes.graph))).toEqual({ subject: 'Edited in Oro' })
    const after = outlookEvent(company, person)
    expect(after).toMatchObject({
      originalStartTimeZone: 'UTC',
      originalEndTimeZone: 'UTC',
      start: before['start'],
      end: before['end'],
    })
    company.oro.events.update(oroRow(company, person).id, { start: at(7), end: at(8) })
    await syncLater(company, person)
    expect(outlookEvent(company, person)['originalStartTimeZone']).toBe('UTC')
    await expectSettled(company, person)
  })
})

describe('start and end', () => {
  it('Z7: an event of no length is synced, one that ends before it starts is withheld, the run goes on', async () => {
    const person = await colleague(company)
    const moment = { dateTime: '2026-09-10T09:00:00', timeZone: 'UTC' }
    const before = { dateTime: '2026-09-10T08:00:00', timeZone: 'UTC' }
    company.graph.seedEvents(person.upn, [
      { subject: 'No length', start: moment, end: moment },
      { subject: 'Backwards', start: moment, end: before },
      appointment('Ordinary'),
    ])
    await syncLater(company, person)
    expect(titlesInOro(company, person)).toEqual(['No length', 'Ordinary'])
    const row = rowOf(person, 'No length')
    expect(row.start).toBe(row.end)
    expect(await problemsOf(company, person)).toEqual([
      expect.objectContaining({ code: 'time-invalid', side: 'microsoft', label: 'Backwards' }),
    ])
    await expectSettled(company, person)
  })

  it('Z7: an event of no length made in Oro is synced too', async () => {
    const person = await colleague(company)
    inOro(company, person, 'Ordinary', 2)
    company.oro.events.create({
      calendarId: person.calendarId,
      title: 'No length',
      start: at(0),
      end: at(0),
    })
    await syncLater(company, person)
    const event = only(
      company.graph.state(person.upn).events.filter((one) => one['subject'] === 'No length'),
    )
    expect(event['start']).toEqual(event['end'])
    await expectSettled(company, person)
  })
})
