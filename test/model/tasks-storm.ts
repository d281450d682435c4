import fc from 'fast-check'
import { createMemoryQueue } from '../../shared/adapters/memory/queue'
import { createMemoryRows } from '../../shared/adapters/memory/rows'
import { createConnections, createFeedPositions } from '../../shared/adapters/tables/connections'
import { createOperations } from '../../shared/adapters/tables/operations'
import { createDueIndex, createPending } from '../../shared/adapters/tables/schedule'
import { createSettingsStore } from '../../shared/adapters/tables/settings'
import { createSyncState } from '../../shared/adapters/tables/sync-state'
import { agrees } from '../../shared/core/fields'
import type { Fields, Side } from '../../shared/core/model'
import { TASK_FIELDS } from '../../shared/core/task-fields'
import type { Connection } from '../../shared/ports/connections'
import type { Microsoft, Oro } from '../../shared/ports/systems'
import { answerHold } from '../../shared/usecases/answers'
import { containersOf } from '../../shared/usecases/containers'
import type { Deps } from '../../shared/usecases/deps'
import { runSync } from '../../shared/usecases/run'
import { createProcess, Killed, type Process } from './process'
import { createTaskSide, MOVES, POLICY } from './tasks-sides'

const MINUTE_MS = 60_000
const account = { organizationId: 1, userId: 42 }

const side = fc.constantFrom<Side>('oro', 'microsoft')
const pick = fc.nat(20)

/**
 * What happens to tasks. `quiet` steps leave alone by what a lost create is recognised in Oro, which keeps nothing of ours: subject, due
 * date, completion.
 */
export const step = (rough: boolean) =>
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ do: fc.constant('create' as const), side, pick }) },
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constant('edit' as const),
        side,
        pick,
        field: rough
          ? fc.constantFrom('notes', 'importance')
          : fc.constantFrom('subject', 'notes', 'importance', 'status', 'due'),
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('remove' as const), side, pick }) },
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constant('move' as const),
        pick,
        list: pick,
        how: fc.constantFrom(...MOVES),
        keeps: fc.boolean(),
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('add-list' as const) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('remove-list' as const), pick }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('wait' as const), minutes: fc.nat(90) }) },
    {
      weight: rough ? 3 : 0,
      arbitrary: fc.record({
        do: fc.constant('fault' as const),
        side,
        call: fc.constantFrom('gather', 'read', 'create', 'update', 'remove', 'readBack', 'find'),
        fault: fc.constantFrom('unsent', 'unanswered', 'throttled', 'broken', 'unproven'),
      }),
    },
    {
      weight: 5,
      arbitrary: fc.record({
        do: fc.constant('run' as const),
        killAt: rough ? fc.nat(90) : fc.constant(0),
      }),
    },
  )

export type Step = ReturnType<typeof step> extends fc.Arbitrary<infer S> ? S : never

const connection: Connection = {
  account,
  state: 'connected',
  microsoft: {
    homeAccountId: 'home',
    userId: 'user',
    username: 'user@example.com',
    displayName: 'User',
    tenantId: 'tenant',
    calendarId: 'outlook',
  },
  granted: { calendar: false, tasks: true },
  oro: {
    calendarId: 'calendar',
    timeZone: 'Europe/Berlin',
    zoneGiven: true,
    email: null,
    name: null,
  },
  reason: null,
  since: '2026-09-01T08:00:00Z',
  connectedAt: '2026-09-01T08:00:00Z',
}

const tagOf = (fields: Fields): string => /^t\d+/.exec(String(fields['subject']))?.[0] ?? ''

