import { toDoWorld, type ToDoWorld } from './to-do-world'
import { ALL_SCOPES, ANNA, type Json } from './world'

const HOSTILE = {}

describe('lists of the To Do stand-in', () => {
  let world: ToDoWorld
  beforeEach(async () => {
    world = await toDoWorld()
  })
  afterEach(() => world.graph.stop())

  const deltaPath = (list: string): string =>
    `/me/todo/lists/${encodeURIComponent(list)}/tasks/delta`
  const round = (list: string) => world.round(deltaPath(list))
  const codeOf = (body: Json) => (body['error'] as Json)['code']
  const idsOf = (items: Json[]) => items.map((item) => item['id'])
  const removed = (items: Json[]) => idsOf(items.filter((item) => '@removed' in item))

  it('holds the special lists, which nobody can rename or delete (G-48)', async () => {
    const lists = (await world.ask('GET', '')).body['value'] as Json[]
    expect(lists.map((list) => list['wellknownListName'])).toEqual([
      'defaultList',
      'flaggedEmails',
      'none',
    ])
    for (const { id } of lists.slice(0, 2)) {
      const path = `/${encodeURIComponent(String(id))}`
      expect((await world.ask('PATCH', path, { displayName: 'Mine' })).status).toBe(400)
      expect((await world.ask('DELETE', path)).status).toBe(400)
    }
    const flagged = `/${encodeURIComponent(String(lists[1]?.['id']))}/tasks`
    expect((await world.ask('POST', flagged, { title: 'Mine' })).status).toBe(400)
  })

  it('creates, renames and deletes other lists, and tells so in its delta', async () => {
    const start = await world.round('/me/todo/lists/delta')
    const made = await world.ask('POST', '', { displayName: 'Travel' })
    expect(made.status).toBe(201)
    expect((await world.ask('POST', '', {})).status).toBe(400)
    const path = `/${encodeURIComponent(String(made.body['id']))}`
    await world.ask('PATCH', path, { displayName: 'Trips' })
    const renamed = await world.round(start.deltaLink)
    expect(renamed.items).toMatchObject([{ id: made.body['id'], displayName: 'Trips' }])
    expect((await world.ask('DELETE', path)).status).toBe(204)
    const gone = await world.round(renamed.deltaLink)
    expect(gone.items).toEqual([{ id: made.body['id'], '@removed': { reason: 'deleted' } }])
    const answer = await world.ask('GET', `${path}/tasks/delta`)
    expect([answer.status, codeOf(answer.body)]).toEqual([404, 'ResourceNotFound'])
  })

  it('shows a list that somebody shares', async () => {
    world.graph.toDo.createList(ANNA, 'Team', true)
    const lists = (await world.ask('GET', '')).body['value'] as Json[]
    expect(lists.at(-1)).toMatchObject({ displayName: 'Team', isOwner: false, isShared: true })
  })

  it('tells only changes after the first round, and what is gone as removed', async () => {
    const [one, two] = world.graph.toDo.seedTasks(ANNA, [{ title: 'One' }, { title: 'Two' }])
    const first = await round(world.tasks)
    expect(idsOf(first.items)).toEqual([one, two])
    world.graph.toDo.updateTask(ANNA, String(one), { title: 'Uno' })
    world.graph.toDo.deleteTask(ANNA, String(two))
    const later = await world.round(first.deltaLink)
    expect(later.items).toMatchObject([{ id: one, title: 'Uno' }, { id: two }])
    expect(removed(later.items)).toEqual([two])
    expect((await world.round(later.deltaLink)).items).toEqual([])
    expect(removed((await round(world.tasks)).items)).toEqual([])
  })

  it('repeats items and puts empty pages between by default (G-08, G-10)', async () => {
    await world.graph.stop()
    world = await toDoWorld(HOSTILE)
    const tasks = [1, 2, 3, 4, 5].map((n) => ({ title: String(n) }))
    const ids = world.graph.toDo.seedTasks(ANNA, tasks)
    const small = { prefer: 'odata.maxpagesize=2' }
    const first = await world.round(deltaPath(world.tasks), small)
    expect(first.pages.some((page) => page.length === 0)).toBe(true)
    expect(first.items.length).toBeGreaterThan(ids.length)
    expect(new Set(idsOf(first.items))).toEqual(new Set(ids))
    const again = await world.round(first.deltaLink, small)
    expect(idsOf(again.items)).toEqual([ids[4]])
    expect((await world.round(again.deltaLink, small)).items).toEqual([])
  })

  it('never ends a round on demand (G-09)', async () => {
    world.graph.toDo.seedTasks(ANNA, [{ title: 'One' }])
    world.graph.setSwitch(ANNA, 'endlessPaging', true)
    await expect(round(world.tasks)).rejects.toThrow('no delta link')
  })

  it('loses the state of one list only (TK12)', async () => {
    const [tasks, work] = [await round(world.tasks), await round(world.work)]
    world.graph.toDo.loseSyncState(ANNA, world.work)
    const lost = await world.call('GET', work.deltaLink)
    expect([lost.status, codeOf(lost.body)]).toEqual([410, 'SyncStateNotFound'])
    expect((await world.call('GET', tasks.deltaLink)).status).toBe(200)
  })

  it('loses its state in every spelling on demand (G-15)', async () => {
    const { deltaLink } = await world.round('/me/todo/lists/delta')
    const value = { status: 400, code: 'syncStateInvalid', location: true } as const
    world.graph.setSwitch(ANNA, 'lostSyncState', value, 1)
    const lost = await world.call('GET', deltaLink)
    expect([lost.status, codeOf(lost.body)]).toEqual([400, 'syncStateInvalid'])
    world.graph.toDo.loseSyncState(ANNA)
    expect((await world.call('GET', deltaLink)).status).toBe(410)
  })

  describe('a task that is moved to another list (G-42)', () => {
    const start = async () => {
      const [id] = world.graph.toDo.seedTasks(ANNA, [
        { title: 'Moved', linkedResources: [{ externalId: '42' }] },
      ])
      return { id: String(id), old: await round(world.tasks), target: await round(world.work) }
    }

    it.each(['removal-first', 'creation-first'] as const)('%s: both in one round', async (mode) => {
      world.graph.setSwitch(ANNA, 'toDoMove', mode)
      const { id, old, target } = await start()
      const moved = world.graph.toDo.moveTask(ANNA, id, world.work)
      expect(moved).not.toBe(id)
      expect(removed((await world.round(old.deltaLink)).items)).toEqual([id])
      expect(idsOf((await world.round(target.deltaLink)).items)).toEqual([moved])
      const shown = await world.task(world.work, moved, '?$expand=linkedResources')
      expect(shown['linkedResources']).toMatchObject([{ externalId: '42' }])
    })

    it('removal-late: it is in both lists for a round', async () => {
      world.graph.setSwitch(ANNA, 'toDoMove', 'removal-late')
      const { id, old, target } = await start()
      const moved = world.graph.toDo.moveTask(ANNA, id, world.work)
      const first = await world.round(old.deltaLink)
      expect(first.items).toEqual([])
      expect(idsOf((await world.round(target.deltaLink)).items)).toEqual([moved])
      expect(removed((await world.round(first.deltaLink)).items)).toEqual([id])
    })

    it('creation-late: it is nowhere for a round, and its links may stay behind', async () => {
      world.graph.setSwitch(ANNA, 'toDoMove', 'creation-late')
      world.graph.setSwitch(ANNA, 'toDoMoveKeepsLinks', false)
      const { id, old, target } = await start()
      const moved = world.graph.toDo.moveTask(ANNA, id, world.work)
      expect(removed((await world.round(old.deltaLink)).items)).toEqual([id])
      expect((await world.ask('GET', world.taskPath(world.work, moved))).status).toBe(404)
      const first = await world.round(target.deltaLink)
      expect(first.items).toEqual([])
      expect(idsOf((await world.round(first.deltaLink)).items)).toEqual([moved])
      const shown = await world.task(world.work, moved, '?$expand=linkedResources')
      expect(shown['linkedResources']).toEqual([])
    })
  })

  it('is refused without its scope, while the calendar answers (G-67)', async () => {
    await world.graph.stop()
    world = await toDoWorld({}, ALL_SCOPES)
    expect((await world.ask('GET', '')).status).toBe(403)
    expect((await world.call('GET', '/me/calendar')).status).toBe(200)
  })

  it('does not exist in a cloud without it (G-71)', async () => {
    world.graph.setSwitch('*', 'noToDo', true)
    const { status, body } = await world.ask('GET', '')
    expect([status, codeOf(body)]).toEqual([400, 'BadRequest'])
    expect((await world.call('GET', '/me/calendar')).status).toBe(200)
  })

  it('counts what the user does, and tells the listeners of every change', async () => {
    const heard: string[] = []
    world.graph.onChange(({ resource, changeType, listId }) => {
      heard.push(`${resource} ${changeType} ${listId === world.tasks ? 'here' : ''}`.trim())
    })
    const before = world.graph.changes()[ANNA] ?? 0
    const id = world.graph.toDo.createTask(ANNA, { title: 'Mine' })
    await world.ask('PATCH', world.taskPath(world.tasks, id), { title: 'Theirs' })
    world.graph.toDo.renameList(ANNA, world.work, 'Office')
    world.graph.toDo.touch(ANNA)
    expect(heard).toEqual([
      'todoTask created here',
      'todoTask updated here',
      'todoTaskList updated',
      'todoTask updated here',
    ])
    expect(world.graph.changes()[ANNA]).toBe(before + 3)
  })

  it('can be driven through /_control', async () => {
    const control = async (method: string, path: string, body?: unknown): Promise<Response> =>
      fetch(`${world.graph.url}/_control/todo/${ANNA}/${path}`, {
        method,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
    const made = await control('POST', 'lists', { displayName: 'Trips' })
    const { id: listId } = (await made.json()) as { id: string }
    const [task] = (await (
      await control('POST', 'seed', { tasks: [{ title: 'Old' }] })
    ).json()) as string[]
    const path = `tasks/${encodeURIComponent(String(task))}`
    expect((await control('PATCH', path, { title: 'New', due: '2026-07-01' })).status).toBe(204)
    const items = [{ displayName: 'Milk' }]
    expect(await (await control('PUT', `${path}/checklist`, { items })).json()).toMatchObject(items)
    expect((await control('POST', `${path}/move`, { listId })).status).toBe(201)
    await control('POST', 'tasks', { task: { title: 'Other' } })
    await control('POST', 'flag-email', { subject: 'Mail' })
    await control('DELETE', `lists/${encodeURIComponent(world.work)}`)
    await control('PATCH', `lists/${encodeURIComponent(listId)}`, { displayName: 'Ways' })
    const lists = (await (await control('GET', 'lists')).json()) as Json[]
    const shown = lists.map((list) => [
      list['displayName'],
      (list['tasks'] as Json[]).map((one) => one['title']),
    ])
    expect(shown).toEqual([
      ['Tasks', ['Other']],
      ['Flagged Emails', ['Mail']],
      ['Ways', ['New']],
    ])
    expect((await control('PATCH', 'tasks/none', { title: 'x' })).status).toBe(404)
    expect((await control('PUT', 'nothing')).status).toBe(404)
  })
})
