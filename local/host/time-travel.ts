import type { MovableClock } from '../clock/movable-clock'
import type { TimerTrigger } from './timer-trigger'
import type { Work } from './work'

const DAY = 24 * 3_600_000
/** How often a timer may fire in one step of more than a day. */
const MOST_FIRINGS = 1440

export interface TimeTravel {
  /**
   * Moves the clock to `target`: waits until nothing is in flight, then goes from event to event (a timer's next
   * occurrence, the next scheduled message), each at its own moment and finished before the next. In a step of more
   * than a day timers fire in hops, late ones once and marked as past due; scheduled messages keep their moments. A
   * target in the past just sets the clock. Calls come one after the other.
   * @returns false when something was still in flight after `timeoutMs` of real time at one moment
   */
  to(target: () => number, timeoutMs: number): Promise<boolean>
  /** A journey is under way: nothing else may fire timers. */
  underWay(): boolean
}

export function createTimeTravel(deps: {
  clock: Pick<MovableClock, 'now' | 'set'>
  timers: TimerTrigger
  work: Work
}): TimeTravel {
  const { clock, timers, work } = deps
  let queue: Promise<unknown> = Promise.resolve()
  let journeys = 0

  const nextWork = (): number =>
    Math.min(...work.joined().map((one) => one.nextScheduledAt() ?? Infinity), Infinity)
  const enqueueDue = (): number => work.joined().reduce((count, one) => count + one.enqueueDue(), 0)

  const travel = async (target: number, timeoutMs: number): Promise<boolean> => {
    const start = clock.now()
    if (target < start) {
      clock.set(target)
      timers.replan()
      return true
    }
    const hop = target - start > DAY ? (target - start) / MOST_FIRINGS : 0
    let timersFrom = start + hop
    // Work that says it is due, but of which nothing could be set going, must not hold up time.
    let workFrom = -Infinity
    for (;;) {
      const timerAt = Math.max(timers.nextAt() ?? Infinity, Math.min(timersFrom, target))
      const workNext = nextWork()
      const workAt = workNext > workFrom ? workNext : Infinity
      const at = Math.min(timerAt, workAt)
      if (at > target) break
      clock.set(Math.max(at, clock.now()))
      // Before the timers of the same moment: what is due and not enqueued counts as work that nobody would ever finish.
      const count = enqueueDue()
      workFrom = count > 0 ? -Infinity : at
      if (count > 0 && !(await work.whenIdle(timeoutMs))) return false
      if (at >= timerAt) {
        timersFrom = at + hop
        for (const timer of timers.due(at)) {
          await timers.fire(timer, at, timer.next !== undefined && timer.next < at)
          if (!(await work.whenIdle(timeoutMs))) return false
        }
      }
    }
    if (clock.now() < target) clock.set(target)
    enqueueDue()
    return work.whenIdle(timeoutMs)
  }

  return {
    underWay: () => journeys > 0,
    to(target, timeoutMs) {
      const journey = queue.then(async () => {
        journeys += 1
        try {
          return (await work.whenIdle(timeoutMs)) && (await travel(target(), timeoutMs))
        } finally {
          journeys -= 1
        }
      })
      queue = journey.catch(() => undefined)
      return journey
    },
  }
}
