import { createFaults, failure, itemFailed, type Call } from '../../shared/adapters/memory/faults'
import { taskPolicy } from '../../shared/core/policy'
import type { Fields, Json, Reading, Side } from '../../shared/core/model'
import { agrees } from '../../shared/core/fields'
import { TASK_FIELDS } from '../../shared/core/task-fields'
import type { Gathered, GatherRequest, ItemRef, ItemState, SidePort } from '../../shared/ports/side'
import { resolveSettings } from '../../shared/settings/resolve'

const OVERLAP_MS = 120_000
const LIKENESS = TASK_FIELDS.filter(({ name }) => name === 'subject' || name === 'due')

export const POLICY = taskPolicy(
  resolveSettings({ system: {}, organization: {}, user: {} }).tasks,
  'Europe/Berlin',
)

interface Task {
  readonly id: string
  list: string
  fields: Record<string, Json>
  marker: string | null
  version: number
  modifiedAt: number
  readonly createdAt: number
  /** Moved away as its user sees it; rounds tell it later. */
  leaving: boolean
}

interface Entry {
  readonly id: string
  readonly list: string
  readonly gone: boolean
}

export const MOVES = ['removal-first', 'creation-first', 'removal-late', 'creation-late'] as const

/** One user's tasks on one side, with what people do past the port and what goes wrong. */
export interface TaskSide {
  readonly port: SidePort
  readonly tasks: ReadonlyMap<string, Task>
  readonly lists: readonly string[]
  readonly faults: ReturnType<typeof createFaults>
  readonly removals: readonly { id: string; at: number }[]
  writes: number
  create(fields: Fields, list?: string): string
  edit(id: string, fields: Fields): void
  remove(id: string): void
  /** A new id in the other list, gone in the old, in either order, maybe in different rounds (G-42). */
  /** Answers the new id. */
  move(id: string, list: string, how: (typeof MOVES)[number], keepsMarker: boolean): string
  addList(): void
  removeList(list: string): readonly string[]
}

