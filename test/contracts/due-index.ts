import { createDueIndex } from '../../shared/adapters/tables/schedule'
import type { Account } from '../../shared/core/account'
import type { Rows } from '../../shared/ports/rows'
import type { DueEntry, DueIndex } from '../../shared/ports/stores'

const MINUTE = 60_000
const START = Date.parse('2026-09-07T08:00:00Z')

/** The schedule upon every implementation of `Rows`. */
export function dueIndexContract(name: string, open: () => Promise<Rows>): void {
  describe(`due index: ${name}`, () => {
    let rows: Rows
    let index: DueIndex
    let users = 0
    const start = START
    let known: Account[] = []
    beforeAll(async () => {
      rows = await open()
    })
    beforeEach(() => {
      index = createDueIndex(rows)
    })
    afterEach(async () => {
      await Promise.all(known.map((account) => index.schedule(account, 'calendar', null)))
      known = []
    })

    const newAccount = (): Account => {
      users += 1
      return { organizationId: 1, userId: users }
    }
    const entered = async (count: number, everyMs = 15 * MINUTE): Promise<Account[]> => {
      const accounts = Array.from({ length: count }, newAccount)
      known.push(...accounts)
      await Promise.all(
        accounts.map((account) => index.schedule(account, 'calendar', start, everyMs)),
      )
      return accounts
    }
    const dueAt = (now: number): Promise<readonly DueEntry[]> => index.due(now, 16_000)
    const later = (entries: readonly DueEntry[]) =>
      index.move(
        entries.map((entry) => ({ entry, dueAt: start + 15 * MINUTE, everyMs: entry.everyMs })),
      )

    it('an account is due from its date on, with the interval it was entered with', async () => {
      const [account] = await entered(1, 5 * MINUTE)
      expect(await dueAt(start - 1)).toEqual([])
      expect(await dueAt(start)).toEqual([
        { account, kind: 'calendar', dueAt: start, everyMs: 5 * MINUTE },
      ])
    })

    it('has one entry per account, wherever it is put', async () => {
      const [account] = await entered(1)
      if (!account) throw new Error('Nobody')
      await index.schedule(account, 'calendar', start + 3 * MINUTE)
      await index.schedule(account, 'calendar', start + 2 * MINUTE)
      const found = await dueAt(start + 60 * MINUTE)
      expect(found.map((entry) => entry.dueAt - start)).toEqual([2 * MINUTE])
      expect(found[0]?.everyMs).toBe(15 * MINUTE)
      expect(await index.next(account, 'calendar')).toBe(start + 2 * MINUTE)
      await index.schedule(account, 'calendar', null)
      expect(await dueAt(start + 60 * MINUTE)).toEqual([])
      expect(await index.next(account, 'calendar')).toBeNull()
    })

    it('two that put it at the same time leave one entry', async () => {
      const [account] = await entered(1)
      if (!account) throw new Error('Nobody')
      await Promise.all(
        [1, 2, 3].map((minutes) =>
          index.schedule(account, 'calendar', start + minutes * MINUTE, MINUTE),
        ),
      )
      const found = await dueAt(start + 60 * MINUTE)
      expect(found).toHaveLength(1)
      expect(await index.next(account, 'calendar')).toBe(found[0]?.dueAt)
    })

    it('moves many at once', async () => {
      const accounts = await entered(150)
      await later(await dueAt(start))
      expect(await dueAt(start + 14 * MINUTE)).toEqual([])
      expect(await dueAt(start + 15 * MINUTE)).toHaveLength(150)
      const [first] = accounts
      expect(first && (await index.next(first, 'calendar'))).toBe(start + 15 * MINUTE)
    })

    it('lists what comes later, page by page, also while it is moved away', async () => {
      await entered(90)
      await later((await dueAt(start)).slice(0, 60))
      const found: number[] = []
      for await (const page of index.after(start)) {
        found.push(...page.map((entry) => entry.account.userId))
        await index.move(page.map((entry) => ({ entry, dueAt: start, everyMs: entry.everyMs })))
      }
      expect(new Set(found).size).toBe(60)
      expect(found).toHaveLength(60)
      expect(await dueAt(start)).toHaveLength(90)
    })

    it('who left or was moved in between stays so, and keeps nobody back', async () => {
      const accounts = await entered(60)
      const [gone, sooner] = accounts
      if (!gone || !sooner) throw new Error('Nobody')
      const fired = await dueAt(start)
      await index.schedule(gone, 'calendar', null)
      await index.schedule(sooner, 'calendar', start + 5 * MINUTE)
      await later(fired)
      expect(await index.next(gone, 'calendar')).toBeNull()
      expect(await index.next(sooner, 'calendar')).toBe(start + 5 * MINUTE)
      expect(await dueAt(start + 14 * MINUTE)).toHaveLength(1)
      expect(await dueAt(start + 15 * MINUTE)).toHaveLength(59)
    })

    it('of many that are due everybody is reached in turn', async () => {
      await entered(100)
      const seen = new Set<number>()
      for (let turn = 0; seen.size < 100 && turn < 20; turn += 1) {
        const some = await index.due(start, 48)
        expect(some.length).toBeLessThanOrEqual(48)
        await later(some)
        for (const entry of some) seen.add(entry.account.userId)
      }
      expect(seen.size).toBe(100)
    })
  })
}
