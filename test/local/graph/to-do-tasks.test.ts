import { toDoWorld, type ToDoWorld } from './to-do-world'
import { ANNA, type Json } from './world'

const WEEKLY = {
  pattern: { type: 'weekly', interval: 1, daysOfWeek: ['monday'], firstDayOfWeek: 'monday' },
  range: { type: 'noEnd', startDate: '2026-06-01' },
}

describe('tasks of the To Do stand-in', () => {
  let world: ToDoWorld
  beforeEach(async () => {
    world = await toDoWorld()
  })
  afterEach(() => world.graph.stop())

  const post = (body: Json, list = world.tasks) =>
    world.ask('POST', `/${encodeURIComponent(list)}/tasks`, body)
  const patch = (id: unknown, body: Json, headers?: Record<string, string>) =>
    world.ask('PATCH', world.taskPath(world.tasks, id), body, headers)
  const codeOf = (body: Json) => (body['error'] as Json)['code']
  const dueOf = (task: Json) => (task['dueDateTime'] as Json | undefined)?.['dateTime']

  describe('due dates (G-40)', () => {
    it.each([
      ['2024-10-24T15:30:00', 'UTC', '2024-10-24T00:00:00.0000000'],
      ['2024-10-24T00:00:00', 'GMT', '2024-10-24T00:00:00.0000000'],
      ['2020-08-25T16:00:00', 'Eastern Standard Time', '2020-08-25T04:00:00.0000000'],
      ['2024-10-24T00:00:00', 'Pacific/Kiritimati', '2024-10-23T10:00:00.0000000'],
    ])('cuts %s of %s and answers that midnight in UTC', async (dateTime, timeZone, answered) => {
      const { body } = await post({ title: 'Call', dueDateTime: { dateTime, timeZone } })
      expect(body['dueDateTime']).toEqual({ dateTime: answered, timeZone: 'UTC' })
    })

    it('stores the user’s own midnight when an app sets the date', async () => {
      world.graph.setTimeZone(ANNA, 'Hawaiian Standard Time')
      const id = world.graph.toDo.createTask(ANNA, { title: 'Call', due: '2024-10-24' })
      expect(dueOf(await world.task(world.tasks, id))).toBe('2024-10-24T10:00:00.0000000')
    })

    it('answers UTC whatever zone is preferred, and clears the date with null', async () => {
      const { body } = await post({
        title: 'Call',
        dueDateTime: { dateTime: '2024-10-24T00:00:00', timeZone: 'UTC' },
      })
      const headers = { prefer: 'outlook.timezone="Tokyo Standard Time"' }
      const path = world.taskPath(world.tasks, body['id'])
      const read = await world.ask('GET', path, undefined, headers)
      expect(dueOf(read.body)).toBe('2024-10-24T00:00:00.0000000')
      expect('dueDateTime' in (await patch(body['id'], { dueDateTime: null })).body).toBe(false)
    })

    it.each([
      [{ dateTime: '2024-02-30T00:00:00', timeZone: 'UTC' }],
      [{ dateTime: '2024-02-20T00:00:00', timeZone: 'Nowhere Standard Time' }],
      [{ dateTime: '2024-02-20T00:00:00+02:00', timeZone: 'Europe/Berlin' }],
    ])('refuses %j', async (dueDateTime) => {
      expect((await post({ title: 'Call', dueDateTime })).status).toBe(400)
    })
  })

  it('answers a UTC midnight as the completion, a day early for Berlin (G-41)', async () => {
    const { body } = await post({ title: 'Call' })
    const done = await patch(body['id'], { status: 'Completed' })
    expect(done.body['status']).toBe('completed')
    expect(done.body['completedDateTime']).toEqual({
      dateTime: '2026-05-31T00:00:00.0000000',
      timeZone: 'UTC',
    })
    const again = await patch(body['id'], { status: 'notStarted' })
    expect('completedDateTime' in again.body).toBe(false)
  })

  describe('recurring tasks', () => {
    const due = { dateTime: '2026-06-01T00:00:00', timeZone: 'W. Europe Standard Time' }
    const recurring = async (): Promise<Json> => {
      const made = await post({
        title: 'Report',
        dueDateTime: due,
        recurrence: WEEKLY,
        linkedResources: [{ externalId: '42' }],
      })
      expect(made.status).toBe(201)
      return made.body
    }
    const all = async () => {
      const path = `/${encodeURIComponent(world.tasks)}/tasks?$expand=linkedResources`
      return (await world.ask('GET', path)).body['value'] as Json[]
    }

    it('move on under their id and leave a completed copy (G-43)', async () => {
      const { id } = await recurring()
      const done = await patch(id, { status: 'completed' })
      expect([done.body['id'], done.body['status']]).toEqual([id, 'notStarted'])
      expect(dueOf(done.body)).toBe('2026-06-07T22:00:00.0000000')
      const copy = (await all()).find((task) => task['id'] !== id)
      expect(copy).toMatchObject({ title: 'Report', status: 'completed' })
      expect(dueOf(copy ?? {})).toBe('2026-05-31T22:00:00.0000000')
      expect(copy?.['recurrence']).toBeUndefined()
      expect(copy?.['linkedResources']).toMatchObject([{ externalId: '42' }])
    })

    it('stay completed and are followed by another, in the other mode (G-43)', async () => {
      world.graph.setSwitch(ANNA, 'toDoCompletion', 'new-id')
      world.graph.setSwitch(ANNA, 'toDoCopiesLinks', false)
      const { id } = await recurring()
      const done = await patch(id, { status: 'completed' })
      expect([done.body['id'], done.body['status']]).toEqual([id, 'completed'])
      const next = (await all()).find((task) => task['id'] !== id)
      expect(next).toMatchObject({ status: 'notStarted', linkedResources: [] })
      expect(dueOf(next ?? {})).toBe('2026-06-07T22:00:00.0000000')
    })

    it('end with the last date', async () => {
      const { body } = await post({
        title: 'Twice',
        dueDateTime: due,
        recurrence: {
          ...WEEKLY,
          range: { type: 'numbered', startDate: '2026-06-01', numberOfOccurrences: 2 },
        },
      })
      await patch(body['id'], { status: 'completed' })
      const last = await patch(body['id'], { status: 'completed' })
      expect(last.body['status']).toBe('completed')
      expect(await all()).toHaveLength(2)
    })

    it.each([
      ['second-task', '2026-05-31T22:00:00.0000000', 2],
      ['jump', '2026-06-07T22:00:00.0000000', 1],
      ['plain', '2026-06-02T22:00:00.0000000', 1],
    ] as const)('given another date: %s (G-44)', async (mode, kept, count) => {
      world.graph.setSwitch(ANNA, 'toDoRedating', mode)
      const { id } = await recurring()
      const moved = await patch(id, {
        dueDateTime: { ...due, dateTime: '2026-06-03T00:00:00' },
      })
      expect(dueOf(moved.body)).toBe(kept)
      expect(await all()).toHaveLength(count)
    })

    it('refuse their own recurrence back (G-45)', async () => {
      const { id } = await recurring()
      const { recurrence } = await world.task(world.tasks, id)
      expect(recurrence).toMatchObject({ range: { endDate: '0001-01-01', numberOfOccurrences: 0 } })
      const refused = await patch(id, { title: 'Other', recurrence })
      expect([refused.status, codeOf(refused.body)]).toEqual([400, 'invalidRequest'])
      expect((await world.task(world.tasks, id))['title']).toBe('Report')
    })

    it('lack the recurrence in a filtered list (G-45)', async () => {
      await recurring()
      const path = `/${encodeURIComponent(world.tasks)}/tasks`
      const plain = (await world.ask('GET', path)).body['value'] as Json[]
      const filtered = (await world.ask('GET', `${path}?$filter=status eq 'notStarted'`)).body[
        'value'
      ] as Json[]
      expect(plain[0]?.['recurrence']).toBeDefined()
      expect([filtered.length, filtered[0]?.['recurrence']]).toEqual([1, undefined])
    })
  })

  it('creates a second task when a POST is repeated (G-46)', async () => {
    await post({ title: 'Twice' })
    await post({ title: 'Twice' })
    expect(world.titles(world.tasks)).toEqual(['Twice', 'Twice'])
  })

  it('takes HTML and answers text, and keeps the formatting until it is overwritten (G-47)', async () => {
    const html = '<p>One <b>bold</b></p><p>Two</p>'
    const { body } = await post({ title: 'Notes', body: { contentType: 'html', content: html } })
    expect(body['body']).toEqual({ contentType: 'text', content: 'One bold\r\nTwo' })
    await patch(body['id'], { importance: 'high' })
    expect(world.graph.toDo.lists(ANNA)[0]?.tasks[0]?.['body']).toEqual({
      contentType: 'html',
      content: html,
    })
  })

  it('shows linked resources and checklists only when they are expanded (G-49)', async () => {
    const made = await post({ title: 'Linked', linkedResources: [{ externalId: '42' }] })
    expect(made.body['linkedResources']).toMatchObject([{ externalId: '42' }])
    const path = `/${encodeURIComponent(world.tasks)}/tasks`
    const { deltaLink, items } = await world.round(`/me/todo/lists${path}/delta`)
    const list = (await world.ask('GET', path)).body['value'] as Json[]
    const one = await world.task(world.tasks, made.body['id'])
    for (const shown of [items[0], list[0], one]) {
      expect(shown).toMatchObject({ title: 'Linked' })
      expect(shown).not.toHaveProperty('linkedResources')
      expect(shown).not.toHaveProperty('checklistItems')
    }
    const expanded = await world.task(
      world.tasks,
      made.body['id'],
      '?$expand=linkedResources,checklistItems',
    )
    expect(expanded).toMatchObject({ linkedResources: [{ externalId: '42' }], checklistItems: [] })
    expect(deltaLink).toContain('$deltatoken=')
  })

  it('has linked resources and checklist items of their own', async () => {
    const { body } = await post({ title: 'Shop' })
    const path = world.taskPath(world.tasks, body['id'])
    const item = await world.ask('POST', `${path}/checklistItems`, { displayName: 'Milk' })
    expect([item.status, item.body['isChecked']]).toEqual([201, false])
    const itemPath = `${path}/checklistItems/${String(item.body['id'])}`
    const ticked = await world.ask('PATCH', itemPath, { isChecked: true })
    expect(ticked.body).toMatchObject({ displayName: 'Milk', isChecked: true })
    expect(ticked.body['checkedDateTime']).toBeDefined()
    const link = await world.ask('POST', `${path}/linkedResources`, { webUrl: 'https://x.example' })
    expect(link.status).toBe(201)
    const linkPath = `${path}/linkedResources/${String(link.body['id'])}`
    expect((await world.ask('DELETE', linkPath)).status).toBe(204)
    expect((await world.ask('GET', linkPath)).status).toBe(404)
    expect((await world.ask('GET', `${path}/linkedResources`)).body['value']).toEqual([])
  })

  it('names every fault of a request at once and changes nothing', async () => {
    const { body } = await post({ title: 'Here' })
    const wrong = await patch(body['id'], { status: 'done', colour: 'red', title: 7 })
    expect(wrong.status).toBe(400)
    for (const name of ['status', 'colour', 'title']) {
      expect(String((wrong.body['error'] as Json)['message'])).toContain(name)
    }
    expect((await post({ importance: 'high' })).status).toBe(400)
    expect((await post({ title: ' ' })).status).toBe(400)
    expect((await patch(body['id'], { linkedResources: [] })).status).toBe(400)
    expect(world.titles(world.tasks)).toEqual(['Here'])
  })

  it('notes read-only members that Graph passes over', async () => {
    await post({ title: 'Here', lastModifiedDateTime: '2020-01-01T00:00:00Z' })
    expect(world.graph.violations().map(({ detail }) => detail)).toEqual([
      "the request sets the read-only member 'lastModifiedDateTime'",
    ])
  })

  it('answers 412 to an old etag', async () => {
    const { body } = await post({ title: 'Here' })
    const etag = String(body['@odata.etag'])
    expect((await patch(body['id'], { title: 'New' }, { 'if-match': etag })).status).toBe(200)
    expect((await patch(body['id'], { title: 'Old' }, { 'if-match': etag })).status).toBe(412)
  })

  it('takes part in a batch, and shares the limit of requests in flight with the calendar (G-58)', async () => {
    const path = `/me/todo/lists/${encodeURIComponent(world.tasks)}/tasks`
    const { body } = await world.call('POST', '/$batch', {
      requests: [
        { id: '1', method: 'GET', url: `${path}?$top=1` },
        { id: '2', method: 'GET', url: '/me/calendar' },
      ],
    })
    const statuses = (body['responses'] as Json[]).map((part) => part['status'])
    expect(statuses).toEqual([200, 200])
    world.graph.setSwitch(ANNA, 'latencyMs', 40)
    const answers = await Promise.all([
      ...[1, 2, 3].map(() => world.call('GET', '/me/calendar')),
      ...[1, 2].map(() => world.call('GET', path)),
    ])
    expect(answers.map(({ status }) => status).filter((status) => status === 429)).toHaveLength(1)
  })

  it('loses an answer of a create that was stored (F1)', async () => {
    world.graph.faults.add({ method: 'POST', path: '/tasks$', drop: 'after' })
    await expect(post({ title: 'Lost' })).rejects.toThrow()
    expect(world.titles(world.tasks)).toEqual(['Lost'])
  })

  it('pages, filters, orders and selects a list', async () => {
    for (const title of ['B', 'C', 'A']) {
      await post({ title })
      world.clock.now += 1000
    }
    const path = `/${encodeURIComponent(world.tasks)}/tasks`
    const first = await world.ask('GET', `${path}?$top=2&$orderby=title desc&$select=title`)
    expect((first.body['value'] as Json[]).map((task) => task['title'])).toEqual(['C', 'B'])
    expect(first.body['value']).not.toContainEqual(
      expect.objectContaining({ status: 'notStarted' }),
    )
    const second = await world.ask('GET', String(first.body['@odata.nextLink']))
    expect((second.body['value'] as Json[]).map((task) => task['title'])).toEqual(['A'])
    const since = await world.ask(
      'GET',
      `${path}?$filter=createdDateTime ge 2026-06-01T08:00:01Z and status ne 'completed'`,
    )
    expect((since.body['value'] as Json[]).map((task) => task['title'])).toEqual(['C', 'A'])
    const odd = await world.ask(
      'GET',
      `${path}?$filter=linkedResources/any(l:l/externalId eq '42')`,
    )
    expect(odd.status).toBe(400)
  })
})
