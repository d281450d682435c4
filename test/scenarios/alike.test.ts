import { startCompany, type Company, type Person } from './company'
import {
  appointment,
  connected,
  expectSame,
  expectSettled,
  inOro,
  inOutlook,
  subjectsInOutlook,
  syncLater,
  titlesInOro,
} from './observe'
import { countsOf, problemsOf, writesOf } from './writes'

let company: Company
beforeAll(async () => {
  company = await startCompany()
})
afterAll(() => company.stop())
afterEach(() => {
  company.oro.faults.clear()
})

const codes = async (person: Person): Promise<string[]> =>
  (await problemsOf(company, person)).map(({ code }) => String(code))

describe('of several items that look alike', () => {
  it('none is created across, whatever the later runs read, until a person has cleared up', async () => {
    const person = await connected(company)
    inOro(company, person, 'Twin', 40)
    const [, spare = ''] = [0, 1].map(() => inOutlook(company, person, 'Twin', 40))
    await syncLater(company, person)
    expect(await codes(person)).toEqual(Array(3).fill('ambiguous-match'))
    const writes = await writesOf(company, person, async () => {
      await syncLater(company, person)
      await company.advance('PT16M')
      await syncLater(company, person, { mode: 'full' })
      inOutlook(company, person, 'Something else', 50)
      await syncLater(company, person)
    })
    expect(writes.graph).toEqual([])
    expect(titlesInOro(company, person)).toEqual(['Something else', 'Twin'])
    expect(subjectsInOutlook(company, person)).toEqual(['Something else', 'Twin', 'Twin'])

    company.graph.deleteEvent(person.upn, spare)
    const [problem] = await problemsOf(company, person)
    await company.call('POST', `${person.path}/problems/${String(problem?.['id'])}/retry`)
    await company.idle()
    await syncLater(company, person)
    expectSame(company, person, ['Something else', 'Twin'])
    expect(await countsOf(company, person)).toMatchObject({ linked: 2, problems: 0 })
    await expectSettled(company, person)
  })
})

describe('a problem ends', () => {
  it.each(['told by the feed', 'found by a full read'])(
    'with the item that it is about, %s',
    async (how) => {
      const person = await connected(company)
      const id = company.graph.createEvent(person.upn, {
        subject: 'All day',
        isAllDay: true,
        start: { dateTime: '2026-09-20T00:00:00', timeZone: 'UTC' },
        end: { dateTime: '2026-09-21T00:00:00', timeZone: 'UTC' },
      })
      await syncLater(company, person)
      expect(await codes(person)).toEqual(['unsupported-all-day'])
      company.graph.deleteEvent(person.upn, id)
      await syncLater(company, person, how.startsWith('told') ? {} : { mode: 'full' })
      expect(await codes(person)).toEqual([])
    },
  )

  it('of a refused value, when it is tried again on demand and taken', async () => {
    const person = await connected(company)
    const outlook = company.graph.createEvent(person.upn, appointment('Before', 60))
    await syncLater(company, person)
    company.oro.faults.add({
      method: 'PUT',
      path: 'calendarevents',
      status: 400,
      body: {
        code: 400,
        message: 'Validation Failed',
        errors: { children: { title: { errors: ['No'] } } },
      },
    })
    company.graph.updateEvent(person.upn, outlook, { subject: 'After' })
    await syncLater(company, person)
    expect(await codes(person)).toEqual(['refused-value'])
    expect(titlesInOro(company, person)).toEqual(['Before'])
    await syncLater(company, person)
    expect(titlesInOro(company, person)).toEqual(['Before'])
    const [problem] = await problemsOf(company, person)
    await company.call('POST', `${person.path}/problems/${String(problem?.['id'])}/retry`)
    await company.idle()
    expectSame(company, person, ['After'])
    expect(await codes(person)).toEqual([])
  })
})
