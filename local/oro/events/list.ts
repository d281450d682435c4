import { dateTest, paging, textTest, type RawQuery } from '../conditions'
import type { EventRow } from '../model'
import { shuffle } from '../random'
import type { World } from '../state'
import { readListed } from './read'

/**
 * Page mode (contract 3.5): stored rows of one user calendar, nothing expanded, **no order**: each request shuffles anew, so
 * that offset paging repeats and misses rows as it may in Oro. undefined = page and limit are not both given.
 */
export function listPage(
  world: World,
  query: RawQuery,
  callerId: number | null,
): { rows: unknown[]; total: number } | undefined {
  const pages = paging(query)
  if (!pages) return undefined
  const found = shuffle(select(world, query), () => world.random())
  const from = (pages.page - 1) * pages.limit
  return {
    total: found.length,
    rows: found.slice(from, from + pages.limit).map((row) => readListed(world, row, callerId)),
  }
}

function select(world: World, query: RawQuery): EventRow[] {
  const { conditions } = query
  const calendarId = Number(conditions.get('calendar')?.value ?? 0)
  const updated = dateTest(conditions.get('updatedAt'))
  const created = dateTest(conditions.get('createdAt'))
  const uid = textTest(conditions.get('uid'))
  const series = conditions.get('recurringEventId')
  const ofSeries = textTest(series)
  const found = world.events
    .ofCalendar(calendarId)
    .filter(
      (row) =>
        updated(row.updatedAt) &&
        created(row.createdAt) &&
        uid(row.uid) &&
        ofSeries(row.recurringEventId),
    )
  // The series itself joins by OR: no other condition excludes it (contract 3.5).
  const master = series ? world.events.get(Number(series.value)) : undefined
  if (master && !found.includes(master)) found.push(master)
  return found
}
