import type { Json } from '../graph/model'
import type { EventRow } from '../oro/model'
import type { StandIns } from '../platform'
import { PEOPLE, type Person } from './people'
import { latestRequests, type ShownRequest } from './request-view'
import { viewTasks, type ShownTask } from './task-view'

/** One event in either calendar as the page shows it. Times are RFC 3339 UTC; of all-day events the dates count. */
export interface ShownEvent {
  readonly id: string
  readonly title: string
  readonly start: string
  readonly end: string
  /** Why it looks the way it does: `all-day`, `series`, `private`, `meeting`, `online`. */
  readonly marks: readonly string[]
}

export interface CompanyView {
  readonly people: readonly { accountId: string; name: string; organizationId: number }[]
  readonly person: { accountId: string; name: string; zone: string; email: string; upn: string }
  readonly oro: readonly ShownEvent[]
  readonly outlook: readonly ShownEvent[]
  readonly tasks: { readonly oro: readonly ShownTask[]; readonly outlook: readonly ShownTask[] }
  readonly requests: readonly ShownRequest[]
}

function oroEvent(row: EventRow): ShownEvent {
  const marks = [
    ...(row.allDay ? ['all-day'] : []),
    ...(row.recurrence || row.recurringEventId !== null ? ['series'] : []),
    ...(row.attendees.length > 0 ? ['meeting'] : []),
  ]
  return {
    id: String(row.id),
    title: row.title,
    start: new Date(row.start).toISOString(),
    end: new Date(row.end).toISOString(),
    marks,
  }
}

function outlookEvent(event: Json): ShownEvent {
  const at = (name: string): string => {
    const { dateTime } = event[name] as { dateTime: string }
    return `${dateTime.slice(0, 19)}Z`
  }
  const attendees = event['attendees'] as readonly unknown[] | undefined
  const marks = [
    ...(event['isAllDay'] === true ? ['all-day'] : []),
    ...(event['type'] === 'seriesMaster' || event['type'] === 'exception' ? ['series'] : []),
    ...(event['sensitivity'] === 'private' ? ['private'] : []),
    ...(event['isOnlineMeeting'] === true ? ['online'] : []),
    ...((attendees?.length ?? 0) > 0 ? ['meeting'] : []),
  ]
  return {
    id: String(event['id']),
    title: String(event['subject'] ?? ''),
    start: at('start'),
    end: at('end'),
    marks,
  }
}

const byStart = (a: ShownEvent, b: ShownEvent): number =>
  a.start.localeCompare(b.start) || a.title.localeCompare(b.title)

/** The user of that account id; the first one when nobody is named. */
export const personOf = (accountId: string | null): Person | undefined =>
  accountId === null ? PEOPLE[0] : PEOPLE.find((person) => person.accountId === accountId)

/** What calendars and task lists of one user hold now on both sides, and what was asked lately. */
export function viewCompany(standIns: StandIns, person: Person): CompanyView {
  const { accountId, name, zone, email, upn } = person
  return {
    people: PEOPLE.map((one) => ({
      accountId: one.accountId,
      name: one.name,
      organizationId: one.organizationId,
    })),
    person: { accountId, name, zone, email, upn },
    oro: standIns.oro.eventRows(person.calendarId).map(oroEvent).sort(byStart),
    outlook: standIns.graph.state(upn).events.map(outlookEvent).sort(byStart),
    tasks: viewTasks(standIns, person),
    requests: latestRequests(standIns),
  }
}
