import { startCompany, type Company, type Person } from './company'
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
  company.graph.resetSwitches()
})

const toDo = (person: Person) => only(inToDo(company, person))
const taskReads = (from: number, person: Person): string[] =>
  company.graph.log
    .slice(from)
    .filter(({ method, principal }) => method === 'GET' && principal === person.upn)
    .map(({ path }) => decodeURIComponent(path))

describe('lists of To Do', () => {
  it('TK9: all but the flagged one are read; renaming changes nothing, deleting unlinks and keeps', async () => {
    const person = await taskUser(company)
    const { toDo: edits } = company.graph
    const shared = edits.createList(person.upn, 'Shared', true)
    const renamed = edits.createList(person.upn, 'Before')
    const deleted = edits.createList(person.upn, 'Short-lived')
    edits.createTask(person.upn, { title: 'In the default list' })
    edits.createTask(person.upn, { title: 'In the shared list' }, shared)
    edits.createTask(person.upn, { title: 'In the renamed list' }, renamed)
    edits.createTask(person.upn, { title: 'In the deleted list' }, deleted)
    edits.flagEmail(person.upn, 'A flagged mail')
    const from = company.graph.log.length
    await syncTasks(company, person)
    const four = ['default', 'deleted', 'renamed', 'shared'].map((n) => `In the ${n} list open`)
    expectBoth(company, person, four)
    edits.renameList(person.upn, renamed, 'After')
    const quiet = await taskWrites(company, person)
    expect(quiet.names).toEqual({ graph: [], oro: [] })
    edits.deleteList(person.upn, deleted)
    const gone = await taskWrites(company, person)
    expect(gone.names).toEqual({ graph: [], oro: [] })
    expect(shown(company, person)).toEqual({
      oro: four,
      toDo: four.filter((t) => !/deleted/.test(t)),
    })
    expect((await taskStatus(company, person)).counts).toMatchObject({ linked: 3, unlinked: 1 })
    expect(only(await taskProblems(company, person))).toMatchObject({
      code: 'container-gone',
      label: 'In the deleted list',
    })
    for (const { id, subject } of inOroTasks(company, person))
      company.oro.tasks.update(id, { subject: `${subject}!` })
    const writes = await taskWrites(company, person)
    expect(writes.graph).toHaveLength(3)
    await expectTasksSettled(company, person)
    const flagged = only(
      edits.lists(person.upn).filter((list) => list['wellknownListName'] === 'flaggedEmails'),
    )
    expect(taskReads(from, person).filter((path) => path.includes(flagged.id))).toEqual([])
  })

  it('TK9: a new list is read, new tasks of Oro go to the list of the setting', async () => {
    const person = await taskUser(company, { list: 'Work' })
    const work = company.graph.toDo.createList(person.upn, 'Work')
    company.graph.toDo.createTask(person.upn, { title: 'In Work' }, work)
    company.oro.tasks.create({ ownerId: person.userId, subject: 'From Oro' })
    await syncTasks(company, person)
    expect(inToDo(company, person).map(({ list }) => list)).toEqual([work, work])
    const later = company.graph.toDo.createList(person.upn, 'Later')
    company.graph.toDo.createTask(person.upn, { title: 'In Later' }, later)
    await syncTasks(company, person)
    expectBoth(company, person, ['From Oro open', 'In Later open', 'In Work open'])
    await expectTasksSettled(company, person)
  })

  it.each([
    [410, 'fullSyncRequired'],
    [410, 'RESYNCREQUIRED'],
    [400, 'syncStateNotFound'],
    [410, null],
  ])(
    'TK12, X1: %i %s for one of three lists: it alone is read anew, nothing is written',
    async (status, code) => {
      const person = await taskUser(company)
      const { toDo: edits } = company.graph
      const lists = ['One', 'Two'].map((name) => edits.createList(person.upn, name))
      for (let n = 0; n < 4; n += 1)
        for (const list of [undefined, ...lists])
          edits.createTask(person.upn, { title: `Task ${String(n)} ${list ?? ''}` }, list)
      await syncTasks(company, person)
      await syncTasks(company, person)
      edits.updateTask(person.upn, inToDo(company, person)[0]?.id ?? '', { importance: 'high' })
      await syncTasks(company, person)
      company.graph.faults.add({
        method: 'GET',
        path: `${(lists[0] ?? '').replaceAll('+', '.')}/tasks/delta`,
        principal: person.upn,
        status,
        ...(code === null ? {} : { body: { error: { code, message: 'Start anew.' } } }),
      })
      const from = company.graph.log.length
      const writes = await taskWrites(company, person)
      expect(company.graph.faults.list()).toEqual([])
      expect(writes.names).toEqual({ graph: [], oro: [] })
      const anew = taskReads(from, person).filter((path) => /\/tasks\/delta$/.test(path))
      expect(anew).toEqual([expect.stringContaining(lists[0] ?? '')])
      const byId = taskReads(from, person).filter((path) => /\/tasks\/(?!delta)/.test(path))
      // What the new round leaves out is asked for by itself (G-16).
      for (const path of byId) expect(path).toContain(lists[0])
      await expectTasksSettled(company, person)
    },
  )
})

