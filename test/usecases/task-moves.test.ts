import { createMemoryQueue } from '../../shared/adapters/memory/queue'
import { createMemoryRows } from '../../shared/adapters/memory/rows'
import { createSyncState } from '../../shared/adapters/tables/sync-state'
import type { Json, Link } from '../../shared/core/model'
import { TASK_FIELDS } from '../../shared/core/task-fields'
import type { SidePort } from '../../shared/ports/side'
import type { SyncState } from '../../shared/ports/stores'
import { comparisonOf, gather, type Work } from '../../shared/usecases/gather'
import { KIND_RULES } from '../../shared/usecases/kinds'
import { createLedger } from '../../shared/usecases/ledger'
import { emptyRun } from '../../shared/usecases/lease'
import { newTally, type RunContext } from '../../shared/usecases/run-context'
import { lookAgain } from '../../shared/usecases/held-back'
import { relinkMoves } from '../../shared/usecases/task-moves'
import { draft, tasksWorld, type TasksWorld } from '../adapters/graph/tasks-world'
import { ACCOUNT, ANNA, NOW } from '../adapters/graph/world'

const CONTAINERS = 'home|42'

const nothing = (): never => {
  throw new TypeError('Oro is not written here')
}

/** Oro in which nothing ever happens. */
const quietOro: SidePort = {
  gather: ({ window }) =>
    Promise.resolve({
      readings: [],
      removed: [],
      full: false,
      window,
      cursor: 'oro',
      containers: ['42'],
      lost: [],
    }),
  read: () => Promise.resolve(new Map()),
  find: nothing,
  create: nothing,
  update: nothing,
  remove: nothing,
  readBack: nothing,
}

