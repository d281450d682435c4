import type { Connection } from '../../shared/ports/connections'
import type { Deps } from '../../shared/usecases/deps'
import { readOroChanges } from '../../shared/usecases/oro-changes'
import { resume } from '../../shared/usecases/pause'
import { createWorld, type World } from '../model/world'

const ORGANIZATION = { level: 'organization', organizationId: 1 } as const

describe('an organization with very many accounts', () => {
  let world: World
  let deps: Deps
  /** Reads of the audit feed of Oro, and accounts that were looked at. */
  let feedReads: number
  let lookedAt: Set<number>

  beforeEach(async () => {
    world = await createWorld({ people: 2 })
    feedReads = 0
    lookedAt = new Set()
    const plain = world.deps()
    deps = {
      ...plain,
      connections: {
        ...plain.connections,
        async list(organizationId, limit) {
          const found = await plain.connections.list(organizationId, limit)
          for (const { account } of found) lookedAt.add(account.userId)
          return found
        },
      },
      oro: {
        ...plain.oro,
        feed: (...given) => {
          feedReads += 1
          return plain.oro.feed(...given)
        },
      },
    }
    const [known] = await plain.connections.list(1)
    for (let userId = 1000; userId < 2300; userId += 1) {
      const account = { organizationId: 1, userId }
      await deps.connections.put({ ...(known as Connection), account }, null)
    }
    await deps.settings.put(ORGANIZATION, { calendar: { enabled: true } }, null)
  })

  it("has Oro's feed read every minute without a look at all of them", async () => {
    await readOroChanges(deps, 1)
    expect(feedReads).toBe(1)
    expect(lookedAt.size).toBeLessThan(60)
  })

  it.each([
    ['stopped', () => deps.settings.setPaused(ORGANIZATION, true)],
    ['stopped with everybody', () => deps.settings.setPaused({ level: 'system' }, true)],
    [
      'switched off with everybody',
      async () => {
        const { etag } = await deps.settings.get({ level: 'system' })
        await deps.settings.put({ level: 'system' }, { calendar: { enabled: false } }, etag)
      },
    ],
  ])('S9: calls nothing in Oro while it is %s', async (_how, stop) => {
    await stop()
    await readOroChanges(deps, 1)
    expect(feedReads).toBe(0)
  })

  it('S9: a thousand are woken by resume itself, the rest by their intervals', async () => {
    await deps.settings.setPaused(ORGANIZATION, true)
    await resume(deps, ORGANIZATION, null)
    expect(world.queue.waiting).toHaveLength(1000)
    expect(await deps.settings.pausedLevel(ORGANIZATION)).toBeNull()
  })
})
