import type { Application, Calendar, Organization, SystemCalendar, TaskRow, User } from './model'
import { instant, seedEvent, type Instant, type SeedEvent } from './seed-event'
import { fullName, type World } from './state'

export interface SeedTask extends Partial<Omit<TaskRow, 'dueDate' | 'createdAt' | 'updatedAt'>> {
  subject: string
  ownerId: number
  dueDate?: Instant | null
  createdAt?: Instant
  updatedAt?: Instant
}

export interface SeedUser extends Partial<Omit<User, 'createdAt' | 'updatedAt'>> {
  email: string
  createdAt?: Instant
  updatedAt?: Instant
}

/** A piece of an Oro installation; every part may be left out. */
export interface SeedWorld {
  organizations?: (Partial<Organization> & { id: number })[]
  applications?: (Pick<Application, 'clientId' | 'clientSecret' | 'organizationId' | 'userId'> &
    Partial<Application>)[]
  users?: SeedUser[]
  /** A user's default calendar comes with the user; these are further ones, or their details. */
  calendars?: (Partial<Calendar> & { id: number; ownerId?: number })[]
  systemCalendars?: (Partial<SystemCalendar> & { id: number; name: string })[]
  events?: SeedEvent[]
  tasks?: SeedTask[]
}

export interface Seeded {
  users: User[]
  events: number[]
  tasks: number[]
}

export function seedWorld(world: World, seed: SeedWorld): Seeded {
  for (const organization of seed.organizations ?? []) seedOrganization(world, organization)
  const users = (seed.users ?? []).map((user) => seedUser(world, user))
  for (const application of seed.applications ?? [])
    world.applications.set(application.clientId, { active: true, oldApi: true, ...application })
  for (const calendar of seed.calendars ?? []) seedCalendar(world, calendar)
  for (const calendar of seed.systemCalendars ?? []) {
    world.reserveId('systemCalendar', calendar.id)
    const defaults = { organizationId: 1, backgroundColor: null }
    world.systemCalendars.set(calendar.id, { ...defaults, ...calendar })
  }
  const events = (seed.events ?? []).map((event) => seedEvent(world, event))
  const tasks = (seed.tasks ?? []).map((task) => seedTask(world, task))
  return { users, events, tasks }
}

function seedOrganization(world: World, given: Partial<Organization> & { id: number }): void {
  const old = world.organizations.get(given.id)
  const defaults = {
    name: `Organization ${String(given.id)}`,
    apiEnabled: true,
    configurationReadable: true,
  }
  world.organizations.set(given.id, { ...defaults, ...old, ...given })
}

function seedUser(world: World, given: SeedUser): User {
  const id = given.id ?? world.nextId('user')
  world.reserveId('user', id)
  const organizationId = given.organizationId ?? 1
  if (!world.organizations.has(organizationId)) seedOrganization(world, { id: organizationId })
  const calendarId = given.calendarId ?? world.nextId('calendar')
  const user: User = {
    username: given.email.split('@')[0] ?? given.email,
    firstName: 'User',
    lastName: String(id),
    enabled: true,
    emails: [],
    externalId: null,
    timeZone: 'UTC',
    ...given,
    id,
    organizationId,
    calendarId,
    createdAt: instant(given.createdAt ?? world.now()),
    updatedAt: instant(given.updatedAt ?? given.createdAt ?? world.now()),
  }
  world.users.set(id, user)
  seedCalendar(world, { id: calendarId, ownerId: id, organizationId, name: fullName(user) })
  return user
}

function seedCalendar(world: World, given: Partial<Calendar> & { id: number }): void {
  world.reserveId('calendar', given.id)
  const old = world.calendars.get(given.id)
  const owner = world.users.get(given.ownerId ?? old?.ownerId ?? 0)
  if (!owner) throw new Error(`calendar ${String(given.id)}: unknown owner`)
  const defaults = {
    name: fullName(owner),
    connectionId: given.connectionId ?? old?.connectionId ?? world.nextId('connection'),
    connected: [],
  }
  world.reserveId('connection', defaults.connectionId)
  const { organizationId } = owner
  world.calendars.set(given.id, {
    ...defaults,
    ownerId: owner.id,
    organizationId,
    ...old,
    ...given,
  })
}

function seedTask(world: World, given: SeedTask): number {
  const id = given.id ?? world.nextId('task')
  world.reserveId('task', id)
  const createdAt = instant(given.createdAt ?? world.now())
  const owner = world.users.get(given.ownerId)
  const workflowItemId =
    given.workflowItemId === undefined
      ? world.workflow.active
        ? world.nextId('workflowItem')
        : null
      : given.workflowItemId
  if (workflowItemId !== null) world.reserveId('workflowItem', workflowItemId)
  world.tasks.set(id, {
    organizationId: owner?.organizationId ?? 1,
    createdById: given.ownerId,
    description: null,
    status: 'open',
    taskPriority: 'normal',
    reminders: [],
    activityTargets: [],
    ...given,
    id,
    dueDate: given.dueDate == null ? null : instant(given.dueDate),
    createdAt,
    updatedAt: instant(given.updatedAt ?? createdAt),
    workflowItemId,
  })
  return id
}
