import type { LoggedRequest } from '../../local/stand-in/server'
import type { Company, Person } from './company'

const isWrite = ({ method, path }: LoggedRequest): boolean =>
  method !== 'GET' && !/\/\$batch$|oauth2-token|\/_control\//.test(path)

export interface Writes {
  readonly graph: readonly LoggedRequest[]
  readonly oro: readonly LoggedRequest[]
}

/** What was written to both sides while `work` went on; Graph's only in the person's mailbox. */
export async function writesOf(
  company: Company,
  person: Person,
  work: () => unknown,
): Promise<Writes> {
  const from = { graph: company.graph.log.length, oro: company.oro.log.length }
  await work()
  return {
    graph: company.graph.log
      .slice(from.graph)
      .filter((line) => isWrite(line) && line.principal === person.upn),
    oro: company.oro.log.slice(from.oro).filter(isWrite),
  }
}

/** Method and path without host, query and version root, one text per write. */
export const named = (lines: readonly LoggedRequest[]): string[] =>
  lines.map(({ method, path }) => `${method} ${path.split('?', 1)[0] ?? ''}`)

export const bodies = (lines: readonly LoggedRequest[]): Record<string, unknown>[] =>
  lines.map((line) => line.body as Record<string, unknown>)

/** The only one: anything else is a failure of the test. */
export function only<T>(items: readonly T[]): T {
  const [item, ...more] = items
  if (item === undefined || more.length > 0)
    throw new Error(`Expected one, found ${String(items.length)}`)
  return item
}

/** The only event in the person's Outlook. */
export const outlookEvent = (company: Company, person: Person) =>
  only(company.graph.state(person.upn).events)

/** The only row in the person's Oro calendar. */
export const oroRow = (company: Company, person: Person) =>
  only(company.oro.eventRows(person.calendarId))

export const problemsOf = async (
  company: Company,
  person: Person,
): Promise<Record<string, unknown>[]> => {
  const { body } = await company.call('GET', `${person.path}/problems`)
  return (body as { items: Record<string, unknown>[] }).items
}

export const historyOf = async (
  company: Company,
  person: Person,
): Promise<Record<string, unknown>[]> => {
  const { body } = await company.call('GET', `${person.path}/history`)
  return (body as { items: Record<string, unknown>[] }).items
}

export const countsOf = async (company: Company, person: Person): Promise<Record<string, number>> =>
  ((await company.status(person)) as { kinds: { calendar: { counts: Record<string, number> } } })
    .kinds.calendar.counts

/** A connected person whose calendar alone is synced, under these settings. */
export const colleague = (company: Company, calendar: object = {}): Promise<Person> =>
  company.connected({ calendar: { enabled: true, ...calendar }, tasks: { enabled: false } })
