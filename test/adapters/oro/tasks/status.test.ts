import { startOroWorld, type OroWorld } from '../oro-world'
import { change, draft, evidence, present, ref, taskFields } from './tasks-world'

let world: OroWorld

beforeEach(async () => {
  world = await startOroWorld()
})

afterEach(async () => {
  await world.stop()
})

/** A task at a status, with the workflow item 842. */
function seeded(status: string, changes: object = {}): string {
  const [id] = world.standIn.seed({
    tasks: [{ subject: 'Send offer', ownerId: 3, status, workflowItemId: 842, ...changes }],
  }).tasks
  return String(id)
}

const statusOf = (id: string): string | undefined =>
  world.standIn.taskRows().find((task) => task.id === Number(id))?.status

async function readingOf(id: string) {
  const reading = present((await world.tasks().read([ref(id)])).get(id))
  world.calls()
  world.meter.oro = 0
  return reading
}

const OLD = (id: string): string => `GET /api/rest/latest/tasks/${id}.json`
const STEP = (name: string): string => `POST /api/rest/latest/workflow/transit/842/${name}.json`

describe('the status of a task in the workflow', () => {
  it.each([
    ['open', 'in_progress', ['start_progress']],
    ['open', 'closed', ['close']],
    ['in_progress', 'open', ['stop_progress']],
    ['in_progress', 'closed', ['close']],
    ['closed', 'open', ['reopen']],
    ['closed', 'in_progress', ['reopen', 'start_progress']],
  ])('goes from %s to %s by %j, after one look for the item (TK2, TK4)', async (from, to, way) => {
    const id = seeded(from)
    const reading = await readingOf(id)
    const written = await world.tasks().update(change(id, { status: to }, reading))
    expect(written).toEqual({ id, container: '3', reading: null })
    expect(statusOf(id)).toBe(to)
    expect(world.calls()).toEqual([OLD(id), ...way.map(STEP)])
    expect(world.meter.oro).toBe(1 + way.length)
  })

  it('is written before the rest, whose answer then holds it all', async () => {
    const id = seeded('open')
    const reading = await readingOf(id)
    const fields = { status: 'closed', subject: 'Other' }
    const written = await world.tasks().update(change(id, fields, reading))
    expect(written.reading?.fields).toMatchObject(fields)
    expect(world.calls()).toEqual([OLD(id), STEP('close'), `PATCH /api/tasks/${id}`])
  })

  it('is looked up when nobody read it', async () => {
    const id = seeded('closed')
    await world.tasks().update(change(id, { status: 'in_progress' }))
    expect(statusOf(id)).toBe('in_progress')
  })

  it('gets there although somebody moved it since it was read', async () => {
    const id = seeded('open')
    const reading = await readingOf(id)
    world.standIn.tasks.update(Number(id), { status: 'closed' })
    await world.tasks().update(change(id, { status: 'in_progress' }, reading))
    expect(statusOf(id)).toBe('in_progress')
  })

  it('is content when it is there already', async () => {
    const id = seeded('open')
    const reading = await readingOf(id)
    world.standIn.tasks.update(Number(id), { status: 'closed' })
    await world.tasks().update(change(id, { status: 'closed' }, reading))
    expect(statusOf(id)).toBe('closed')
  })

  it.each([
    ['open', 'closed', 'close'],
    ['closed', 'in_progress', 'reopen'],
    ['closed', 'in_progress', 'start_progress'],
  ])('goes from %s to %s when the answer of %s is lost', async (from, to, lost) => {
    const id = seeded(from)
    world.standIn.faults.add({ path: `/842/${lost}`, drop: 'after' })
    await world.tasks().update(change(id, { status: to }, await readingOf(id)))
    expect(statusOf(id)).toBe(to)
  })

  it('is refused by name where neither the transition nor the field takes it', async () => {
    const id = seeded('open')
    world.standIn.configureWorkflow({ refused: ['close'] })
    const reading = await readingOf(id)
    const port = world.tasks()
    const failed = evidence(
      port.update(change(id, { status: 'closed', subject: 'Other' }, reading)),
    )
    expect(await failed).toMatchObject({
      code: 'refused-value',
      scope: 'item',
      transient: false,
      fields: ['status'],
    })
    await port.update(change(id, { subject: 'Other' }, reading))
    expect(world.standIn.taskRows()[0]).toMatchObject({ status: 'open', subject: 'Other' })
  })

  it('is refused by name where the second of two steps is not allowed', async () => {
    const id = seeded('closed')
    world.standIn.configureWorkflow({ refused: ['start_progress'] })
    const failed = evidence(
      world.tasks().update(change(id, { status: 'in_progress' }, await readingOf(id))),
    )
    expect(await failed).toMatchObject({ code: 'refused-value', fields: ['status'] })
    expect(statusOf(id)).toBe('open')
  })

  it('is a field like others where a customer’s workflow does not know the transition', async () => {
    const id = seeded('open')
    world.standIn.faults.add({
      path: '/842/close',
      status: 500,
      times: 0,
      body: { message: 'Transition "close" is not found in workflow "own_flow".' },
    })
    expect(
      await evidence(world.tasks().update(change(id, { status: 'closed' }, await readingOf(id)))),
    ).toMatchObject({ code: 'refused-value', fields: ['status'] })
    expect(world.calls()).toContain(`PATCH /api/tasks/${id}`)
  })

  it('waits for another run while the workflow is broken', async () => {
    const id = seeded('open')
    world.standIn.faults.add({ path: '/842/close', status: 500, times: 0, body: { code: 500 } })
    expect(
      await evidence(world.tasks().update(change(id, { status: 'closed' }, await readingOf(id)))),
    ).toMatchObject({ code: 'item-failed', transient: true })
  })
})

