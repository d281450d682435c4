import type { Company, Person } from './company'
import { watch } from './observe'
import { named, problemsOf, writesOf, type Writes } from './writes'

const present: Person[] = []

/** A connected person whose tasks alone are synced, under these settings. */
export async function taskUser(company: Company, tasks: object = {}): Promise<Person> {
  const person = await company.connected({
    calendar: { enabled: false },
    tasks: { enabled: true, ...tasks },
  })
  present.push(person)
  return person
}

/** The people of a test stop, so that the clock of the next one moves nothing of theirs. */
export async function sendHome(company: Company): Promise<void> {
  for (const { path } of present.splice(0)) await company.call('POST', `${path}/pause`)
}

/** Calls within a minute join the same run. */
export async function syncTasks(company: Company, person: Person, body: object = {}) {
  await company.advance('PT61S')
  return company.sync(person, { kind: 'tasks', ...body })
}

/** What a run wrote, as `METHOD path` of each side. */
export async function taskWrites(
  company: Company,
  person: Person,
  work: () => unknown = () => syncTasks(company, person),
): Promise<Writes & { readonly names: { readonly graph: string[]; readonly oro: string[] } }> {
  const writes = await writesOf(company, person, work)
  return { ...writes, names: { graph: named(writes.graph), oro: named(writes.oro) } }
}

export interface ToDoTask {
  readonly id: string
  readonly title: string
  readonly status: string
  readonly importance: string
  readonly due: string | null
  readonly list: string
  readonly raw: Record<string, unknown>
}

/** All tasks in the person's To Do but those of the flagged list. */
export function inToDo({ graph }: Company, person: Person): ToDoTask[] {
  return graph.toDo
    .lists(person.upn)
    .filter((list) => list['wellknownListName'] !== 'flaggedEmails')
    .flatMap((list) =>
      list.tasks.map((task) => ({
        id: String(task['id']),
        title: String(task['title']),
        status: String(task['status']),
        importance: String(task['importance']),
        due: (task['dueDateTime'] as { dateTime: string } | null)?.dateTime.slice(0, 10) ?? null,
        list: list.id,
        raw: task,
      })),
    )
}

export const inOroTasks = ({ oro }: Company, person: Person) => oro.taskRows(person.userId)

/** `title status` of every task, on both sides in Oro's words. */
export function shown(company: Company, person: Person) {
  const words: Readonly<Record<string, string>> = {
    notStarted: 'open',
    inProgress: 'in_progress',
    completed: 'closed',
  }
  return {
    oro: inOroTasks(company, person)
      .map(({ subject, status }) => `${subject} ${status}`)
      .sort(),
    toDo: inToDo(company, person)
      .map(({ title, status }) => `${title} ${words[status] ?? status}`)
      .sort(),
  }
}

/** Both sides show exactly these, as `title status`. */
export function expectBoth(company: Company, person: Person, tasks: readonly string[]): void {
  const wanted = [...tasks].sort()
  expect(shown(company, person)).toEqual({ oro: wanted, toDo: wanted })
}

/** Two more runs must find nothing to do: the first may end what waited for a move. */
export async function expectTasksSettled(company: Company, person: Person): Promise<void> {
  const seen = watch(company, person)
  await syncTasks(company, person)
  expect(seen.graphWrites()).toEqual([])
  expect(seen.oroWrites()).toEqual([])
  expect(company.oro.violations()).toEqual([])
  expect(company.graph.violations()).toEqual([])
}

export const taskStatus = async (company: Company, person: Person) =>
  (
    (await company.status(person)) as {
      kinds: {
        tasks: {
          state: string
          reason: { code: string } | null
          counts: Record<string, number>
          lastRun: { calls: { microsoft: number; oro: number } } | null
        }
      }
    }
  ).kinds.tasks

export const taskProblems = problemsOf
