import { startCompany, type Company, type Person } from './company'
import {
  expectBoth,
  expectTasksSettled,
  inOroTasks,
  inToDo,
  sendHome,
  syncTasks,
  taskProblems,
  taskStatus,
  taskUser,
  taskWrites,
} from './tasks-world'
import { bodies, historyOf, only } from './writes'

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
const oroTask = (person: Person) => only(inOroTasks(company, person))
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

describe('changed on both sides', () => {
  it('K1: different fields are merged without a conflict', async () => {
    const { person, oroId, toDoId } = await linked()
    company.oro.tasks.update(oroId, { subject: 'Call Bob' })
    company.graph.toDo.updateTask(person.upn, toDoId, { due: '2026-09-15' })
    await syncTasks(company, person)
    expect(toDo(person)).toMatchObject({ title: 'Call Bob', due: '2026-09-15' })
    expect(oroTask(person)).toMatchObject({
      subject: 'Call Bob',
      dueDate: Date.parse('2026-09-15T17:00:00Z'),
    })
    expect(await taskProblems(company, person)).toEqual([])
    await expectTasksSettled(company, person)
  })

  it.each([
    ['oro', 'In Oro'],
    ['microsoft', 'In To Do'],
    ['newest', 'In To Do'],
  ])(
    'K2: under %s the value of the winner stands, the other is in the history',
    async (conflictResolution, winner) => {
      const { person, oroId, toDoId } = await linked({ conflictResolution })
      company.oro.tasks.update(oroId, { subject: 'In Oro' })
      await company.advance('PT10S')
      company.graph.toDo.updateTask(person.upn, toDoId, { title: 'In To Do' })
      await syncTasks(company, person)
      expectBoth(company, person, [`${winner} open`])
      const loser = winner === 'In Oro' ? 'In To Do' : 'In Oro'
      expect(JSON.stringify(await historyOf(company, person))).toContain(`"lost":"${loser}"`)
      expect(only(await taskProblems(company, person))).toMatchObject({
        code: 'conflict',
        fields: ['subject'],
      })
      await expectTasksSettled(company, person)
    },
  )

  it('K3: the same change costs no write and is the new base', async () => {
    const { person, oroId, toDoId } = await linked()
    company.oro.tasks.update(oroId, { subject: 'Call Bob', status: 'closed' })
    company.graph.toDo.updateTask(person.upn, toDoId, { title: 'Call Bob', status: 'completed' })
    const writes = await taskWrites(company, person)
    expect(writes.names).toEqual({ graph: [], oro: [] })
    company.oro.tasks.update(oroId, { status: 'open' })
    expect(bodies((await taskWrites(company, person)).graph)).toEqual([{ status: 'notStarted' }])
    await expectTasksSettled(company, person)
  })
})

describe('nothing is changed', () => {
  it('E5: forced full reads of 100 tasks write nothing', async () => {
    const person = await taskUser(company)
    for (let n = 0; n < 50; n += 1) {
      const day = String(1 + (n % 28)).padStart(2, '0')
      company.graph.toDo.createTask(person.upn, {
        title: `To Do ${String(n)}`,
        due: `2026-10-${day}`,
        body: { contentType: 'text', content: ` two\r\nlines ${String(n)} ` },
      })
      company.oro.tasks.create({
        ownerId: person.userId,
        subject: `Oro ${String(n)}`,
        description: `<p>Some <b>words</b></p><ul><li>${String(n)}</li></ul>`,
        dueDate: `2026-10-${day}T23:30:00Z`,
      })
    }
    await syncTasks(company, person)
    const writes = await taskWrites(company, person, async () => {
      for (let n = 0; n < 10; n += 1) {
        if (n % 3 === 1) company.graph.toDo.loseSyncState(person.upn)
        if (n % 3 === 2) company.graph.toDo.touch(person.upn)
        await syncTasks(company, person, { mode: 'full' })
      }
    })
    expect(writes.names).toEqual({ graph: [], oro: [] })
    expect((await taskStatus(company, person)).counts).toMatchObject({ linked: 100, problems: 0 })
  })
})

describe('switched off, not permitted, not there', () => {
  it('S3: tasks off for a user: no To Do call, the calendar goes on, links are kept for later', async () => {
    const person = await company.connected({
      calendar: { enabled: true },
      tasks: { enabled: true },
    })
    const oroId = company.oro.tasks.create({ ownerId: person.userId, subject: 'Call Ann' })
    await syncTasks(company, person)
    await company.settings(person, { tasks: { enabled: false } })
    const from = company.graph.log.length
    company.oro.tasks.update(oroId, { subject: 'Call Bob' })
    company.graph.createEvent(person.upn, {
      subject: 'Meeting',
      start: { dateTime: '2026-09-10T09:00:00', timeZone: 'UTC' },
      end: { dateTime: '2026-09-10T10:00:00', timeZone: 'UTC' },
    })
    await syncTasks(company, person, { kind: undefined })
    await company.advance('PT31M')
    expect(toDoCalls(from, person)).toEqual([])
    expect(company.oro.eventRows(person.calendarId)).toHaveLength(1)
    expect(await taskStatus(company, person)).toMatchObject({ state: 'off', counts: { linked: 1 } })
    await company.settings(person, { tasks: { enabled: true } })
    const writes = await taskWrites(company, person)
    expect(bodies(writes.graph)).toEqual([{ title: 'Call Bob' }])
    expectBoth(company, person, ['Call Bob open'])
  })

  it('P1: one-way from To Do leaves an edit in Oro alone', async () => {
    const { person, oroId, toDoId } = await linked()
    await company.settings(person, { tasks: { direction: 'microsoft-to-oro' } })
    company.oro.tasks.update(oroId, { subject: 'Only in Oro' })
    company.graph.toDo.updateTask(person.upn, toDoId, { due: '2026-09-15' })
    const writes = await taskWrites(company, person)
    expect(writes.names.graph).toEqual([])
    expect(oroTask(person)).toMatchObject({
      subject: 'Only in Oro',
      dueDate: Date.parse('2026-09-15T17:00:00Z'),
    })
    await expectTasksSettled(company, person)
  })
})