/** Oro: one container, no tombstones, nothing of ours kept. To Do: lists with a log, ids that change with a move, our marker kept. */
export function createTaskSide(side: Side, owner: string, now: () => number): TaskSide {
  const isOro = side === 'oro'
  const tasks = new Map<string, Task>()
  const lists: string[] = isOro ? [owner] : ['tasks', 'work', 'home']
  const faults = createFaults()
  const removals: { id: string; at: number }[] = []
  const log: Entry[] = []
  let late: (() => void)[] = []
  let ids = 0

  const reading = (task: Task, marked = false): Reading => ({
    side,
    id: task.id,
    container: task.list,
    version: `v${String(task.version)}`,
    modifiedAt: new Date(task.modifiedAt).toISOString(),
    fields: { ...task.fields },
    role: 'organizer',
    cancelled: false,
    private: false,
    categories: [],
    keys: marked && task.marker !== null ? { marker: task.marker } : {},
    span: null,
    unmappable: null,
    label: String(task.fields['subject']),
    audience: 0,
  })
  const put = (fields: Fields, list: string, marker: string | null, given?: string): Task => {
    ids += 1
    const at = now()
    const id = given ?? (isOro ? String(100 + ids) : `AAMk/${String(ids)}=`)
    const task = {
      id,
      list,
      fields: { ...fields },
      marker,
      version: 1,
      modifiedAt: at,
      createdAt: at,
      leaving: false,
    }
    tasks.set(task.id, task)
    log.push({ id: task.id, list, gone: false })
    return task
  }
  const drop = (task: Task): void => {
    if (!tasks.delete(task.id)) return
    log.push({ id: task.id, list: task.list, gone: true })
    removals.push({ id: task.id, at: now() })
  }
  const store = (task: Task, fields: Fields): void => {
    Object.assign(task.fields, fields)
    task.version += 1
    task.modifiedAt = now()
    log.push({ id: task.id, list: task.list, gone: false })
  }
  const stateOf = ({ id, container }: ItemRef): ItemState => {
    const task = tasks.get(id)
    if (task && (container === '' || task.list === container))
      return { is: 'present', reading: reading(task, true) }
    if (container !== '' && !lists.includes(container))
      return { is: 'hidden', code: 'container-gone' }
    return { is: 'gone', how: 'deleted' }
  }
  const states = (refs: readonly ItemRef[], unproven = false) =>
    new Map(refs.map((ref) => [ref.id, unproven ? ({ is: 'unknown' } as const) : stateOf(ref)]))

  async function call<T>(name: Call, work: () => T): Promise<T> {
    await Promise.resolve()
    const fault = faults.next(name)
    if (fault !== null && fault !== 'unanswered' && fault !== 'unproven')
      throw failure(side, fault, name)
    const answer = work()
    if (fault === 'unanswered') throw failure(side, fault, name)
    return answer
  }

  function gather({ cursor, mode, ids: hinted, window }: GatherRequest): Gathered {
    const from = cursor as { seq: number; since: number; lists: string[] } | null
    const whole = mode === 'full' || from === null
    const readings = new Map<string, Reading>()
    const removed = new Set<string>()
    const lost = (from?.lists ?? []).filter((list) => !lists.includes(list))
    if (whole) for (const task of tasks.values()) readings.set(task.id, reading(task))
    else if (isOro) {
      for (const task of tasks.values())
        if (task.modifiedAt >= from.since - OVERLAP_MS) readings.set(task.id, reading(task))
    } else {
      for (const { id, list } of log.slice(from.seq)) {
        const task = tasks.get(id)
        if (task?.list === list) readings.set(id, reading(task))
        else if (lists.includes(list)) removed.add(id)
      }
    }
    for (const id of hinted) {
      const task = tasks.get(id)
      if (task) readings.set(id, reading(task))
      else removed.add(id)
    }
    const next = { seq: log.length, since: now(), lists: [...lists] }
    const waiting = late
    late = []
    for (const run of waiting) run()
    return {
      readings: [...readings.values()],
      removed: [...removed],
      full: whole || lost.length > 0,
      window,
      cursor: next,
      containers: whole ? [...lists] : lost.length > 0 ? [] : [...lists],
      lost,
    }
  }

  /** `If-Match`, which Oro does not know. */
  const insist = (task: Task, version: string): void => {
    if (!isOro && version !== '' && version !== `v${String(task.version)}`)
      throw itemFailed(side, 412)
  }
  const at = (ref: ItemRef): Task => {
    const task = tasks.get(ref.id)
    if (!task || task.list !== ref.container) throw itemFailed(side, 404)
    return task
  }
  const written = (task: Task) => ({
    id: task.id,
    container: task.list,
    reading: isOro ? null : reading(task, true),
  })
  const known = (id: string): Task => {
    const task = tasks.get(id)
    if (!task) throw new RangeError(`No task ${id}`)
    return task
  }

  const world: TaskSide = {
    tasks,
    lists,
    faults,
    removals,
    writes: 0,
    port: {
      gather: (request) => call('gather', () => gather(request)),
      read: (refs) => {
        const unproven = faults.next('read') === 'unproven'
        return call('read', () => states(refs, unproven))
      },
      find: (counterpart) =>
        call('find', () =>
          [...tasks.values()]
            .filter((task) =>
              isOro
                ? LIKENESS.every((rule) =>
                    agrees(
                      rule,
                      task.fields[rule.name] ?? null,
                      counterpart.fields[rule.name] ?? null,
                      {
                        policy: POLICY,
                        masked: false,
                      },
                    ),
                  )
                : task.marker === counterpart.id,
            )
            .map((task) => reading(task, true)),
        ),
      create: ({ fields, container, counterpart }) =>
        call('create', () => {
          world.writes += 1
          return written(
            put(fields, container === '' ? (lists[0] ?? '') : container, counterpart.id),
          )
        }),
      update: ({ ref, fields, version }) =>
        call('update', () => {
          const task = at(ref)
          insist(task, version)
          world.writes += 1
          store(task, fields)
          return written(task)
        }),
      remove: ({ ref, version }) =>
        call('remove', () => {
          const task = tasks.get(ref.id)
          if (task?.list !== ref.container) return
          insist(task, version)
          world.writes += 1
          drop(task)
        }),
      readBack: (refs) => call('readBack', () => states(refs)),
    },
    create: (fields, list = lists[0] ?? '') => put(fields, list, null).id,
    edit: (id, fields) => {
      store(known(id), fields)
    },
    remove: (id) => {
      drop(known(id))
    },
    move(id, list, how, keepsMarker) {
      const task = known(id)
      task.leaving = true
      ids += 1
      const next = `AAMk/${String(ids)}=`
      const marker = keepsMarker ? task.marker : null
      const leave = (): void => {
        drop(task)
      }
      const arrive = (): void => {
        if (lists.includes(list)) put(task.fields, list, marker, next)
      }
      const removalFirst = how === 'removal-first' || how === 'creation-late'
      const [first, second] = removalFirst ? [leave, arrive] : [arrive, leave]
      first()
      if (how.endsWith('late')) late.push(second)
      else second()
      return next
    },
    addList: () => {
      lists.push(`list-${String(lists.length)}-${String(log.length)}`)
    },
    removeList(list) {
      const inside = [...tasks.values()].filter((task) => task.list === list)
      lists.splice(lists.indexOf(list), 1)
      for (const task of inside) tasks.delete(task.id)
      return inside.map((task) => task.id)
    },
  }
  return world
}
