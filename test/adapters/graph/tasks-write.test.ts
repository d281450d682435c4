import type { SyncError } from '../../../shared/errors'
import { draft, FIELDS, oroTask, tasksWorld, type TasksWorld } from './tasks-world'
import { ANNA } from './world'

const RECURRENCE = {
  pattern: { type: 'weekly', interval: 1, daysOfWeek: ['thursday'], firstDayOfWeek: 'monday' },
  range: { type: 'noEnd', startDate: '2026-09-10' },
}

describe('writing tasks to To Do', () => {
  let world: TasksWorld
  beforeEach(async () => {
    world = await tasksWorld()
  })
  afterEach(() => world.graph.stop())

  const stored = (list = world.tasksList) =>
    world.graph.toDo.lists(ANNA).find(({ id }) => id === list)?.tasks ?? []
  const create = (id = '42') => world.port().create(draft(id))
  const failure = (work: Promise<unknown>) =>
    work.then(
      () => {
        throw new Error('nothing failed')
      },
      (error: unknown) => (error as SyncError).evidence,
    )

  it('creates in the default list with a link back to Oro', async () => {
    const { reading, container } = await create()
    expect(container).toBe(world.tasksList)
    expect(reading).toMatchObject({ fields: FIELDS, keys: { marker: '42' }, container })
    expect(stored()).toMatchObject([
      {
        title: 'Call',
        linkedResources: [
          {
            webUrl: 'https://oro.example/admin/task/view/42',
            applicationName: 'OroCRM',
            displayName: 'Call',
            externalId: '42',
          },
        ],
      },
    ])
    expect(world.graph.violations()).toEqual([])
  })

  it('creates in the list that the setting names, else in the default one', async () => {
    const named = await world.port({ list: ' work ' }).create(draft('1'))
    expect(named.container).toBe(world.work)
    const unknown = await world.port({ list: 'Nowhere' }).create(draft('2'))
    expect(unknown.container).toBe(world.tasksList)
    const flagged = await world.port({ list: 'Flagged Emails' }).create(draft('3'))
    expect(flagged.container).toBe(world.tasksList)
  })

  it('asks once what lists there are, and not at all after a gather', async () => {
    const port = world.port()
    await port.create(draft('1'))
    await port.create(draft('2'))
    expect(world.calls()).toEqual([
      'GET /lists',
      'POST /lists/{id}/tasks',
      'POST /lists/{id}/tasks',
    ])
    const other = world.port()
    await world.gather({}, other)
    world.calls()
    await other.create(draft('3'))
    expect(world.calls()).toEqual(['POST /lists/{id}/tasks'])
  })

  it('reads back what was created', async () => {
    const { id } = await create()
    const state = (await world.port().readBack([{ id, container: world.tasksList }])).get(id)
    expect(state).toMatchObject({ is: 'present', reading: { fields: FIELDS } })
  })

  it.each([
    [{ drop: 'after' as const }, 'microsoft-unreachable'],
    [{ status: 503, after: true }, 'microsoft-unreachable'],
    [{ status: 500, after: true }, 'item-failed'],
  ])(
    'does not repeat a create whose answer is lost, and finds it again: %j (F1, F2, G-46)',
    async (fault, code) => {
      world.graph.faults.add({ method: 'POST', path: '/tasks$', ...fault })
      expect(await failure(create())).toMatchObject({ code, scope: 'item', transient: true })
      expect(world.titles(world.tasksList)).toEqual(['Call'])
      const found = await world.port().find(oroTask('42'))
      expect(found).toMatchObject([
        { container: world.tasksList, keys: { marker: '42' }, fields: FIELDS },
      ])
      expect(await world.port().find(oroTask('43'))).toEqual([])
    },
  )

  it('finds counterparts in every list, of many tasks, by one reading of the lists', async () => {
    const many = Array.from({ length: 130 }, (_, index) => ({ title: String(index) }))
    world.graph.toDo.seedTasks(ANNA, many)
    const made = await create()
    const moved = world.graph.toDo.moveTask(ANNA, made.id, world.work)
    world.calls()
    const port = world.port()
    expect((await port.find(oroTask('42'))).map(({ id }) => id)).toEqual([moved])
    expect(await port.find(oroTask('1'))).toEqual([])
    expect(world.calls()).toHaveLength(4)
  })

  it('takes no link of another application or another Oro for ours', async () => {
    world.graph.toDo.createTask(ANNA, {
      title: 'Theirs',
      linkedResources: [{ applicationName: 'Other', externalId: '42' }],
    })
    world.graph.toDo.createTask(ANNA, {
      title: 'Of another Oro',
      linkedResources: [
        {
          applicationName: 'OroCRM',
          externalId: '42',
          webUrl: 'https://other.example/admin/task/view/42',
        },
      ],
    })
    expect(await world.port().find(oroTask('42'))).toEqual([])
  })

  it('repeats a create that was refused before anybody looked at it', async () => {
    world.graph.faults.add({
      method: 'POST',
      path: '/tasks$',
      status: 429,
      headers: { 'Retry-After': '1' },
    })
    await create()
    expect([world.titles(world.tasksList), world.waits]).toEqual([['Call'], [1000]])
  })

  it('changes only what it is given: another date leaves formatted notes and links (TK13, G-47)', async () => {
    const id = world.graph.toDo.createTask(ANNA, {
      title: 'Mail',
      body: { contentType: 'html', content: '<p>One <b>bold</b></p>' },
      linkedResources: [{ applicationName: 'Outlook', displayName: 'The mail' }],
      due: '2026-09-10',
    })
    const reading = await world.read(id, world.tasksList)
    expect(reading.fields['notes']).toBe('One bold')
    const written = await world.port().update({
      ref: reading,
      fields: { due: '2026-09-17' },
      reading,
      version: reading.version,
    })
    expect(world.sent('PATCH')).toEqual([
      { dueDateTime: { dateTime: '2026-09-17T00:00:00', timeZone: 'W. Europe Standard Time' } },
    ])
    expect(written.reading?.fields['due']).toBe('2026-09-17')
    expect(stored()).toMatchObject([
      {
        body: { contentType: 'html', content: '<p>One <b>bold</b></p>' },
        linkedResources: [{ applicationName: 'Outlook' }],
      },
    ])
  })

  it('leaves reminders, categories and checklists alone (TK7, TK8)', async () => {
    const own = {
      categories: ['Red category'],
      reminderDateTime: { dateTime: '2026-09-10T08:00:00', timeZone: 'UTC' },
      startDateTime: { dateTime: '2026-09-01T00:00:00', timeZone: 'UTC' },
    }
    const id = world.graph.toDo.createTask(ANNA, { title: 'Call', due: '2026-09-10', ...own })
    world.graph.toDo.setChecklist(ANNA, id, [{ displayName: 'Milk', isChecked: true }])
    const [before] = structuredClone(stored())
    const reading = await world.read(id, world.tasksList)
    await world.port().update({
      ref: reading,
      fields: { subject: 'Ring', due: null, checklist: ['[ ] Other'] },
      reading,
      version: reading.version,
    })
    const [after] = stored()
    for (const name of ['categories', 'reminderDateTime', 'startDateTime', 'checklistItems']) {
      expect([name, after?.[name]]).toEqual([name, before?.[name]])
    }
    expect(after).toMatchObject({ title: 'Ring', isReminderOn: true })
    expect(after).not.toHaveProperty('dueDateTime')
  })

  it('sends nothing when nothing of it is To Do’s to hold', async () => {
    const { reading, ...ref } = await create()
    world.calls()
    const fields = { checklist: ['[x] Milk'] }
    await world.port().update({ ref, fields, reading, version: '' })
    expect(world.calls()).toEqual([])
  })

  it.each(['waitingOnOthers', 'deferred', 'completed', 'notStarted'])(
    'writes the status %s as it is (TK2)',
    async (status) => {
      const { reading, ...ref } = await create()
      const version = reading?.version ?? ''
      await world.port().update({ ref, fields: { status }, reading, version })
      expect((await world.read(ref.id, ref.container)).fields['status']).toBe(status)
    },
  )

  it('reads an importance only as low, normal or high, and writes it alone (TK3)', async () => {
    const { reading, ...ref } = await create()
    await world.port().update({ ref, fields: { importance: 'low' }, reading, version: '' })
    expect(world.sent('PATCH')).toEqual([{ importance: 'low' }])
    expect((await world.read(ref.id, ref.container)).fields['importance']).toBe('low')
  })

  it('does not lose what the user changed meanwhile: an old version is refused (G-37)', async () => {
    const { reading, ...ref } = await create()
    world.graph.toDo.updateTask(ANNA, ref.id, { title: 'Ring' })
    const version = reading?.version ?? ''
    const evidence = await failure(
      world.port().update({ ref, fields: { subject: 'Phone' }, reading, version }),
    )
    expect(evidence).toMatchObject({ code: 'item-failed', status: 412, transient: true })
    const removal = await failure(world.port().remove({ ref, message: '', version }))
    expect(removal).toMatchObject({ code: 'item-failed', status: 412, transient: true })
    expect(world.titles(world.tasksList)).toEqual(['Ring'])
  })

  it('names the field that was refused', async () => {
    const { reading, ...ref } = await create()
    world.graph.faults.add({ method: 'PATCH', status: 400, times: 2, body: {} })
    const update = (fields: Record<string, string>) =>
      failure(world.port().update({ ref, fields, reading, version: '' }))
    expect(await update({ subject: 'x' })).toMatchObject({
      code: 'refused-value',
      fields: ['subject'],
    })
    expect(await update({ subject: 'x', notes: 'y' })).not.toHaveProperty('fields')
    const body = { error: { code: 'InvalidDateTime', message: '' } }
    world.graph.faults.add({ method: 'PATCH', status: 400, body })
    expect(await update({ subject: 'x', due: '2026-09-20' })).toMatchObject({ fields: ['due'] })
  })

  describe('of a recurring task', () => {
    const recurring = () =>
      world.graph.toDo.createTask(ANNA, {
        title: 'Report',
        due: '2026-09-10',
        recurrence: RECURRENCE,
      })

    it.each(['second-task', 'jump'] as const)(
      'never writes the due date, whether the round told the recurrence or not (G-44, G-45: %s)',
      async (mode) => {
        world.graph.setSwitch(ANNA, 'toDoRedating', mode)
        world.graph.setSwitch(ANNA, 'toDoRecurrence', 'never')
        const id = recurring()
        const { readings } = await world.gather()
        const listed = readings[0] ?? null
        expect(listed?.native).not.toHaveProperty('task.recurrence')
        const ref = { id, container: world.tasksList }
        const whole = await world.read(id, world.tasksList)
        for (const reading of [listed, whole, null]) {
          const evidence = await failure(
            world.port().update({ ref, fields: { due: '2026-09-11' }, reading, version: '' }),
          )
          expect(evidence).toMatchObject({
            code: 'refused-value',
            scope: 'item',
            transient: false,
            fields: ['due'],
          })
        }
        expect(world.sent('PATCH')).toEqual([])
        expect(world.titles(world.tasksList)).toEqual(['Report'])
      },
    )

    it('writes everything else, without the recurrence (G-45)', async () => {
      const id = recurring()
      const reading = await world.read(id, world.tasksList)
      await world.port().update({
        ref: reading,
        fields: { subject: 'Summary', notes: 'One' },
        reading,
        version: reading.version,
      })
      expect(world.sent('PATCH')).toEqual([
        { title: 'Summary', body: { contentType: 'text', content: 'One' } },
      ])
      expect(stored()[0]?.['recurrence']).toBeDefined()
    })

    it('completes it once; that it went on is told by the next round, not as another form (G-43)', async () => {
      const id = recurring()
      const { cursor } = await world.gather()
      const reading = await world.read(id, world.tasksList)
      const { reading: after } = await world.port().update({
        ref: reading,
        fields: { status: 'completed' },
        reading,
        version: reading.version,
      })
      expect(after?.fields).toMatchObject({ due: '2026-09-17' })
      expect(after?.fields).not.toHaveProperty('status')
      expect(stored()).toHaveLength(2)
      const { readings } = await world.gather({ cursor })
      const next = readings.find((one) => one.id === id)
      expect(next?.fields).toMatchObject({ status: 'notStarted', due: '2026-09-17' })
    })
  })

  it('removes, and has nothing against removing again', async () => {
    const { id, container } = await create()
    const removal = { ref: { id, container }, message: '', version: '' }
    await world.port().remove(removal)
    await world.port().remove(removal)
    expect(world.titles(world.tasksList)).toEqual([])
    const state = (await world.port().read([{ id, container }])).get(id)
    expect(state).toEqual({ is: 'gone', how: 'deleted' })
  })

  it('proves no deletion by a list that is gone, forbidden or out of order (sync-rules 4)', async () => {
    const read = async (id: string, container: string) =>
      (await world.port().read([{ id, container }])).get(id)
    const [id] = world.graph.toDo.seedTasks(ANNA, [{ title: 'x' }], world.work)
    world.graph.faults.add({ path: '/tasks/', status: 403 })
    expect(await read(String(id), world.work)).toEqual({ is: 'hidden', code: 'access' })
    world.graph.faults.add({ path: '/tasks/', status: 404 })
    world.graph.faults.add({ path: '/lists/(?!.*/tasks/)', status: 500, times: 4 })
    expect(await read(String(id), world.work)).toEqual({ is: 'unknown' })
    world.graph.toDo.deleteList(ANNA, world.work)
    expect(await read(String(id), world.work)).toEqual({ is: 'hidden', code: 'container-gone' })
  })

  it('reads many tasks in batches, the missing ones told from the others', async () => {
    const ids = world.graph.toDo.seedTasks(
      ANNA,
      Array.from({ length: 25 }, (_, index) => ({ title: String(index) })),
    )
    world.graph.toDo.deleteTask(ANNA, String(ids[3]))
    const refs = ids.map((id) => ({ id, container: world.tasksList }))
    const states = await world.port().read(refs)
    const found = ids.filter((id) => states.get(id)?.is === 'present')
    expect([states.size, found.length, states.get(String(ids[3]))]).toEqual([
      25,
      24,
      { is: 'gone', how: 'deleted' },
    ])
  })
})
