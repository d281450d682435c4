import { createMemoryQueue } from '../../shared/adapters/memory/queue'
import { createMemoryRows } from '../../shared/adapters/memory/rows'
import { createTickets } from '../../shared/adapters/tables/operations'
import { Unavailable } from '../../shared/errors'
import type { ProbesMessage } from '../../shared/messages'
import { bringForward } from '../../shared/usecases/bring-forward'
import { lookAtDue } from '../../shared/usecases/due-accounts'
import { enterSchedule, leaveSchedule, tick, type TickDeps } from '../../shared/usecases/schedule'
import { createWorld, type World } from '../model/world'

const MINUTE = 60_000
const EVERY = 15 * MINUTE

describe('the minute timer', () => {
  let world: World
  let queue: ReturnType<typeof createMemoryQueue>
  /** Sends between two pauses, and how long the pauses were. */
  let bursts: number[]
  let paused: number
  let deps: TickDeps

  beforeEach(async () => {
    world = await createWorld({ people: 3 })
    queue = createMemoryQueue()
    bursts = [0]
    paused = 0
    const count = <A extends unknown[]>(send: (...given: A) => Promise<void>) =>
      ((...given: A) => {
        bursts[bursts.length - 1] = (bursts.at(-1) ?? 0) + 1
        return send(...given)
      }) as (...given: A) => Promise<void>
    deps = {
      ...world.deps(),
      queue: { ...queue, probes: count(queue.probes), oroChanges: count(queue.oroChanges) },
      tickets: createTickets(createMemoryRows()),
      sleep: (ms) => {
        paused += ms
        bursts.push(0)
        return Promise.resolve()
      },
    }
  })

  const enter = async (count: number, after = 0): Promise<void> => {
    const date = world.now() + after
    for (let userId = 1; userId <= count; userId += 1)
      await deps.due.schedule({ organizationId: 9, userId }, 'calendar', date, EVERY)
  }
  const take = (): ProbesMessage[] => {
    const taken: ProbesMessage[] = []
    for (let next = queue.takeProbes(); next; next = queue.takeProbes()) taken.push(next)
    return taken
  }
  const named = (messages: readonly ProbesMessage[]): string[] =>
    messages.flatMap((message) => message.due.map((entry) => entry.accountId))

  it('asks about fifty accounts with one message', async () => {
    await enter(6700)
    await tick(deps)
    expect(queue.probeMessages).toHaveLength(134)
    expect(new Set(named(take())).size).toBe(6700)
  })

  it('sends no faster than 400 messages a second, and nothing is asked for faster than that', async () => {
    await enter(23_000)
    await tick(deps)
    expect(bursts.every((sends) => sends <= 100)).toBe(true)
    expect(bursts.length).toBeGreaterThan(4)
    expect(paused).toBe((bursts.length - 1) * 250)
    const accountsIn = new Map<number, number>()
    for (const { message, notBefore } of queue.probeMessages) {
      const second = Math.max(0, notBefore - world.now()) / 1000
      accountsIn.set(second, (accountsIn.get(second) ?? 0) + message.due.length)
    }
    expect(Math.max(...accountsIn.values())).toBeLessThanOrEqual(400)
    expect(Math.max(...accountsIn.keys())).toBeLessThan(60)
  })

  it('what does not fit into a minute goes to the next, and everybody is asked once', async () => {
    await enter(26_000)
    await tick(deps)
    const first = named(take())
    expect(first.length).toBeLessThanOrEqual(24_000)
    world.advance(MINUTE)
    await tick(deps)
    const all = [...first, ...named(take())]
    expect(all).toHaveLength(26_000)
    expect(new Set(all).size).toBe(26_000)
  })

  it('whose message the bus did not take stays due', async () => {
    await enter(120)
    const { probes } = deps.queue
    const refusing = { ...deps.queue, probes: () => Promise.reject(new Unavailable('away')) }
    await expect(tick({ ...deps, queue: refusing })).rejects.toThrow(Unavailable)
    world.advance(MINUTE)
    await tick({ ...deps, queue: { ...deps.queue, probes } })
    expect(new Set(named(take())).size).toBe(120)
  })

  it('dates do not drift, and after a long sleep they count from now on', async () => {
    await enter(1)
    const account = { organizationId: 9, userId: 1 }
    const from = world.now()
    world.advance(MINUTE)
    await tick(deps)
    expect(await deps.due.next(account, 'calendar')).toBe(from + EVERY)
    world.advance(10 * EVERY)
    await tick(deps)
    expect(await deps.due.next(account, 'calendar')).toBe(world.now() + EVERY)
  })

  describe('S5: when the interval of a level becomes shorter', () => {
    const ORGANIZATION = { level: 'organization', organizationId: 9 } as const
    const SHORTER = { before: 15, after: 5 }
    const datesOf = async (from: number): Promise<number[]> =>
      (await deps.due.due(from + 24 * 60 * MINUTE, 32_000)).map(({ dueAt }) => dueAt - from)

    beforeEach(() => enter(100, EVERY))

    it('all who inherit it are due within it, and not all at once', async () => {
      // More than a page in every shard.
      await enter(18_000, EVERY)
      await bringForward(deps, ORGANIZATION, SHORTER)
      const dates = await datesOf(world.now())
      expect(dates).toHaveLength(18_000)
      expect(Math.max(...dates)).toBeLessThanOrEqual(5 * MINUTE)
      const early = dates.filter((date) => date <= MINUTE)
      expect(early.length).toBeGreaterThan(3000)
      expect(early.length).toBeLessThan(4500)
      const [entry] = await deps.due.due(world.now() + 5 * MINUTE, 16)
      expect(entry?.everyMs).toBe(5 * MINUTE)
    })

    it('who has another interval of their own keeps it', async () => {
      const account = { organizationId: 9, userId: 7 }
      await deps.settings.put({ level: 'user', account }, { syncInterval: 60 }, null)
      await deps.due.schedule(account, 'calendar', world.now() + 50 * MINUTE, 60 * MINUTE)
      await bringForward(deps, ORGANIZATION, SHORTER)
      expect(await deps.due.next(account, 'calendar')).toBe(world.now() + 50 * MINUTE)
    })

    it('an entry that an earlier change has not reached is brought forward as well', async () => {
      const account = { organizationId: 9, userId: 7 }
      await deps.settings.put(ORGANIZATION, { syncInterval: 5 }, null)
      await deps.due.schedule(account, 'calendar', world.now() + 100 * MINUTE, 120 * MINUTE)
      await bringForward(deps, ORGANIZATION, SHORTER)
      expect(await deps.due.next(account, 'calendar')).toBe(world.now() + 5 * MINUTE)
    })

    it('other organizations are left alone, as is everybody by a longer one', async () => {
      await bringForward(deps, { ...ORGANIZATION, organizationId: 8 }, SHORTER)
      await bringForward(deps, ORGANIZATION, { before: 15, after: 60 })
      expect(new Set(await datesOf(world.now()))).toEqual(new Set([EVERY]))
    })
  })

  describe('the accounts that are asked about', () => {
    const dueAgain = async (): Promise<ProbesMessage[]> => {
      for (const { account } of world.people) await enterSchedule(deps, account)
      world.advance(EVERY)
      await tick(deps)
      return take()
    }
    const nextOf = async (index: number): Promise<number | null> => {
      const person = world.people[index]
      return person ? deps.due.next(person.account, 'calendar') : null
    }

    it('get a run each if they never had one, in one execution', async () => {
      const messages = await dueAgain()
      expect(messages).toHaveLength(1)
      for (const message of messages) await lookAtDue(deps, message)
      const asked = queue.waiting.map(({ message }) => `${message.accountId} ${message.reason}`)
      expect(asked.sort()).toEqual(['1-42 interval', '1-43 interval', '1-44 interval'])
    })

    it('one that fails stops no other and is asked again in a minute', async () => {
      const messages = await dueAgain()
      const failing = {
        ...deps,
        pending: {
          ...deps.pending,
          has: (account: { userId: number }, kind: 'calendar' | 'tasks') =>
            account.userId === 43
              ? Promise.reject(new TypeError('broken'))
              : deps.pending.has({ organizationId: 1, ...account }, kind),
        },
      }
      for (const message of messages) await lookAtDue(failing, message)
      expect(queue.waiting.map(({ message }) => message.accountId).sort()).toEqual(['1-42', '1-44'])
      expect(await nextOf(1)).toBe(world.now() + MINUTE)
      expect(await nextOf(0)).toBe(world.now() + EVERY)
    })

    it('take up a longer interval with their next date', async () => {
      const messages = await dueAgain()
      await deps.settings.put(
        { level: 'organization', organizationId: 1 },
        { syncInterval: 60 },
        null,
      )
      for (const message of messages) await lookAtDue(deps, message)
      expect(await nextOf(0)).toBe(world.now() + 60 * MINUTE)
    })

    it('do not come back when they left in between', async () => {
      const messages = await dueAgain()
      await deps.settings.put(
        { level: 'organization', organizationId: 1 },
        { syncInterval: 60 },
        null,
      )
      for (const { account } of world.people) await leaveSchedule(deps, account)
      for (const message of messages) await lookAtDue(deps, message)
      expect(await nextOf(0)).toBeNull()
      expect(await deps.due.due(world.now() + 24 * 60 * MINUTE, 100)).toEqual([])
    })

    it('asked about twice, they cost no more than a second message', async () => {
      const [message] = await dueAgain()
      if (!message) throw new Error('Nothing was asked')
      await lookAtDue(deps, message)
      await lookAtDue(deps, message)
      expect(queue.waiting).toHaveLength(6)
      expect(await nextOf(0)).toBe(world.now() + EVERY)
    })
  })
})
