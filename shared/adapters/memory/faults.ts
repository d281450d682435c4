import type { Json, Side } from '../../core/model'
import { SyncError } from '../../errors'

export type Call = 'gather' | 'read' | 'find' | 'create' | 'update' | 'remove' | 'readBack'

/**
 * `unsent`: nothing was stored, nothing is answered. `unanswered`: stored, and the answer is lost. `changed`: 412, whether or not the
 * item has changed (G-37). `throttled`: 429. `broken`: the item fails for now. `unproven`: a read proves nothing.
 */
export type Fault = 'unsent' | 'unanswered' | 'changed' | 'throttled' | 'broken' | 'unproven'

const THROTTLED_MS = 120_000

const WRITES: ReadonlySet<Call> = new Set(['create', 'update', 'remove'])

/** No answer: a write to Graph concerns its item alone, everything else the whole account. */
const unreachable = (side: Side, call: Call): SyncError =>
  new SyncError({
    code: side === 'oro' ? 'oro-unreachable' : 'microsoft-unreachable',
    scope: side === 'oro' ? 'service' : WRITES.has(call) ? 'item' : 'account',
    side,
    transient: true,
  })

/** The failure as the adapters of this side tell it. */
export function failure(side: Side, fault: Fault, call: Call): SyncError {
  switch (fault) {
    case 'throttled':
      return new SyncError({
        code: 'throttled',
        scope: 'account',
        side,
        transient: true,
        status: 429,
        retryAfterMs: THROTTLED_MS,
      })
    case 'changed':
      return itemFailed(side, 412)
    case 'broken':
      return itemFailed(side, 500)
    default:
      return unreachable(side, call)
  }
}

export const itemFailed = (side: Side, status: number, detail?: string): SyncError =>
  new SyncError({
    code: 'item-failed',
    scope: 'item',
    side,
    transient: true,
    status,
    ...(detail === undefined ? {} : { detail }),
  })

export const refused = (side: Side, fields: readonly string[] | null): SyncError =>
  new SyncError({
    code: 'refused-value',
    scope: 'item',
    side,
    transient: false,
    status: 400,
    ...(fields === null ? {} : { fields }),
  })

/** What goes wrong on demand. Each planned fault strikes once, in order, at the next call it is meant for. */
export interface Faults {
  plan(call: Call, fault: Fault): void
  /** The next planned fault of this call, used up. */
  next(call: Call): Fault | null
  clear(): void
  /** Values that are answered with 400; null = every value is taken. */
  refuses: ((field: string, value: Json) => boolean) | null
  /** Does the 400 say which field it means? */
  names: boolean
}

export function createFaults(): Faults {
  const planned = new Map<Call, Fault[]>()
  return {
    plan: (call, fault) => {
      planned.set(call, [...(planned.get(call) ?? []), fault])
    },
    next: (call) => planned.get(call)?.shift() ?? null,
    clear: () => {
      planned.clear()
    },
    refuses: null,
    names: true,
  }
}
