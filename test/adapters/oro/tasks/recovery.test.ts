import { startOroWorld, type OroWorld } from '../oro-world'
import { draft, evidence, taskFields, toDoTask } from './tasks-world'

const DAY_MS = 86_400_000

let world: OroWorld

beforeEach(async () => {
  world = await startOroWorld()
})

afterEach(async () => {
  await world.stop()
})

describe('finding what a lost create left behind (F1, G-46)', () => {
  it('finds the task that Oro stored although its answer was lost', async () => {
    world.standIn.faults.add({ method: 'POST', path: '^/api/tasks', drop: 'after' })
    await evidence(world.tasks().create(draft()))
    const [row] = world.standIn.taskRows()
    const found = await world.tasks().find(toDoTask())
    expect(found.map(({ id }) => id)).toEqual([String(row?.id)])
    expect(found[0]?.fields).toMatchObject(taskFields())
  })

  it('finds nothing when Oro stored nothing', async () => {
    world.standIn.faults.add({ method: 'POST', path: '^/api/tasks', drop: 'before' })
    await evidence(world.tasks().create(draft()))
    expect(await world.tasks().find(toDoTask())).toEqual([])
  })

  it('finds a task whose status was never set, and does not state that status', async () => {
    world.standIn.configureWorkflow({ refused: ['close'] })
    await evidence(world.tasks().create(draft({ fields: taskFields({ status: 'closed' }) })))
    const [found] = await world.tasks().find(toDoTask({ status: 'completed' }))
    expect(found?.fields).toMatchObject({ subject: 'Send offer' })
    expect(found?.fields).not.toHaveProperty('status')
  })

  it.each([
    ['another subject', { subject: 'Other' }],
    ['another due date', { due: '2026-10-01' }],
    ['no due date', { due: null }],
  ])('leaves a task with %s alone', async (_difference, fields) => {
    await world.tasks().create(draft())
    expect(await world.tasks().find(toDoTask(fields))).toEqual([])
  })

  it('leaves a task alone that somebody closed, while its likeness is open', async () => {
    await world.tasks().create(draft({ fields: taskFields({ status: 'closed' }) }))
    expect(await world.tasks().find(toDoTask())).toEqual([])
  })

  it('names every task that is alike: only the caller knows which are linked', async () => {
    const { id } = await world.tasks().create(draft())
    const alike = world.standIn.tasks.create({
      subject: 'Send offer',
      ownerId: 3,
      dueDate: '2026-09-30T15:00:00Z',
    })
    const found = await world.tasks().find(toDoTask())
    expect(found.map((reading) => reading.id).sort()).toEqual([id, String(alike)].sort())
  })

  it('finds nothing for an item across of which nothing is known', async () => {
    await world.tasks().create(draft({ fields: taskFields({ due: null }) }))
    const unknown = { ...toDoTask(), fields: {} }
    expect(await world.tasks().find(unknown)).toEqual([])
  })

  it('does not take an older task for it, even when that was changed just now', async () => {
    const id = world.standIn.tasks.create({
      subject: 'Send offer',
      ownerId: 3,
      dueDate: '2026-09-30T15:00:00Z',
    })
    world.clock.now += 5 * DAY_MS
    world.standIn.tasks.update(id, { taskPriority: 'high' })
    expect(await world.tasks().find(toDoTask())).toEqual([])
  })

  it('looks among the owner’s own tasks, once per run', async () => {
    world.standIn.tasks.create({
      subject: 'Send offer',
      ownerId: 5,
      dueDate: '2026-09-30T15:00:00Z',
    })
    const port = world.tasks()
    for (const subject of ['Send offer', 'Other']) {
      expect(await port.find(toDoTask({ subject }))).toEqual([])
    }
    expect(world.calls()).toEqual([
      'GET /api/tasks?filter[owner]=3&filter[updatedAt][gte]=2026-08-29T08:00:00Z&sort=id&page[number]=1&page[size]=5000',
    ])
  })
})
