import { startCompany, stopAll, type TestOro } from './company'

afterEach(stopAll)

const document = (attributes: object, relationships: object = {}): object => ({
  data: {
    type: 'tasks',
    attributes: { subject: 'Send offer', ...attributes },
    relationships: {
      status: { data: { type: 'taskstatuses', id: 'open' } },
      taskPriority: { data: { type: 'taskpriorities', id: 'normal' } },
      owner: { data: { type: 'users', id: '3' } },
      ...relationships,
    },
  },
})
const status = (id: string): object => ({ status: { data: { type: 'taskstatuses', id } } })
const patch = (id: string, part: object): object => ({ data: { type: 'tasks', id, ...part } })

async function oneTask(): Promise<
  TestOro & { id: string; path: string; item: () => Promise<any> }
> {
  const company = await startCompany()
  const { body } = await company.call('POST', '/api/tasks', document({}))
  const { id } = body.data
  return {
    ...company,
    id,
    path: `/api/tasks/${id}`,
    item: async () => (await company.call('GET', `/api/rest/latest/tasks/${id}.json`)).body,
  }
}
const transitPath = (item: number, name: string): string =>
  `/api/rest/latest/workflow/transit/${item}/${name}.json`

describe('the JSON:API of tasks', () => {
  it('names every fault of a write with its pointer', async () => {
    const { call } = await startCompany()
    const answer = await call('POST', '/api/tasks', {
      data: { type: 'tasks', attributes: { progress: 1 }, relationships: {} },
    })
    expect(answer.status).toBe(400)
    expect(
      answer.body.errors.map((error: { source: { pointer: string } }) => error.source.pointer),
    ).toEqual([
      '/data/attributes/progress',
      '/data/attributes/subject',
      '/data/relationships/status/data',
      '/data/relationships/taskPriority/data',
    ])
  })

  it('wants a zone in a due date and cuts its milliseconds', async () => {
    const { call } = await startCompany()
    const bare = await call('POST', '/api/tasks', document({ dueDate: '2026-09-30T15:00:00' }))
    expect(bare.status).toBe(400)
    const zoned = document({ dueDate: '2026-09-30T17:00:00.123+02:00' })
    const { body } = await call('POST', '/api/tasks', zoned)
    expect(body.data.attributes.dueDate).toBe('2026-09-30T15:00:00Z')
  })

  it('ignores submitted createdAt and updatedAt, and a subject above 255 is refused', async () => {
    const { call } = await startCompany()
    const { body } = await call(
      'POST',
      '/api/tasks',
      document({ createdAt: '2001-01-01T00:00:00Z' }),
    )
    expect(body.data.attributes.createdAt).toBe('2026-08-24T09:12:40Z')
    expect((await call('POST', '/api/tasks', document({ subject: 'x'.repeat(256) }))).status).toBe(
      400,
    )
  })

  it('is not spoken with another content type', async () => {
    const { call } = await startCompany()
    const headers = { 'content-type': 'application/json' }
    expect((await call('POST', '/api/tasks', document({}), { headers })).status).toBe(400)
  })

  it('moves updatedAt only with a change', async () => {
    const { call, clock, id, path } = await oneTask()
    clock.now += 60_000
    const write = async (subject: string): Promise<string> =>
      (await call('PATCH', path, patch(id, { attributes: { subject } }))).body.data.attributes
        .updatedAt
    expect(await write('Send offer')).toBe('2026-08-24T09:12:40Z')
    expect(await write('Send it')).toBe('2026-08-24T09:13:40Z')
  })

  it('hides reminders, which keep the due date and leave updatedAt alone', async () => {
    const { call, clock, oro, id, path } = await oneTask()
    oro.tasks.update(Number(id), { dueDate: '2026-09-30T15:00:00Z' })
    clock.now += 60_000
    oro.tasks.remind(Number(id), [{ method: 'email', interval: { number: 1, unit: 'H' } }])
    const { body, text } = await call('GET', path)
    expect(text).not.toContain('eminder')
    expect(body.data.attributes.updatedAt).toBe('2026-08-24T09:12:40Z')
    const cleared = await call('PATCH', path, patch(id, { attributes: { dueDate: null } }))
    expect(cleared.body.errors[0].detail).toBe('Due date must be set for reminders')
  })

  it('filters, sorts, pages and cuts fields', async () => {
    const { call, oro } = await startCompany()
    for (const due of [3, 1, 2])
      oro.tasks.create({ subject: `T${due}`, ownerId: 3, dueDate: `2026-09-0${due}T00:00:00Z` })
    oro.tasks.create({ subject: 'Sam', ownerId: 5 })
    const subjects = async (query: string): Promise<string[]> =>
      (await call('GET', `/api/tasks?${query}`)).body.data.map(
        (row: { attributes: { subject: string } }) => row.attributes.subject,
      )
    expect(await subjects('filter[owner]=3&sort=-dueDate')).toEqual(['T3', 'T2', 'T1'])
    expect(await subjects('filter[dueDate][lte]=2026-09-02T00:00:00Z')).toEqual(['T1', 'T2'])
    expect(await subjects('filter[dueDate]=2026-09-02..2026-09-03')).toEqual(['T3', 'T2'])
    expect(await subjects('filter[dueDate][exists]=no')).toEqual(['Sam'])
    expect(await subjects('filter[owner][neq]=3')).toEqual(['Sam'])
    expect(await subjects('filter[id]=1,3&page[size]=-1')).toEqual(['T3', 'T2'])
    const ids = await call(
      'GET',
      '/api/tasks?fields[tasks]=id&filter[owner]=3&page[size]=-1',
      undefined,
      {
        headers: { 'x-include': 'noHateoas' },
      },
    )
    expect(ids.body.data[0]).toEqual({ type: 'tasks', id: '1' })
  })

  it('pages by 10 with links.next, which the last page lacks', async () => {
    const { call, oro } = await startCompany()
    for (let count = 0; count < 11; count += 1) oro.tasks.create({ subject: 'T', ownerId: 3 })
    const first = await call('GET', '/api/tasks?filter[owner]=3')
    expect(first.body.data).toHaveLength(10)
    const { pathname, search } = new URL(first.body.links.next)
    const last = await call('GET', `${pathname}${search}`)
    expect(last.body.data).toHaveLength(1)
    expect(last.body.links).not.toHaveProperty('next')
  })

  it.each([
    ['filter[createdAt][gte]=2026-09-01', 'The filter is not supported.'],
    [
      'filter[updatedAt][gte]=2026-09-01T00:00:00.123Z',
      'Expected datetime value. Given "2026-09-01T00:00:00.123Z".',
    ],
    ['filter[owner]=nora', 'Expected integer value. Given "nora".'],
    ['sort=subject', 'Sorting by "subject" field is not supported.'],
    ['colour=red', 'The filter is not supported.'],
  ])('refuses %s', async (query, detail) => {
    const { call } = await startCompany()
    const answer = await call('GET', `/api/tasks?${query}`)
    expect([answer.status, answer.body.errors[0].detail]).toEqual([400, detail])
  })

  it('takes filter dates with a two-digit fraction', async () => {
    const { call } = await startCompany()
    const answer = await call('GET', '/api/tasks?filter[updatedAt][gte]=2026-09-01T00:00:00.12Z')
    expect(answer.status).toBe(200)
  })

  it('answers 405 where Oro has no action', async () => {
    const { call } = await startCompany()
    expect((await call('DELETE', '/api/userprofile')).status).toBe(405)
  })

  it('no longer lists under an owner what was given to another, without a deletion', async () => {
    const { call, oro, id, path } = await oneTask()
    oro.tasks.update(Number(id), { ownerId: 5 })
    expect((await call('GET', '/api/tasks?filter[owner]=3')).body.data).toEqual([])
    expect((await call('GET', path)).status).toBe(200)
    expect(oro.audits().map(({ action }) => action)).toEqual(['create', 'update'])
  })
})

