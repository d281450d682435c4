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
import { bodies, only } from './writes'

let company: Company
beforeAll(async () => {
  company = await startCompany()
})
afterAll(() => company.stop())
afterEach(async () => {
  await sendHome(company)
  company.graph.resetSwitches()
  company.oro.configureWorkflow({ active: true, refused: [] })
})

const toDo = (person: Person) => only(inToDo(company, person))
const oroTask = (person: Person) => only(inOroTasks(company, person))

/** One task on both sides, born in Oro. */
async function linked(settings: object = {}, task: object = {}) {
  const person = await taskUser(company, settings)
  const oroId = company.oro.tasks.create({
    ownerId: person.userId,
    subject: 'Call Ann',
    dueDate: '2026-09-10T12:30:00Z',
    ...task,
  })
  await syncTasks(company, person)
  return { person, oroId, toDoId: toDo(person).id }
}

describe('the status of a task', () => {
  it('TK2: waitingOnOthers and deferred are in progress in Oro and survive an edit of the subject there', async () => {
    const person = await taskUser(company)
    const words = ['notStarted', 'inProgress', 'completed', 'waitingOnOthers', 'deferred']
    for (const status of words)
      company.graph.toDo.createTask(person.upn, { title: `Task ${status}`, status })
    await syncTasks(company, person)
    const inOro = Object.fromEntries(inOroTasks(company, person).map((t) => [t.subject, t.status]))
    expect(inOro).toEqual({
      'Task notStarted': 'open',
      'Task inProgress': 'in_progress',
      'Task completed': 'closed',
      'Task waitingOnOthers': 'in_progress',
      'Task deferred': 'in_progress',
    })
    await expectTasksSettled(company, person)
    for (const { id, subject } of inOroTasks(company, person))
      company.oro.tasks.update(id, { subject: `${subject}, edited` })
    const writes = await taskWrites(company, person)
    expect(bodies(writes.graph)).toHaveLength(5)
    for (const body of bodies(writes.graph)) expect(Object.keys(body)).toEqual(['title'])
    expect(
      inToDo(company, person)
        .map(({ title, status }) => `${title}: ${status}`)
        .sort(),
    ).toEqual(words.map((status) => `Task ${status}, edited: ${status}`).sort())
    await expectTasksSettled(company, person)
  })

  it.each([
    ['through the transitions of its workflow', () => ({})],
    ['as a plain field where the workflow is off', () => ({ active: false })],
  ])('TK2: changed in To Do is written to Oro %s', async (_, workflow) => {
    company.oro.configureWorkflow(workflow())
    const { person, toDoId } = await linked()
    const steps = ['inProgress', 'completed', 'deferred', 'notStarted']
    const seen: string[] = []
    for (const status of steps) {
      company.graph.toDo.updateTask(person.upn, toDoId, { status })
      const writes = await taskWrites(company, person)
      expect(writes.names.graph).toEqual([])
      expect(writes.oro.length).toBeGreaterThan(0)
      seen.push(oroTask(person).status)
    }
    expect(seen).toEqual(['in_progress', 'closed', 'in_progress', 'open'])
    await expectTasksSettled(company, person)
  })

  it('TK2: changed in Oro is written to To Do as one field', async () => {
    const { person, oroId, toDoId } = await linked()
    company.graph.toDo.updateTask(person.upn, toDoId, { status: 'waitingOnOthers' })
    await syncTasks(company, person)
    expect(oroTask(person).status).toBe('in_progress')
    company.oro.tasks.update(oroId, { status: 'closed' })
    const writes = await taskWrites(company, person)
    expect(bodies(writes.graph)).toEqual([{ status: 'completed' }])
    expect(writes.names.oro).toEqual([])
    await expectTasksSettled(company, person)
  })

  it('TK4: completed in To Do closes the Oro task once; reopened on either side it is open on both', async () => {
    const { person, oroId, toDoId } = await linked()
    await company.advance('PT30M')
    company.graph.toDo.updateTask(person.upn, toDoId, { status: 'completed' })
    const moment = company.clock.now()
    const writes = await taskWrites(company, person)
    expect(writes.names.oro).toEqual([expect.stringMatching(/\/transit\/\d+\/close\.json$/)])
    expectBoth(company, person, ['Call Ann closed'])
    // G-41: `completedDateTime` is a midnight that may be a day off; the moment is the change itself.
    expect(Math.abs(oroTask(person).updatedAt - moment)).toBeLessThan(5 * 60_000)
    await expectTasksSettled(company, person)
    company.oro.tasks.update(oroId, { status: 'open' })
    await syncTasks(company, person)
    expectBoth(company, person, ['Call Ann open'])
    company.graph.toDo.updateTask(person.upn, toDoId, { status: 'completed' })
    await syncTasks(company, person)
    company.graph.toDo.updateTask(person.upn, toDoId, { status: 'notStarted' })
    await syncTasks(company, person)
    expectBoth(company, person, ['Call Ann open'])
    await expectTasksSettled(company, person)
  })
})

