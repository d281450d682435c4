import type { Account } from '../core/account'
import { KINDS, type Kind } from '../core/model'
import type { HistoryPage, Scope } from '../ports/stores'
import type { Deps } from './deps'
import { readNext, writeNext } from './paging'

interface Wish {
  readonly limit: number
  readonly next: string | null
}

/** `GET …/history` of a level, newest first: a user's runs and settings, above that what administrators changed. */
export async function history(deps: Deps, scope: Scope, wish: Wish): Promise<HistoryPage> {
  if (scope.level === 'user') return userHistory(deps, scope.account, wish)
  const next = readNext(wish.next, /^history:\d{16}:\d{6}$/)
  const found = await deps.settings.history(scope, { limit: wish.limit, next })
  return { items: found.items, next: found.next === null ? null : writeNext(found.next) }
}

/** Where the next page begins in each kind; `end` = nothing is left there, empty = at the newest. */
type Places = Readonly<Record<Kind, string>>

const PLACES = /^(end|history:\d{16}:\d{6})?\|(end|history:\d{16}:\d{6})?$/

function parsePlaces(next: string | null): Places {
  const [calendar = '', tasks = ''] = (readNext(next, PLACES) ?? '|').split('|')
  return { calendar, tasks }
}

async function userHistory(deps: Deps, account: Account, wish: Wish): Promise<HistoryPage> {
  const places = parsePlaces(wish.next)
  const read = async (kind: Kind, limit: number): Promise<HistoryPage> =>
    places[kind] === 'end'
      ? { items: [], next: null }
      : deps.stateOf(account, kind).history({ limit, next: places[kind] || null })
  const lists = await Promise.all(
    KINDS.map(async (kind) => ({ kind, ...(await read(kind, wish.limit)) })),
  )
  const merged = lists
    .flatMap(({ kind, items }) => items.map((entry, index) => ({ kind, entry, index })))
    .sort((a, b) =>
      a.entry.at === b.entry.at ? a.index - b.index : a.entry.at < b.entry.at ? 1 : -1,
    )
  const shown = merged.slice(0, wish.limit)
  const items = shown.map(({ entry }) => entry)
  if (merged.length === shown.length && lists.every((list) => list.next === null)) {
    return { items, next: null }
  }
  // Each kind goes on behind what was shown of it; what was read beyond is read again next time.
  const after = await Promise.all(
    KINDS.map(async (kind) => {
      const count = shown.filter((entry) => entry.kind === kind).length
      return count === 0 ? places[kind] : ((await read(kind, count)).next ?? 'end')
    }),
  )
  return { items, next: writeNext(after.join('|')) }
}
