import { viewCompany } from '../../../local/demo/company-view'
import { fillCompany } from '../../../local/demo/fill'
import { generatedEvents } from '../../../local/demo/generated'
import { editByHand } from '../../../local/demo/hand-edits'
import { PEOPLE } from '../../../local/demo/people'
import { watchCompany } from '../../../local/demo/watch'
import type { Hint } from '../../../local/seams/hint'
import { startGraph, type GraphStandIn } from '../../../local/graph/start'
import { startOro, type OroStandIn } from '../../../local/oro/start'
import type { StandIns } from '../../../local/platform'

const NOW = Date.parse('2026-11-20T08:00:00Z')
const [nora] = PEOPLE as [(typeof PEOPLE)[number]]

let graph: GraphStandIn
let oro: OroStandIn
let standIns: StandIns

beforeEach(async () => {
  const now = (): number => NOW
  graph = await startGraph({ now, verifyToken: () => ({ error: 'invalid' }) })
  oro = await startOro({ now })
  standIns = { graph, oro, entra: { server: { log: [] } } as unknown as StandIns['entra'] }
  fillCompany(standIns, NOW)
})
afterEach(() => Promise.all([graph.stop(), oro.stop()]))

describe('the demo company', () => {
  it('has five users in two organizations with fifty generated events each and the documented ones', () => {
    expect(new Set(PEOPLE.map(({ organizationId }) => organizationId)).size).toBe(2)
    for (const person of PEOPLE) {
      const generated = generatedEvents(person, NOW)
      const titles = (side: readonly object[]): number => side.length
      // Five of them lie on both sides.
      expect(titles(generated.oro) + titles(generated.outlook) - 5).toBe(50)
      const { oro: inOro, outlook } = viewCompany(standIns, person)
      expect(inOro.length).toBeGreaterThan(generated.oro.length)
      expect(outlook.length).toBeGreaterThan(generated.outlook.length)
    }
  })

  it('is the same at every start of a day', () => {
    expect(generatedEvents(nora, NOW)).toEqual(generatedEvents(nora, NOW))
  })

  it('lies around today', () => {
    const { oro: inOro, outlook } = viewCompany(standIns, nora)
    for (const { start } of [...inOro, ...outlook]) {
      expect(Math.abs(Date.parse(start) - NOW)).toBeLessThan(80 * 86_400_000)
    }
  })

  it('has no two events of a calendar that look alike, so that each can be adopted', () => {
    for (const person of PEOPLE) {
      const { oro: inOro, outlook } = viewCompany(standIns, person)
      for (const events of [inOro, outlook]) {
        const looks = events.map(({ title, start }) => `${title} ${start}`)
        expect(new Set(looks).size).toBe(looks.length)
      }
    }
  })

  it('mailed nobody while it was filled', () => {
    expect([...graph.mails(), ...oro.mails()]).toEqual([])
  })
})

describe('an edit by hand', () => {
  const find = (side: 'oro' | 'outlook', title: string) =>
    viewCompany(standIns, nora)[side].find((event) => event.title === title)

  it.each(['oro', 'outlook'] as const)('creates, renames, moves and deletes in %s', (side) => {
    const base = { accountId: nora.accountId, side }
    const start = '2026-12-01T09:00:00Z'
    const { id } = editByHand(standIns, {
      ...base,
      do: 'create',
      title: '<b>Lunch</b>',
      start,
      minutes: 30,
    })
    expect(find(side, '<b>Lunch</b>')).toMatchObject({ id, marks: [] })
    editByHand(standIns, { ...base, do: 'rename', id, title: 'Dinner' })
    editByHand(standIns, { ...base, do: 'move', id, minutes: 60 })
    const moved = find(side, 'Dinner')
    expect(Date.parse(moved?.start ?? '')).toBe(Date.parse('2026-12-01T10:00:00Z'))
    expect(Date.parse(moved?.end ?? '')).toBe(Date.parse('2026-12-01T10:30:00Z'))
    editByHand(standIns, { ...base, do: 'delete', id })
    expect(find(side, 'Dinner')).toBeUndefined()
  })

  it('makes a conflict where both calendars have the event', () => {
    const create = { accountId: nora.accountId, do: 'create', title: 'Both', minutes: 30 }
    const start = '2026-12-01T09:00:00Z'
    const { id } = editByHand(standIns, { ...create, side: 'oro', start })
    const conflict = { accountId: nora.accountId, side: 'oro', do: 'conflict', id }
    expect(() => editByHand(standIns, conflict)).toThrow('no event that looks the same')
    editByHand(standIns, { ...create, side: 'outlook', start })
    editByHand(standIns, conflict)
    expect(find('oro', 'Both (said in Oro)')).toBeDefined()
    expect(find('outlook', 'Both (said in Outlook)')).toBeDefined()
  })

  it('changes nothing when it is wrong, and names each fault', () => {
    const before = viewCompany(standIns, nora)
    const attempt = (): unknown =>
      editByHand(standIns, {
        accountId: '9-9',
        side: 'both',
        do: 'create',
        title: '',
        start: 'soon',
        minutes: -1,
      })
    for (const name of ['accountId', 'side', 'title', 'start', 'minutes']) {
      expect(attempt).toThrow(name)
    }
    expect(viewCompany(standIns, nora)).toEqual(before)
  })
})

describe('watching the change counters', () => {
  let hints: Hint[]
  let stop: () => void

  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] })
    hints = []
    stop = watchCompany(standIns, { send: async (hint) => void hints.push(hint) }, () => undefined)
  })
  afterEach(() => {
    stop()
    jest.useRealTimers()
  })

  it('sends a hint for the account whose calendar moved, on either side, once', () => {
    const start = '2026-12-01T09:00:00Z'
    const create = { do: 'create', title: 'New', minutes: 30, start }
    editByHand(standIns, { ...create, accountId: '1-3', side: 'oro' })
    editByHand(standIns, { ...create, accountId: '2-21', side: 'outlook' })
    editByHand(standIns, { ...create, accountId: '2-21', side: 'oro' })
    jest.advanceTimersByTime(1000)
    expect(hints.map(({ accountId }) => accountId).sort()).toEqual(['1-3', '2-21'])
    jest.advanceTimersByTime(5000)
    expect(hints).toHaveLength(2)
  })

  it('is silent while nothing changes and after it was stopped', () => {
    jest.advanceTimersByTime(5000)
    stop()
    editByHand(standIns, {
      accountId: '1-3',
      side: 'oro',
      do: 'create',
      title: 'Late',
      start: '2026-12-01T09:00:00Z',
      minutes: 30,
    })
    jest.advanceTimersByTime(5000)
    expect(hints).toEqual([])
  })
})
