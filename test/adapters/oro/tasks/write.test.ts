import type { SidePort } from '../../../../shared/ports/side'
import { startOroWorld, type OroWorld } from '../oro-world'
import { change, draft, evidence, OWNER, present, ref, taskFields } from './tasks-world'

let world: OroWorld

beforeEach(async () => {
  world = await startOroWorld()
})

afterEach(async () => {
  await world.stop()
})

const REMIND = [{ method: 'email', interval: { number: 15, unit: 'M' } }] as const
const FORMATTED = '<p style="color:red">Use the <b>new</b> list</p>'

function seeded(changes: object = {}): number {
  const [id] = world.standIn.seed({
    tasks: [
      {
        subject: 'Send offer',
        ownerId: 3,
        description: FORMATTED,
        dueDate: '2026-09-30T15:00:00Z',
        activityTargets: [{ type: 'contacts', id: '61' }],
        ...changes,
      },
    ],
  }).tasks
  if (id === undefined) throw new Error('no task')
  return id
}

const row = (id: number | string) => {
  const found = world.standIn.taskRows().find((task) => task.id === Number(id))
  if (found === undefined) throw new Error('no row')
  return found
}

async function readingOf(id: number, port: SidePort = world.tasks()) {
  const reading = present((await port.read([ref(id)])).get(String(id)))
  world.calls()
  world.meter.oro = 0
  return reading
}

describe('creating a task', () => {
  it('gives it to its owner, in one call whose answer is the reading', async () => {
    const written = await world.tasks().create(draft())
    expect(written).toMatchObject({
      container: OWNER,
      reading: { id: written.id, container: OWNER, fields: taskFields() },
    })
    expect(written).not.toHaveProperty('adjusted')
    expect(row(written.id)).toMatchObject({
      ownerId: 3,
      status: 'open',
      taskPriority: 'normal',
      description: '<p>Use the new price list</p>',
    })
    expect(world.calls()).toEqual(['POST /api/tasks'])
  })

  it('needs no more than a subject', async () => {
    const { id } = await world.tasks().create(draft({ fields: { subject: 'Call' } }))
    expect(row(id)).toMatchObject({
      subject: 'Call',
      description: null,
      dueDate: null,
      status: 'open',
      taskPriority: 'normal',
    })
  })

  it('fails without a subject before anything is sent', async () => {
    const failed = evidence(world.tasks().create(draft({ fields: taskFields({ subject: '' }) })))
    expect(await failed).toMatchObject({ code: 'invalid-item', transient: false })
    expect(world.calls()).toEqual([])
  })

  it('names every field that Oro refuses, and creates nothing', async () => {
    const fields = taskFields({ subject: '   ', importance: 'urgent' })
    expect(await evidence(world.tasks().create(draft({ fields })))).toMatchObject({
      code: 'refused-value',
      scope: 'item',
      fields: ['subject', 'importance'],
    })
    expect(world.standIn.taskRows()).toEqual([])
  })

  it('is never sent twice by itself, whether Oro stored it or not', async () => {
    for (const fault of [
      { drop: 'after' },
      { drop: 'before' },
      { status: 503, after: true },
    ] as const) {
      world.standIn.faults.add({ method: 'POST', path: '^/api/tasks', ...fault })
      expect(await evidence(world.tasks().create(draft()))).toMatchObject({
        code: 'oro-unreachable',
        transient: true,
      })
      expect(world.calls()).toEqual(['POST /api/tasks'])
    }
    expect(world.standIn.taskRows()).toHaveLength(2)
  })

  it('fails as transient when a server error says nothing about what was stored', async () => {
    world.standIn.faults.add({ method: 'POST', path: '^/api/tasks', status: 500, after: true })
    expect(await evidence(world.tasks().create(draft()))).toMatchObject({
      code: 'item-failed',
      scope: 'item',
      transient: true,
    })
    expect(world.calls()).toEqual(['POST /api/tasks'])
  })

  it('writes a checklist behind the notes', async () => {
    const port = world.tasks({ checklist: true })
    const fields = taskFields({ checklist: ['[x] Call', '[ ] Write'] })
    const { reading } = await port.create(draft({ fields }))
    expect(reading?.fields).toEqual(fields)
  })
})