/** A user's tasks on both sides in memory, and the product between them. */
export async function createTaskStorm(rough: boolean) {
  let now = Date.parse('2026-09-01T08:00:00Z')
  let ids = 0
  let count = 0
  const clock = () => now
  const rows = createMemoryRows()
  const queue = createMemoryQueue()
  const sides = {
    oro: createTaskSide('oro', '42', clock),
    microsoft: createTaskSide('microsoft', '', clock),
  }
  const removed = new Set<string>()
  const edited = new Set<string>()
  const homeless = new Set<string>()
  /** Where each task was moved last: it may not have arrived when that list goes. */
  const underWay = new Map<string, string>()
  const unmarked = new Set<string>()
  let writes = 0
  await createConnections(rows).put(connection, null)
  const settings = createSettingsStore(rows)
  await settings.put({ level: 'system' }, { tasks: { enabled: true } }, null)
  await settings.put(
    { level: 'user', account },
    { tasks: { enabled: true, deletionLimit: 1000, deletionPercent: 100 } },
    null,
  )
  const state = createSyncState(rows, account, 'tasks', containersOf(connection, 'tasks'))

  function deps(worker?: Process): Deps {
    const own = worker ? worker.rows(rows) : rows
    const port = (name: Side) => (worker ? worker.side(sides[name].port) : sides[name].port)
    const feed: Oro['feed'] = (_, since) =>
      Promise.resolve({
        until: new Date(now).toISOString(),
        changes: sides.oro.removals
          .filter((entry) => entry.at >= Date.parse(since) - 10 * MINUTE_MS)
          .map(({ id, at }) => ({
            auditId: id,
            action: 'remove' as const,
            kind: 'tasks' as const,
            id,
            calendarId: null,
            at: new Date(at).toISOString(),
          })),
      })
    return {
      clock: { now: clock },
      newId: () => `id-${String((ids += 1))}`,
      log: () => undefined,
      queue: worker ? worker.queue(queue) : queue,
      connections: createConnections(own),
      settings: createSettingsStore(own),
      pending: createPending(own),
      due: createDueIndex(own),
      operations: createOperations(own),
      feeds: createFeedPositions(own),
      stateOf: (whose, kind, containers = '') => createSyncState(own, whose, kind, containers),
      microsoft: { tasks: () => port('microsoft') } as unknown as Microsoft,
      oro: { tasks: () => port('oro'), feed } as unknown as Oro,
    }
  }

  async function deliver(killAt = 0): Promise<void> {
    let kill = killAt
    for (let runs = 0, next = queue.take(now); next; next = queue.take(now)) {
      if ((runs += 1) > 100) throw new Error('The queue does not become empty')
      const worker = createProcess((own) => (kill > 0 ? [{ at: kill, act: () => own.kill() }] : []))
      kill = 0
      const before = sides.oro.writes + sides.microsoft.writes
      try {
        await runSync(deps(worker), next)
      } catch (error) {
        if (!(error instanceof Killed)) throw error
        queue.abandon(next)
        now += 2 * MINUTE_MS
      }
      writes = sides.oro.writes + sides.microsoft.writes - before
    }
  }

  async function run(killAt = 0): Promise<void> {
    const at = new Date(now).toISOString()
    await queue.sync({ v: 1, accountId: '1-42', kind: 'tasks', reason: 'interval', at })
    await deliver(killAt)
  }

  const choose = (name: Side, index: number) => {
    const all = [...sides[name].tasks.values()].filter((task) => !task.leaving)
    return all[index % Math.max(1, all.length)]
  }

  /** Moved without our mark and not yet known again. */
  const inTransit = async (id: string): Promise<boolean> =>
    unmarked.has(id) && (await state.linksByMicrosoft([id])).size === 0

  function fresh(name: Side, field: string, tag: string) {
    const n = String(count)
    const day = `2026-10-${String(1 + (count % 28)).padStart(2, '0')}`
    const oro = name === 'oro'
    const words = oro
      ? ['open', 'in_progress', 'closed']
      : ['notStarted', 'inProgress', 'completed']
    switch (field) {
      case 'subject':
        return `${tag} e${n}`
      case 'notes':
        return `n${n}`
      case 'importance':
        return ['low', 'normal', 'high'][count % 3] ?? 'low'
      case 'status':
        return words[count % 3] ?? ''
      default:
        return oro ? `${day}T15:00:00Z` : day
    }
  }

  async function play(each: Step): Promise<void> {
    count += 1
    now += 1000
    const { microsoft } = sides
    switch (each.do) {
      case 'create': {
        const tag = `t${String(count)}`
        const open = each.side === 'oro' ? 'open' : 'notStarted'
        const fields = {
          subject: tag,
          notes: '',
          status: open,
          importance: 'normal',
          due: fresh(each.side, 'due', tag),
        }
        sides[each.side].create(
          fields,
          each.side === 'oro' ? '42' : microsoft.lists[each.pick % microsoft.lists.length],
        )
        return
      }
      case 'edit': {
        const task = choose(each.side, each.pick)
        if (!task || (await inTransit(task.id))) return
        const tag = tagOf(task.fields)
        edited.add(tag)
        sides[each.side].edit(task.id, { [each.field]: fresh(each.side, each.field, tag) })
        return
      }
      case 'remove': {
        const task = choose(each.side, each.pick)
        if (!task) return
        removed.add(tagOf(task.fields))
        sides[each.side].remove(task.id)
        return
      }
      case 'move': {
        const task = choose('microsoft', each.pick)
        const list = microsoft.lists[each.list % microsoft.lists.length]
        if (!task || list === undefined || task.list === list || (await inTransit(task.id))) return
        const link = (await state.linksByMicrosoft([task.id])).get(task.id)
        // While the answer of its create is out, nothing tells in Oro what it was made of.
        if (rough && !link) return
        // Both halves at once before anybody has linked the task: two tasks, as far as can be told.
        const how = link || each.how !== 'removal-late' ? each.how : 'removal-first'
        // Gone again for a while before anybody has seen where it went first: its removal waits for one more run, not for two (sync-rules 7).
        if (!link && task.marker !== null && how === 'creation-late') return
        // Without our mark it is known again by saying what it said.
        const marked = each.keeps && task.marker !== null
        const plain = Object.entries(link?.base ?? {}).every(
          ([name, pair]) => pair.microsoft === task.fields[name],
        )
        if (!marked && (link ? !plain : task.marker !== null)) return
        const id = microsoft.move(task.id, list, how, each.keeps)
        underWay.set(tagOf(task.fields), list)
        if (link && !marked) unmarked.add(id)
        // Deleted in Oro between the two halves, it is new where it arrives.
        if (how === 'creation-late' || (!marked && how === 'removal-late'))
          edited.add(tagOf(task.fields))
        return
      }
      case 'add-list':
        microsoft.addList()
        return
      case 'remove-list': {
        if (microsoft.lists.length < 2) return
        const list = microsoft.lists[1 + (each.pick % (microsoft.lists.length - 1))] ?? ''
        for (const task of microsoft.tasks.values())
          if (task.list === list) homeless.add(tagOf(task.fields))
        for (const [tag, bound] of underWay) if (bound === list) homeless.add(tag)
        microsoft.removeList(list)
        return
      }
      case 'wait':
        now += each.minutes * MINUTE_MS
        return deliver()
      case 'fault':
        sides[each.side].faults.plan(each.call, each.fault)
        return
      case 'run':
        return run(each.killAt)
    }
  }

  /** Faults end, holds are confirmed, time passes until nothing is left to do. */
  async function calm(): Promise<void> {
    for (const each of Object.values(sides)) each.faults.clear()
    for (let round = 0; round < 8; round += 1) {
      await run()
      if ((await state.candidates()).length > 0)
        await answerHold(deps(), account, { answer: 'confirm', by: null })
      now += 61 * MINUTE_MS
      await deliver()
      if (round === 3) now += 24 * 60 * MINUTE_MS
    }
    await run()
  }

  /** What is wrong after the calm; empty = nothing. */
  async function wrongs(): Promise<string[]> {
    const found: string[] = []
    const links = (await state.links()).filter((link) => link.state !== 'closed')
    const tags = (name: Side) => [...sides[name].tasks.values()].map((task) => tagOf(task.fields))
    for (const name of ['oro', 'microsoft'] as const) {
      const all = tags(name)
      for (const tag of new Set(all))
        if (all.filter((other) => other === tag).length > 1)
          found.push(`${name} holds ${tag} twice`)
      for (const task of sides[name].tasks.values()) {
        const own = links.filter((link) => link[`${name}Id`] === task.id)
        if (own.length !== 1)
          found.push(`${name} ${task.id} (${tagOf(task.fields)}) has ${String(own.length)} links`)
      }
    }
    for (const link of links) {
      const oro = sides.oro.tasks.get(link.oroId)
      const microsoft = sides.microsoft.tasks.get(link.microsoftId)
      if (link.state === 'unlinked' && link.reason === 'container-gone') continue
      if (!oro && !microsoft) continue
      if (link.state !== 'linked' || !oro || !microsoft) {
        found.push(`${link.label}: ${link.state}, ${String(link.reason)}, lacks a copy`)
        continue
      }
      for (const rule of TASK_FIELDS) {
        const [o, m] = [oro.fields[rule.name], microsoft.fields[rule.name]]
        if (!agrees(rule, o ?? null, m ?? null, { policy: POLICY, masked: false }))
          found.push(`${rule.name} of ${link.label}: ${String(o)} against ${String(m)}`)
      }
    }
    for (let n = 1; n <= count; n += 1) {
      const tag = `t${String(n)}`
      const there = [tags('oro').includes(tag), tags('microsoft').includes(tag)]
      const known = links.some((link) => link.label.startsWith(`${tag} `) || link.label === tag)
      if (known && !removed.has(tag) && !homeless.has(tag) && there.includes(false))
        found.push(`${tag} vanished: ${String(there)}`)
      const kept = links.some(
        ({ label, reason }) => reason === 'container-gone' && label.split(' ')[0] === tag,
      )
      if (
        !rough &&
        !kept &&
        removed.has(tag) &&
        !edited.has(tag) &&
        !homeless.has(tag) &&
        there.includes(true)
      )
        found.push(`${tag} came back: ${String(there)}`)
    }
    if (writes > 0) found.push(`The last run wrote ${String(writes)} times`)
    const failing = (await state.problems()).filter(({ nextTryAt }) => nextTryAt !== null)
    return [...found, ...failing.map(({ code, label }) => `still failing: ${code} of ${label}`)]
  }

  return { play, calm, wrongs }
}
