import type { OroChangesMessage, ProbesMessage, SyncMessage } from '../../messages'
import type { Queue } from '../../ports/queue'

/** A message that waits. */
export interface Waiting {
  readonly message: SyncMessage
  /** Milliseconds of the epoch before which it is not delivered. */
  readonly notBefore: number
}

/** A queue with sessions and scheduled messages; whoever reads it decides when time passes. */
export interface MemoryQueue extends Queue {
  readonly waiting: readonly Waiting[]
  readonly oroMessages: readonly OroChangesMessage[]
  readonly probeMessages: readonly { message: ProbesMessage; notBefore: number }[]
  /** Takes the oldest message that is due out of the queue, in the order of its session (account and kind). */
  take(now: number): SyncMessage | undefined
  /** Gives a message back: it is delivered again, first of its session. */
  abandon(message: SyncMessage): void
  /** When the next message is due; null = the queue is empty. */
  next(): number | null
  takeOro(): OroChangesMessage | undefined
  takeProbes(): ProbesMessage | undefined
}

export function createMemoryQueue(): MemoryQueue {
  let waiting: Waiting[] = []
  const oroMessages: OroChangesMessage[] = []
  const probeMessages: { message: ProbesMessage; notBefore: number }[] = []
  return {
    get waiting() {
      return waiting
    },
    oroMessages,
    probeMessages,
    sync(message, notBefore = 0) {
      waiting.push({ message: structuredClone(message), notBefore })
      return Promise.resolve()
    },
    oroChanges(message) {
      oroMessages.push(structuredClone(message))
      return Promise.resolve()
    },
    probes(message, notBefore = 0) {
      probeMessages.push({ message: structuredClone(message), notBefore })
      return Promise.resolve()
    },
    take(now) {
      const due = waiting.find((entry) => entry.notBefore <= now)
      waiting = waiting.filter((entry) => entry !== due)
      return due?.message
    },
    abandon(message) {
      waiting = [{ message, notBefore: 0 }, ...waiting]
    },
    next: () =>
      waiting.length === 0 ? null : Math.min(...waiting.map((entry) => entry.notBefore)),
    takeOro: () => oroMessages.shift(),
    takeProbes: () => probeMessages.shift()?.message,
  }
}
