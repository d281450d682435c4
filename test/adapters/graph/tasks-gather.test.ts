import type { SyncError } from '../../../shared/errors'
import { draft, FIELDS, tasksWorld, type TasksWorld } from './tasks-world'
import { ANNA } from './world'

describe('gathering the tasks of To Do', () => {
  let world: TasksWorld
  beforeEach(async () => {
    world = await tasksWorld()
  })
  afterEach(() => world.graph.stop())

  const seed = (count: number, list?: string) =>
    world.graph.toDo.seedTasks(
      ANNA,
      Array.from({ length: count }, (_, index) => ({ title: `Task ${String(index)}` })),
      list,
    )
  const idsOf = (readings: readonly { id: string }[]) => readings.map(({ id }) => id).sort()

  it('lists everything at first, and costs one call per list plus one when nothing changed', async () => {
    const ids = [...seed(3), ...seed(2, world.work)]
    const first = await world.gather()
    expect([first.full, idsOf(first.readings)]).toEqual([true, ids.sort()])
    expect([...first.containers].sort()).toEqual([world.tasksList, world.work].sort())
    // What the stand-in replays of the first round (G-08) comes once more.
    const second = await world.gather({ cursor: first.cursor })
    world.calls()
    world.meter.microsoft = 0
    const third = await world.gather({ cursor: second.cursor })
    expect(third).toMatchObject({ full: false, readings: [], removed: [], lost: [] })
    expect(world.calls()).toEqual([
      'GET /lists/delta',
      'GET /lists/{id}/tasks/delta',
      'GET /lists/{id}/tasks/delta',
    ])
    expect(world.meter.microsoft).toBe(3)
  })

  it('reads pages with gaps and repetitions to the end, each task once (G-08, G-10)', async () => {
    const ids = seed(120)
    const { readings } = await world.gather()
    expect(idsOf(readings)).toEqual(ids.sort())
  })

  it('infers nothing from a round that breaks or never ends (G-09, G-12)', async () => {
    seed(60)
    world.graph.faults.add({ path: 'tasks/delta\\?\\$skiptoken', status: 500, times: 0 })
    await expect(world.gather()).rejects.toMatchObject({ evidence: { transient: true } })
    world.graph.faults.clear()
    world.graph.setSwitch(ANNA, 'endlessPaging', true)
    await expect(world.gather()).rejects.toMatchObject({ evidence: { transient: true } })
  })

  it('tells what changed and what is removed', async () => {
    const [changed, gone] = seed(2)
    const { cursor } = await world.gather()
    world.graph.toDo.updateTask(ANNA, String(changed), { title: 'Other' })
    world.graph.toDo.deleteTask(ANNA, String(gone))
    const later = await world.gather({ cursor })
    expect(later.readings.map(({ fields }) => fields['subject'])).toEqual(['Other'])
    expect(later.removed).toEqual([gone])
  })

  it('reads one list in full when its token is lost, and no other (TK12)', async () => {
    const kept = seed(2, world.work)
    seed(2)
    const { cursor } = await world.gather()
    world.graph.toDo.deleteTask(ANNA, String(kept[0]))
    world.graph.toDo.loseSyncState(ANNA, world.work)
    world.calls()
    const later = await world.gather({ cursor })
    expect(later.full).toBe(true)
    expect(later.containers).toEqual([world.work])
    const listed = later.readings.filter(({ container }) => container === world.work)
    expect(idsOf(listed)).toEqual([kept[1]])
    expect(world.calls()).toEqual([
      'GET /lists/delta',
      'GET /lists/{id}/tasks/delta',
      'GET /lists/{id}/tasks/delta',
      'GET /lists/{id}/tasks/delta',
    ])
    expect((await world.gather({ cursor: later.cursor })).full).toBe(false)
  })

  it('reads the lists anew when their own token is lost, and their tasks go on', async () => {
    seed(2)
    const { cursor } = await world.gather()
    world.graph.toDo.loseSyncState(ANNA)
    const added = world.graph.toDo.createList(ANNA, 'Added')
    const later = await world.gather({ cursor })
    expect([later.full, later.lost]).toEqual([false, []])
    expect(later.containers).toContain(added)
  })

  it('never asks the list of flagged e-mails for its tasks (G-48, TK9)', async () => {
    world.graph.toDo.flagEmail(ANNA, 'Mail')
    const { readings, containers } = await world.gather()
    expect(readings).toEqual([])
    expect(containers).not.toContain(world.flaggedList)
    const flagged = encodeURIComponent(world.flaggedList)
    expect(world.graph.log.filter(({ path }) => path.includes(flagged))).toEqual([])
  })

  it('picks up a new list and a shared one, and takes a new name for nothing (TK9)', async () => {
    const { cursor } = await world.gather()
    const shared = world.graph.toDo.createList(ANNA, 'Team', true)
    const [id] = seed(1, shared)
    world.graph.toDo.renameList(ANNA, world.work, 'Office')
    const later = await world.gather({ cursor })
    expect(later.readings).toMatchObject([{ id, container: shared }])
    expect([later.full, later.lost]).toEqual([false, []])
  })

  it('says that a deleted list is lost, and nothing of its tasks (TK9, G-73)', async () => {
    seed(2, world.work)
    const { cursor } = await world.gather()
    world.graph.toDo.deleteList(ANNA, world.work)
    const later = await world.gather({ cursor })
    expect(later).toMatchObject({ lost: [world.work], removed: [], containers: [] })
    expect((await world.gather({ cursor: later.cursor })).lost).toEqual([])
    expect((await world.gather({ cursor, mode: 'full' })).lost).toEqual([world.work])
  })

  it('believes no removed list that still answers', async () => {
    seed(1, world.work)
    const { cursor } = await world.gather()
    const lists = /"deltaLink":"([^"]+)"/.exec(JSON.stringify(cursor))?.[1] ?? ''
    world.graph.faults.add({
      path: '/me/todo/lists/delta',
      status: 200,
      body: {
        value: [{ id: world.work, '@removed': { reason: 'deleted' } }],
        '@odata.deltaLink': lists,
      },
    })
    const later = await world.gather({ cursor })
    expect(later.lost).toEqual([])
    expect(later.containers).toContain(world.work)
  })

  it('passes over a list that is not permitted, and reads the others', async () => {
    const [id] = seed(1)
    world.graph.faults.add({
      path: `${world.work.replaceAll('+', '\\+')}/tasks/delta`,
      status: 403,
      body: { error: { code: 'ErrorAccessDenied', message: '' } },
    })
    const { readings, containers, lost } = await world.gather()
    expect([idsOf(readings), containers, lost]).toEqual([[id], [world.tasksList], []])
  })

  it('reads hinted tasks that no round lists, wherever they are', async () => {
    const [id] = seed(1, world.work)
    const { cursor } = await world.gather()
    const { cursor: next } = await world.gather({ cursor })
    const later = await world.gather({ cursor: next, ids: [String(id), 'unheard-of'] })
    expect(later.readings).toMatchObject([{ id, container: world.work }])
    expect(later.removed).toEqual(['unheard-of'])
  })

  it.each(['removal-first', 'creation-first'] as const)(
    'shows a moved task as removed here and new there, %s (G-42)',
    async (mode) => {
      world.graph.setSwitch(ANNA, 'toDoMove', mode)
      const made = await world.port().create(draft('42'))
      const { cursor } = await world.gather()
      const moved = world.graph.toDo.moveTask(ANNA, made.id, world.work)
      const later = await world.gather({ cursor })
      expect(later.removed).toEqual([made.id])
      expect(later.readings).toMatchObject([{ id: moved, container: world.work, fields: FIELDS }])
      // Read by itself it tells whose counterpart it is (G-49).
      expect((await world.read(moved, world.work)).keys.marker).toBe('42')
      const state = await world.port().read([{ id: made.id, container: world.tasksList }])
      expect(state.get(made.id)).toEqual({ is: 'gone', how: 'deleted' })
    },
  )

  it('shows the halves of a move in different rounds (G-42)', async () => {
    world.graph.setSwitch(ANNA, 'toDoMove', 'creation-late')
    const [id] = seed(1)
    const first = await world.gather()
    const moved = world.graph.toDo.moveTask(ANNA, String(id), world.work)
    const second = await world.gather({ cursor: first.cursor })
    expect([second.removed, second.readings]).toEqual([[id], []])
    const third = await world.gather({ cursor: second.cursor })
    expect(third.readings).toMatchObject([{ id: moved, container: world.work }])
  })

  it('shows a completed recurring task as a copy and one that went on (G-43)', async () => {
    const recurrence = {
      pattern: { type: 'daily', interval: 1 },
      range: { type: 'noEnd', startDate: '2026-09-10' },
    }
    const id = world.graph.toDo.createTask(ANNA, {
      title: 'Report',
      due: '2026-09-10',
      recurrence,
    })
    const { cursor } = await world.gather()
    world.graph.toDo.updateTask(ANNA, id, { status: 'completed' })
    const { readings } = await world.gather({ cursor })
    const shown = readings.map((one) => [one.id === id, one.fields['status'], one.fields['due']])
    expect(shown.sort()).toEqual([
      [false, 'completed', '2026-09-10'],
      [true, 'notStarted', '2026-09-11'],
    ])
  })

  it('follows no link to another origin', async () => {
    const { cursor } = await world.gather()
    const foreign = JSON.parse(
      JSON.stringify(cursor).replaceAll(world.graph.url, 'http://127.0.0.1:9'),
    ) as typeof cursor
    expect((await world.gather({ cursor: foreign })).full).toBe(true)
  })

  it('knows with one call per link that nothing changed, and stops at the first change', async () => {
    seed(1)
    let { cursor } = await world.gather()
    cursor = (await world.gather({ cursor })).cursor
    const changed = () => world.microsoft.changed(world.tasksContext(), 'tasks', cursor)
    world.meter.microsoft = 0
    expect(await changed()).toBe(false)
    expect(world.meter.microsoft).toBe(3)
    world.graph.toDo.touch(ANNA)
    expect(await changed()).toBe(true)
    expect(await world.microsoft.changed(world.tasksContext(), 'tasks', null)).toBe(true)
    world.graph.faults.add({ path: 'delta', status: 410, times: 0 })
    expect(await changed()).toBe(true)
  })

  it('keeps one request in flight, whatever is asked for at once (G-58)', async () => {
    world.graph.setSwitch(ANNA, 'latencyMs', 5)
    await Promise.all([world.gather(), world.gather(), world.port().read([])])
    expect(Math.max(...world.graph.log.map(({ inFlight }) => inFlight))).toBe(1)
  })

  it('says that tasks are not permitted, while the calendar is (G-67)', async () => {
    world.graph.setSwitch(ANNA, 'deniedScopes', ['Tasks.ReadWrite'])
    const error = await world.gather().catch((thrown: unknown) => thrown as SyncError)
    expect(error).toMatchObject({ evidence: { code: 'access', scope: 'account' } })
    expect(await world.microsoft.checkToDo(world.tasksContext().account)).toEqual({
      ok: false,
      code: 'consent',
    })
  })

  it('calls nobody in a cloud without To Do (G-71, T11)', async () => {
    await world.graph.stop()
    world = await tasksWorld({ toDo: false })
    await expect(world.gather()).rejects.toMatchObject({
      evidence: { code: 'not-configured', scope: 'account' },
    })
    expect(await world.microsoft.changed(world.tasksContext(), 'tasks', null)).toBe(false)
    expect(world.graph.log).toEqual([])
  })

  it.each([404, 400] as const)('tells an unusable mailbox by its %i (G-69)', async (status) => {
    world.graph.setSwitch(ANNA, 'mailboxUnusable', status)
    await expect(world.gather()).rejects.toMatchObject({ evidence: { code: 'mailbox' } })
  })

  describe('with checklists in descriptions (TK8)', () => {
    const shown = { checklist: 'in-description' as const }
    const items = [{ displayName: 'Milk', isChecked: true }, { displayName: 'Bread' }]

    it('states them as lines, of whole lists and of single changes', async () => {
      const ids = seed(3)
      for (const id of ids) world.graph.toDo.setChecklist(ANNA, id, items)
      const first = await world.gather({}, world.port(shown))
      expect(first.readings.map(({ fields }) => fields['checklist'])).toEqual(
        ids.map(() => ['[x] Milk', '[ ] Bread']),
      )
      const { cursor } = await world.gather({ cursor: first.cursor }, world.port(shown))
      const stored = world.graph.toDo.setChecklist(ANNA, String(ids[0]), items)
      world.graph.toDo.setChecklist(ANNA, String(ids[0]), [stored[0] ?? {}])
      const later = await world.gather({ cursor }, world.port(shown))
      expect(later.readings.map(({ fields }) => fields['checklist'])).toEqual([['[x] Milk']])
    })

    it('are not read otherwise, and there is none to show', async () => {
      const [id] = seed(1)
      world.graph.toDo.setChecklist(ANNA, String(id), items)
      const { readings } = await world.gather()
      expect(readings[0]?.fields['checklist']).toEqual([])
      const { fields } = await world.read(String(id), world.tasksList)
      expect(fields['checklist']).toEqual([])
    })
  })
})
