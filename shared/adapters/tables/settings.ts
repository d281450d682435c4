import { randomInt } from 'node:crypto'
import { accountId, type Account } from '../../core/account'
import { startingWith, type Rows } from '../../ports/rows'
import type { HistoryEntry, Scope, SettingsStore } from '../../ports/stores'
import type { Level, OwnSettings } from '../../settings/schema'
import { historyKeyAt, purgeHistory } from './old-history'

const TABLE = 'settings'

/** History is kept this long (DESIGN 5). */
const HISTORY_LIFE_MS = 90 * 86_400_000

const partitionOf = (scope: Scope): string =>
  scope.level === 'system'
    ? 'system'
    : scope.level === 'organization'
      ? `organization-${String(scope.organizationId)}`
      : `user-${accountId(scope.account)}`

/** Two changes of one millisecond are two rows. */
const newSuffix = (): string => String(randomInt(1_000_000)).padStart(6, '0')

const scopesOf = (account: Account): Scope[] => [
  { level: 'system' },
  { level: 'organization', organizationId: account.organizationId },
  { level: 'user', account },
]

/** Table `settings`: own values only, absent = inherit; the rows `pause` beside them stop a level (S9). */
export function createSettingsStore(rows: Rows): SettingsStore {
  const get: SettingsStore['get'] = async (scope) => {
    const row = await rows.get<OwnSettings>(TABLE, partitionOf(scope), 'settings')
    return { own: row?.value ?? {}, etag: row?.etag ?? null }
  }
  const nearestStop = async (scopes: readonly Scope[]): Promise<Level | null> => {
    const stops = await Promise.all(
      scopes.map((scope) => rows.get(TABLE, partitionOf(scope), 'pause')),
    )
    const index = stops.findLastIndex((stop) => stop !== undefined)
    return scopes[index]?.level ?? null
  }
  return {
    get,
    put: (scope, own, etag) => rows.put(TABLE, partitionOf(scope), 'settings', own, etag),
    async stack(account) {
      const [system, organization, user] = await Promise.all(scopesOf(account).map(get))
      return {
        system: system?.own ?? {},
        organization: organization?.own ?? {},
        user: user?.own ?? {},
      }
    },
    async setPaused(scope, paused) {
      if (paused) await rows.put(TABLE, partitionOf(scope), 'pause', true)
      else await rows.remove(TABLE, partitionOf(scope), 'pause')
    },
    paused: (account) => nearestStop(scopesOf(account)),
    pausedLevel: (scope) =>
      nearestStop(
        scope.level === 'user'
          ? scopesOf(scope.account)
          : scope.level === 'organization'
            ? [{ level: 'system' }, scope]
            : [scope],
      ),
    async record(scope, entry: HistoryEntry) {
      const here = partitionOf(scope)
      await rows.put(TABLE, here, `${historyKeyAt(entry.at)}:${newSuffix()}`, entry)
      // Nothing runs for a level by itself: a new entry takes the old ones along.
      await purgeHistory(rows, TABLE, here, Date.parse(entry.at) - HISTORY_LIFE_MS)
    },
    async history(scope, { limit, next }) {
      const here = partitionOf(scope)
      const range = startingWith('history:')
      const found = await rows.query<HistoryEntry>(TABLE, {
        partitions: { from: here, to: here },
        from: next ?? range.from,
        to: range.to,
        limit: limit + 1,
      })
      const items = found.slice(0, limit).map((row) => row.value)
      return { items, next: found[limit]?.row ?? null }
    },
  }
}
