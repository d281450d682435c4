import { ids, OWNER, present, ref, request, evidence } from './tasks-world'
import { startOroWorld, WINDOW, type OroWorld } from '../oro-world'

let world: OroWorld

beforeEach(async () => {
  world = await startOroWorld()
})

afterEach(async () => {
  await world.stop()
})

const create = (subject: string, ownerId = 3): string =>
  String(world.standIn.tasks.create({ subject, ownerId }))

describe('gathering tasks', () => {
  it('lists all tasks of the owner first, in one call, whatever their due date', async () => {
    const mine = create('Mine')
    world.standIn.tasks.create({ subject: 'Old', ownerId: 3, dueDate: '2020-01-01T08:00:00Z' })
    create('Of Sam', 5)
    const gathered = await world.tasks().gather(request())
    expect(gathered.readings).toHaveLength(2)
    expect(ids(gathered)).toContain(mine)
    expect(gathered).toMatchObject({
      full: true,
      removed: [],
      window: WINDOW,
      containers: [OWNER],
      lost: [],
      cursor: { since: '2026-09-01T08:00:00Z' },
    })
    expect(world.calls()).toEqual([
      'GET /api/tasks?filter[owner]=3&sort=id&page[number]=1&page[size]=5000',
    ])
    expect(world.meter).toEqual({ microsoft: 0, oro: 1, feed: 0 })
  })

  it('costs one call and lists nothing when nothing changed', async () => {
    create('Quiet')
    world.clock.now += 600_000
    const { cursor } = await world.tasks().gather(request())
    world.clock.now += 900_000
    world.meter.oro = 0
    world.calls()
    const later = await world.tasks().gather(request({ cursor }))
    expect(later).toMatchObject({
      readings: [],
      removed: [],
      full: false,
      cursor: { since: '2026-09-01T08:25:00Z' },
    })
    // Whole seconds: Oro refuses milliseconds in a filter.
    expect(world.calls()).toEqual([
      'GET /api/tasks?filter[owner]=3&filter[updatedAt][gte]=2026-09-01T08:08:00Z&sort=id&page[number]=1&page[size]=5000',
    ])
    expect(world.meter.oro).toBe(1)
  })

  it.each([
    ['a page of maintenance', '<html>Maintenance</html>'],
    ['an answer without a list', { data: null }],
  ])('%s is no empty list: the watermark stays', async (_what, body) => {
    create('There')
    world.standIn.faults.add({ path: '/api/tasks', status: 200, body })
    await expect(world.tasks().gather(request())).rejects.toMatchObject({
      evidence: { code: 'oro-unreachable', transient: true },
    })
  })

  it('follows the pages where the deployment allows small ones only', async () => {
    const created = Array.from({ length: 5 }, (_, index) => create(`Task ${String(index)}`))
    world.standIn.faults.add({
      path: 'page\\[size\\]=5000',
      status: 400,
      body: {
        errors: [{ status: '400', detail: 'The value should be less than or equals to 2.' }],
      },
    })
    const gathered = await world.tasks().gather(request())
    expect(ids(gathered)).toEqual(created.sort())
    expect(world.meter.oro).toBe(4)
  })

  it('takes a hinted task that is gone, or somebody else’s now, for a question', async () => {
    const gone = create('Gone')
    const given = create('Given')
    const changed = create('Changed')
    world.clock.now += 3_600_000
    const { cursor } = await world.tasks().gather(request())
    world.standIn.tasks.remove(Number(gone))
    world.standIn.tasks.update(Number(given), { ownerId: 5 })
    const later = await world.tasks().gather(request({ cursor, ids: [gone, given, changed] }))
    expect(ids(later)).toEqual([changed])
    expect([...later.removed].sort()).toEqual([gone, given].sort())
  })

  it('asks about a hinted task that it may not see', async () => {
    const foreign = world.standIn.tasks.create({ subject: 'Foreign', ownerId: 20 })
    const gathered = await world
      .tasks()
      .gather(request({ cursor: { since: '2026-09-01T08:00:00Z' }, ids: [String(foreign)] }))
    expect(gathered).toMatchObject({ readings: [], removed: [String(foreign)] })
  })

  it('fails as a whole when Oro does not list tasks to us', async () => {
    world.standIn.faults.add({ path: '^/api/tasks', status: 403, body: { errors: [] } })
    expect(await evidence(world.tasks().gather(request()))).toMatchObject({
      code: 'access',
      scope: 'container',
    })
  })
})

