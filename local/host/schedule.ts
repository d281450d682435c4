import { Cron } from 'croner'

export interface Schedule {
  /** The first occurrence after `after`, both in milliseconds; undefined = never again. */
  next(after: number): number | undefined
}

/**
 * NCRONTAB: `second minute hour day month weekday` (or five fields without seconds), in UTC as on Linux. Both day and
 * weekday have to fit, unlike in Unix cron.
 * @throws when the expression uses what NCRONTAB does not have (`L`, `W`, `#`, `?`, nicknames, time spans)
 */
export function createSchedule(expression: string): Schedule {
  const fields = expression.trim().split(/\s+/)
  if (
    ![5, 6].includes(fields.length) ||
    !fields.every((field) => /^[\d*,/\-a-z]+$/i.test(field)) ||
    fields.some((field) => /^[LW]|\d[LW]/i.test(field))
  ) {
    throw new Error(`"${expression}" is not an NCRONTAB expression`)
  }
  let cron: Cron
  try {
    cron = new Cron(fields.join(' '), { paused: true, timezone: 'UTC', domAndDow: true })
  } catch (error) {
    throw new Error(`"${expression}" is not an NCRONTAB expression`, { cause: error })
  }
  return { next: (after) => cron.nextRun(new Date(after))?.getTime() }
}
