import type { Kind } from '../core/model'
import type { OroChangesMessage, ProbesMessage, SyncMessage } from '../messages'

/** Sends work. Failures are `Unavailable`. */
export interface Queue {
  /** `notBefore` in milliseconds of the epoch: scheduled; absent = now. */
  sync(message: SyncMessage, notBefore?: number): Promise<void>
  oroChanges(message: OroChangesMessage): Promise<void>
  probes(message: ProbesMessage, notBefore?: number): Promise<void>
}

/** Time and chance of the process, given from outside. */
export interface Clock {
  /** Milliseconds of the epoch. */
  now(): number
}

export type NewId = () => string

/** Which queue serves a kind. */
export type QueueNames = Readonly<Record<Kind, string>>