describe('reading tasks by id', () => {
  it('tells present, given away, deleted and hidden apart', async () => {
    const [here, given, gone] = ['Here', 'Given', 'Gone'].map((subject) => create(subject))
    const foreign = world.standIn.tasks.create({ subject: 'Foreign', ownerId: 20 })
    world.standIn.tasks.update(Number(given), { ownerId: 5 })
    world.standIn.tasks.remove(Number(gone))
    const states = await world
      .tasks()
      .read([here, given, gone, String(foreign)].map((id) => ref(id ?? '')))
    expect(present(states.get(here ?? '')).fields['subject']).toBe('Here')
    expect(states.get(given ?? '')).toEqual({ is: 'moved', container: '5' })
    expect(states.get(gone ?? '')).toEqual({ is: 'gone', how: 'deleted' })
    expect(states.get(String(foreign))).toEqual({ is: 'hidden', code: 'access' })
  })

  it('shows a task that was given away to its new owner (TK11)', async () => {
    const given = create('Given')
    world.standIn.tasks.update(Number(given), { ownerId: 5 })
    expect(ids(await world.tasks({ userId: 5 }).gather(request()))).toEqual([given])
    expect(ids(await world.tasks().gather(request()))).toEqual([])
  })

  it('proves deletions of one owner by one list, whatever their number', async () => {
    create('Stays')
    await world.tasks().read(['901', '902', '903'].map((id) => ref(id)))
    const lists = world.calls().filter((call) => call.includes('filter[owner]'))
    expect(lists).toEqual(['GET /api/tasks?filter[owner]=3&fields[tasks]=id&page[size]=1'])
  })

  it('believes in the deletion of the last task of an owner who is still there', async () => {
    const states = await world.tasks().read([ref('901')])
    expect(states.get('901')).toEqual({ is: 'gone', how: 'deleted' })
  })

  it('proves nothing where the list does not answer, or nobody owns it', async () => {
    create('Stays')
    world.standIn.faults.add({ path: 'filter\\[owner\\]', status: 403, body: {} })
    const states = await world.tasks().read([ref('901')])
    expect(states.get('901')).toEqual({ is: 'unknown' })
    const nobody = await world.tasks().read([ref('901', '77')])
    expect(nobody.get('901')).toEqual({ is: 'unknown' })
  })

  it('says nothing of a task while Oro is broken', async () => {
    const id = create('Here')
    world.standIn.faults.add({ path: `/api/tasks/${id}`, status: 500, times: 0 })
    expect((await world.tasks().read([ref(id)])).get(id)).toEqual({ is: 'unknown' })
  })
})

describe('the change feed of tasks', () => {
  it('tells what was created, given away and removed in the organization', async () => {
    const id = create('Offer')
    world.standIn.tasks.update(Number(id), { ownerId: 5 })
    world.standIn.tasks.remove(Number(id))
    world.clock.now += 60_000
    const feed = await world.oro.feed(1, '2026-09-01T08:00:30Z', 'tasks', world.meter)
    expect(feed?.changes.map(({ action, kind, id: task }) => [action, kind, task])).toEqual([
      ['create', 'tasks', id],
      ['update', 'tasks', id],
      ['remove', 'tasks', id],
    ])
    expect(world.meter).toMatchObject({ oro: 0, feed: 1 })
  })
})
