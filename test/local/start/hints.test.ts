import { hint } from '../../../functions/local-host'
import { startCompany, type Company } from '../../scenarios/company'

jest.mock(
  '@azure/functions-core',
  () => jest.requireActual<object>('../../../local/host/functions-core'),
  { virtual: true },
)

let company: Company
beforeAll(async () => {
  company = await startCompany()
})
afterAll(() => company.stop())

const runs = (): number =>
  company.platform.host
    .log()
    .filter(({ message }) => message.startsWith("Executing 'calendar-sync'")).length

describe('hints that the local host hands to the product', () => {
  it('are joined while one waits: ten at once cost one run, and a later one another', async () => {
    const { accountId } = await company.connected()
    const before = runs()
    const give = () => hint(accountId, 'calendar')
    await Promise.all(Array.from({ length: 10 }, give))
    await company.idle()
    expect(runs()).toBe(before + 1)
    await give()
    await company.idle()
    expect(runs()).toBe(before + 2)
  })
})
