import type { Fields, Json, Reading, Span } from '../core/model'

/** Where one item lives on its side. */
export interface ItemRef {
  readonly id: string
  readonly container: string
}

/** What a read by id proves (sync-rules 4). `gone` is only said when the item's own container answered in the same call group. */
export type ItemState =
  | { readonly is: 'present'; readonly reading: Reading }
  | { readonly is: 'gone'; readonly how: 'deleted' | 'cancelled' }
  | { readonly is: 'moved'; readonly container: string }
  | { readonly is: 'hidden'; readonly code: string }
  | { readonly is: 'unknown' }

export interface GatherRequest {
  /** What `Gathered.cursor` of the last complete gather said; null = from nothing. */
  readonly cursor: Json
  /** The window wanted now; the answer says the one that was read. */
  readonly window: Span
  /** `full`: list everything in the window, so that absence can be judged. */
  readonly mode: 'changes' | 'full'
  /** Ids of a hint: they are read by id when the feed does not list them. */
  readonly ids: readonly string[]
}

/** One complete read of what changed on a side. Never partly complete: a broken round throws (G-12). */
export interface Gathered {
  /** Last one wins; each id once. */
  readonly readings: readonly Reading[]
  /** Ids that the feed says are gone: questions, not answers. */
  readonly removed: readonly string[]
  /** true: everything within `window` was listed. */
  readonly full: boolean
  readonly window: Span
  readonly cursor: Json
  /** Containers (calendar, lists) that were read; an item elsewhere was not. Where not all was listed: those that exist. */
  readonly containers: readonly string[]
  /** Containers that are known to exist no more. */
  readonly lost: readonly string[]
}

/** What is to be created. `fields` are already in this side's form. */
export interface Draft {
  readonly fields: Fields
  readonly container: string
  /** The item across: its id for the marker, its keys for Oro's uid. */
  readonly counterpart: Reading
  /** Makes a repeated create harmless (sync-rules 6): the same token and content give the same item. */
  readonly token: string
  readonly categories: readonly string[]
  /** Asked before a second write: a worker whose lease is over writes nothing more (DESIGN 4). */
  readonly mayWrite: () => boolean
}

/** A written item; `reading` is null when the answer does not hold it (Oro) and `readBack` has to ask. */
export interface Written {
  readonly id: string
  readonly container: string
  readonly reading: Reading | null
  /**
   * Fields that this side cannot hold as asked now (Oro: a reminder whose time has passed, oro/README 3.12). What is read back is this
   * side's value of the pair; it is no edit of anybody.
   */
  readonly adjusted?: readonly string[]
}

export interface Change {
  readonly ref: ItemRef
  /** Only the changed fields, in this side's form. */
  readonly fields: Fields
  /** What was read of the item in this run, if it was. */
  readonly reading: Reading | null
  /** The version to insist on (`If-Match`); empty = none known. */
  readonly version: string
}

export interface Removal {
  readonly ref: ItemRef
  /** A meeting is cancelled with this word to its people (D1); empty = a plain delete. */
  readonly message: string
  /** The version to insist on (`If-Match`), so that an edit made meanwhile is not deleted with it; empty = none known. */
  readonly version: string
}

/**
 * One side of one account and kind. Every implementation passes `test/contracts/side.ts`.
 * Failures are `SyncError`s; `gather` also throws `CursorExpired`.
 */
export interface SidePort {
  gather(request: GatherRequest): Promise<Gathered>
  /** Reads items by id with the proof that deletion needs. Every id asked for has an entry. */
  read(refs: readonly ItemRef[]): Promise<ReadonlyMap<string, ItemState>>
  /** Finds items by the keys a newcomer across has, before it is created here (sync-rules 7). */
  find(counterpart: Reading): Promise<readonly Reading[]>
  create(draft: Draft): Promise<Written>
  update(change: Change): Promise<Written>
  /** Gone already = done. */
  remove(removal: Removal): Promise<void>
  /** The rows as they are after writes of this run, in as few calls as possible. */
  readBack(written: readonly ItemRef[]): Promise<ReadonlyMap<string, ItemState>>
}

/** Counts calls, batch parts included; feed reads that serve a whole organization apart (DESIGN 15). */
export interface Meter {
  microsoft: number
  oro: number
  feed: number
}
