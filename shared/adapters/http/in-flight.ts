/** Runs tasks so that no more than a limit of them are under way per key. Tasks of one key start in the order they came. */
export type InFlight = <T>(key: string, task: () => Promise<T>) => Promise<T>

/** @param limit requests in flight per key, over everything that shares this limiter */
export function createInFlight(limit: number): InFlight {
  const keys = new Map<string, { running: number; waiting: (() => void)[] }>()
  return async (key, task) => {
    const state = keys.get(key) ?? { running: 0, waiting: [] }
    keys.set(key, state)
    if (state.running >= limit) await new Promise<void>((start) => state.waiting.push(start))
    else state.running += 1
    try {
      return await task()
    } finally {
      // The place is handed on without being given up, so that nobody slips in between.
      const next = state.waiting.shift()
      if (next) next()
      else if ((state.running -= 1) === 0) keys.delete(key)
    }
  }
}
