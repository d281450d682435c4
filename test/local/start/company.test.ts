import { viewCompany } from '../../../local/demo/company-view'
import { fillCompany } from '../../../local/demo/fill'
import { generatedEvents } from '../../../local/demo/generated'
import { editByHand } from '../../../local/demo/hand-edits'
import { PEOPLE } from '../../../local/demo/people'
import { watchCompany } from '../../../local/demo/watch'
import type { Hint } from '../../../local/seams/hint'
import { startGraph, type GraphStandIn } from '../../../local/graph/start'
import { startOro, type OroStandIn } from '../../../local/oro/start'
import { SAMPLE, type StandIns } from '../../../local/platform'

const NOW = Date.parse('2026-11-20T08:00:00Z')
const [nora] = PEOPLE as [(typeof PEOPLE)[number]]

let graph: GraphStandIn
let oro: OroStandIn
let standIns: StandIns

beforeEach(async () => {
  const now = (): number => NOW
  graph = await startGraph({
    now,
    verifyToken: () => ({ mailbox: nora.upn, scopes: ['Calendars.ReadWrite'] }),
  })
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

  it('has tasks on either side of every user, some on both, due around today or never', () => {
    for (const person of PEOPLE) {
      const { oro: inOro, outlook } = viewCompany(standIns, person).tasks
      const titles = inOro.map(({ title }) => title)
      expect(outlook.filter(({ title }) => titles.includes(title))).toHaveLength(2)
      expect(inOro.length).toBeGreaterThan(5)
      expect(outlook.length).toBeGreaterThan(5)
      expect(outlook.some(({ marks }) => marks.includes('Customer visits'))).toBe(true)
      for (const side of [inOro, outlook]) {
        expect(side.some(({ isDone }) => isDone)).toBe(true)
        expect(new Set(side.map(({ title }) => title)).size).toBe(side.length)
        for (const { due } of side) {
          if (due !== null) expect(Math.abs(Date.parse(due) - NOW)).toBeLessThan(15 * 86_400_000)
        }
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

  it.each(['oro', 'outlook'] as const)(
    'creates, renames, completes, reopens and deletes a task in %s',
    (side) => {
      const base = { kind: 'tasks', accountId: nora.accountId, side }
      const task = (id: string) =>
        viewCompany(standIns, nora).tasks[side].find((one) => one.id === id)
      const given = { ...base, do: 'create', title: '<b>Call</b>', due: '2026-12-01' }
      const { id } = editByHand(standIns, given)
      expect(task(id)).toEqual({
        id,
        title: '<b>Call</b>',
        due: '2026-12-01',
        isDone: false,
        marks: [],
      })
      editByHand(standIns, { ...base, do: 'rename', id, title: 'Write' })
      editByHand(standIns, { ...base, do: 'complete', id })
      expect(task(id)).toMatchObject({ title: 'Write', isDone: true })
      editByHand(standIns, { ...base, do: 'reopen', id })
      expect(task(id)).toMatchObject({ isDone: false })
      editByHand(standIns, { ...base, do: 'delete', id })
      expect(task(id)).toBeUndefined()
      expect(() => editByHand(standIns, { ...base, do: 'reopen', id })).toThrow('no such task')
    },
  )

  it('of a task changes nothing when it is wrong, and names each fault', () => {
    const before = viewCompany(standIns, nora)
    const wrong = { accountId: '9-9', side: 'both', do: 'create', title: '', due: '2026-02-31x' }
    for (const name of ['accountId', 'side', 'title', 'due']) {
      expect(() => editByHand(standIns, { kind: 'tasks', ...wrong })).toThrow(name)
    }
    expect(viewCompany(standIns, nora)).toEqual(before)
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

  /** A task in Oro and an event in Outlook, both of Nora, as a program makes them. */
  async function throughApis(): Promise<void> {
    const token = await fetch(`${oro.url}/oauth2-token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: SAMPLE.oroClientId,
        client_secret: SAMPLE.oroClientSecret,
      }),
    })
    const { access_token } = (await token.json()) as { access_token: string }
    const related = (type: string, id: string): object => ({ data: { type, id } })
    const task = await fetch(`${oro.url}/api/tasks`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${access_token}`,
        'content-type': 'application/vnd.api+json',
      },
      body: JSON.stringify({
        data: {
          type: 'tasks',
          attributes: { subject: 'Made by a program' },
          relationships: {
            status: related('taskstatuses', 'open'),
            taskPriority: related('taskpriorities', 'normal'),
            owner: related('users', '3'),
          },
        },
      }),
    })
    expect(task.status).toBe(201)
    const at = { dateTime: '2026-12-01T09:00:00', timeZone: 'UTC' }
    const made = await fetch(`${graph.url}/v1.0/me/events`, {
      method: 'POST',
      headers: { authorization: 'Bearer sample', 'content-type': 'application/json' },
      body: JSON.stringify({ subject: 'Made by a program', start: at, end: at }),
    })
    expect(made.status).toBe(201)
  }

  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] })
    hints = []
    stop = watchCompany(
      standIns,
      async (hint) => void hints.push(hint),
      () => undefined,
    )
  })
  afterEach(() => {
    stop()
    jest.useRealTimers()
  })

  const event = {
    do: 'create',
    title: 'New',
    minutes: 30,
    start: '2026-12-01T09:00:00Z',
  }
  const sent = (): string[] => hints.map(({ accountId, kind }) => `${accountId} ${kind}`).sort()

  it('sends one hint for the account and kind in which something was edited, on either side', () => {
    editByHand(standIns, { ...event, accountId: '1-3', side: 'oro' })
    editByHand(standIns, { ...event, accountId: '2-21', side: 'outlook' })
    editByHand(standIns, { ...event, accountId: '2-21', side: 'oro' })
    const task = { kind: 'tasks', do: 'create', title: 'New' }
    editByHand(standIns, { ...task, accountId: '1-5', side: 'oro' })
    editByHand(standIns, { ...task, accountId: '1-8', side: 'outlook' })
    jest.advanceTimersByTime(1000)
    expect(sent()).toEqual(['1-3 calendar', '1-5 tasks', '1-8 tasks', '2-21 calendar'])
    jest.advanceTimersByTime(10_000)
    expect(hints).toHaveLength(4)
  })

  it('joins edits that come faster than one in a second', () => {
    for (let edits = 0; edits < 10; edits += 1) {
      editByHand(standIns, { ...event, accountId: '1-3', side: 'outlook' })
      jest.advanceTimersByTime(200)
    }
    expect(hints).toHaveLength(2)
  })

  it('tells of what came through the APIs late and once, since it is mostly of the sync itself', async () => {
    await throughApis()
    jest.advanceTimersByTime(4000)
    expect(hints).toEqual([])
    await throughApis()
    jest.advanceTimersByTime(1000)
    expect(sent()).toEqual(['1-3 calendar', '1-3 tasks'])
    jest.advanceTimersByTime(10_000)
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
