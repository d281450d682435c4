import type { ErrorForm } from './errors'

/** Answer of one broken delta call (G-15). */
export interface LostSyncState {
  status: 400 | 410
  /** null = empty body. */
  code: string | null
  /** Adds `Location` with a link without token. */
  location: boolean
}

/**
 * What a mailbox does beside the plain contract. Defaults are those of the contract's section 17; each can be set per mailbox, for
 * good or for the next N uses.
 */
export interface Switches {
  /** G-01: occurrences in delta as stubs. */
  occurrenceStubs: boolean
  /** G-02: `@removed` for changes outside the window. */
  falseTombstones: boolean
  /** G-03: events in Deleted Items answer 200 by id. */
  deletedReadable: boolean
  /** G-04: what one deleted date does to its master in delta. */
  occurrenceDelete: 'silent' | 'touch-master' | 'redeliver'
  /** G-05: `any` = every change of one date redelivers the whole series. */
  redelivery: 'master-change' | 'any'
  /** G-08: items repeated within a round and in the next. */
  replays: boolean
  /** G-09: the page repeats with ever new links. */
  endlessPaging: boolean
  /** G-10: pages without items after the first page of a round. */
  emptyPages: number
  /** G-11: dates of a series are not cut at the page size; `repeated` = later pages of the usual size say them all again (contract section 3). */
  oversizedPages: boolean | 'repeated'
  /** G-11: `maxpagesize=1` answers 504 when an endless series is in the window. */
  tinyPagesTimeOut: boolean
  /** G-13: `$select` and the like on delta. */
  unsupportedOptions: 'ignore' | 'refuse'
  /** G-15. */
  lostSyncState: LostSyncState | null
  /** G-17: without immutable ids a move renews the id. */
  renewIdsOnMove: boolean
  /** G-17: what delta tells of an event that left its calendar and came back between two rounds. */
  movedBack: 'item' | 'removed'
  /** G-19: `first` = masters come, before their dates. */
  masters: 'omit' | 'first'
  /** G-27: Exchange touches an event once more after its creation. */
  touchAfterCreate: boolean
  /** G-28: all dates of a series carry one iCalUId. */
  sharedICalUId: boolean
  /** G-31: the status of a clash. */
  duplicateTransactionStatus: 400 | 409
  /** G-31: the error names the event. */
  duplicateTransactionNamesEvent: boolean
  /** G-36: a change of a master's pattern or times drops its exceptions. */
  dropExceptions: boolean
  /** G-37: honoured with 412, ignored, or 412 without reason. */
  ifMatch: 'honoured' | 'ignored' | 'spurious'
  /** G-38: the write is stored, yet this status is answered. */
  concurrentItemSave: 409 | 503 | null
  /** Section 7.7: what a PATCH of subject, times … on an attendee's copy does. */
  attendeeEdit: 'accept-local' | 'refuse'
  /** G-58: requests in flight. */
  concurrency: number
  /** G-59: its forms one after the other, or always the same. */
  retryAfter: 'in-turn' | 'integer' | 'fractional' | 'date' | 'none'
  /** Seconds named in Retry-After. */
  retryAfterSeconds: number
  /** G-61: every request is throttled until this instant (ms); -1 = for good. */
  throttledUntil: number
  /** G-64: 401 with a claims challenge. */
  claimsChallenge: boolean
  /** G-72: 401 as for an expired token. */
  expiredToken: boolean
  /** G-69: the status of `MailboxNotEnabledForRESTAPI`. */
  mailboxUnusable: 400 | 404 | null
  /** G-70: how error bodies are spelled. */
  errorForm: ErrorForm
  /** G-67: scopes that are refused although the token names them. */
  deniedScopes: string[]
  /** Real milliseconds each request takes. */
  latencyMs: number
  /** G-71: a cloud without To Do. */
  noToDo: boolean
  /** G-42: which half of a move is told first, and whether the other one waits for a round of its list. */
  toDoMove: 'removal-first' | 'creation-first' | 'removal-late' | 'creation-late'
  /** G-42: linked resources go along with a moved task. */
  toDoMoveKeepsLinks: boolean
  /** G-43: which task keeps its id when a recurring one is completed: the one that goes on, or the completed one. */
  toDoCompletion: 'roll-forward' | 'new-id'
  /** G-43: the other one carries the linked resources too. */
  toDoCopiesLinks: boolean
  /** G-44: what another due date does to a recurring task. */
  toDoRedating: 'second-task' | 'jump' | 'plain'
  /** G-45: which list answers and rounds hold the recurrence. */
  toDoRecurrence: 'always' | 'unfiltered' | 'never'
  /** G-49: `$expand` on tasks/delta. */
  toDoDeltaExpand: 'honoured' | 'ignored'
  /** Section 9: a change of a linked resource or checklist item is a change of its task. */
  toDoChildrenTouchTask: boolean
}