describe('changing a task', () => {
  it('sends the due date alone: formatted notes, reminders and contexts survive (TK7, TK13)', async () => {
    const id = seeded()
    world.standIn.tasks.remind(id, [...REMIND])
    const reading = await readingOf(id)
    const due = '2026-10-01T15:00:00Z'
    const written = await world.tasks().update(change(id, { due }, reading))
    expect(written.reading?.fields).toMatchObject({ due, notes: 'Use the new list' })
    expect(world.standIn.log.at(-1)?.body).toEqual({
      data: {
        type: 'tasks',
        id: String(id),
        attributes: { dueDate: due },
        relationships: {},
      },
    })
    expect(row(id)).toMatchObject({
      description: FORMATTED,
      reminders: [...REMIND],
      activityTargets: [{ type: 'contacts', id: '61' }],
    })
    expect(world.meter.oro).toBe(1)
  })

  it('writes several fields in one call', async () => {
    const id = seeded()
    const fields = { subject: 'Other', notes: 'One\nTwo', importance: 'high', due: null }
    const { reading } = await world.tasks().update(change(id, fields))
    expect(reading?.fields).toMatchObject(fields)
    expect(row(id)).toMatchObject({ taskPriority: 'high', description: '<p>One<br>Two</p>' })
    expect(world.calls()).toEqual([`PATCH /api/tasks/${String(id)}`])
  })

  it('repeats a change whose answer was lost', async () => {
    const id = seeded()
    world.standIn.faults.add({ method: 'PATCH', drop: 'after' })
    await world.tasks().update(change(id, { subject: 'Other' }))
    expect(row(id).subject).toBe('Other')
  })

  it('writes nothing when nothing is given', async () => {
    const id = seeded()
    const reading = await readingOf(id)
    expect((await world.tasks().update(change(id, {}, reading))).reading).toBe(reading)
    expect(world.calls()).toEqual([])
  })

  it('names the due date that Oro keeps for its reminders, and takes the rest without it (TK7)', async () => {
    const id = seeded()
    world.standIn.tasks.remind(id, [...REMIND])
    const port = world.tasks()
    const failed = evidence(port.update(change(id, { subject: 'Other', due: null })))
    expect(await failed).toMatchObject({ code: 'refused-value', scope: 'item', fields: ['due'] })
    await port.update(change(id, { subject: 'Other' }))
    expect(row(id)).toMatchObject({ subject: 'Other', reminders: [...REMIND] })
    expect(row(id).dueDate).toBe(Date.parse('2026-09-30T15:00:00Z'))
  })

  it('puts a checklist behind what stands there now, not behind what was read before', async () => {
    const id = seeded()
    const port = world.tasks({ checklist: true })
    const reading = await readingOf(id, port)
    world.standIn.tasks.update(id, { description: '<p>Just <i>edited</i></p>' })
    await port.update(change(id, { checklist: ['[x] Call'] }, reading))
    expect(row(id).description).toBe(
      '<p>Just <i>edited</i></p><p>--- Checklist in To Do ---<br>[x] Call<br>--- End of checklist ---</p>',
    )
    const { fields } = await readingOf(id, port)
    expect(fields).toMatchObject({ notes: 'Just edited', checklist: ['[x] Call'] })
  })

  it('leaves the checklist alone when the notes change', async () => {
    const id = seeded()
    const port = world.tasks({ checklist: true })
    await port.update(change(id, { checklist: ['[x] Call'] }))
    await port.update(change(id, { notes: 'New' }))
    const { fields } = await readingOf(id, port)
    expect(fields).toMatchObject({ notes: 'New', checklist: ['[x] Call'] })
  })

  it('looks again later when the task has gone meanwhile', async () => {
    const id = seeded()
    world.standIn.tasks.remove(id)
    expect(await evidence(world.tasks().update(change(id, { subject: 'Other' })))).toMatchObject({
      code: 'item-failed',
      status: 404,
      transient: true,
    })
  })

  it('says so when it may not be changed', async () => {
    const id = world.standIn.tasks.create({ subject: 'Foreign', ownerId: 20 })
    expect(await evidence(world.tasks().update(change(id, { subject: 'Other' })))).toMatchObject({
      code: 'access',
      scope: 'item',
    })
  })
})

describe('removing a task', () => {
  it('deletes it, and is content when it is gone already', async () => {
    const id = seeded()
    await world.tasks().remove({ ref: ref(id), message: '', version: '' })
    await world.tasks().remove({ ref: ref(id), message: '', version: '' })
    expect(world.standIn.taskRows()).toEqual([])
    expect(world.calls()).toEqual([
      `DELETE /api/tasks/${String(id)}`,
      `DELETE /api/tasks/${String(id)}`,
    ])
  })

  it('says so when it may not', async () => {
    const id = world.standIn.tasks.create({ subject: 'Foreign', ownerId: 20 })
    expect(
      await evidence(world.tasks().remove({ ref: ref(id), message: '', version: '' })),
    ).toMatchObject({
      code: 'access',
    })
    expect(row(id).subject).toBe('Foreign')
  })
})

describe('reading tasks back', () => {
  it('takes one list for many and tells which were given away since', async () => {
    const port = world.tasks()
    const created = [1, 2, 3, 4].map((number) => seeded({ subject: `Task ${String(number)}` }))
    for (const id of created) await port.update(change(id, { status: 'closed' }))
    const [given = 0] = created
    world.standIn.tasks.update(given, { ownerId: 5 })
    world.calls()
    const states = await port.readBack(created.map((id) => ref(id)))
    expect([...states.keys()].sort()).toEqual(created.map(String).sort())
    expect(states.get(String(given))).toEqual({ is: 'moved', container: '5' })
    expect(present(states.get(String(created[1]))).fields['status']).toBe('closed')
    expect(world.calls()).toEqual([
      'GET /api/tasks?filter[owner]=3&filter[updatedAt][gte]=2026-09-01T07:58:00Z&sort=id&page[number]=1&page[size]=5000',
      `GET /api/tasks/${String(given)}`,
    ])
  })
})
