/** A stored value with its version. Values are plain JSON. */
export interface Row<T = unknown> {
  readonly partition: string
  readonly row: string
  readonly etag: string
  readonly value: T
}

/** `etag`: absent = whatever is there or nothing (upsert), null = must not exist (insert), text = must be this version. */
export type RowWrite =
  | { readonly put: string; readonly value: unknown; readonly etag?: string | null }
  | { readonly remove: string; readonly etag?: string }

export interface RowQuery {
  /** Partitions from … to, both inclusive; a single one = equal. */
  readonly partitions: { readonly from: string; readonly to: string } | null
  /** Row keys from (inclusive) … to (exclusive). */
  readonly from?: string
  readonly to?: string
  readonly limit?: number
}

/**
 * Tables as Azure Table Storage keeps them: strings as keys (no `/ \ # ?`), optimistic concurrency by etag, transactions of at most 100
 * writes within one partition (DESIGN 4, 5). Failures: `VersionMismatch` where an etag does not hold, `Unavailable` where the store does not
 * answer, `SyncError` `too-large` where a value exceeds 900 KiB. Every implementation passes `test/contracts/rows.ts`.
 */
export interface Rows {
  get<T>(table: string, partition: string, row: string): Promise<Row<T> | undefined>
  /** In the order of partition and row key. */
  query<T>(table: string, query: RowQuery): Promise<Row<T>[]>
  /** Answers the new etag. */
  put(
    table: string,
    partition: string,
    row: string,
    value: unknown,
    etag?: string | null,
  ): Promise<string>
  /** Gone already = done, unless an etag was given. */
  remove(table: string, partition: string, row: string, etag?: string): Promise<void>
  /** All or nothing; answers the new etags of the puts, in order. */
  transact(table: string, partition: string, writes: readonly RowWrite[]): Promise<string[]>
}

/** Row keys that start with `prefix`, as a range. */
export const startingWith = (prefix: string): { from: string; to: string } => ({
  from: prefix,
  to: prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1),
})
