import type { Sender } from 'rhea'
import type { MessageQueue } from './queue'

export const SESSION_FILTER = 'com.microsoft:session-filter'

/** The client's default when it names no `com.microsoft:timeout`. */
const DEFAULT_TIMEOUT_MS = 60_000

/** Receivers that asked for the next free session and wait for one: their attach is held back (long poll). */
export interface SessionWaiters {
  add(queue: MessageQueue, link: Sender): void
  waiting(queue: MessageQueue): boolean
  /** The receiver that has waited longest; it waits no more. */
  next(queue: MessageQueue): Sender | undefined
  /** True when it was waiting. */
  drop(link: Sender): boolean
  dropWhere(gone: (link: Sender) => boolean): void
  /** Answers everybody that there was no session, before their time is over. */
  end(): void
}

export function createSessionWaiters(): SessionWaiters {
  let waiters: { queue: MessageQueue; link: Sender; timer: NodeJS.Timeout }[] = []
  const drop = (link: Sender): boolean => {
    const found = waiters.find((waiter) => waiter.link === link)
    if (!found) return false
    clearTimeout(found.timer)
    waiters = waiters.filter((waiter) => waiter !== found)
    return true
  }
  const timedOut = (link: Sender): void => {
    drop(link)
    // As the service does: an attach without a source, then the reason.
    link.open()
    link.close({
      condition: 'com.microsoft:timeout',
      description: 'The operation did not complete within the allocated time.',
    })
  }
  return {
    add(queue, link) {
      const properties = (link as unknown as { properties?: Record<string, unknown> }).properties
      const timeoutMs = Number(properties?.['com.microsoft:timeout'] ?? DEFAULT_TIMEOUT_MS)
      // Real time: it is the client's patience, and clients time it with real timers.
      const timer = setTimeout(() => {
        timedOut(link)
      }, timeoutMs)
      timer.unref()
      waiters.push({ queue, link, timer })
    },
    waiting: (queue) => waiters.some((waiter) => waiter.queue === queue),
    next(queue) {
      const link = waiters.find((waiter) => waiter.queue === queue)?.link
      if (link) drop(link)
      return link
    },
    drop,
    dropWhere(gone) {
      for (const { link } of [...waiters]) if (gone(link)) drop(link)
    },
    end() {
      for (const { link } of [...waiters]) timedOut(link)
    },
  }
}
