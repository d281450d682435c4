import { setImmediate as turn } from 'node:timers/promises'

/**
 * Work that is due at some moment and known outside this host: the broker's scheduled messages, a stand-in's delayed
 * notifications. Times are milliseconds on the movable clock.
 */
export interface TimedWork {
  /** When the next piece becomes due; undefined = nothing is waiting. */
  nextScheduledAt(): number | undefined
  /** Sets going what is due now; how many pieces. */
  enqueueDue(): number
  /** Nothing is under way or waiting to be handled at once. */
  idle(): boolean
}

export interface Work {
  /** Counts a piece of work in flight until the answer is called. */
  begin(): () => void
  /** Something else whose idleness and times count. */
  join(other: TimedWork): void
  joined(): readonly TimedWork[]
  idle(): boolean
  /** False when there still was work after `timeoutMs` of real time. */
  whenIdle(timeoutMs: number): Promise<boolean>
}

const TURNS = 4
/** How often what has joined is asked whether it is idle. */
const LOOK_MS = 5

/** Knows whether anything is in flight: calls counted here, and whatever has joined. */
export function createWork(): Work {
  let inFlight = 0
  const waiting = new Set<() => void>()
  const others: TimedWork[] = []
  const idle = (): boolean => inFlight === 0 && others.every((other) => other.idle())
  /** The last call in flight ends, or it is time to look at what tells nobody when it ends. */
  const lastEnd = (): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        clearTimeout(timer)
        waiting.delete(look)
        resolve()
      }
      const timer = setTimeout(look, LOOK_MS)
      waiting.add(look)
    })
  return {
    begin() {
      inFlight += 1
      let open = true
      return () => {
        if (!open) return
        open = false
        inFlight -= 1
        if (inFlight === 0) for (const look of waiting) look()
      }
    },
    join(other) {
      others.push(other)
    },
    joined: () => others,
    idle,
    async whenIdle(timeoutMs) {
      const end = performance.now() + timeoutMs
      for (;;) {
        // And still after some turns of the loop: what one piece sets off reaches the counters a little later.
        let still = idle()
        for (let turns = 0; still && turns < TURNS; turns += 1) {
          await turn()
          still = idle()
        }
        if (still) return true
        if (performance.now() >= end) return false
        await lastEnd()
      }
    },
  }
}
