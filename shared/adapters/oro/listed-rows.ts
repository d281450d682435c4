import type { Json } from '../../core/model'
import { isItemError, SyncError } from '../../errors'
import type { Gathered, GatherRequest, ItemRef, ItemState } from '../../ports/side'

/** Rows as a list of Oro answers them. */
export interface Listed<Row> {
  readonly rows: readonly Row[]
  /** Oro's own clock when it began to answer, RFC 3339 UTC; null if a proxy took the header. */
  readonly asOf: string | null
}

/** How the rows of one calendar, or one owner's tasks, are read. */
export interface RowSource<Row> {
  readonly container: string
  /** Everything, or what moved since this moment (RFC 3339 UTC). */
  list(since: string | null): Promise<Listed<Row>>
  /** A row of this container; null = not there, or not ours to see. */
  get(id: string): Promise<Row | null>
  idOf(row: Row): string
}

/** Rows written just before the last answer may show up after it (oro/README 6.1). */
const OVERLAP_MS = 120_000
/** From so many on, one list is fewer calls than single reads. */
const LIST_FROM = 3

/**
 * Everything of a container, or what moved since the last watermark with the hinted ids read one by one. No list shows what was deleted:
 * that comes as a hint or by absence from a full list, and is confirmed by `read` (oro/README 6; sync-rules 4).
 */
export async function gatherRows<Row>(
  source: RowSource<Row>,
  request: GatherRequest,
): Promise<Omit<Gathered, 'readings'> & { readonly rows: readonly Row[] }> {
  const since = sinceOf(request.cursor)
  const full = request.mode === 'full' || since === null
  const { rows, asOf } = await source.list(full ? null : before(since, OVERLAP_MS))
  const seen = new Set(rows.map((row) => source.idOf(row)))
  const unlisted = [...new Set(request.ids)].filter((id) => !seen.has(id))
  const hinted = full ? [] : await Promise.all(unlisted.map((id) => hintedRow(source, id)))
  const found = hinted.filter((row) => row !== null)
  const foundIds = new Set(found.map((row) => source.idOf(row)))
  return {
    rows: [...rows, ...found],
    removed: unlisted.filter((id) => !foundIds.has(id)),
    full,
    window: request.window,
    // Without Oro's clock the old watermark stays: rows are listed again, none is missed.
    cursor: asOf === null ? request.cursor : { since: asOf },
    containers: [source.container],
    lost: [],
  }
}

/** Not ours to see any more: null, like a 404. */
export async function unlessHidden<Row>(get: () => Promise<Row | null>): Promise<Row | null> {
  try {
    return await get()
  } catch (error) {
    if (error instanceof SyncError && error.evidence.code === 'access') return null
    throw error
  }
}

/** A hinted row that is broken in itself stops no other: it is a question for `read`, as one that is not there (P10). */
async function hintedRow<Row>({ get }: RowSource<Row>, id: string): Promise<Row | null> {
  try {
    return await get(id)
  } catch (error) {
    if (isItemError(error)) return null
    throw error
  }
}

/**
 * Rows written in this run as they are now: by one list where they are many, the rest by id.
 *
 * @param wroteFrom Oro's clock at the first write, RFC 3339 UTC; null = unknown
 */
export async function readBackRows<Row>(
  source: () => RowSource<Row>,
  written: readonly ItemRef[],
  wroteFrom: string | null,
  {
    stateOf,
    read,
  }: {
    stateOf: (row: Row, container: string) => ItemState
    read: (refs: readonly ItemRef[]) => Promise<ReadonlyMap<string, ItemState>>
  },
): Promise<ReadonlyMap<string, ItemState>> {
  const states = new Map<string, ItemState>()
  if (written.length >= LIST_FROM && wroteFrom !== null) {
    const { idOf, list } = source()
    const { rows } = await list(before(wroteFrom, OVERLAP_MS))
    const byId = new Map(rows.map((row) => [idOf(row), row]))
    for (const { id, container } of written) {
      const row = byId.get(id)
      if (row !== undefined) states.set(id, stateOf(row, container))
    }
  }
  // Some changes do not move `updatedAt` (oro/README 3.13).
  const rest = written.filter(({ id }) => !states.has(id))
  for (const [id, state] of await read(rest)) states.set(id, state)
  return states
}

function sinceOf(cursor: Json): string | null {
  if (cursor === null || typeof cursor !== 'object' || Array.isArray(cursor)) return null
  const { since } = cursor as Readonly<Record<string, Json>>
  return typeof since === 'string' && !Number.isNaN(Date.parse(since)) ? since : null
}

/** `text` less so many milliseconds, RFC 3339 UTC. */
export const before = (text: string, ms: number): string =>
  `${new Date(Date.parse(text) - ms).toISOString().slice(0, 19)}Z`
