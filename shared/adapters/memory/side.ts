import type { Fields, Reading, Side } from '../../core/model'
import type { ItemRef, ItemState, SidePort, Written } from '../../ports/side'
import { createFaults, failure, itemFailed, refused, type Call, type Faults } from './faults'
import { createFeed } from './feed'
import { contentOf, EXACT, readingOf, type Form, type MemoryItem } from './items'

export interface MemorySideOptions {
  readonly side: Side
  readonly container: string
  readonly now: () => number
}

/** Outlook's mail because of a write of ours: one entry per person (P6). */
export interface Mail {
  readonly id: string
  readonly operation: 'update' | 'delete'
  readonly at: number
}

export interface NewItem {
  readonly fields: Fields
  readonly audience?: number
  readonly role?: Reading['role']
  readonly categories?: readonly string[]
  readonly private?: boolean
}

/** One account's calendar in memory, with everything that a person does past the port and everything that may go wrong. */
export interface MemorySide {
  port(): SidePort
  readonly side: Side
  readonly container: string
  readonly items: ReadonlyMap<string, MemoryItem>
  readonly faults: Faults
  readonly mails: readonly Mail[]
  /** What came through the port: which fields, and the version that the item had then. */
  readonly writes: readonly {
    readonly id: string
    readonly fields: readonly string[]
    readonly version: number
  }[]
  /** Deletions as Oro's audit feed tells them. */
  readonly removals: readonly { readonly id: string; readonly at: number }[]
  form: Form
  /** Is called around every call of the port: before it does anything, and when it has stored and not yet answered. */
  hook: ((call: Call, at: 'before' | 'stored', id: string | null) => void | Promise<void>) | null
  living(): Reading[]
  create(item: NewItem): string
  edit(id: string, fields: Fields): void
  remove(id: string): void
  cancel(id: string): void
  /** Outlook's own: hides it, changes its people or its categories. */
  mark(id: string, marks: Partial<Pick<MemoryItem, 'private' | 'audience' | 'categories'>>): void
  /** Into another calendar of the same person, or back. */
  move(id: string, container: string): void
  /** Another integration saves the item again: a new version, the same content (E4, U6). */
  touch(id: string): void
  /** The state behind every cursor is lost (G-15). */
  expireCursors(): void
  /** The next changes feed repeats the last so many entries, deleted items as they last lived (G-08). */
  replay(count: number): void
}

/**
 * The honest twin of both calendar adapters: it knows by itself no less and forgives no more than they do. Microsoft answers rounds with a
 * frozen window and tombstones, insists on versions and mails people; Oro lists rows by `updatedAt`, has no tombstones and keeps uids once.
 */