describe('the priority of a task', () => {
  it('TK3: low, normal and high are importance, and back', async () => {
    const person = await taskUser(company)
    for (const taskPriority of ['low', 'normal', 'high'])
      company.oro.tasks.create({ ownerId: person.userId, subject: taskPriority, taskPriority })
    await syncTasks(company, person)
    for (const { title, importance } of inToDo(company, person)) expect(importance).toBe(title)
    for (const { id, title } of inToDo(company, person))
      company.graph.toDo.updateTask(person.upn, id, {
        importance: title === 'normal' ? 'low' : 'normal',
      })
    await syncTasks(company, person)
    expect(
      inOroTasks(company, person)
        .map((task) => `${task.subject}: ${task.taskPriority}`)
        .sort(),
    ).toEqual(['high: normal', 'low: normal', 'normal: low'])
    await expectTasksSettled(company, person)
  })

  it('TK3: one that To Do does not know counts as normal and stays in Oro until importance changes there', async () => {
    const { person, toDoId, oroId } = await linked({}, { taskPriority: 'urgent' })
    expect(toDo(person).importance).toBe('normal')
    company.graph.toDo.updateTask(person.upn, toDoId, { title: 'Call Ann today' })
    await syncTasks(company, person)
    company.oro.tasks.update(oroId, { description: 'Bring the plan' })
    await syncTasks(company, person)
    expect(oroTask(person)).toMatchObject({ subject: 'Call Ann today', taskPriority: 'urgent' })
    await expectTasksSettled(company, person)
    company.graph.toDo.updateTask(person.upn, toDoId, { importance: 'high' })
    await syncTasks(company, person)
    expect(oroTask(person).taskPriority).toBe('high')
  })
})

