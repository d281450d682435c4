import { startCompany, type Company } from './company'
import { connected, expectSame, inOro, inOutlook, syncLater, watch } from './observe'

let company: Company
beforeAll(async () => {
  company = await startCompany()
})
afterAll(() => company.stop())
afterEach(() => {
  company.graph.faults.clear()
  company.oro.faults.clear()
  company.graph.resetSwitches()
})

describe('probes', () => {
  it('an idle account costs one Graph call per interval, no call to Oro and no run', async () => {
    const person = await connected(company)
    inOutlook(company, person, 'Settled')
    await syncLater(company, person)
    await company.advance('PT20M')
    const before = (await company.status(person)).kinds.calendar
    const seen = watch(company, person)
    await company.advance('PT30M')
    expect(seen.graph().map((line) => line.method)).toEqual(['GET', 'GET'])
    expect(seen.oro()).toEqual([])
    const after = (await company.status(person)).kinds.calendar
    expect(after.lastRun).toEqual(before.lastRun)
    expect(Date.parse(after.lastSyncAt) - Date.parse(before.lastSyncAt)).toBeGreaterThan(25 * 60_000)
    expect(after.lastAgreedAt).toBe(after.lastSyncAt)
  })
})