describe('tasks that are moved to another list', () => {
  let world: TasksWorld
  let state: SyncState
  let now: number
  let queue: ReturnType<typeof createMemoryQueue>

  beforeEach(async () => {
    world = await tasksWorld()
    now = NOW
    queue = createMemoryQueue()
    state = createSyncState(createMemoryRows(), ACCOUNT, 'tasks', CONTAINERS)
    await state.saveRun({ ...emptyRun(), containers: CONTAINERS }, null)
  })
  afterEach(() => world.graph.stop())

  const contextOf = async (): Promise<RunContext> => {
    const found = await state.run()
    if (!found) throw new Error('no run row')
    const { settings, connection } = world.tasksContext()
    const rules = { ...KIND_RULES.tasks, fields: TASK_FIELDS }
    const context = {
      deps: {
        clock: { now: () => now },
        queue,
        feeds: { get: () => Promise.resolve(null) },
        oro: { feed: () => Promise.resolve(null) },
      },
      account: ACCOUNT,
      kind: 'tasks',
      rules,
      settings,
      connection,
      policy: rules.policy(settings, 'Europe/Berlin'),
      containers: CONTAINERS,
      state,
      sides: { microsoft: world.port(), oro: quietOro },
      ledger: createLedger({
        state,
        row: found.value,
        etag: found.etag,
        now: () => now,
        newId: () => String(Math.random()),
      }),
      meter: world.meter,
      tally: newTally(),
      message: { v: 1, accountId: '1-42', kind: 'tasks', reason: 'interval', at: '' },
      startedAt: now,
      problems: new Map((await state.problems()).map((problem) => [problem.id, problem])),
    }
    return context as unknown as RunContext
  }

  /** A run up to the point where it would decide; its cursors are kept. */
  const run = async (): Promise<Work> => {
    now += 60_000
    world.advance(60_000)
    const context = await contextOf()
    const gathered = await gather(context)
    const work = await relinkMoves(context, gathered)
    await lookAgain(context)
    await context.ledger.flush((row) => ({
      ...row,
      cursors: work.cursors,
      gatheredAt: now,
      lastFullOroAt: now,
      comparedWith: comparisonOf(context),
    }))
    return work
  }

  /** A task that both sides agree upon. */
  const linked = async (oroId: string, fields: Record<string, Json> = {}): Promise<Link> => {
    const made = await world.port().create(draft(oroId, { fields: { subject: oroId, ...fields } }))
    const said = made.reading?.fields ?? {}
    const link: Link = {
      oroId,
      microsoftId: made.id,
      oroContainer: '42',
      microsoftContainer: made.container,
      containers: CONTAINERS,
      state: 'linked',
      reason: null,
      generation: 0,
      role: 'organizer',
      base: Object.fromEntries(
        Object.entries(said).map(([name, microsoft]) => [name, { oro: microsoft, microsoft }]),
      ),
      stamp: '',
      versions: { oro: '1', microsoft: made.reading?.version ?? '' },
      refused: {},
      drift: {},
      span: null,
      label: oroId,
      audience: 0,
      agreedAt: '2026-09-01T08:00:00.000Z',
    }
    const { ledger } = await contextOf()
    await ledger.add([{ put: 'link', link, previous: null }])
    await ledger.flush()
    return link
  }

  const shown = ({ linked: works, newcomers }: Work) => ({
    linked: works.map(({ link, microsoft }) => [link.oroId, link.microsoftId, microsoft.is]),
    newcomers: newcomers.map(({ reading }) => reading.id),
  })
  const nobody = { linked: [], newcomers: [] }
  const settle = async (): Promise<void> => {
    await run()
    await run()
  }

  it.each(['removal-first', 'creation-first'] as const)(
    'keep their link, whichever half comes first: %s',
    async (mode) => {
      world.graph.setSwitch(ANNA, 'toDoMove', mode)
      const link = await linked('42')
      await settle()
      const moved = world.graph.toDo.moveTask(ANNA, link.microsoftId, world.work)
      const work = await run()
      expect(shown(work)).toEqual({ linked: [['42', moved, 'present']], newcomers: [] })
      const kept = (await state.linksByMicrosoft([moved])).get(moved)
      expect(kept).toMatchObject({
        oroId: '42',
        microsoftContainer: world.work,
        state: 'linked',
        base: link.base,
      })
      expect((await state.linksByMicrosoft([link.microsoftId])).size).toBe(0)
      expect(await state.problems()).toEqual([])
    },
  )

  it.each([true, false])(
    'keep their link when the new half comes a round later, with our link: %s',
    async (keeps) => {
      world.graph.setSwitch(ANNA, 'toDoMove', 'creation-late')
      world.graph.setSwitch(ANNA, 'toDoMoveKeepsLinks', keeps)
      const link = await linked('42')
      await settle()
      const moved = world.graph.toDo.moveTask(ANNA, link.microsoftId, world.work)
      expect(shown(await run())).toEqual(nobody)
      expect(shown(await run())).toEqual({ linked: [['42', moved, 'present']], newcomers: [] })
      expect(await state.problems()).toEqual([])
    },
  )

  it.each([true, false])(
    'keep their link when the old half goes a round later, with our link: %s',
    async (keeps) => {
      world.graph.setSwitch(ANNA, 'toDoMove', 'removal-late')
      world.graph.setSwitch(ANNA, 'toDoMoveKeepsLinks', keeps)
      const link = await linked('42')
      await settle()
      const moved = world.graph.toDo.moveTask(ANNA, link.microsoftId, world.work)
      expect(shown(await run()).newcomers).toEqual([])
      expect(shown(await run())).toEqual({ linked: [['42', moved, 'present']], newcomers: [] })
      expect(await state.problems()).toEqual([])
    },
  )

  it('bring along what was edited on the way, by our link', async () => {
    const link = await linked('42')
    await settle()
    const moved = world.graph.toDo.moveTask(ANNA, link.microsoftId, world.work)
    world.graph.toDo.updateTask(ANNA, moved, { title: 'Other' })
    const [work] = (await run()).linked
    expect(work?.link.microsoftId).toBe(moved)
    expect(work?.microsoft).toMatchObject({ reading: { fields: { subject: 'Other' } } })
  })

  it('are told from deleted ones, which wait for one more run and no longer', async () => {
    const link = await linked('42')
    await settle()
    world.graph.toDo.deleteTask(ANNA, link.microsoftId)
    expect(shown(await run())).toEqual(nobody)
    expect((await state.problems()).map(({ ignored }) => ignored)).toEqual([true])
    expect(queue.waiting).toMatchObject([{ message: { reason: 'retry' }, notBefore: now + 60_000 }])
    expect(shown(await run()).linked).toEqual([['42', link.microsoftId, 'gone']])
    expect(queue.waiting).toHaveLength(1)
    // The row ends with the deletion itself, so that a worker that dies before it leaves a trace.
    expect(await state.problems()).toHaveLength(1)
  })

  it('are told from copies, which are items of their own after one run', async () => {
    const link = await linked('42')
    await settle()
    const copy = world.graph.toDo.createTask(ANNA, {
      title: '42',
      linkedResources: [{ applicationName: 'OroCRM', externalId: '42' }],
    })
    expect(shown(await run()).newcomers).toEqual([])
    expect(shown(await run()).newcomers).toEqual([copy])
    expect((await state.linksByOro(['42'])).get('42')?.microsoftId).toBe(link.microsoftId)
  })

  it('wait as long as the old place does not answer', async () => {
    const link = await linked('42')
    await settle()
    world.graph.toDo.createTask(ANNA, {
      title: '42',
      linkedResources: [{ applicationName: 'OroCRM', externalId: '42' }],
    })
    const id = link.microsoftId.replaceAll('+', '\\+')
    world.graph.faults.add({ path: `${id}\\?`, status: 403, times: 0 })
    for (let runs = 0; runs < 3; runs += 1) expect(shown(await run()).newcomers).toEqual([])
    world.graph.faults.clear()
    expect(shown(await run()).newcomers).toHaveLength(1)
  })

  it('are not guessed at when two links could be meant', async () => {
    world.graph.setSwitch(ANNA, 'toDoMoveKeepsLinks', false)
    const links = [await linked('1', { subject: 'Same' }), await linked('2', { subject: 'Same' })]
    await settle()
    world.graph.toDo.moveTask(ANNA, links[0]?.microsoftId ?? '', world.work)
    world.graph.toDo.deleteTask(ANNA, links[1]?.microsoftId ?? '')
    const work = await run()
    expect(shown(work).linked).toEqual([])
    expect((await state.linksByOro(['1', '2'])).get('1')).toMatchObject({
      microsoftId: links[0]?.microsoftId,
    })
  })

  it('leave a new task alone that is like no other', async () => {
    await linked('42')
    await settle()
    const id = world.graph.toDo.createTask(ANNA, { title: 'New' })
    expect(shown(await run()).newcomers).toEqual([id])
  })

  it('are linked again when they left a list that was deleted then', async () => {
    const link = await linked('42')
    await settle()
    const other = world.graph.toDo.createList(ANNA, 'Other')
    const there = world.graph.toDo.moveTask(ANNA, link.microsoftId, other)
    await run()
    const back = world.graph.toDo.moveTask(ANNA, there, world.work)
    world.graph.toDo.deleteList(ANNA, other)
    expect(shown(await run())).toEqual({ linked: [['42', back, 'present']], newcomers: [] })
  })

  it('are in step again when their list was lost from sight before they were seen elsewhere', async () => {
    const link = await linked('42')
    await settle()
    const { ledger } = await contextOf()
    const unlinked = { ...link, state: 'unlinked', reason: 'access' } as const
    await ledger.add([{ put: 'link', link: unlinked, previous: link }])
    await ledger.flush()
    const moved = world.graph.toDo.moveTask(ANNA, link.microsoftId, world.work)
    expect(shown(await run()).linked).toEqual([['42', moved, 'present']])
    const kept = (await state.linksByOro(['42'])).get('42')
    expect(kept).toMatchObject({ state: 'linked', reason: null, microsoftId: moved })
  })

  it('of a recurring task: the completed copy is an item of its own, and the task goes on (G-43)', async () => {
    const link = await linked('42', { due: '2026-09-10' })
    world.graph.toDo.updateTask(ANNA, link.microsoftId, {
      recurrence: {
        pattern: { type: 'daily', interval: 1 },
        range: { type: 'noEnd', startDate: '2026-09-10' },
      },
    })
    await settle()
    world.graph.toDo.updateTask(ANNA, link.microsoftId, { status: 'completed' })
    const first = await run()
    expect(shown(first)).toEqual({
      linked: [['42', link.microsoftId, 'present']],
      newcomers: [],
    })
    const second = await run()
    expect(second.newcomers.map(({ reading }) => reading.fields['status'])).toEqual(['completed'])
  })

  it('cost nothing as long as nothing is linked', async () => {
    world.graph.toDo.seedTasks(ANNA, [{ title: 'a' }, { title: 'b' }])
    world.calls()
    expect(shown(await run()).newcomers).toHaveLength(2)
    expect(world.calls()).toHaveLength(3)
  })
})