describe('the workflow of a task', () => {
  it('moves status and updatedAt through the item that only the old read names', async () => {
    const { call, clock, path, item } = await oneTask()
    clock.now += 60_000
    const { workflowItem } = await item()
    expect((await call('POST', transitPath(workflowItem, 'close'))).status).toBe(200)
    const { data } = (await call('GET', path)).body
    expect(data.relationships.status.data.id).toBe('closed')
    expect(data.attributes.updatedAt).toBe('2026-08-24T09:13:40Z')
    const wrong = await call('POST', transitPath(workflowItem, 'start_progress'))
    expect(wrong.status).toBe(400)
    expect((await call('POST', transitPath(workflowItem, 'reopen'))).status).toBe(200)
    expect(await item()).toMatchObject({ status: 'Open' })
  })

  it('locks the status: the current one is harmless, another is refused', async () => {
    const { call, id, path } = await oneTask()
    const same = await call('PATCH', path, patch(id, { relationships: status('open') }))
    expect(same.status).toBe(200)
    const other = await call('PATCH', path, patch(id, { relationships: status('closed') }))
    expect(other.body.errors[0].title).toBe('workflow entity constraint')
  })

  it('leaves a task without an item to PATCH', async () => {
    const { call, oro, id, path, item } = await oneTask()
    oro.configureWorkflow({ withoutItem: [Number(id)] })
    expect(await item()).not.toHaveProperty('workflowItem')
    expect(await item()).not.toHaveProperty('workflowStep')
    const closed = await call('PATCH', path, patch(id, { relationships: status('closed') }))
    expect(closed.body.data.relationships.status.data.id).toBe('closed')
  })

  it('lets a closed task be created when it is off, and loses its items when it comes back', async () => {
    const { call, oro, item } = await oneTask()
    oro.configureWorkflow({ active: false })
    const closed = await call('POST', '/api/tasks', document({}, status('closed')))
    expect(closed.status).toBe(201)
    oro.configureWorkflow({ active: true })
    expect(await item()).not.toHaveProperty('workflowItem')
  })

  it('goes along when a person changes the status in Oro', async () => {
    const { call, oro, id, item } = await oneTask()
    oro.tasks.update(Number(id), { status: 'closed' })
    const { workflowItem } = await item()
    expect((await call('POST', transitPath(workflowItem, 'reopen'))).status).toBe(200)
  })
})
