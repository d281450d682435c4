import type { OroEventRow, OroReminder } from './event-row'

const MINUTES: Readonly<Record<string, number>> = { M: 1, H: 60, D: 1440, W: 10_080 }

/** Minutes before the start; undefined for a unit or number we do not know. */
function minutesOf(reminder: OroReminder): number | undefined {
  const unit = MINUTES[reminder.interval.unit]
  const minutes = unit === undefined ? Number.NaN : reminder.interval.number * unit
  return Number.isFinite(minutes) && minutes >= 1 ? minutes : undefined
}

const known = (row: OroEventRow): readonly OroReminder[] =>
  (row.reminders ?? []).filter((reminder) => minutesOf(reminder) !== undefined)

/** The reminder nearest to the start, in minutes; null = none. */
export function nearestReminder(row: OroEventRow): number | null {
  const minutes = known(row).map((reminder) => minutesOf(reminder) ?? Infinity)
  return minutes.length === 0 ? null : Math.min(...minutes)
}

/**
 * The reminders to write so that the nearest one is `minutes` before the start: it takes the place of the nearest stored one, earlier
 * ones survive, those it overtakes go. null clears them all, since the next one would otherwise be read as the reminder.
 */
export function reminders(stored: OroEventRow | null, minutes: number | null): OroReminder[] {
  if (minutes === null || minutes < 1) return []
  const before = stored === null ? [] : storedReminders(stored)
  const nearest = stored === null ? null : nearestReminder(stored)
  if (nearest === minutes) return before
  const replaced = before.find((reminder) => minutesOf(reminder) === nearest)
  return [
    {
      method: replaced?.method ?? 'web_socket',
      interval: { number: Math.round(minutes), unit: 'M' },
    },
    ...before.filter((reminder) => {
      const own = minutesOf(reminder) ?? 0
      return own > minutes && own !== nearest
    }),
  ]
}

/** The stored reminders in the write shape; keys that Oro or a customer adds would be refused (oro/README 3.3). */
export const storedReminders = (row: OroEventRow): OroReminder[] => known(row).map(writable)

const writable = ({ method, interval }: OroReminder): OroReminder => ({
  method,
  interval: { number: interval.number, unit: interval.unit },
})

/** Oro refuses a reminder whose time has passed (oro/README 3.12). `start` RFC 3339, `now` in epoch milliseconds. */
export const stillAhead = (
  list: readonly OroReminder[],
  start: string,
  now: number,
): OroReminder[] =>
  list.filter((reminder) => Date.parse(start) - (minutesOf(reminder) ?? 0) * 60_000 > now)
