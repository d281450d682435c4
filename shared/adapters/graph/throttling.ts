const FIRST_WAIT_MS = 30_000
const LONGEST_WAIT_MS = 600_000

/** Remembers per mailbox how often it was throttled in a row, for answers that name no wait (G-59). */
interface Throttling {
  note(mailbox: string, status: number): void
  /** 30 s, doubled for each throttled answer in a row, at most 10 min. */
  unnamedWaitMs(mailbox: string): number
}

export function createThrottling(): Throttling {
  const inARow = new Map<string, number>()
  return {
    note(mailbox, status) {
      if (status === 429) inARow.set(mailbox, (inARow.get(mailbox) ?? 0) + 1)
      else if (status < 400) inARow.delete(mailbox)
    },
    unnamedWaitMs(mailbox) {
      const times = Math.max(1, inARow.get(mailbox) ?? 1)
      return Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(times - 1, 10))
    },
  }
}
