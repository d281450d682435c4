/** The words of the product as types (DESIGN 1). Plain JSON throughout: no vendor type crosses this file. */

export type Side = 'oro' | 'microsoft'
export type Kind = 'calendar' | 'tasks'

export const SIDES = ['oro', 'microsoft'] as const satisfies readonly Side[]
export const KINDS = ['calendar', 'tasks'] as const satisfies readonly Kind[]

/** The side across from `side`. */
export const across = (side: Side): Side => (side === 'oro' ? 'microsoft' : 'oro')

export type Json =
  null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** Mapped fields by name, each in the canonical form of the side that states it. */
export type Fields = Readonly<Record<string, Json>>

/** What each side said about one field when the two last agreed on it (sync-rules 1). */
export interface Pair {
  readonly oro: Json
  readonly microsoft: Json
}

/** Instants in RFC 3339, UTC. The end is exclusive. */
export interface Span {
  readonly start: string
  readonly end: string
}

/** Why an item cannot be mapped. It is withheld with this reason and touched nowhere. */
export interface Unmappable {
  readonly code: string
  readonly message: string
}

/** An item as one side states it now. */
export interface Reading {
  readonly side: Side
  /** Oro's numeric id as text, or Graph's immutable id. */
  readonly id: string
  /** The calendar or task list that holds it. */
  readonly container: string
  /** etag or `updatedAt`: saves reads, decides nothing. */
  readonly version: string
  /** RFC 3339 UTC; only `newest` looks at it. */
  readonly modifiedAt: string
  readonly fields: Fields
  /** `attendee`: a copy of something that somebody else organises (sync-rules 8). */
  readonly role: 'organizer' | 'attendee'
  readonly cancelled: boolean
  readonly private: boolean
  readonly categories: readonly string[]
  /** Keys that find candidates and prove nothing: Oro's uid, UUIDv5 of the iCalUId, the Oro id in our marker. */
  readonly keys: { readonly uid?: string; readonly marker?: string }
  /** null for items without a place in time (tasks without a due date). */
  readonly span: Span | null
  readonly unmappable: Unmappable | null
  /** How people know it; "Private" for a private item, whatever its title. */
  readonly label: string
  /** How many other people Outlook would mail on a change of this item. */
  readonly audience: number
  /** The adapter's own, never stored, never read by anybody else. */
  readonly native?: unknown
}

/** What one run knows of one side of an item. `same` = a complete feed read in this run did not list it. */
export type SideState =
  | { readonly is: 'same' }
  | { readonly is: 'present'; readonly reading: Reading }
  | { readonly is: 'gone'; readonly how: 'deleted' | 'cancelled' }
  /** `owner`: of a task that was given to another Oro user, whether that user is connected (sync-rules 2). */
  | {
      readonly is: 'moved'
      readonly container: string
      readonly owner?: 'connected' | 'unconnected'
    }
  | { readonly is: 'hidden'; readonly code: string }
  | { readonly is: 'unknown' }

export type LinkState = 'linked' | 'parked' | 'unlinked' | 'withheld' | 'held' | 'closed'

/** The tie between an Oro item and a Microsoft item (sync-rules 1 and 3). */
export interface Link {
  readonly oroId: string
  readonly microsoftId: string
  readonly oroContainer: string
  readonly microsoftContainer: string
  /** Microsoft account and Oro calendar or owner: the row is inert under any other pair. */
  readonly containers: string
  readonly state: LinkState
  readonly reason: string | null
  /** Raised on every re-creation; part of the `transactionId`. */
  readonly generation: number
  readonly role: 'organizer' | 'attendee'
  readonly base: Readonly<Record<string, Pair>>
  /** Projection under which the pairs were read (sync-rules 10). */
  readonly stamp: string
  readonly versions: { readonly oro: string; readonly microsoft: string }
  /** Fields a side refused, with the fingerprint of the refused value. */
  readonly refused: Readonly<Record<string, { readonly side: Side; readonly fingerprint: string }>>
  /** Fields a server answered in another form than sent, by fingerprint of both. */
  readonly drift: Readonly<Record<string, string>>
  readonly span: Span | null
  readonly label: string
  /** How many other people Outlook would mail, as last read; for counting mails of a user's own change (P6). */
  readonly audience: number
  readonly agreedAt: string
}

/**
 * A decided write, as data. `fields` are in the form of the side written, `pairs` what both sides will have said once it is answered.
 * The interpreter in `usecases/apply.ts` carries it out.
 */
export type Operation =
  | {
      readonly kind: 'create' | 'update'
      readonly on: Side
      readonly fields: Fields
      readonly pairs: Readonly<Record<string, Pair>>
      readonly why: Why
    }
  | { readonly kind: 'delete'; readonly on: Side; readonly why: Why }

/** The reason of a write, as the history shows it. */
export type Why =
  | 'new'
  | 'changed'
  | 'conflict'
  | 'deleted'
  | 'cancelled'
  | 'reassigned'
  | 're-created'
  | 'set-back'
  | 'projection'

/** A losing value, kept in the history (P7). */
export interface Lost {
  readonly field: string
  readonly side: Side
  readonly value: Json
  readonly winner: Json
}

/** Something a person should see about one item. */
export interface Finding {
  readonly code: string
  readonly message: string
  readonly fields: readonly string[]
  readonly side: Side | null
}

/** What to do about one item: the writes in their order, and what the link becomes once they are answered. */
export interface Decision {
  readonly operations: readonly Operation[]
  /** Pairs found to agree: they advance whether or not a write follows. */
  readonly agreed: Readonly<Record<string, Pair>>
  readonly state: LinkState
  readonly reason: string | null
  /** The projection under which the pairs hold from now on. */
  readonly stamp: string
  readonly lost: readonly Lost[]
  readonly findings: readonly Finding[]
  /** A person has to agree before the deletion is carried out, however few there are. */
  readonly ask?: boolean
  /** Sides to be read by id before any of this is written: decide again with what they say. */
  readonly unread?: readonly Side[]
}
