import type { LostSyncState } from '../../local/graph/switches'
import { startCompany, type Company } from './company'
import {
  appointment,
  expectSame,
  expectSettled,
  inOro,
  inOutlook,
  syncLater,
  titlesInOro,
} from './observe'
import { colleague, countsOf, only, bodies, outlookEvent, writesOf } from './writes'

let company: Company
beforeAll(async () => {
  company = await startCompany()
})
afterAll(() => company.stop())
afterEach(() => {
  company.graph.resetSwitches()
})

describe('X1: the delta call has lost its state', () => {
  it('X1: every link of the mailbox is stale: nothing changed, nothing is written', async () => {
    const person = await colleague(company)
    for (let n = 0; n < 5; n += 1) inOutlook(company, person, `Event ${String(n)}`, n)
    await syncLater(company, person)
    company.graph.loseSyncState(person.upn)
    const writes = await writesOf(company, person, () => syncLater(company, person))
    expect(writes).toEqual({ graph: [], oro: [] })
    expect(await countsOf(company, person)).toMatchObject({ linked: 5 })
    await expectSettled(company, person)
  })

  it.each<[string, LostSyncState]>([
    ['410 fullSyncRequired', { status: 410, code: 'fullSyncRequired', location: true }],
    ['410 ResyncRequired', { status: 410, code: 'ResyncRequired', location: false }],
    ['400 SYNCSTATENOTFOUND', { status: 400, code: 'SYNCSTATENOTFOUND', location: false }],
    ['410 syncStateNotFound', { status: 410, code: 'syncStateNotFound', location: true }],
    ['410 without a body', { status: 410, code: null, location: false }],
  ])(
    'X1: %s: the window is compared, what changed travels and nothing else',
    async (_name, lost) => {
      const person = await colleague(company)
      const ids = [0, 1, 2, 3].map((n) => inOutlook(company, person, `Event ${String(n)}`, n))
      inOro(company, person, 'From Oro', 5)
      await syncLater(company, person)
      company.graph.updateEvent(person.upn, ids[0] ?? '', { subject: 'Edited meanwhile' })
      company.graph.deleteEvent(person.upn, ids[1] ?? '')
      company.graph.setSwitch(person.upn, 'lostSyncState', lost, 1)
      const calls = company.graph.log.length
      const writes = await writesOf(company, person, () => syncLater(company, person))
      const broken = company.graph.log.slice(calls).filter((line) => line.status === lost.status)
      expect(broken.map((line) => line.path)).toEqual([expect.stringContaining('/delta')])
      expect(writes.graph).toEqual([])
      expect(writes.oro.map((line) => line.method).sort()).toEqual(['DELETE', 'PUT'])
      expectSame(company, person, ['Edited meanwhile', 'Event 2', 'Event 3', 'From Oro'])
      await expectSettled(company, person)
    },
  )
})

it('X4: an event that comes three times in one round is written once, with its last content', async () => {
  const person = await colleague(company)
  company.graph.seedEvents(
    person.upn,
    Array.from({ length: 120 }, (_, n) => appointment(`Event ${String(n)}`, n)),
  )
  await syncLater(company, person)
  const { id } = company.graph.state(person.upn).events[0] ?? {}
  const contents = ['First word', 'Second word', 'Last word']
  for (const subject of contents) company.graph.updateEvent(person.upn, String(id), { subject })
  const writes = await writesOf(company, person, () => syncLater(company, person))
  expect(writes.graph).toEqual([])
  expect(only(bodies(writes.oro))).toMatchObject({ title: 'Last word' })
  expect(titlesInOro(company, person)).toContain('Last word')
  await expectSettled(company, person)
})

it.each(['item', 'removed'] as const)(
  'X6: an event moved to another calendar and back between runs (told as %s) keeps its link',
  async (told) => {
    const person = await colleague(company)
    const id = inOutlook(company, person, 'Wanderer')
    await syncLater(company, person)
    company.graph.setSwitch(person.upn, 'movedBack', told)
    const home = String(outlookEvent(company, person)['calendarId'])
    const away = company.graph.createCalendar(person.upn, 'Away')
    company.graph.moveEvent(person.upn, id, away)
    company.graph.moveEvent(person.upn, id, home)
    const writes = await writesOf(company, person, () => syncLater(company, person))
    expect(writes).toEqual({ graph: [], oro: [] })
    expectSame(company, person, ['Wanderer'])
    expect(await countsOf(company, person)).toMatchObject({ linked: 1, unlinked: 0 })
    await expectSettled(company, person)
  },
)

it('X6: moved to another calendar and left there it is unlinked, deleted nowhere, and comes back with its edits', async () => {
  const person = await colleague(company)
  const id = inOutlook(company, person, 'Wanderer')
  await syncLater(company, person)
  const home = String(outlookEvent(company, person)['calendarId'])
  const away = company.graph.createCalendar(person.upn, 'Away')
  company.graph.moveEvent(person.upn, id, away)
  const left = await writesOf(company, person, () => syncLater(company, person))
  expect(left).toEqual({ graph: [], oro: [] })
  expectSame(company, person, ['Wanderer'])
  expect(await countsOf(company, person)).toMatchObject({ linked: 0, unlinked: 1 })
  await expectSettled(company, person)
  company.graph.updateEvent(person.upn, id, { subject: 'Wanderer, back' })
  company.graph.moveEvent(person.upn, id, home)
  await syncLater(company, person)
  expectSame(company, person, ['Wanderer, back'])
  expect(await countsOf(company, person)).toMatchObject({ linked: 1, unlinked: 0 })
  await expectSettled(company, person)
})
