import { accountId, type Account } from '../../core/account'
import type { Rows } from '../../ports/rows'
import type { HistoryEntry, Scope, SettingsStore } from '../../ports/stores'
import type { Level, OwnSettings } from '../../settings/schema'
import { reverseTime } from './keys'

const TABLE = 'settings'

const partitionOf = (scope: Scope): string =>
  scope.level === 'system'
    ? 'system'
    : scope.level === 'organization'
      ? `organization-${String(scope.organizationId)}`
      : `user-${accountId(scope.account)}`

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
    async paused(account) {
      const scopes = scopesOf(account)
      const stops = await Promise.all(
        scopes.map((scope) => rows.get(TABLE, partitionOf(scope), 'pause')),
      )
      const index = stops.findLastIndex((stop) => stop !== undefined)
      return index < 0 ? null : ((scopes[index]?.level satisfies Level | undefined) ?? null)
    },
    async record(scope, entry: HistoryEntry) {
      await rows.put(TABLE, partitionOf(scope), `history:${reverseTime(entry.at)}`, entry)
    },
  }
}
