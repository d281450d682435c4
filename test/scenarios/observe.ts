import { setTimeout as turn } from 'node:timers/promises'
import type { LoggedRequest } from '../../local/stand-in/server'
import type { Company, Person } from './company'

/** Hours after the company's first morning, as an RFC 3339 text. */
export const at = (hours: number): string =>
  new Date(Date.parse('2026-09-08T09:00:00Z') + hours * 3_600_000)
    .toISOString()
    .replace('.000Z', 'Z')

/** An appointment of one hour as a user enters it in Outlook. */
export const appointment = (subject: string, hours = 0): Record<string, unknown> => ({
  subject,
  start: { dateTime: at(hours).slice(0, 19), timeZone: 'UTC' },
  end: { dateTime: at(hours + 1).slice(0, 19), timeZone: 'UTC' },
})

/** A connected person whose calendar alone is synced; `calendar` = further settings of it. */
export const connected = (
  company: Company,
  calendar: object = {},
  others: object = {},
): Promise<Person> =>
  company.connected({
    calendar: { enabled: true, ...calendar },
    tasks: { enabled: false },
    ...others,
  })

/** The same as a user enters it in Oro; answers its id. */
export const inOro = (company: Company, person: Person, title: string, hours = 0): number =>
  company.oro.events.create({
    calendarId: person.calendarId,
    title,
    start: at(hours),
    end: at(hours + 1),
  })

export const inOutlook = (company: Company, person: Person, subject: string, hours = 0): string =>
  company.graph.createEvent(person.upn, appointment(subject, hours))

/** Calls within a minute join the same run. */
export async function syncLater(company: Company, person: Person, body: object = {}) {
  await company.advance('PT61S')
  return company.sync(person, { kind: 'calendar', ...body })
}

export const titlesInOro = (company: Company, person: Person): string[] =>
  company.oro
    .eventRows(person.calendarId)
    .map((row) => row.title)
    .sort()

export const subjectsInOutlook = (company: Company, person: Person): string[] =>
  company.graph
    .state(person.upn)
    .events.map((event) => String(event['subject']))
    .sort()

const isWrite = ({ method, path }: LoggedRequest): boolean =>
  method !== 'GET' && !/\/\$batch$|oauth2-token|\/_control\//.test(path)

/** What the stand-ins have been asked from here on. */
export function watch({ graph, oro, entra }: Company, person?: Person) {
  const from = { graph: graph.log.length, oro: oro.log.length, entra: entra.server.log.length }
  const own = (line: LoggedRequest): boolean => !person || line.principal === person.upn
  const calls = {
    graph: () => graph.log.slice(from.graph).filter(own),
    oro: () => oro.log.slice(from.oro).filter((line) => !/\/audits|oauth2-token/.test(line.path)),
    feed: () => oro.log.slice(from.oro).filter((line) => line.path.includes('/audits')),
    tokens: () =>
      entra.server.log.slice(from.entra).filter((line) => line.path.includes('/oauth2/v2.0/token')),
  }
  return {
    ...calls,
    graphWrites: () =>
      calls
        .graph()
        .filter(isWrite)
        .map((line) => line.method),
    oroWrites: () =>
      calls
        .oro()
        .filter(isWrite)
        .map((line) => line.method),
  }
}

/** A second run must find nothing to do, and nobody may have been addressed wrongly. */
export async function expectSettled(company: Company, person: Person): Promise<void> {
  const seen = watch(company, person)
  await syncLater(company, person)
  expect(seen.graphWrites()).toEqual([])
  expect(seen.oroWrites()).toEqual([])
  expect(company.oro.violations()).toEqual([])
  expect(company.graph.violations()).toEqual([])
}

/** Both sides show the same titles, each once. */
export function expectSame(company: Company, person: Person, titles: string[]): void {
  expect(titlesInOro(company, person)).toEqual([...titles].sort())
  expect(subjectsInOutlook(company, person)).toEqual([...titles].sort())
}

/** Every planned fault was met: a test of a fault that did not happen proves nothing. */
export function expectUsedUp({ graph, oro, platform }: Company): void {
  expect([
    ...graph.faults.list(),
    ...oro.faults.list(),
    ...(platform.storage?.faults.list() ?? []),
    ...platform.broker.faults.list(),
  ]).toEqual([])
}

/** Waits for what happens beside the calls of a test, at most ten seconds. */
export async function until(happened: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + 10_000
  while (!(await happened())) {
    if (performance.now() > end) throw new Error('It did not happen.')
    await turn(5)
  }
}
