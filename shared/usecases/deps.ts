import type { Account } from '../core/account'
import type { Kind } from '../core/model'
import type { Log } from '../log'
import type { Clock, NewId, Queue } from '../ports/queue'
import type {
  Connections,
  DueIndex,
  FeedPositions,
  Operations,
  Pending,
  SettingsStore,
  SyncState,
} from '../ports/stores'
import type { Microsoft, Oro } from '../ports/systems'

/** What the use cases of a run need from the world. */
export interface Deps {
  readonly clock: Clock
  readonly newId: NewId
  readonly log: Log
  readonly queue: Queue
  readonly connections: Connections
  readonly settings: SettingsStore
  readonly pending: Pending
  readonly due: DueIndex
  readonly operations: Operations
  readonly feeds: FeedPositions
  /** `containers` names whose links are meant; problems, history and the run row are the same for all. */
  readonly stateOf: (account: Account, kind: Kind, containers?: string) => SyncState
  readonly microsoft: Microsoft
  readonly oro: Oro
}

export const rfc3339 = (ms: number): string => new Date(ms).toISOString()
