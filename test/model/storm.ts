import type { Fields, Json, Side } from '../../shared/core/model'
import { answerHold } from '../../shared/usecases/answers'
import type { Act, Field, Step } from './steps'
import { createWorld, type Person, type World } from './world'
import type { Process } from './process'

const MINUTE_MS = 60_000
const BASE = Date.parse('2026-10-01T08:00:00Z')

/** One change that a person made, with a mark that occurs nowhere else. */
export interface Edit {
  readonly side: Side
  readonly id: string
  readonly field: Field
  readonly mark: string
  /** Made while a run was at work, and the version that the item had then. */
  readonly racing: boolean
  readonly version: number
}

/** What people did in a storm, for the questions asked afterwards. */
export interface Diary {
  readonly edits: Edit[]
  /** `side:id` of what a person deleted, cancelled or moved away. */
  readonly removed: Set<string>
  /** Tags of items made on purpose on both sides. */
  readonly twins: Set<string>
}

export interface Storm {
  readonly world: World
  readonly person: Person
  readonly diary: Diary
  play(step: Step): Promise<void>
}

const when = (side: Side, n: number): Json => {
  const start = new Date(BASE + n * MINUTE_MS).toISOString().replace('.000Z', 'Z')
  const end = new Date(BASE + (n + 30) * MINUTE_MS).toISOString().replace('.000Z', 'Z')
  return { start, end, allDay: false, ...(side === 'microsoft' ? { zone: 'Europe/Berlin' } : {}) }
}

/** The tag in a title says which item it is, whoever edits it. */
export const tagOf = (title: Json | undefined): string =>
  typeof title === 'string' ? (title.split(' ')[0] ?? '') : ''

