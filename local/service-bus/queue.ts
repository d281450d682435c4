import { randomUUID } from 'node:crypto'
import { createSessionLocks, type SessionLocks } from './session-locks'
import { scheduledTime, type AmqpContent, type StoredMessage } from './message'

export interface QueueDefinition {
  name: string
  requiresSession?: boolean
  /** Failed deliveries after which a message moves to the dead-letter queue; default 10. */
  maxDeliveryCount?: number
  /** Lock of a message or a session, milliseconds; default 60,000. */
  lockDurationMs?: number
  /** Longest life of a message; expired ones vanish (dead-lettering on expiration is off, as by default). */
  timeToLiveMs?: number
}

export type Outcome =
  | { kind: 'complete' }
  | { kind: 'release' }
  | { kind: 'abandon' | 'defer'; properties?: Record<string, unknown> }
  | { kind: 'dead-letter'; properties?: Record<string, unknown> }

export type LockLost = 'com.microsoft:message-lock-lost' | 'com.microsoft:session-lock-lost'

export interface MessageQueue {
  name: string
  requiresSession: boolean
  lockDurationMs: number
  /** Present on session queues. */
  sessions: SessionLocks | undefined
  /** Enqueues, or schedules when the message asks for it or `earliest` is ahead; answers the sequence number. */
  enqueue(content: AmqpContent, earliest?: number): number
  cancelScheduled(sequenceNumber: number): boolean
  /** Takes over a message that another queue dead-lettered; its delivery count stays. */
  admit(message: StoredMessage): void
  /** Locks the oldest active message of the session (undefined = queue without sessions). */
  take(sessionId: string | undefined): StoredMessage | undefined
  /** Locks deferred messages; undefined when one of them is not there. */
  takeDeferred(
    sequenceNumbers: number[],
    sessionId: string | undefined,
  ): StoredMessage[] | undefined
  /** Undefined = done; else the lock was lost and nothing happened. */
  settle(token: string, outcome: Outcome): LockLost | undefined
  /** The new end of the lock, or undefined when it was lost. */
  renew(token: string): number | undefined
  /** The delivery's lock is lost now: the message comes again, counted as failed. */
  loseLock(token: string): void
  /** Gives back what a session receiver had locked; an expired lock counts as a failed delivery, a closed receiver does not. */
  releaseSession(sessionId: string, failed: boolean): void
  /** Oldest session with something to deliver that nobody has locked. */
  nextFreeSession(): string | undefined
  /** Enqueues due messages, expires message locks and lives; answers how many messages became active by schedule. */
  sweep(): number
  /** The next time at which `sweep` has something to do. */
  nextSweepAt(): number | undefined
  messages(): StoredMessage[]
  scheduled(): StoredMessage[]
  lockedCount(): number
}

export interface QueueDeps {
  definition: QueueDefinition
  now: () => number
  nextSequenceNumber: () => number
  /** Undefined for a dead-letter queue itself, which keeps what it has. */
  deadLetter?: (message: StoredMessage) => void
}

