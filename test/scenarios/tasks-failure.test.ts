import { startCompany, type Company, type Person } from './company'
import { expectUsedUp } from './observe'
import {
  expectBoth,
  expectTasksSettled,
  inOroTasks,
  inToDo,
  sendHome,
  shown,
  syncTasks,
  taskProblems,
  taskStatus,
  taskUser,
  taskWrites,
} from './tasks-world'
import { only } from './writes'

let company: Company
beforeAll(async () => {
  company = await startCompany()
})
afterAll(() => company.stop())
afterEach(async () => {
  await sendHome(company)
  company.graph.faults.clear()
  company.oro.faults.clear()
  company.graph.resetSwitches()
})

const toDo = (person: Person) => only(inToDo(company, person))
const toDoCalls = (from: number, person: Person) =>
  company.graph.log
    .slice(from)
    .filter(({ path, principal }) => path.includes('/todo/') && principal === person.upn)

async function linked(settings: object = {}, task: object = {}) {
  const person = await taskUser(company, settings)
  const oroId = company.oro.tasks.create({ ownerId: person.userId, subject: 'Call Ann', ...task })
  await syncTasks(company, person)
  return { person, oroId, toDoId: toDo(person).id }
}

/** Tries come after growing waits. */
const wait = () => company.advance('PT10M')

describe('the answer of a create is lost', () => {
  it('F1: in To Do, exactly one task, linked', async () => {
    const person = await taskUser(company)
    company.graph.faults.add({ method: 'POST', path: '/tasks$', drop: 'after', times: 1 })
    company.oro.tasks.create({ ownerId: person.userId, subject: 'Call Ann' })
    await syncTasks(company, person)
    await wait()
    expectUsedUp(company)
    expectBoth(company, person, ['Call Ann open'])
    expect((await taskStatus(company, person)).counts).toMatchObject({ linked: 1, problems: 0 })
    await expectTasksSettled(company, person)
  })

  it('F1: in Oro, exactly one task, linked, although its status could not be set', async () => {
    const person = await taskUser(company)
    company.oro.faults.add({ method: 'POST', path: '/api/tasks$', drop: 'after', times: 1 })
    company.graph.toDo.createTask(person.upn, { title: 'Done already', status: 'completed' })
    await syncTasks(company, person)
    await wait()
    expectUsedUp(company)
    expectBoth(company, person, ['Done already closed'])
    expect((await taskStatus(company, person)).counts).toMatchObject({ linked: 1, problems: 0 })
    await expectTasksSettled(company, person)
  })

  it.each([
    ['renamed', { title: 'Call Ann today' }, 'Call Ann today open'],
    [
      'given a date',
      { dueDateTime: { dateTime: '2026-10-01T00:00:00', timeZone: 'UTC' } },
      'Call Ann open',
    ],
    ['ticked off', { status: 'completed' }, 'Call Ann closed'],
  ])(
    'F1: in Oro, and the user has %s it in To Do meanwhile: one task, the edit kept',
    async (_how, edit, after) => {
      const person = await taskUser(company)
      company.oro.faults.add({ method: 'POST', path: '/api/tasks$', drop: 'after', times: 1 })
      const id = company.graph.toDo.createTask(person.upn, { title: 'Call Ann' })
      await syncTasks(company, person)
      company.graph.toDo.updateTask(person.upn, id, edit)
      await wait()
      await wait()
      expectUsedUp(company)
      expectBoth(company, person, [after])
      expect((await taskStatus(company, person)).counts).toMatchObject({ linked: 1, problems: 0 })
      await expectTasksSettled(company, person)
    },
  )

  it('F1: in Oro, and the user has deleted it in To Do meanwhile: it is gone on both sides', async () => {
    const person = await taskUser(company)
    company.oro.faults.add({ method: 'POST', path: '/api/tasks$', drop: 'after', times: 1 })
    const id = company.graph.toDo.createTask(person.upn, { title: 'Call Ann' })
    await syncTasks(company, person)
    company.graph.toDo.deleteTask(person.upn, id)
    await wait()
    await wait()
    expectUsedUp(company)
    expectBoth(company, person, [])
    await expectTasksSettled(company, person)
  })

  it.each([
    ['renamed', { title: 'Call Ann today' }, 'Call Ann today open'],
    ['ticked off', { status: 'completed' }, 'Call Ann closed'],
  ])(
    'F1: in To Do, and the user has %s it there meanwhile: one task, the edit kept',
    async (_how, edit, after) => {
      const person = await taskUser(company)
      company.graph.faults.add({ method: 'POST', path: '/tasks$', drop: 'after', times: 1 })
      company.oro.tasks.create({ ownerId: person.userId, subject: 'Call Ann' })
      await syncTasks(company, person)
      company.graph.toDo.updateTask(person.upn, toDo(person).id, edit)
      await wait()
      await wait()
      expectUsedUp(company)
      expectBoth(company, person, [after])
      expect((await taskStatus(company, person)).counts).toMatchObject({ linked: 1, problems: 0 })
      await expectTasksSettled(company, person)
    },
  )

  it('F1: in Oro, next to a task that looks the same and is linked, each keeps its own', async () => {
    const { person } = await linked()
    company.oro.faults.add({ method: 'POST', path: '/api/tasks$', drop: 'after', times: 1 })
    company.graph.toDo.createTask(person.upn, { title: 'Call Ann', importance: 'high' })
    await syncTasks(company, person)
    await wait()
    await wait()
    expectUsedUp(company)
    expectBoth(company, person, ['Call Ann open', 'Call Ann open'])
    expect((await taskStatus(company, person)).counts).toMatchObject({ linked: 2, problems: 0 })
    await expectTasksSettled(company, person)
  })

  it.each([500, 502, 504])(
    'F2: a POST that answers %i is looked for before it is repeated',
    async (status) => {
      const person = await taskUser(company)
      company.graph.faults.add({ method: 'POST', path: '/tasks$', status, after: true, times: 1 })
      company.oro.tasks.create({ ownerId: person.userId, subject: 'Call Ann' })
      const from = company.graph.log.length
      await syncTasks(company, person)
      await wait()
      expectUsedUp(company)
      expect(toDoCalls(from, person).filter(({ method }) => method === 'POST')).toHaveLength(1)
      expectBoth(company, person, ['Call Ann open'])
      await expectTasksSettled(company, person)
    },
  )

  it('F2: a POST that was not carried out is repeated after the look', async () => {
    const person = await taskUser(company)
    company.graph.faults.add({ method: 'POST', path: '/tasks$', status: 503, times: 1 })
    company.oro.tasks.create({ ownerId: person.userId, subject: 'Call Ann' })
    await syncTasks(company, person)
    await wait()
    expectUsedUp(company)
    expectBoth(company, person, ['Call Ann open'])
    await expectTasksSettled(company, person)
  })
})