describe('a task moved to another list', () => {
  it.each(['removal-first', 'creation-first', 'removal-late', 'creation-late'] as const)(
    'G-42: %s: keeps its Oro task, nothing is deleted or created',
    async (toDoMove) => {
      for (const links of [true, false]) {
        const person = await taskUser(company)
        company.graph.setSwitch(person.upn, 'toDoMove', toDoMove)
        company.graph.setSwitch(person.upn, 'toDoMoveKeepsLinks', links)
        const other = company.graph.toDo.createList(person.upn, 'Other')
        const oroId = company.oro.tasks.create({ ownerId: person.userId, subject: 'Call Ann' })
        await syncTasks(company, person)
        company.graph.toDo.moveTask(person.upn, toDo(person).id, other)
        const writes = await taskWrites(company, person, async () => {
          for (let n = 0; n < 3; n += 1) await syncTasks(company, person)
        })
        expect(writes.names).toEqual({ graph: [], oro: [] })
        company.oro.tasks.update(oroId, { subject: 'Call Bob' })
        await syncTasks(company, person)
        expect(toDo(person)).toMatchObject({ title: 'Call Bob', list: other })
        expectBoth(company, person, ['Call Bob open'])
        expect(await taskProblems(company, person)).toEqual([])
        await expectTasksSettled(company, person)
        await sendHome(company)
      }
    },
  )

  it('a copy of a task is a task of its own in the end', async () => {
    const person = await taskUser(company)
    company.graph.toDo.createTask(person.upn, { title: 'Water the plants' })
    await syncTasks(company, person)
    company.graph.toDo.createTask(person.upn, { title: 'Water the plants' })
    await syncTasks(company, person)
    await syncTasks(company, person)
    expectBoth(company, person, ['Water the plants open', 'Water the plants open'])
    await expectTasksSettled(company, person)
  })
})

describe('a recurring task', () => {
  const weekly = {
    pattern: { type: 'weekly', interval: 1, daysOfWeek: ['monday'], firstDayOfWeek: 'sunday' },
    range: { type: 'noEnd', startDate: '2026-09-07', recurrenceTimeZone: 'UTC' },
  }
  const open = (rows: readonly string[]) => rows.filter((row) => row.endsWith(' open'))

  for (const mode of ['roll-forward', 'new-id'] as const)
    for (const links of [true, false])
      it(`G-43: completed twice in To Do (${mode}, links ${links ? 'copied' : 'not copied'}): one closed each time, never two open`, async () => {
        const person = await taskUser(company)
        company.graph.setSwitch(person.upn, 'toDoCompletion', mode)
        company.graph.setSwitch(person.upn, 'toDoCopiesLinks', links)
        company.graph.toDo.createTask(person.upn, {
          title: 'Report',
          due: '2026-09-07',
          recurrence: weekly,
        })
        await syncTasks(company, person)
        for (const closed of [1, 2]) {
          const current = only(inToDo(company, person).filter((t) => t.status === 'notStarted'))
          company.graph.toDo.updateTask(person.upn, current.id, { status: 'completed' })
          for (let n = 0; n < 3; n += 1) {
            await syncTasks(company, person)
            expect(open(shown(company, person).oro).length).toBeLessThanOrEqual(1)
          }
          const rows = [...Array.from({ length: closed }, () => 'Report closed'), 'Report open']
          expectBoth(company, person, rows)
        }
        const [next] = inOroTasks(company, person).filter(({ status }) => status === 'open')
        expect(next?.dueDate).toBe(Date.parse('2026-09-21T17:00:00Z'))
        expect(await taskProblems(company, person)).toEqual([])
        await expectTasksSettled(company, person)
      })

  it('G-43: completed in Oro, one is closed and one is open next, each time', async () => {
    const person = await taskUser(company)
    company.graph.toDo.createTask(person.upn, {
      title: 'Report',
      due: '2026-09-07',
      recurrence: weekly,
    })
    await syncTasks(company, person)
    for (const closed of [1, 2]) {
      const current = only(inOroTasks(company, person).filter((t) => t.status === 'open'))
      company.oro.tasks.update(current.id, { status: 'closed' })
      for (let n = 0; n < 4; n += 1) await syncTasks(company, person)
      expectBoth(company, person, [
        ...Array.from({ length: closed }, () => 'Report closed'),
        'Report open',
      ])
    }
    await expectTasksSettled(company, person)
  })

  it('G-44: its due date is not written to To Do, which is told; everything else is', async () => {
    const person = await taskUser(company)
    company.graph.toDo.createTask(person.upn, {
      title: 'Report',
      due: '2026-09-07',
      recurrence: weekly,
    })
    await syncTasks(company, person)
    const { id } = only(inOroTasks(company, person))
    company.oro.tasks.update(id, { subject: 'Weekly report', dueDate: '2026-09-09T17:00:00Z' })
    await syncTasks(company, person)
    expect(toDo(person)).toMatchObject({ title: 'Weekly report', due: '2026-09-07' })
    expect(only(await taskProblems(company, person))).toMatchObject({
      code: 'refused-value',
      side: 'microsoft',
      fields: ['due'],
    })
    await expectTasksSettled(company, person)
  })
})

describe('the first sync', () => {
  it('leaves what was completed long ago where it is', async () => {
    const person = await taskUser(company)
    const old = '2026-06-01T08:00:00Z'
    company.graph.toDo.seedTasks(person.upn, [
      {
        title: 'Done in June',
        status: 'completed',
        createdDateTime: old,
        lastModifiedDateTime: old,
      },
      { title: 'Open since June', createdDateTime: old, lastModifiedDateTime: old },
      {
        title: 'Done last week',
        status: 'completed',
        lastModifiedDateTime: '2026-09-01T08:00:00Z',
      },
    ])
    await syncTasks(company, person)
    expect(shown(company, person).oro).toEqual(['Done last week closed', 'Open since June open'])
    await syncTasks(company, person, { mode: 'full' })
    expect(inOroTasks(company, person)).toHaveLength(2)
    await expectTasksSettled(company, person)
  })
})
