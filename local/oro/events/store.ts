import type { EventRow } from '../model'

/** The event table with the indexes that keep reads of one calendar linear. Rows change only through `update`. */
export interface EventStore {
  get(id: number): EventRow | undefined
  insert(row: EventRow): void
  update(row: EventRow, changes: Partial<EventRow>): void
  remove(id: number): void
  all(): Iterable<EventRow>
  ofCalendar(calendarId: number): EventRow[]
  ofSystemCalendars(): EventRow[]
  copiesOf(parentId: number): EventRow[]
  exceptionsOf(masterId: number): EventRow[]
  /** Non-child, non-exception rows of a calendar with this uid (contract 3.11). */
  standAlone(calendarId: number, uid: string): EventRow[]
}

export function createEventStore(): EventStore {
  const rows = new Map<number, EventRow>()
  const calendars = createIndex<number>()
  const parents = createIndex<number>()
  const masters = createIndex<number>()
  const uids = createIndex<string>()
  const system = new Set<number>()

  const index = (row: EventRow, way: 'add' | 'remove'): void => {
    if (row.calendarId !== null) calendars[way](row.calendarId, row.id)
    if (row.parentId !== null) parents[way](row.parentId, row.id)
    if (row.recurringEventId !== null) masters[way](row.recurringEventId, row.id)
    if (row.systemCalendarId !== null) {
      if (way === 'add') system.add(row.id)
      else system.delete(row.id)
    }
    if (row.parentId === null && row.recurringEventId === null)
      uids[way](`${String(row.calendarId)} ${String(row.uid)}`, row.id)
  }
  const resolve = (ids: Iterable<number>): EventRow[] => {
    const found: EventRow[] = []
    for (const id of ids) {
      const row = rows.get(id)
      if (row) found.push(row)
    }
    return found
  }
  return {
    get: (id) => rows.get(id),
    insert(row) {
      rows.set(row.id, row)
      index(row, 'add')
    },
    update(row, changes) {
      index(row, 'remove')
      Object.assign(row, changes)
      index(row, 'add')
    },
    remove(id) {
      const row = rows.get(id)
      if (!row) return
      index(row, 'remove')
      rows.delete(id)
    },
    all: () => rows.values(),
    ofCalendar: (calendarId) => resolve(calendars.of(calendarId)),
    ofSystemCalendars: () => resolve(system),
    copiesOf: (parentId) => resolve(parents.of(parentId)),
    exceptionsOf: (masterId) => resolve(masters.of(masterId)),
    standAlone: (calendarId, uid) => resolve(uids.of(`${String(calendarId)} ${uid}`)),
  }
}

function createIndex<Key>(): {
  add(key: Key, id: number): void
  remove(key: Key, id: number): void
  of(key: Key): Iterable<number>
} {
  const sets = new Map<Key, Set<number>>()
  return {
    add(key, id) {
      const set = sets.get(key)
      if (set) set.add(id)
      else sets.set(key, new Set([id]))
    },
    remove(key, id) {
      const set = sets.get(key)
      set?.delete(id)
      if (set?.size === 0) sets.delete(key)
    },
    of: (key) => sets.get(key) ?? [],
  }
}