describe('P5: To Do suddenly lists nothing', () => {
  it.each([
    ['all of it', 0],
    ['one of two lists', 3],
  ])('%s: nothing is deleted in Oro, a person is asked', async (_what, staying) => {
    const person = await taskUser(company)
    const titles = Array.from({ length: 12 }, (_, index) => `Task ${String(index)}`)
    const ids = titles.map((title) => company.graph.toDo.createTask(person.upn, { title }))
    const other = company.graph.toDo.createList(person.upn, 'Other')
    for (let index = 0; index < staying; index += 1)
      company.graph.toDo.createTask(person.upn, { title: `Other ${String(index)}` }, other)
    await syncTasks(company, person)
    await wait()
    expect(inOroTasks(company, person)).toHaveLength(12 + staying)
    for (const id of ids) company.graph.toDo.deleteTask(person.upn, id)
    const lost = { status: 410, code: 'syncStateNotFound', location: false } as const
    company.graph.setSwitch(person.upn, 'lostSyncState', lost, 4)
    await syncTasks(company, person)
    company.graph.resetSwitches(person.upn)
    for (let run = 0; run < 3; run += 1) await syncTasks(company, person)
    expect(inOroTasks(company, person)).toHaveLength(12 + staying)
    expect((await taskStatus(company, person)).counts).toMatchObject({ held: 12 })
    await company.call('POST', `${person.path}/hold/confirm`, {})
    await wait()
    expect(inOroTasks(company, person)).toHaveLength(staying)
  })
})

