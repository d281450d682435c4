import { startCompany, type Company } from './company'
import {
  expectBoth,
  expectTasksSettled,
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
afterEach(() => {
  company.graph.resetSwitches()
})

describe('tasks', () => {
  it('E1: 20 made in Oro cost 20 POSTs, and the next run only reads', async () => {
    const person = await taskUser(company)
    for (let n = 0; n < 20; n += 1)
      company.oro.tasks.create({ ownerId: person.userId, subject: `Task ${String(n)}` })
    const writes = await taskWrites(company, person)
    expect(writes.names.oro).toEqual([])
    expect(writes.names.graph).toHaveLength(20)
    expectBoth(company, person, Array.from({ length: 20 }, (_, n) => `Task ${String(n)} open`))
    expect((await taskStatus(company, person)).counts).toMatchObject({ linked: 20, problems: 0 })
    await expectTasksSettled(company, person)
  })

  it('made in To Do becomes one Oro task', async () => {
    const person = await taskUser(company)
    company.graph.toDo.createTask(person.upn, { title: 'Call back', due: '2026-09-10' })
    const writes = await taskWrites(company, person)
    expect(writes.names.graph).toEqual([])
    expect(only(writes.names.oro)).toBe('POST /api/tasks')
    expectBoth(company, person, ['Call back open'])
    await expectTasksSettled(company, person)
  })
})
