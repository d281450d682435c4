/** Runs at most `most` pieces of work at once per key; the others wait in order. */
export function createLimit(most: number): <T>(key: number, work: () => Promise<T>) => Promise<T> {
  const lanes = new Map<number, { running: number; waiting: (() => void)[] }>()
  return async (key, work) => {
    const lane = lanes.get(key) ?? { running: 0, waiting: [] }
    lanes.set(key, lane)
    if (lane.running >= most) await new Promise<void>((resolve) => lane.waiting.push(resolve))
    else lane.running += 1
    try {
      return await work()
    } finally {
      // The place is handed on, so that nobody slips in between.
      const next = lane.waiting.shift()
      if (next === undefined) lane.running -= 1
      else next()
    }
  }
}
