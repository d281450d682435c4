import type { Figures, User, World } from './world'

const COUNT = 1000
const DAY = 86_400_000

const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index)

const day = (index: number): string =>
  new Date(Date.now() + (1 + (index % 200)) * DAY).toISOString().slice(0, 10)

const toDoTask = (index: number) => ({
  title: `To Do ${String(index)}`,
  body: { contentType: 'text', content: `Notes of task ${String(index)}` },
  dueDateTime: { dateTime: `${day(index)}T00:00:00`, timeZone: 'UTC' },
})

const oroTask = (ownerId: number) => (index: number) => ({
  ownerId,
  subject: `Oro ${String(index)}`,
  description: `<p>Notes of task ${String(index)}</p>`,
  dueDate: `${day(index)}T15:00:00Z`,
})

type Add = (name: string, bar: string, figures: Figures) => void

/** The same rows as for events, with 1,000 tasks in three lists (issue 5). */
export async function taskRows(
  world: World,
  add: Add,
  best: (work: () => Promise<Figures>) => Promise<Figures>,
): Promise<void> {
  const imported: User = await world.user()
  const lists = [
    undefined,
    await world.ask<string>('toDo', 'createList', imported.upn, 'Second'),
    await world.ask<string>('toDo', 'createList', imported.upn, 'Third'),
  ]
  const ids: string[] = []
  for (const [place, list] of lists.entries()) {
    const tasks = range(COUNT)
      .filter((index) => index % lists.length === place)
      .map(toDoTask)
    const given = list === undefined ? [tasks] : [tasks, list]
    ids.push(...(await world.ask<string[]>('toDo', 'seedTasks', imported.upn, ...given)))
  }
  const run = (reason: 'first' | 'interval') => world.run(imported, reason, 'tasks')
  add(`first sync, ${String(COUNT)} To Do tasks in 3 lists`, '1 write each', await run('first'))
  await world.later(60)
  await run('interval')
  await world.later(60)
  add('tasks: run without change', '4 Graph, ≤ 1 Oro, 0 writes', await best(() => run('interval')))
  for (const id of ids.slice(0, 100))
    await world.ask('toDo', 'updateTask', imported.upn, id, { title: `Changed ${id.slice(-6)}` })
  add('100 of 1,000 changed in To Do', '1 write each (+ 1 list per 100)', await run('interval'))
  await world.ask('toDo', 'loseSyncState', imported.upn, lists[1])
  add('one of three delta links lost', '0 writes, one list read', await run('interval'))

  const exported: User = await world.user()
  const { tasks } = await world.ask<{ tasks: number[] }>('oro', 'seed', {
    tasks: range(COUNT).map(oroTask(exported.userId)),
  })
  const send = (reason: 'first' | 'interval') => world.run(exported, reason, 'tasks')
  add(`first sync, ${String(COUNT)} Oro tasks`, '1 write each', await send('first'))
  await world.later(60)
  await send('interval')
  await world.later(60)
  for (const id of tasks.slice(0, 100))
    await world.ask('oroTasks', 'update', id, { subject: `Changed ${String(id)}` })
  add('100 of 1,000 changed in Oro tasks', '1 write each', await send('interval'))
}
