/** Who has locked which session of a queue, until when, and the state that applications keep with a session. */
export interface SessionLocks {
  /** `holder` is the name of the link; false when somebody has it. */
  acquire(sessionId: string, holder: string): boolean
  holder(sessionId: string): string | undefined
  /** Undefined when nobody has it (or its time has passed but was not swept yet). */
  lockedUntil(sessionId: string): number | undefined
  renew(sessionId: string): number | undefined
  release(sessionId: string): void
  expired(): string[]
  nextExpiry(): number | undefined
  state(sessionId: string): Buffer | null
  setState(sessionId: string, state: Buffer | null): void
}

export function createSessionLocks(now: () => number, lockDurationMs: number): SessionLocks {
  const locks = new Map<string, { holder: string; until: number }>()
  const states = new Map<string, Buffer>()
  return {
    acquire(sessionId, holder) {
      if (locks.has(sessionId)) return false
      locks.set(sessionId, { holder, until: now() + lockDurationMs })
      return true
    },
    holder: (sessionId) => locks.get(sessionId)?.holder,
    lockedUntil: (sessionId) => locks.get(sessionId)?.until,
    renew(sessionId) {
      const lock = locks.get(sessionId)
      if (lock === undefined || lock.until <= now()) return undefined
      lock.until = now() + lockDurationMs
      return lock.until
    },
    release: (sessionId) => void locks.delete(sessionId),
    expired: () =>
      [...locks].filter(([, lock]) => lock.until <= now()).map(([sessionId]) => sessionId),
    nextExpiry: () =>
      locks.size === 0 ? undefined : Math.min(...[...locks.values()].map((lock) => lock.until)),
    state: (sessionId) => states.get(sessionId) ?? null,
    setState(sessionId, state) {
      if (state === null) states.delete(sessionId)
      else states.set(sessionId, state)
    },
  }
}
