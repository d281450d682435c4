import { createAudits, type Audits } from './audits'
import { createEventStore, type EventStore } from './events/store'
import { createMails, type Mails } from './mails'
import type { Application, Calendar, Organization, SystemCalendar, TaskRow, User } from './model'
import { createRandom } from './random'
import { wholeSecond } from './time'

export interface ChangeCount {
  created: number
  updated: number
  deleted: number
}

/** Everything one stand-in knows. */
export interface World {
  now(): number
  /** Now as Oro stores it: whole seconds. */
  second(): number
  random(): number
  nextId(table: IdTable): number
  /** Makes sure that ids given by a seed are not handed out again. */
  reserveId(table: IdTable, id: number): void
  organizations: Map<number, Organization>
  applications: Map<string, Application>
  users: Map<number, User>
  calendars: Map<number, Calendar>
  systemCalendars: Map<number, SystemCalendar>
  events: EventStore
  tasks: Map<number, TaskRow>
  audits: Audits
  mails: Mails
  workflow: { active: boolean; refused: string[] }
  /** Stored changes by who made them: `api` = through the API, `user` = in Oro's own pages. */
  changes: Record<'api' | 'user', { events: ChangeCount; tasks: ChangeCount }>
}

export type IdTable =
  | 'organization'
  | 'user'
  | 'calendar'
  | 'systemCalendar'
  | 'connection'
  | 'event'
  | 'recurrence'
  | 'task'
  | 'workflowItem'

export function createWorld(now: () => number, seed: number): World {
  const random = createRandom(seed)
  const ids = new Map<IdTable, number>()
  const second = (): number => wholeSecond(now())
  const count = (): ChangeCount => ({ created: 0, updated: 0, deleted: 0 })
  const organizations = new Map<number, Organization>()
  const users = new Map<number, User>()
  return {
    now,
    second,
    random,
    nextId(table) {
      const id = (ids.get(table) ?? 0) + 1
      ids.set(table, id)
      return id
    },
    reserveId(table, id) {
      ids.set(table, Math.max(ids.get(table) ?? 0, id))
    },
    organizations,
    applications: new Map(),
    users,
    calendars: new Map(),
    systemCalendars: new Map(),
    events: createEventStore(),
    tasks: new Map(),
    audits: createAudits({ now, random }),
    mails: createMails(now),
    workflow: { active: true, refused: [] },
    changes: {
      api: { events: count(), tasks: count() },
      user: { events: count(), tasks: count() },
    },
  }
}

export const fullName = (user: User): string => `${user.firstName} ${user.lastName}`.trim()

/** The owner of the calendar that the event lies in. */
export function calendarOwner(world: World, calendarId: number | null): User | undefined {
  const calendar = calendarId === null ? undefined : world.calendars.get(calendarId)
  return calendar ? world.users.get(calendar.ownerId) : undefined
}

/** The organization of a calendar's owner; undefined = no user calendar. */
export const organizationOfCalendar = (
  world: World,
  calendarId: number | null,
): number | undefined =>
  calendarId === null ? undefined : world.calendars.get(calendarId)?.organizationId

/** A user by any of the addresses, upper and lower case alike. */
export function userByEmail(
  world: World,
  organizationId: number | undefined,
  email: string,
): User | undefined {
  const wanted = email.toLowerCase()
  for (const user of world.users.values()) {
    if (user.organizationId !== organizationId) continue
    if ([user.email, ...user.emails].some((own) => own.toLowerCase() === wanted)) return user
  }
  return undefined
}