describe('deleted', () => {
  it('D4: in To Do, it is gone in Oro after one more look, once', async () => {
    const { person, toDoId } = await linked()
    company.graph.toDo.deleteTask(person.upn, toDoId)
    const first = await taskWrites(company, person)
    expect(first.names.oro).toEqual([])
    const second = await taskWrites(company, person)
    expect(second.names.oro).toEqual([expect.stringMatching(/^DELETE \/api\/tasks\/\d+$/)])
    expect(shown(company, person)).toEqual({ oro: [], toDo: [] })
    expect(await taskProblems(company, person)).toEqual([])
    await expectTasksSettled(company, person)
  })

  it('D1: in Oro, it is gone in To Do within an interval', async () => {
    const { person, oroId } = await linked()
    company.oro.tasks.remove(oroId)
    const writes = await taskWrites(company, person, () => company.advance('PT16M'))
    expect(writes.names.graph).toEqual([expect.stringMatching(/^DELETE .*\/tasks\//)])
    expect(shown(company, person)).toEqual({ oro: [], toDo: [] })
    await expectTasksSettled(company, person)
  })

  it.each(['oro', 'toDo'] as const)(
    'D8: and edited across (deleted: %s), the edit stays, once',
    async (side) => {
      const { person, oroId, toDoId } = await linked()
      if (side === 'oro') {
        company.oro.tasks.remove(oroId)
        company.graph.toDo.updateTask(person.upn, toDoId, { title: 'Call Bob' })
      } else {
        company.graph.toDo.deleteTask(person.upn, toDoId)
        company.oro.tasks.update(oroId, { subject: 'Call Bob' })
      }
      await syncTasks(company, person)
      await syncTasks(company, person)
      expectBoth(company, person, ['Call Bob open'])
      expect(only(await taskProblems(company, person))).toMatchObject({ code: 'conflict' })
      await expectTasksSettled(company, person)
    },
  )

  it.each(['oro', 'toDo'] as const)(
    'D8: with delete-wins it is gone on both sides (deleted: %s)',
    async (side) => {
      const { person, oroId, toDoId } = await linked({ deleteVsEdit: 'delete-wins' })
      if (side === 'oro') {
        company.oro.tasks.remove(oroId)
        company.graph.toDo.updateTask(person.upn, toDoId, { title: 'Call Bob' })
      } else {
        company.graph.toDo.deleteTask(person.upn, toDoId)
        company.oro.tasks.update(oroId, { subject: 'Call Bob' })
      }
      await syncTasks(company, person)
      await syncTasks(company, person)
      expect(shown(company, person)).toEqual({ oro: [], toDo: [] })
      await expectTasksSettled(company, person)
    },
  )

  it('D10: 30 of 100 at once are held and listed; confirmed, exactly these go', async () => {
    const person = await taskUser(company)
    const ids = Array.from({ length: 100 }, (_, n) =>
      company.graph.toDo.createTask(person.upn, { title: `Task ${String(n)}` }),
    )
    await syncTasks(company, person)
    for (const id of ids.slice(0, 30)) company.graph.toDo.deleteTask(person.upn, id)
    company.graph.toDo.updateTask(person.upn, ids[50] ?? '', { title: 'Edited' })
    await syncTasks(company, person)
    await syncTasks(company, person)
    expect(inOroTasks(company, person)).toHaveLength(100)
    expect(inOroTasks(company, person).map(({ subject }) => subject)).toContain('Edited')
    const hold = await company.call('GET', `${person.path}/hold`)
    expect(hold.body.items).toHaveLength(30)
    expect(hold.body.items[0]).toMatchObject({ kind: 'tasks', operation: 'delete', side: 'oro' })
    await company.call('POST', `${person.path}/hold/confirm`, {})
    await company.idle()
    await syncTasks(company, person)
    expect(inOroTasks(company, person)).toHaveLength(70)
    await expectTasksSettled(company, person)
  })

  it('D10: the percentage is of the open tasks', async () => {
    const person = await taskUser(company, { deletionPercent: 25 })
    const ids = Array.from({ length: 60 }, (_, n) =>
      company.graph.toDo.createTask(person.upn, {
        title: `Task ${String(n)}`,
        status: n < 30 ? 'notStarted' : 'completed',
      }),
    )
    await syncTasks(company, person)
    // 8 are less than a quarter of 60 and more than a quarter of 30.
    for (const id of ids.slice(0, 8)) company.graph.toDo.deleteTask(person.upn, id)
    await syncTasks(company, person)
    await syncTasks(company, person)
    expect((await taskStatus(company, person)).counts).toMatchObject({ held: 8 })
    expect(inOroTasks(company, person)).toHaveLength(60)
  })
})
