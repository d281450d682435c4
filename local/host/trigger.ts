import type { Binding, RpcRequest, RpcResponse } from './core-types'
import type { RegisteredFunction } from './invoke'
import type { HostLog } from './log'
import type { Work } from './work'

/** The parts of host.json that the host reads. */
export interface HostJson {
  extensions?: {
    http?: { routePrefix?: string }
    serviceBus?: {
      maxConcurrentSessions?: number
      maxConcurrentCalls?: number
      /** `hh:mm:ss` */
      maxAutoLockRenewalDuration?: string
    }
  }
}

/** What every trigger works with. */
export interface HostServices {
  settings: Record<string, string>
  hostJson: HostJson
  now: () => number
  log: HostLog
  work: Work
  /** Runs a call through the library, counted as in flight. `reason` goes to the log. */
  invoke(registered: RegisteredFunction, request: RpcRequest, reason: string): Promise<RpcResponse>
}

/**
 * Runs all functions of one binding type. The host keeps a table of these by type, in lower case; another kind of
 * trigger (durable orchestrations) is one more entry.
 */
export interface TriggerHandler {
  /** Takes a function at the end of loading. @throws when the binding is wrong, before anything has started */
  add(registered: RegisteredFunction, name: string, binding: Binding): void
  start?(): Promise<void> | void
  stop?(): Promise<void>
  /** The call that `POST /admin/functions/{name}` asks for; absent = not for this type. */
  manualRequest?(name: string, bindingName: string, input: string | undefined): RpcRequest
}
