import { startCompany, type Company } from './company'
import {
  expectTasksSettled,
  inToDo,
  sendHome,
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
afterEach(() => sendHome(company))

const titles = (person: Parameters<typeof inToDo>[1]): string[] =>
  inToDo(company, person).map(({ title }) => title)

describe('TK11: a task that is given to another Oro user', () => {
  it('leaves the first To Do before it is created in the second, once, within an interval', async () => {
    const [ann, bob] = [await taskUser(company), await taskUser(company)]
    const id = company.oro.tasks.create({ ownerId: ann.userId, subject: 'Call Ann' })
    await syncTasks(company, ann)
    await syncTasks(company, bob)
    company.oro.tasks.update(id, { ownerId: bob.userId })
    const from = company.graph.log.length
    await company.advance('PT16M')
    expect(titles(ann)).toEqual([])
    expect(titles(bob)).toEqual(['Call Ann'])
    const writes = company.graph.log
      .slice(from)
      .filter(({ method, path }) => method !== 'GET' && /\/tasks(\/|$)/.test(path))
    expect(writes.map(({ method, principal }) => [method, principal])).toEqual([
      ['DELETE', ann.upn],
      ['POST', bob.upn],
    ])
    expect(only(company.oro.taskRows())).toMatchObject({ ownerId: bob.userId, status: 'open' })
    await expectTasksSettled(company, ann)
    await expectTasksSettled(company, bob)
    expect(await taskProblems(company, ann)).toEqual([])
    // Completed by the new owner, given back: one copy, in the first To Do.
    company.oro.tasks.update(id, { ownerId: ann.userId })
    await company.advance('PT16M')
    expect([titles(ann), titles(bob)]).toEqual([['Call Ann'], []])
    await expectTasksSettled(company, bob)
    company.oro.tasks.remove(id)
    await company.advance('PT16M')
    expect([titles(ann), titles(bob)]).toEqual([[], []])
  })

  it('is not created in the second To Do while the first still shows it', async () => {
    const [ann, bob] = [await taskUser(company), await taskUser(company)]
    company.oro.tasks.create({ ownerId: ann.userId, subject: 'Stays' })
    const id = company.oro.tasks.create({ ownerId: ann.userId, subject: 'Call Ann' })
    await syncTasks(company, ann)
    await syncTasks(company, bob)
    company.graph.faults.add({ method: 'DELETE', principal: ann.upn, status: 500, times: 0 })
    company.oro.tasks.update(id, { ownerId: bob.userId })
    await company.advance('PT61S')
    await company.sync(bob, { kind: 'tasks', mode: 'full' })
    await company.sync(ann, { kind: 'tasks', mode: 'full' })
    expect([titles(ann), titles(bob)]).toEqual([['Stays', 'Call Ann'], []])
    company.graph.faults.clear()
    await company.advance('PT20M')
    expect([titles(ann), titles(bob)]).toEqual([['Stays'], ['Call Ann']])
  })

  it('while it was edited in the first To Do: it moves with what Oro says, and the edit is told and kept', async () => {
    const [ann, bob] = [await taskUser(company), await taskUser(company)]
    const id = company.oro.tasks.create({ ownerId: ann.userId, subject: 'Call Ann' })
    await syncTasks(company, ann)
    await syncTasks(company, bob)
    company.graph.toDo.updateTask(ann.upn, only(inToDo(company, ann)).id, {
      title: 'Call Ann, 555',
    })
    company.oro.tasks.update(id, { ownerId: bob.userId })
    await company.advance('PT16M')
    expect([titles(ann), titles(bob)]).toEqual([[], ['Call Ann']])
    expect(await taskProblems(company, ann)).toMatchObject([
      { code: 'conflict', label: 'Call Ann', fields: ['subject'] },
    ])
    const { body } = await company.call('GET', `${ann.path}/history`)
    const [entry] = (body.items as { operation: string; fields: object[] }[]).filter(
      ({ operation }) => operation === 'delete',
    )
    expect(entry?.fields).toEqual([
      { name: 'subject', old: 'Call Ann', new: null, lost: 'Call Ann, 555' },
    ])
  })

  it('who is not connected: a person is asked before it leaves the first To Do', async () => {
    const ann = await taskUser(company)
    const stranger = await company.newPerson()
    const id = company.oro.tasks.create({ ownerId: ann.userId, subject: 'Call Ann' })
    await syncTasks(company, ann)
    company.oro.tasks.update(id, { ownerId: stranger.userId })
    const writes = await taskWrites(company, ann, () => company.advance('PT16M'))
    expect(writes.names).toEqual({ graph: [], oro: [] })
    expect((await taskStatus(company, ann)).counts).toMatchObject({ held: 1 })
    const hold = await company.call('GET', `${ann.path}/hold`)
    expect(only(hold.body.items as unknown[])).toMatchObject({
      kind: 'tasks',
      operation: 'delete',
      side: 'microsoft',
      label: 'Call Ann',
    })
    await company.call('POST', `${ann.path}/hold/confirm`, {})
    await company.idle()
    await syncTasks(company, ann)
    expect(titles(ann)).toEqual([])
    expect(only(company.oro.taskRows(stranger.userId))).toMatchObject({ subject: 'Call Ann' })
    await expectTasksSettled(company, ann)
  })
})