export function createMemorySide(options: MemorySideOptions): MemorySide {
  const { side, container, now } = options
  const items = new Map<string, MemoryItem>()
  const faults = createFaults()
  const mails: Mail[] = []
  const writes: MemorySide['writes'][number][] = []
  const removals: { id: string; at: number }[] = []
  let ids = 0
  const isOro = side === 'oro'

  const read = (item: MemoryItem, withMarker = false): Reading =>
    readingOf(side, world.form, item, withMarker)
  const living = (): MemoryItem[] =>
    [...items.values()].filter((item) => !item.deleted && item.container === container)
  const itemOf = (id: string): MemoryItem => {
    const item = items.get(id)
    if (!item) throw new RangeError(`No item ${id} on ${side}`)
    return item
  }

  function changed(item: MemoryItem, visibly = true): void {
    item.version += 1
    if (visibly) item.modifiedAt = now()
    feed.note(item.id)
  }

  function store(item: MemoryItem, fields: Fields): void {
    for (const [name, value] of Object.entries(fields))
      item.fields[name] = world.form.keep(name, value)
    // Oro does not move `updatedAt` for a reminder alone (oro/README 6.1).
    changed(item, !isOro || Object.keys(fields).some((name) => name !== 'reminder'))
  }

  function insert(fields: Fields, more: Partial<MemoryItem> = {}): MemoryItem {
    ids += 1
    const id = isOro ? String(1000 + ids) : `AAMk/${String(ids)}+=`
    const item: MemoryItem = {
      id,
      container,
      deleted: false,
      cancelled: false,
      private: false,
      categories: [],
      role: 'organizer',
      audience: 0,
      fields: {},
      uid: `${side}-uid-${String(ids)}`,
      marker: null,
      token: null,
      version: 0,
      modifiedAt: now(),
      ...more,
    }
    items.set(id, item)
    store(item, fields)
    return item
  }

  function drop(item: MemoryItem): void {
    if (item.deleted) return
    item.deleted = true
    changed(item)
    removals.push({ id: item.id, at: now() })
  }

  /** A call in its three parts, each of which may fail: asked, stored, answered. */
  async function call<T>(name: Call, id: string | null, work: () => T): Promise<T> {
    await world.hook?.(name, 'before', id)
    const fault = faults.next(name)
    if (fault !== null && fault !== 'unanswered' && fault !== 'unproven')
      throw failure(side, fault, name)
    const answer = work()
    await world.hook?.(name, 'stored', id)
    if (fault === 'unanswered') throw failure(side, fault, name)
    return answer
  }

  function stateOf({ id, container: expected }: ItemRef, withMarker = false): ItemState {
    const item = items.get(id)
    if (!item || item.deleted) return { is: 'gone', how: 'deleted' }
    if (item.container !== expected) return { is: 'moved', container: item.container }
    if (item.cancelled && isOro) return { is: 'gone', how: 'cancelled' }
    return { is: 'present', reading: read(item, withMarker) }
  }

  const states = (refs: readonly ItemRef[], unproven = false): Map<string, ItemState> =>
    new Map(refs.map((ref) => [ref.id, unproven ? { is: 'unknown' } : stateOf(ref)]))

  const feed = createFeed({
    side,
    container,
    now,
    living,
    item: itemOf,
    read,
    state: (id) => stateOf({ id, container }),
  })

  function refuse(fields: Fields): void {
    const bad = Object.entries(fields).filter(([name, value]) => faults.refuses?.(name, value))
    if (bad.length > 0) throw refused(side, faults.names ? bad.map(([name]) => name) : null)
  }

  function mail(item: MemoryItem, operation: Mail['operation']): void {
    if (isOro || item.role !== 'organizer') return
    for (let person = 0; person < item.audience; person += 1)
      mails.push({ id: item.id, operation, at: now() })
  }

  /** `If-Match`, which Oro does not know. */
  function insist(item: MemoryItem, version: string): void {
    if (!isOro && version !== '' && version !== `v${String(item.version)}`)
      throw itemFailed(side, 412)
  }

  const written = (item: MemoryItem): Written => ({
    id: item.id,
    container: item.container,
    // Oro answers a write without the row (oro/README 3.13).
    reading: isOro ? null : read(item),
  })

  /** The same token again is the same item; what it asks for now is written into it, as the Graph adapter does (G-30, G-31). */
  function repeated(item: MemoryItem, fields: Fields): Written {
    if (item.deleted || item.container !== container) throw itemFailed(side, 409, 'duplicate-token')
    if (item.token?.content !== contentOf(fields)) {
      mail(item, 'update')
      store(item, fields)
    }
    return written(item)
  }

  const port: SidePort = {
    gather: (request) => call('gather', null, () => feed.gather(request)),
    async read(refs) {
      const unproven = faults.next('read') === 'unproven'
      return call('read', refs[0]?.id ?? null, () => states(refs, unproven))
    },
    find: (counterpart) =>
      call('find', counterpart.id, () =>
        living()
          .filter((item) =>
            isOro ? item.uid === counterpart.keys.uid : item.marker === counterpart.id,
          )
          .map((item) => read(item, true)),
      ),
    create: ({ fields, container: home, counterpart, token, categories }) =>
      call('create', null, () => {
        refuse(fields)
        const uid = isOro ? (counterpart.keys.uid ?? token) : undefined
        const known = living().find((item) =>
          isOro ? item.uid === uid : item.token?.text === token,
        )
        if (known && isOro) return { id: known.id, container, reading: read(known) }
        const used = [...items.values()].find((item) => item.token?.text === token)
        if (!isOro && used) return repeated(used, fields)
        return written(
          insert(fields, {
            container: home,
            categories,
            marker: counterpart.id,
            token: { text: token, content: contentOf(fields) },
            ...(uid === undefined ? {} : { uid }),
            ...(isOro ? { role: counterpart.role } : {}),
          }),
        )
      }),
    update: ({ ref, fields, version }) =>
      call('update', ref.id, () => {
        const item = items.get(ref.id)
        if (!item || item.deleted || item.container !== ref.container) throw itemFailed(side, 404)
        insist(item, version)
        refuse(fields)
        mail(item, 'update')
        store(item, fields)
        writes.push({ id: item.id, fields: Object.keys(fields), version: item.version })
        return written(item)
      }),
    remove: ({ ref, version }) =>
      call('remove', ref.id, () => {
        const item = items.get(ref.id)
        if (!item || item.deleted || item.container !== ref.container) return
        insist(item, version)
        mail(item, 'delete')
        drop(item)
      }),
    readBack: (refs) => call('readBack', refs[0]?.id ?? null, () => states(refs)),
  }

  const world: MemorySide = {
    side,
    container,
    items,
    faults,
    mails,
    writes,
    removals,
    form: EXACT,
    hook: null,
    port: () => port,
    living: () => living().map((item) => read(item)),
    create: ({ fields, ...more }) => insert(fields, more).id,
    edit: (id, fields) => {
      store(itemOf(id), fields)
    },
    remove: (id) => {
      drop(itemOf(id))
    },
    cancel: (id) => {
      const item = itemOf(id)
      item.cancelled = true
      changed(item)
    },
    mark: (id, marks) => {
      const item = itemOf(id)
      Object.assign(item, marks)
      changed(item)
    },
    move: (id, to) => {
      const item = itemOf(id)
      item.container = to
      changed(item)
    },
    touch: (id) => {
      changed(itemOf(id))
    },
    expireCursors: feed.expire,
    replay: feed.replay,
  }
  return world
}