describe('the status of a task without a workflow', () => {
  it('is a field like others, in one call with them', async () => {
    const id = seeded('open', { workflowItemId: null })
    const reading = await readingOf(id)
    const fields = { status: 'closed', importance: 'high' }
    const written = await world.tasks().update(change(id, fields, reading))
    expect(written.reading?.fields).toMatchObject(fields)
    expect(world.calls()).toEqual([OLD(id), `PATCH /api/tasks/${id}`])
  })

  it('is written when the workflow is switched off between the look and the step', async () => {
    const id = seeded('open')
    const reading = await readingOf(id)
    world.standIn.configureWorkflow({ active: false })
    const body = { id: Number(id), workflowItem: 842 }
    world.standIn.faults.add({ path: '/api/rest/latest/tasks', status: 200, body })
    await world.tasks().update(change(id, { status: 'closed' }, reading))
    expect(statusOf(id)).toBe('closed')
    expect(world.calls()).toEqual([OLD(id), STEP('close'), `PATCH /api/tasks/${id}`])
  })

  it('is written although the old API is closed to us', async () => {
    world.standIn.configureWorkflow({ active: false })
    const id = seeded('open', { workflowItemId: null })
    world.standIn.faults.add({ path: '/api/rest/latest/tasks', status: 403, body: { code: 403 } })
    await world.tasks().update(change(id, { status: 'closed' }))
    expect(statusOf(id)).toBe('closed')
  })
})

describe('creating a task that is not open', () => {
  it('creates it open and leads it there', async () => {
    const written = await world.tasks().create(draft({ fields: taskFields({ status: 'closed' }) }))
    expect(written.reading).toBeNull()
    expect(statusOf(written.id)).toBe('closed')
    expect(world.calls().map((call) => call.replace(/\d+/, 'N'))).toEqual([
      'POST /api/tasks',
      'GET /api/rest/latest/tasks/N.json',
      expect.stringMatching(/^POST .*\/close\.json$/),
    ])
  })

  it('sets the field where there is no workflow', async () => {
    world.standIn.configureWorkflow({ active: false })
    const fields = taskFields({ status: 'in_progress' })
    const written = await world.tasks().create(draft({ fields }))
    expect(statusOf(written.id)).toBe('in_progress')
  })

  it('fails as transient when it was created and stays open, so that it is looked for', async () => {
    world.standIn.configureWorkflow({ refused: ['close'] })
    const fields = taskFields({ status: 'closed' })
    const failed = await evidence(world.tasks().create(draft({ fields })))
    expect(failed).toMatchObject({
      code: 'item-failed',
      scope: 'item',
      transient: true,
      detail: 'created, but its status could not be set',
    })
    expect(world.standIn.taskRows()).toMatchObject([{ status: 'open' }])
  })
})