describe('what only one side has', () => {
  it('TK7: reminders of neither side change when subject or due date are edited', async () => {
    const { person, oroId, toDoId } = await linked()
    const reminders = [{ method: 'email', interval: { number: 15, unit: 'M' } }] as const
    company.oro.tasks.remind(oroId, reminders as never)
    const reminder = {
      isReminderOn: true,
      reminderDateTime: { dateTime: '2026-09-10T08:00:00.0000000', timeZone: 'UTC' },
    }
    company.graph.toDo.updateTask(person.upn, toDoId, reminder)
    await syncTasks(company, person)
    company.oro.tasks.update(oroId, { subject: 'Call Ann', dueDate: '2026-09-12T12:30:00Z' })
    await syncTasks(company, person)
    company.graph.toDo.updateTask(person.upn, toDoId, { title: 'Call Bob', due: '2026-09-14' })
    await syncTasks(company, person)
    expect(toDo(person)).toMatchObject({ title: 'Call Bob', due: '2026-09-14' })
    expect(toDo(person).raw).toMatchObject(reminder)
    // Oro's time of day survives another date.
    const { dueDate, ...task } = oroTask(person)
    expect(task).toMatchObject({ subject: 'Call Bob', reminders })
    expect(dueDate).toBe(Date.parse('2026-09-14T12:30:00Z'))
    await expectTasksSettled(company, person)
  })

  it('TK7: a due date that Oro refuses to clear is told, the rest is written', async () => {
    const { person, oroId, toDoId } = await linked()
    const reminders = [{ method: 'email', interval: { number: 15, unit: 'M' } }]
    company.oro.tasks.remind(oroId, reminders as never)
    company.graph.toDo.updateTask(person.upn, toDoId, { title: 'Call Bob', due: null })
    await syncTasks(company, person)
    expect(oroTask(person)).toMatchObject({
      subject: 'Call Bob',
      dueDate: Date.parse('2026-09-10T12:30:00Z'),
    })
    expect(only(await taskProblems(company, person))).toMatchObject({
      code: 'refused-value',
      side: 'oro',
      fields: ['due'],
      oroId: String(oroId),
    })
    await expectTasksSettled(company, person)
  })

  it('TK8: a checklist is untouched by an edit in Oro and invisible there by default', async () => {
    const { person, oroId, toDoId } = await linked()
    const items = [
      { displayName: 'Milk', isChecked: true },
      { displayName: 'Bread', isChecked: false },
    ]
    company.graph.toDo.setChecklist(person.upn, toDoId, items)
    await syncTasks(company, person)
    company.oro.tasks.update(oroId, { subject: 'Shopping' })
    const writes = await taskWrites(company, person)
    expect(bodies(writes.graph)).toEqual([{ title: 'Shopping' }])
    expect(toDo(person).raw['checklistItems']).toMatchObject(items)
    expect(oroTask(person).description ?? '').not.toContain('Milk')
    await expectTasksSettled(company, person)
  })

  it('TK8: under in-description a tick is seen in Oro, and nothing comes back', async () => {
    const { person, toDoId } = await linked({ checklist: 'in-description' })
    const items = (milk: boolean) => [{ displayName: 'Milk', isChecked: milk }]
    company.graph.toDo.setChecklist(person.upn, toDoId, items(false))
    await syncTasks(company, person)
    expect(oroTask(person).description).toMatch(/\[ ?\] Milk/)
    company.graph.toDo.setChecklist(person.upn, toDoId, items(true))
    const writes = await taskWrites(company, person)
    expect(writes.names.graph).toEqual([])
    expect(oroTask(person).description).toContain('[x] Milk')
    expect(toDo(person).raw['checklistItems']).toMatchObject(items(true))
    await expectTasksSettled(company, person)
    // Switched off, it leaves the descriptions, and the checklist stays as it is.
    await company.settings(person, { tasks: { enabled: true, checklist: 'off' } })
    await syncTasks(company, person)
    expect(oroTask(person).description).not.toMatch(/Milk|Checklist/)
    expect(toDo(person).raw['checklistItems']).toMatchObject(items(true))
    await expectTasksSettled(company, person)
  })

  it('TK13: of a task with formatted notes and links only the due date is written', async () => {
    const person = await taskUser(company)
    const [id = ''] = company.graph.toDo.seedTasks(person.upn, [
      {
        title: 'Answer the mail',
        body: { contentType: 'html', content: '<p>See <b>page 3</b></p>' },
        linkedResources: [{ applicationName: 'Outlook', displayName: 'The mail' }],
      },
    ])
    await syncTasks(company, person)
    const before = toDo(person).raw
    company.oro.tasks.update(oroTask(person).id, { dueDate: '2026-09-20T15:00:00Z' })
    const writes = await taskWrites(company, person)
    expect(only(bodies(writes.graph))).toEqual({ dueDateTime: expect.anything() as unknown })
    expect(toDo(person)).toMatchObject({ id, due: '2026-09-20' })
    expect(toDo(person).raw['body']).toEqual(before['body'])
    expect(toDo(person).raw['linkedResources']).toEqual(before['linkedResources'])
    await expectTasksSettled(company, person)
  })

  it('shows where it comes from: the To Do copy of an Oro task names it', async () => {
    const { person, oroId } = await linked()
    expect(toDo(person).raw['linkedResources']).toMatchObject([
      { applicationName: 'OroCRM', externalId: String(oroId) },
    ])
    expect((await taskStatus(company, person)).counts).toMatchObject({ linked: 1, problems: 0 })
  })
})
