import { SyncError } from '../../errors'
import type { GraphClient } from './client'

const PAGE_SIZE = 50

/** No mailbox has so many pages in a window: a round that goes on is broken (G-09). */
const MOST_PAGES = 2000

/**
 * So many pages in a row that tell nothing new: Graph repeats itself for ever (G-09), unless it has told so much in a page that it may
 * repeat all of it in pages of the usual size (contract section 3). Empty pages are no such sign (G-10).
 */
const mostRepeatedPages = (told: number): number => 10 + told / PAGE_SIZE

export interface DeltaItem {
  readonly id: string
  readonly '@removed'?: unknown
}

/** A complete round: every page arrived, to the link of the next one. */
interface DeltaRound<Item> {
  /** In their order; items may come several times (G-08). */
  readonly items: readonly Item[]
  readonly deltaLink: string
}

export interface DeltaPage<Item> {
  readonly value?: readonly Item[]
  readonly '@odata.nextLink'?: string
  readonly '@odata.deltaLink'?: string
}

export const deltaCall = (path: string) =>
  ({ method: 'GET', path, prefer: [`odata.maxpagesize=${String(PAGE_SIZE)}`] }) as const

const endless = (): SyncError =>
  new SyncError({
    code: 'microsoft-unreachable',
    scope: 'container',
    side: 'microsoft',
    transient: true,
    detail: 'endless-paging',
  })

/**
 * Reads a whole round (contract section 3) from its first path or link.
 * @throws CursorExpired when the state is lost; SyncError when a page is missing or the round does not end (G-09, G-12): nothing may be
 * inferred from it
 */
export async function readRound<Item extends DeltaItem>(
  client: GraphClient,
  first: string,
): Promise<DeltaRound<Item>> {
  const items: Item[] = []
  const seen = new Set<string>()
  let repeated = 0
  let path = first
  for (let pages = 0; pages < MOST_PAGES; pages += 1) {
    const answer = await client.ask(deltaCall(path), 'delta')
    const page = (answer.body ?? {}) as DeltaPage<Item>
    const value = page.value ?? []
    items.push(...value)
    const deltaLink = page['@odata.deltaLink']
    if (deltaLink !== undefined) return { items, deltaLink }
    const next = page['@odata.nextLink']
    if (next === undefined) throw cut()
    const known = seen.size
    for (const { id } of value) seen.add(id)
    if (value.length > 0) repeated = seen.size === known ? repeated + 1 : 0
    if (repeated > mostRepeatedPages(known) || next === path) throw endless()
    path = next
  }
  throw endless()
}

/** A page with neither link: its rest did not arrive. */
const cut = (): SyncError =>
  new SyncError({
    code: 'microsoft-unreachable',
    scope: 'container',
    side: 'microsoft',
    transient: true,
    detail: 'cut-page',
  })