export const DEFAULT_SWITCHES: Switches = {
  occurrenceStubs: true,
  falseTombstones: true,
  deletedReadable: false,
  occurrenceDelete: 'silent',
  redelivery: 'master-change',
  replays: true,
  endlessPaging: false,
  emptyPages: 1,
  oversizedPages: false,
  tinyPagesTimeOut: false,
  unsupportedOptions: 'ignore',
  lostSyncState: null,
  renewIdsOnMove: true,
  movedBack: 'item',
  masters: 'omit',
  touchAfterCreate: true,
  sharedICalUId: false,
  duplicateTransactionStatus: 400,
  duplicateTransactionNamesEvent: false,
  dropExceptions: false,
  ifMatch: 'honoured',
  concurrentItemSave: null,
  attendeeEdit: 'accept-local',
  concurrency: 4,
  retryAfter: 'in-turn',
  retryAfterSeconds: 7,
  throttledUntil: 0,
  claimsChallenge: false,
  expiredToken: false,
  mailboxUnusable: null,
  errorForm: 'innerError',
  deniedScopes: [],
  latencyMs: 0,
  noToDo: false,
  toDoMove: 'creation-first',
  toDoMoveKeepsLinks: true,
  toDoCompletion: 'roll-forward',
  toDoCopiesLinks: true,
  toDoRedating: 'second-task',
  toDoRecurrence: 'unfiltered',
  toDoDeltaExpand: 'ignored',
  toDoChildrenTouchTask: true,
}

export interface SwitchBoard {
  /** The value now; a counted one is used up by one. */
  use<Name extends keyof Switches>(mailbox: string, name: Name): Switches[Name]
  /** `times` = for the next N uses, absent = until changed. Mailbox `*` = the default of all. */
  set<Name extends keyof Switches>(
    mailbox: string,
    name: Name,
    value: Switches[Name],
    times?: number,
  ): void
  /** Back to the defaults; without a mailbox for all. */
  reset(mailbox?: string): void
  /** Values now in force, nothing used up. */
  show(mailbox: string): Switches
}

export function createSwitchBoard(): SwitchBoard {
  const settings = new Map<string, Partial<Switches>>()
  const counted = new Map<string, { value: unknown; left: number }>()
  const read = <Name extends keyof Switches>(mailbox: string, name: Name): Switches[Name] => {
    const own = settings.get(mailbox)?.[name]
    if (own !== undefined) return own
    const general = settings.get('*')?.[name]
    return general === undefined ? DEFAULT_SWITCHES[name] : general
  }
  return {
    use(mailbox, name) {
      if (counted.size > 0) {
        for (const key of [`${mailbox}\n${name}`, `*\n${name}`]) {
          const entry = counted.get(key)
          if (entry === undefined) continue
          entry.left -= 1
          if (entry.left <= 0) counted.delete(key)
          return entry.value as Switches[typeof name]
        }
      }
      return read(mailbox, name)
    },
    set(mailbox, name, value, times) {
      if (times !== undefined) {
        counted.set(`${mailbox}\n${name}`, { value, left: times })
        return
      }
      settings.set(mailbox, { ...settings.get(mailbox), [name]: value })
    },
    reset(mailbox) {
      if (mailbox === undefined) {
        settings.clear()
        counted.clear()
        return
      }
      settings.delete(mailbox)
      for (const key of counted.keys()) if (key.startsWith(`${mailbox}\n`)) counted.delete(key)
    },
    show: (mailbox) => ({
      ...DEFAULT_SWITCHES,
      ...settings.get('*'),
      ...settings.get(mailbox),
    }),
  }
}