export async function createStorm(): Promise<Storm> {
  const world = await createWorld({ settings: { deletionLimit: 4 } })
  const person = world.people[0] as Person
  const diary: Diary = { edits: [], removed: new Set(), twins: new Set() }
  let count = 0

  const living = (side: Side) => person[side].living().filter((reading) => !reading.cancelled)
  const choose = (side: Side, pick: number) => {
    const all = living(side)
    return all.length === 0 ? undefined : all[pick % all.length]
  }

  function valueOf(side: Side, id: string, field: Field, n: number): { value: Json; mark: string } {
    const tag = tagOf(living(side).find((reading) => reading.id === id)?.fields['title'])
    switch (field) {
      case 'title':
        return { value: `${tag} e${String(n)}. `, mark: `e${String(n)}.` }
      case 'description':
        return { value: `d${String(n)}.  x`, mark: `d${String(n)}.` }
      case 'reminder':
        return { value: 10_000 + n, mark: String(10_000 + n) }
      case 'when': {
        const value = when(side, n)
        return { value, mark: JSON.stringify(value).slice(0, 34) }
      }
    }
  }

  let running = false

  function edit(side: Side, id: string, field: Field, n: number): void {
    const { value, mark } = valueOf(side, id, field, n)
    write(side, id, field, value, mark)
  }

  function write(side: Side, id: string, field: Field, value: Json, mark: string): void {
    person[side].edit(id, { [field]: value })
    const version = person[side].items.get(id)?.version ?? 0
    diary.edits.push({ side, id, field, mark, racing: running, version })
  }

  const fresh = (side: Side, tag: string, n: number): Fields => ({
    title: `${tag} e${String(n)}.`,
    description: `d${String(n)}.`,
    when: when(side, n),
    reminder: 10_000 + n,
  })

  function act(step: Act): void {
    count += 1
    if (step.do === 'create') {
      const { side, audience, invited } = step
      const more =
        side === 'microsoft'
          ? ({ audience, role: invited ? 'attendee' : 'organizer' } as const)
          : {}
      person[side].create({ fields: fresh(side, `t${String(count)}`, count), ...more })
      return
    }
    const side = 'side' in step ? step.side : step.do === 'cancel' ? 'oro' : 'microsoft'
    if (step.do === 'move-back') {
      const gone = [...person.microsoft.items.values()].filter(
        (item) => item.container !== 'outlook' && !item.deleted,
      )
      const item = gone[step.pick % Math.max(1, gone.length)]
      if (!item) return
      person.microsoft.move(item.id, 'outlook')
      diary.removed.delete(`microsoft:${item.id}`)
      return
    }
    const target = choose(side, step.pick)
    if (!target) return
    const { id } = target
    switch (step.do) {
      case 'edit':
        edit(side, id, step.field, count)
        return
      case 'same-edit': {
        const tag = tagOf(target.fields['title'])
        for (const each of ['oro', 'microsoft'] as const) {
          const twin = living(each).find((reading) => tagOf(reading.fields['title']) === tag)
          if (twin) edit(each, twin.id, 'title', count)
        }
        return
      }
      case 'remove':
        person[side].remove(id)
        diary.removed.add(`${side}:${id}`)
        return
      case 'cancel':
        person.oro.cancel(id)
        diary.removed.add(`oro:${id}`)
        return
      case 'move':
        person.microsoft.move(id, 'elsewhere')
        diary.removed.add(`microsoft:${id}`)
        return
      case 'touch':
        person[side].touch(id)
        return
      case 'hide':
        person.microsoft.mark(id, { private: step.private })
        return
      case 'far':
        // Two years ahead: out of every window until somebody moves it back.
        edit(side, id, 'when', count + 2 * 365 * 24 * 60)
        return
    }
  }

  async function run(step: Extract<Step, { do: 'run' }>): Promise<void> {
    await world.ask(person, step.reason)
    const message = world.queue.waiting[0]?.message
    const plan = (process: Process) => [
      ...(step.killAt > 0 ? [{ at: step.killAt, act: () => process.kill() }] : []),
      ...(step.slipAt > 0
        ? [
            {
              at: step.slipAt,
              act: () => {
                act(step.slip)
              },
            },
          ]
        : []),
      ...(step.sleepAt > 0 && message
        ? [
            {
              at: step.sleepAt,
              only: 'rows' as const,
              act: async () => {
                world.advance(2 * MINUTE_MS)
                await world.ask(person, 'interval')
                await world.deliver()
              },
            },
          ]
        : []),
    ]
    running = true
    await world.deliver(plan)
    running = false
    world.advance(2000)
  }

  async function play(step: Step): Promise<void> {
    switch (step.do) {
      case 'twin': {
        count += 1
        const tag = `t${String(count)}`
        diary.twins.add(tag)
        for (const side of ['oro', 'microsoft'] as const)
          person[side].create({ fields: fresh(side, tag, count) })
        return
      }
      case 'settings':
        return world.configure(person, step.change)
      case 'fault':
        person[step.side].faults.plan(step.call, step.fault)
        return
      case 'refuse':
        person[step.side].faults.names = step.names
        person[step.side].faults.refuses = (field, value) =>
          (field === 'title' || field === 'reminder') && /[37]\D*$/.test(JSON.stringify(value))
        return
      case 'accept':
        person.oro.faults.refuses = null
        person.microsoft.faults.refuses = null
        return
      case 'expire':
        person.microsoft.expireCursors()
        return
      case 'replay':
        person.microsoft.replay(step.count)
        return
      case 'feed':
        world.feedReadable = step.readable
        return
      case 'wait':
        world.advance(step.minutes * MINUTE_MS)
        await world.deliver()
        return
      case 'lose-message':
        world.queue.take(world.now() + 3_600_000)
        return
      case 'double-message': {
        const message = world.queue.take(world.now() + 3_600_000)
        if (!message) return
        world.queue.abandon(message)
        world.queue.abandon(message)
        return
      }
      case 'run':
        return run(step)
      default:
        act(step)
        world.advance(1000)
    }
  }
  return { world, person, diary, play }
}

/** The faults end, the settings allow everything, holds are answered, and time passes until nothing is left to do. */
export async function calm(storm: Storm, answer: 'confirm' | 'unlink' | 'recreate'): Promise<void> {
  const { world, person } = storm
  for (const side of [person.oro, person.microsoft]) {
    side.faults.clear()
    side.faults.refuses = null
  }
  world.feedReadable = true
  await world.configure(person, { direction: 'bidirectional' })
  for (let round = 0; round < 8; round += 1) {
    await world.interval(person)
    if ((await person.state.candidates()).length > 0)
      await answerHold(world.deps(), person.account, { answer, by: null })
    await world.deliver()
    world.advance(61 * MINUTE_MS)
    if (round === 2) world.advance(24 * 60 * MINUTE_MS)
  }
}
