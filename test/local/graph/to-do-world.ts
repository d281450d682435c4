import type { Switches } from '../../../local/graph/switches'
import { ALL_SCOPES, ANNA, startWorld, type Answer, type Json, type TestWorld } from './world'

/** Anna's To Do: her default list and one of her own, in Berlin. */
export interface ToDoWorld extends TestWorld {
  tasks: string
  work: string
  /** Below `/me/todo/lists`. */
  ask(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer>
  taskPath(listId: string, id: unknown): string
  /** A task as the API shows it now. */
  task(listId: string, id: unknown, query?: string): Promise<Json>
  /** Titles of a whole list. */
  titles(listId: string): string[]
}

const CALM: Partial<Switches> = { replays: false, emptyPages: 0 }

export async function toDoWorld(
  switches: Partial<Switches> = CALM,
  scopes: string[] = [...ALL_SCOPES, 'Tasks.ReadWrite'],
): Promise<ToDoWorld> {
  const world = await startWorld(switches, scopes)
  const { graph } = world
  graph.setTimeZone(ANNA, 'W. Europe Standard Time')
  const work = graph.toDo.createList(ANNA, 'Work')
  const tasks = graph.toDo.lists(ANNA).find((list) => list['wellknownListName'] === 'defaultList')
  const ask: ToDoWorld['ask'] = (method, path, body, headers) =>
    world.call(method, path.startsWith('http') ? path : `/me/todo/lists${path}`, body, headers)
  const taskPath = (listId: string, id: unknown): string =>
    `/${encodeURIComponent(listId)}/tasks/${encodeURIComponent(String(id))}`
  return {
    ...world,
    tasks: tasks?.id ?? '',
    work,
    ask,
    taskPath,
    task: async (listId, id, query = '') => (await ask('GET', taskPath(listId, id) + query)).body,
    titles: (listId) =>
      (graph.toDo.lists(ANNA).find(({ id }) => id === listId)?.tasks ?? []).map((task) =>
        String(task['title']),
      ),
  }
}
