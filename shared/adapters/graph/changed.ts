import { SyncError, CursorExpired } from '../../errors'
import type { AccountContext } from '../../ports/systems'
import type { GraphClient } from './client'
import { covers, cursorOf } from './delta-cursor'
import { deltaCall, type DeltaItem, type DeltaPage } from './delta-round'
import { calendarIdOf } from './calendar-container'

const DAY_MS = 86_400_000

/**
 * One read of the stored delta link, which stays as it is: the run reads it again (DESIGN 4, probes).
 * @returns false for an empty page that ends the round, true whenever that is not certain
 * @throws SyncError `throttled` with the wait that was asked for
 */
export async function calendarChanged(
  client: GraphClient,
  context: AccountContext,
  cursor: unknown,
  now: number,
): Promise<boolean> {
  const known = cursorOf(cursor)
  const { daysBack, daysAhead } = context.settings.calendar
  const wanted = {
    start: new Date(now - daysBack * DAY_MS).toISOString(),
    end: new Date(now + daysAhead * DAY_MS).toISOString(),
  }
  if (known === null || !client.owns(known.deltaLink)) return true
  if (!covers(known, wanted, calendarIdOf(context))) return true
  try {
    const { body } = await client.ask(deltaCall(known.deltaLink), 'delta')
    const page = (body ?? {}) as DeltaPage<DeltaItem>
    return page.value?.length !== 0 || page['@odata.deltaLink'] === undefined
  } catch (error) {
    if (error instanceof CursorExpired) return true
    if (error instanceof SyncError && error.evidence.code !== 'throttled') return true
    throw error
  }
}
