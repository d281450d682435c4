import type { Fields, Reading } from '../../../shared/core/model'
import type { MicrosoftDeps } from '../../../shared/adapters/graph/microsoft'
import type { Draft, Gathered, GatherRequest, SidePort } from '../../../shared/ports/side'
import type { AccountContext } from '../../../shared/ports/systems'
import { ANNA, graphWorld, type GraphWorld } from './world'

export interface TasksWorld extends GraphWorld {
  readonly tasksList: string
  readonly flaggedList: string
  readonly work: string
  /** A port as one run gets it. */
  port(settings?: Partial<AccountContext['settings']['tasks']>, timeZone?: string): SidePort
  tasksContext(
    settings?: Partial<AccountContext['settings']['tasks']>,
    timeZone?: string,
  ): AccountContext
  gather(more?: Partial<GatherRequest>, port?: SidePort): Promise<Gathered>
  read(id: string, list: string, port?: SidePort): Promise<Reading>
  /** Requests that reached To Do since the last time, as `METHOD path` without the ids. */
  calls(): string[]
  /** Bodies sent with this method. */
  sent(method: string): Record<string, unknown>[]
  titles(list: string): string[]
}

/** Anna's To Do on a Graph stand-in: her default list, the flagged one and one of her own. */
export async function tasksWorld(more: Partial<MicrosoftDeps> = {}): Promise<TasksWorld> {
  const world = await graphWorld(more)
  const { graph } = world
  const work = graph.toDo.createList(ANNA, 'Work')
  const listNamed = (name: string): string =>
    graph.toDo.lists(ANNA).find((list) => list['wellknownListName'] === name)?.id ?? ''
  const tasksContext: TasksWorld['tasksContext'] = (settings = {}, timeZone = 'Europe/Berlin') => {
    const context = world.context()
    return {
      ...context,
      connection: {
        ...context.connection,
        oro: { ...context.connection.oro, timeZone },
      },
      settings: { ...context.settings, tasks: { ...context.settings.tasks, ...settings } },
    }
  }
  const port: TasksWorld['port'] = (settings, timeZone) =>
    world.microsoft.tasks(tasksContext(settings, timeZone))
  let seen = 0
  return {
    ...world,
    tasksList: listNamed('defaultList'),
    flaggedList: listNamed('flaggedEmails'),
    work,
    port,
    tasksContext,
    gather: (request = {}, by = port()) =>
      by.gather({
        cursor: null,
        window: { start: '2026-08-01T00:00:00Z', end: '2027-09-01T00:00:00Z' },
        mode: 'changes',
        ids: [],
        ...request,
      }),
    async read(id, container, by = port()) {
      const state = (await by.read([{ id, container }])).get(id)
      if (state?.is !== 'present') throw new Error(`not present: ${JSON.stringify(state)}`)
      return state.reading
    },
    calls() {
      const fresh = graph.log.slice(seen)
      seen = graph.log.length
      return fresh.map(({ method, path }) => {
        const bare = path.replace('/v1.0/me/todo', '').replace(/\?.*$/, '')
        return `${method} ${bare.replace(/\/(lists|tasks)\/(?!delta)[^/]+/g, '/$1/{id}')}`
      })
    },
    sent: (method) =>
      graph.log
        .filter((entry) => entry.method === method && !entry.path.includes('$batch'))
        .map((entry) => entry.body as Record<string, unknown>),
    titles: (list) =>
      (graph.toDo.lists(ANNA).find(({ id }) => id === list)?.tasks ?? []).map((task) =>
        String(task['title']),
      ),
  }
}

/** A task of Oro that is met for the first time. */
export const oroTask = (id: string, label = 'Call'): Reading => ({
  side: 'oro',
  id,
  container: '42',
  version: '1',
  modifiedAt: '2026-09-01T00:00:00Z',
  fields: {},
  role: 'organizer',
  cancelled: false,
  private: false,
  categories: [],
  keys: {},
  span: null,
  unmappable: null,
  label,
  audience: 0,
})

export const FIELDS: Fields = {
  subject: 'Call',
  notes: 'One\nTwo',
  status: 'notStarted',
  importance: 'high',
  due: '2026-09-10',
}

export const draft = (id: string, more: Partial<Draft> = {}): Draft => ({
  fields: FIELDS,
  container: '',
  counterpart: oroTask(id),
  token: `token-${id}`,
  categories: [],
  mayWrite: () => true,
  ...more,
})