/** One queue as data and rules, without AMQP. Lanes keep arrival order per session, so an abandoned message keeps its place. */
export function createQueue(deps: QueueDeps): MessageQueue {
  const { definition, now, nextSequenceNumber, deadLetter } = deps
  const lockDurationMs = definition.lockDurationMs ?? 60_000
  const maxDeliveryCount = definition.maxDeliveryCount ?? 10
  const requiresSession = definition.requiresSession ?? false
  const sessions = requiresSession ? createSessionLocks(now, lockDurationMs) : undefined
  const lanes = new Map<string, Map<number, StoredMessage>>()
  const scheduled = new Map<number, StoredMessage>()
  const locked = new Map<string, StoredMessage>()
  let mayExpire = false

  const laneOf = (sessionId: string | undefined): string =>
    requiresSession ? (sessionId ?? '') : ''

  const remove = (message: StoredMessage): void => {
    const key = laneOf(message.sessionId)
    const lane = lanes.get(key)
    lane?.delete(message.sequenceNumber)
    if (lane?.size === 0) lanes.delete(key)
  }

  const append = (message: StoredMessage): void => {
    message.state = 'active'
    message.enqueuedAt = now()
    const life = Math.min(message.content.ttl ?? Infinity, definition.timeToLiveMs ?? Infinity)
    message.expiresAt = message.enqueuedAt + life
    if (life !== Infinity) mayExpire = true
    const key = laneOf(message.sessionId)
    const lane = lanes.get(key) ?? new Map<number, StoredMessage>()
    lanes.set(key, lane.set(message.sequenceNumber, message))
  }

  const lock = (message: StoredMessage): StoredMessage => {
    const until =
      sessions && message.sessionId !== undefined
        ? (sessions.lockedUntil(message.sessionId) ?? now())
        : now() + lockDurationMs
    message.lock = { token: randomUUID(), until }
    locked.set(message.lock.token, message)
    return message
  }

  const unlock = (message: StoredMessage): void => {
    if (message.lock) locked.delete(message.lock.token)
    message.lock = undefined
  }

  const bury = (message: StoredMessage, properties: Record<string, unknown>): void => {
    unlock(message)
    remove(message)
    deadLetter?.({
      ...message,
      content: withProperties(message.content, properties),
      deadLetterSource: definition.name,
    })
  }

  const giveBack = (message: StoredMessage, failed: boolean): void => {
    unlock(message)
    if (message.state === 'locked') message.state = 'active'
    if (!failed) return
    message.deliveryCount += 1
    if (deadLetter && message.deliveryCount >= maxDeliveryCount)
      bury(message, {
        DeadLetterReason: 'MaxDeliveryCountExceeded',
        DeadLetterErrorDescription: `Message could not be consumed after ${String(maxDeliveryCount)} delivery attempts.`,
      })
  }

  /** The session's lock stands for the locks of its messages: it alone is renewed. */
  const heldUntil = (message: StoredMessage): number =>
    sessions && message.sessionId !== undefined
      ? (sessions.lockedUntil(message.sessionId) ?? 0)
      : (message.lock?.until ?? 0)

  const expire = (): void => {
    for (const message of [...locked.values()])
      if (!sessions && heldUntil(message) <= now()) giveBack(message, true)
    if (!mayExpire) return
    for (const lane of [...lanes.values()])
      for (const message of [...lane.values()])
        if (message.state !== 'locked' && message.expiresAt <= now()) remove(message)
  }

  const deliverable = (lane: Map<number, StoredMessage> | undefined): StoredMessage | undefined => {
    for (const message of lane?.values() ?? [])
      if (message.state === 'active' && message.expiresAt > now()) return message
    return undefined
  }

  return {
    name: definition.name,
    requiresSession,
    lockDurationMs,
    sessions,
    enqueue(content, earliest) {
      const wanted = scheduledTime(content)
      const at = earliest === undefined ? wanted : Math.max(earliest, wanted ?? 0)
      const message: StoredMessage = {
        sequenceNumber: nextSequenceNumber(),
        content,
        sessionId: content.group_id,
        state: 'scheduled',
        deliveryCount: 0,
        enqueuedAt: now(),
        scheduledFor: at,
        expiresAt: Infinity,
        lock: undefined,
        deadLetterSource: undefined,
      }
      if (at !== undefined && at > now()) scheduled.set(message.sequenceNumber, message)
      else append(message)
      return message.sequenceNumber
    },
    cancelScheduled: (sequenceNumber) => scheduled.delete(sequenceNumber),
    admit(message) {
      message.sequenceNumber = nextSequenceNumber()
      append(message)
      // Messages in a dead-letter queue do not expire.
      message.expiresAt = Infinity
    },
    take(sessionId) {
      const message = deliverable(lanes.get(laneOf(sessionId)))
      if (!message) return undefined
      message.state = 'locked'
      return lock(message)
    },
    takeDeferred(sequenceNumbers, sessionId) {
      const lane = lanes.get(laneOf(sessionId))
      const found = sequenceNumbers.map((number) => lane?.get(number))
      const deferred = found.filter((message) => message?.state === 'deferred' && !message.lock)
      if (deferred.length !== sequenceNumbers.length) return undefined
      return deferred.filter((message) => message !== undefined).map(lock)
    },
    settle(token, outcome) {
      const message = locked.get(token)
      if (!message || heldUntil(message) <= now()) {
        if (message && !sessions) giveBack(message, true)
        return requiresSession
          ? 'com.microsoft:session-lock-lost'
          : 'com.microsoft:message-lock-lost'
      }
      if (outcome.kind === 'complete') {
        unlock(message)
        remove(message)
      } else if (outcome.kind === 'release') {
        giveBack(message, false)
      } else if (outcome.kind === 'dead-letter') {
        bury(message, outcome.properties ?? {})
      } else {
        message.content = withProperties(message.content, outcome.properties ?? {})
        if (outcome.kind === 'abandon') {
          giveBack(message, true)
        } else {
          unlock(message)
          message.state = 'deferred'
        }
      }
      return undefined
    },
    renew(token) {
      const message = locked.get(token)
      if (!message?.lock || heldUntil(message) <= now()) return undefined
      message.lock.until = now() + lockDurationMs
      return message.lock.until
    },
    loseLock(token) {
      const message = locked.get(token)
      if (message) giveBack(message, true)
    },
    releaseSession(sessionId, failed) {
      sessions?.release(sessionId)
      for (const message of [...(lanes.get(sessionId)?.values() ?? [])])
        if (message.lock) giveBack(message, failed)
    },
    nextFreeSession() {
      for (const [sessionId, lane] of lanes)
        if (sessions?.lockedUntil(sessionId) === undefined && deliverable(lane)) return sessionId
      return undefined
    },
    sweep() {
      expire()
      const due = [...scheduled.values()]
        .filter((message) => (message.scheduledFor ?? 0) <= now())
        .sort((a, b) => (a.scheduledFor ?? 0) - (b.scheduledFor ?? 0))
      for (const message of due) {
        scheduled.delete(message.sequenceNumber)
        // Becoming active assigns a new sequence number, as if enqueued at that moment.
        message.sequenceNumber = nextSequenceNumber()
        append(message)
      }
      return due.length
    },
    nextSweepAt() {
      let next = Infinity
      for (const message of scheduled.values()) next = Math.min(next, message.scheduledFor ?? 0)
      for (const message of locked.values()) next = Math.min(next, heldUntil(message))
      next = Math.min(next, sessions?.nextExpiry() ?? Infinity)
      return next === Infinity ? undefined : next
    },
    messages: () => [...lanes.values()].flatMap((lane) => [...lane.values()]),
    scheduled: () => [...scheduled.values()],
    lockedCount: () => locked.size,
  }
}

function withProperties(content: AmqpContent, added: Record<string, unknown>): AmqpContent {
  return {
    ...content,
    application_properties: { ...content.application_properties, ...added },
  }
}
