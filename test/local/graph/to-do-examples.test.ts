import Ajv2020 from 'ajv/dist/2020'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import openapi from '../../../local/graph/contract/openapi-v1.0-trimmed.json'
import { toDoWorld, type ToDoWorld } from './to-do-world'
import { ANNA, type Json } from './world'

const payload = (file: string): Json =>
  JSON.parse(readFileSync(join(__dirname, '../../payloads/graph', file), 'utf8')) as Json

const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false })
ajv.addSchema({ $id: 'graph', components: openapi.components })

function faults(name: string, body: unknown): unknown[] {
  const ref = `graph#/components/schemas/microsoft.graph.${name}`
  const validate = ajv.getSchema(ref) ?? ajv.compile({ $ref: ref })
  return validate(body) ? [] : (validate.errors ?? [])
}

const shape = (json: Json): string[] => Object.keys(json).sort()

describe('the documentation’s payloads of To Do and the stand-in', () => {
  let world: ToDoWorld
  beforeEach(async () => {
    world = await toDoWorld()
  })
  afterEach(() => world.graph.stop())

  const tasksPath = () => `/${encodeURIComponent(world.tasks)}/tasks`

  it('creates a list and a task as documented', async () => {
    const list = await world.ask('POST', '', { displayName: 'Travel items' })
    const {
      '@odata.type': _type,
      id: _id,
      ...documented
    } = payload('docs/todo-list-create.response.json')
    expect(list.body).toMatchObject(documented)
    expect(faults('todoTaskList', list.body)).toEqual([])
    const task = await world.ask('POST', tasksPath(), payload('docs/todo-task-create.request.json'))
    expect(task.status).toBe(201)
    expect(faults('todoTask', task.body)).toEqual([])
    for (const name of shape(payload('docs/todo-task-create.response.json'))) {
      expect(task.body).toHaveProperty([name])
    }
    expect(task.body['linkedResources']).toMatchObject([{ webUrl: 'http://microsoft.com' }])
  })

  it('moves the due date as documented', async () => {
    const [id] = world.graph.toDo.seedTasks(ANNA, [payload('docs/todo-task.response.json')])
    const path = world.taskPath(world.tasks, id)
    const body = payload('docs/todo-task-update.request.json')
    const answer = await world.ask('PATCH', path, body)
    expect(answer.status).toBe(200)
    expect(answer.body['dueDateTime']).toEqual({
      dateTime: '2020-07-25T04:00:00.0000000',
      timeZone: 'UTC',
    })
    expect(answer.body).toMatchObject({ id, title: 'Shop for dinner', importance: 'low' })
  })

  it.each(['docs/todo-task.response.json', 'constructed/todo-task-due-date-only.response.json'])(
    'shows %s as it was seeded',
    async (file) => {
      const { '@odata.context': _context, '@odata.etag': _etag, ...given } = payload(file)
      const [id] = world.graph.toDo.seedTasks(ANNA, [given])
      const shown = await world.task(world.tasks, id)
      const { createdDateTime: _created, lastModifiedDateTime: _modified, ...members } = given
      expect(shown).toMatchObject(members)
      expect(faults('todoTask', shown)).toEqual([])
    },
  )

  it('lists tasks with their links as documented', async () => {
    const [given] = payload('docs/todo-tasks.response.json')['value'] as Json[]
    world.graph.toDo.seedTasks(ANNA, [given ?? {}])
    const { body } = await world.ask('GET', `${tasksPath()}?$expand=linkedResources`)
    expect(faults('todoTaskCollectionResponse', body)).toEqual([])
    const [shown] = body['value'] as Json[]
    expect(shown).toMatchObject({ id: given?.['id'], title: given?.['title'] })
    expect(shown?.['linkedResources']).toEqual(given?.['linkedResources'])
  })

  it('answers rounds of the documented shapes, removals included', async () => {
    const [given] = payload('docs/todo-tasks-delta.response.json')['value'] as Json[]
    const [id] = world.graph.toDo.seedTasks(ANNA, [given ?? {}])
    const first = await world.ask('GET', `${tasksPath()}/delta`)
    expect(faults('todoTaskDeltaResponse', first.body)).toEqual([])
    for (const name of shape(given ?? {})) {
      expect((first.body['value'] as Json[])[0]).toHaveProperty([name])
    }
    world.graph.toDo.deleteTask(ANNA, String(id))
    const later = await world.ask('GET', String(first.body['@odata.deltaLink']))
    expect(faults('todoTaskDeltaResponse', later.body)).toEqual([])
    const [removed] = payload('constructed/todo-tasks-delta-removed.response.json')[
      'value'
    ] as Json[]
    expect(later.body['value']).toEqual([{ ...removed, id }])
    const lists = await world.ask('GET', '/delta')
    expect(faults('todoTaskListDeltaResponse', lists.body)).toEqual([])
    const [list] = payload('docs/todo-lists-delta.response.json')['value'] as Json[]
    expect(shape((lists.body['value'] as Json[])[0] ?? {})).toEqual(shape(list ?? {}))
  })

  it('answers lists and links as documented', async () => {
    const lists = await world.ask('GET', '')
    expect(faults('todoTaskListCollectionResponse', lists.body)).toEqual([])
    const { id } = (await world.ask('POST', tasksPath(), { title: 'Linked' })).body
    const path = `${world.taskPath(world.tasks, id)}/linkedResources`
    const given = payload('docs/todo-linkedresource-create.request.json')
    const made = await world.ask('POST', path, given)
    expect(made.body).toMatchObject(given)
    expect(faults('linkedResource', made.body)).toEqual([])
    const all = await world.ask('GET', path)
    expect(faults('linkedResourceCollectionResponse', all.body)).toEqual([])
    expect(all.body['value']).toEqual([made.body])
  })
})
