import { createMemoryRows } from '../../shared/adapters/memory/rows'
import { createOperations, createTickets } from '../../shared/adapters/tables/operations'
import { createSettingsStore } from '../../shared/adapters/tables/settings'
import type { Operation, SyncState } from '../../shared/ports/stores'
import { actEntry } from '../../shared/usecases/record-act'
import { purgeOfTick } from '../../shared/usecases/purge'
import { runSync } from '../../shared/usecases/run'
import { createWorld, type Person, type World } from '../model/world'

const DAY = 86_400_000
const MINUTE = 60_000
const WHEN = {
  start: '2027-01-10T09:00:00Z',
  end: '2027-01-10T10:00:00Z',
  allDay: false,
  zone: 'UTC',
}

describe('what a run takes away', () => {
  let world: World
  let person: Person
  beforeEach(async () => {
    world = await createWorld()
    person = world.people[0] as Person
  })

  const run = async (): Promise<void> => {
    await world.ask(person)
    await world.deliver()
  }
  const create = (title: string): string =>
    person.microsoft.create({ fields: { title, description: '', when: WHEN, reminder: null } })
  const links = async (): Promise<string[]> =>
    (await person.state.links()).map((link) => `${link.label} ${link.state}`).sort()
  const told = async (state: SyncState = person.state): Promise<string[]> =>
    (await state.history({ limit: 100, next: null })).items.map(
      ({ operation, label }) => `${operation} ${label}`,
    )
  /** Two linked events, of which one was deleted in Outlook. */
  const oneDeleted = async (): Promise<void> => {
    create('Kept')
    const gone = create('Gone')
    await run()
    world.advance(10 * MINUTE)
    person.microsoft.remove(gone)
    await run()
    expect(await links()).toEqual(['Gone closed', 'Kept linked'])
  }

  it('a closed link stays for ninety days from its closing and then goes', async () => {
    await oneDeleted()
    world.advance(89 * DAY)
    await run()
    expect(await links()).toEqual(['Gone closed', 'Kept linked'])
    world.advance(2 * DAY)
    await run()
    expect(await links()).toEqual(['Kept linked'])
    expect(person.oro.living()).toHaveLength(1)
    expect(person.microsoft.living()).toHaveLength(1)
  })

  it('history goes after ninety days, what is younger stays', async () => {
    await oneDeleted()
    world.advance(80 * DAY)
    create('Later')
    await run()
    expect(await told()).toEqual(['create Later', 'delete Gone', 'create Gone', 'create Kept'])
    world.advance(11 * DAY)
    await run()
    expect(await told()).toEqual(['create Later'])
  })

  it('looks once a day only', async () => {
    let looked = 0
    const deps = world.deps()
    const { stateOf } = deps
    const counting: typeof stateOf = (...given) => {
      const state = stateOf(...given)
      return {
        ...state,
        purge: (before) => {
          looked += 1
          return state.purge(before)
        },
      }
    }
    const message = {
      v: 1,
      accountId: '1-42',
      kind: 'calendar',
      reason: 'interval',
      at: new Date(world.now()).toISOString(),
    } as const
    for (let hour = 0; hour < 50; hour += 1) {
      await runSync({ ...deps, stateOf: counting }, message)
      world.advance(60 * MINUTE)
    }
    expect(looked).toBe(3)
  })
})

describe('what the timer takes away', () => {
  const START = Date.parse('2026-09-07T08:00:00Z')
  let now: number
  let rows: ReturnType<typeof createMemoryRows>
  const purge = () =>
    purgeOfTick({
      clock: { now: () => now },
      tickets: createTickets(rows),
      operations: createOperations(rows),
    })
  const count = async (table: string): Promise<number> =>
    (await rows.query(table, { partitions: null })).length
  beforeEach(() => {
    now = START
    rows = createMemoryRows()
  })

  it('tickets that nobody used go when they have expired, others stay', async () => {
    const tickets = createTickets(rows)
    for (let index = 0; index < 30; index += 1)
      await tickets.put(`old ${String(index)}`, {
        purpose: 'start',
        data: null,
        expiresAt: now + 5 * MINUTE,
      })
    await tickets.put('young', {
      purpose: 'page-token',
      data: 'mine',
      expiresAt: now + 60 * MINUTE,
    })
    await tickets.take('old 1', 'start', now)
    now += 6 * MINUTE
    await purge()
    expect(await tickets.find('young', 'page-token', now)).toMatchObject({ data: 'mine' })
    now += 60 * MINUTE
    await purge()
    expect(await count('tickets')).toBe(0)
  })

  it('a great many go over several minutes', async () => {
    const tickets = createTickets(rows)
    for (let index = 0; index < 450; index += 1)
      await tickets.put(String(index), { purpose: 'page', data: null, expiresAt: now })
    now += MINUTE
    const left: number[] = []
    for (let minute = 0; minute < 3; minute += 1) {
      await purge()
      left.push((await rows.query('tickets', { partitions: { from: 'page', to: 'page' } })).length)
    }
    expect(left).toEqual([250, 50, 0])
  })

  it('operations go ninety days after they began', async () => {
    const operations = createOperations(rows)
    const operation = (id: string): Operation => ({
      id,
      organizationId: 1,
      accountId: '1-42',
      type: 'sync',
      state: 'done',
      progress: { done: 1, total: 1 },
      result: null,
      startedAt: new Date(now).toISOString(),
      endedAt: new Date(now).toISOString(),
      waitingFor: [],
      mode: 'changes:calendar',
    })
    await operations.put(operation('1-first'), null)
    now += 60 * DAY
    await operations.put(operation('1-second'), null)
    now += 31 * DAY
    await purge()
    expect(await operations.get('1-first')).toBeNull()
    expect((await operations.latest(1, '1-42', 'sync'))?.id).toBe('1-second')
    now += 60 * DAY
    await purge()
    expect(await operations.latest(1, '1-42', 'sync')).toBeNull()
  })

  it('what administrators did long ago goes with the next thing they do', async () => {
    const settings = createSettingsStore(rows)
    const scope = { level: 'organization', organizationId: 1 } as const
    const act = (operation: string) =>
      settings.record(
        scope,
        actEntry({ clock: { now: () => now } }, scope, {
          kind: 'connection',
          operation,
          fields: [],
          why: 'asked',
          by: null,
        }),
      )
    await act('pause')
    now += 89 * DAY
    await act('resume')
    now += 2 * DAY
    await act('pause')
    const { items } = await settings.history(scope, { limit: 10, next: null })
    expect(items.map(({ operation }) => operation)).toEqual(['pause', 'resume'])
  })
})
