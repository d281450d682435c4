/** What the brake looks at, for one kind of one account (P5, sync-rules 5). */
export interface BrakeInput {
  /** Deletions and re-creations that this run would carry out. */
  readonly candidates: number
  /** Carried out within the last hour, this run's own included. */
  readonly recent: number
  /** Items in step before this run (tasks: the open ones). */
  readonly mapped: number
  readonly deletionLimit: number
  /** Counts only once twenty items are mapped. */
  readonly deletionPercent: number
  /** A full read of a side listed nothing although links exist there. */
  readonly suddenlyEmpty: boolean
}

const ENOUGH_FOR_PERCENT = 20
const HOUR_MS = 3_600_000

/** The largest number of deletions within an hour that needs no confirmation. */
export const brakeLimit = (
  input: Pick<BrakeInput, 'mapped' | 'deletionLimit' | 'deletionPercent'>,
): number =>
  input.mapped < ENOUGH_FOR_PERCENT
    ? input.deletionLimit
    : Math.min(input.deletionLimit, Math.floor((input.mapped * input.deletionPercent) / 100))

/** Must these candidates wait for a person? Everything else of the run goes on either way. */
export const brakes = (input: BrakeInput): boolean =>
  input.candidates > 0 &&
  (input.suddenlyEmpty || input.candidates + input.recent > brakeLimit(input))

/** Keeps the marks of the last hour. `at` in milliseconds of the epoch. */
export const withinHour = (
  marks: readonly { at: number; count: number }[],
  now: number,
): { at: number; count: number }[] => marks.filter((mark) => now - mark.at < HOUR_MS)
