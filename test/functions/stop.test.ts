import { startCompany, type Company, type Person } from '../scenarios/company'
import { appointment, until, watch } from '../scenarios/observe'
import { expectAnswer } from './world'

let company: Company
beforeAll(async () => {
  company = await startCompany()
})
afterEach(async () => {
  company.graph.faults.clear()
  for (const path of ['', '/organizations/1']) await company.call('POST', `${path}/resume`)
  await company.idle()
})
afterAll(() => company.stop())

const calendarOnly = { calendar: { enabled: true }, tasks: { enabled: false } }

/** More than a run takes up at once. */
const ITEMS = 110

/** What was asked of Graph and of the sign-in for this person. */
const callsFor = ({ upn }: Person, seen: ReturnType<typeof watch>) =>
  [...seen.graph(), ...seen.tokens()]
    .filter(({ principal }) => principal === upn)
    .map(({ method, path }) => `${method} ${path}`)

/** A run of many items whose first write to Graph is under way, slowly. */
async function busy(): Promise<Person> {
  const person = await company.connected(calendarOnly)
  await company.advance('PT61S')
  const { calendarId } = person
  for (let n = 0; n < ITEMS; n += 1) {
    const day = new Date(Date.parse('2026-09-10T09:00:00Z') + n * 86_400_000).toISOString()
    const [start, end] = [day, day.replace('T09', 'T10')].map((text) => text.replace('.000Z', 'Z'))
    company.oro.events.create({ calendarId, title: `Event ${String(n)}`, start: start!, end: end! })
  }
  company.graph.faults.add({ method: 'POST', principal: person.upn, delayMs: 500, times: 6 })
  const seen = watch(company, person)
  await company.call('POST', `${person.path}/sync`, { kind: 'calendar' })
  await until(
    () => seen.graphWrites().length > 0 || seen.graph().some(({ method }) => method === 'POST'),
  )
  return person
}

const eventsOf = ({ upn }: Person) => company.graph.state(upn).events

describe('S9: somebody stops syncing while a run is under way', () => {
  it.each([
    ['the user', (person: Person) => person.path],
    ['an administrator of the organization', () => '/organizations/1'],
    ['an administrator of the system, for everyone', () => ''],
  ])('%s: nothing is called from the answer on, and resume brings the rest', async (_who, at) => {
    const person = await busy()
    const paused = await company.call('POST', `${at(person)}/pause`)
    expect(expectAnswer(paused, 200, 'paused').body).toEqual({ paused: true, running: 0 })
    const seen = watch(company, person)
    const done = eventsOf(person).length
    expect(done).toBeLessThan(ITEMS)
    await company.idle()
    company.graph.createEvent(person.upn, appointment('Meanwhile'))
    await company.advance('PT16M')
    expect(callsFor(person, seen)).toEqual([])
    const status = expectAnswer(await company.call('GET', `${person.path}/status`), 200, 'status')
    expect(status.body.kinds.calendar).toMatchObject({ state: 'paused', inProgress: false })

    expectAnswer(await company.call('POST', `${at(person)}/resume`), 200, 'resumed')
    await company.idle()
    await company.advance('PT2M')
    expect(eventsOf(person)).toHaveLength(ITEMS + 1)
    expect(company.oro.eventRows(person.calendarId)).toHaveLength(ITEMS + 1)
  })

  it('the pause of one level is not undone by the resume of another', async () => {
    const person = await company.connected(calendarOnly)
    await company.call('POST', '/organizations/1/pause')
    await company.call('POST', `${person.path}/pause`)
    await company.call('POST', `${person.path}/resume`)
    const status = async () => (await company.call('GET', `${person.path}/status`)).body
    expect((await status()).paused).toBe('organization')
    await company.call('POST', '/organizations/1/resume')
    await company.idle()
    expect((await status()).paused).toBeNull()
  })
})

describe('T10: somebody disconnects while a run is under way', () => {
  it('leaving all items: nothing is called from the answer on, the tokens are gone, a receipt is given', async () => {
    const person = await busy()
    const answer = await company.call('DELETE', `${person.path}/connection?cleanup=leave`)
    const { body } = expectAnswer(answer, 202, 'operation')
    expect(body).toMatchObject({
      type: 'disconnect',
      state: 'done',
      result: { cleanup: 'leave', tokens: 'erased', account: person.upn },
    })
    const seen = watch(company, person)
    const left = eventsOf(person).length
    await company.idle()
    await company.advance('PT16M')
    await company.call('POST', `${person.path}/connection/check`)
    expect(callsFor(person, seen)).toEqual([])
    expect(eventsOf(person)).toHaveLength(left)
    expect(company.oro.eventRows(person.calendarId)).toHaveLength(ITEMS)
    const connection = await company.call('GET', `${person.path}/connection`)
    expect(connection.body).toMatchObject({ state: 'none', microsoft: null })
    const receipt = await company.call('GET', `/operations/${body.id}`)
    expect(receipt.body).toEqual(body)
    const again = await company.call('DELETE', `${person.path}/connection`)
    expect(again.status).toBe(409)

    // E7: the same account comes back, and its items are the same items.
    await company.connect(person)
    await company.advance('PT5M')
    expect(eventsOf(person)).toHaveLength(ITEMS)
    expect(company.oro.eventRows(person.calendarId)).toHaveLength(ITEMS)
  })
})
