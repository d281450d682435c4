import { notFound } from './errors'
import type { Ids } from './ids'
import type { Calendar, Cause, Json, LogEntry, Mail, Mailbox, StoredEvent } from './model'
import type { SwitchBoard } from './switches'

/** A change of an item, for whoever notifies (subscriptions) or counts. */
export interface Change {
  mailbox: Mailbox
  resource: 'event' | 'todoTask' | 'todoTaskList'
  changeType: 'created' | 'updated' | 'deleted'
  id: { immutableId: string; movableId: string }
  cause: Cause
  /** The list of a task. */
  listId?: string
}

/** Something Graph tolerates and the contract forbids. */
export interface Violation {
  at: string
  mailbox: string | null
  method: string
  path: string
  rule: string
  detail: string
}

/** Everything the stand-in holds, shared by its parts. */
export interface World {
  now: () => number
  ids: Ids
  switches: SwitchBoard
  mailboxes: Map<string, Mailbox>
  /** By lower-cased address. */
  byAddress: Map<string, Mailbox>
  mails: Mail[]
  violations: Violation[]
  listeners: ((change: Change) => void)[]
  /** Source of the events' keys. */
  lastKey: number
}

export interface MailboxSeed {
  userId?: string
  userPrincipalName: string
  displayName?: string
  tenantId?: string
  /** As `mailboxSettings.timeZone` answers it: usually a Windows name. */
  timeZone?: string
}

export function createWorld(now: () => number, ids: Ids, switches: SwitchBoard): World {
  return {
    now,
    ids,
    switches,
    mailboxes: new Map(),
    byAddress: new Map(),
    mails: [],
    violations: [],
    listeners: [],
    lastKey: 0,
  }
}

export function addMailbox(world: World, seed: MailboxSeed): Mailbox {
  const calendars = new Map<string, Calendar>()
  const mailbox: Mailbox = {
    userId: seed.userId ?? world.ids.guid(),
    userPrincipalName: seed.userPrincipalName,
    displayName: seed.displayName ?? seed.userPrincipalName.split('@')[0] ?? '',
    tenantId: seed.tenantId ?? '00000000-0000-4000-a000-000000000001',
    timeZone: seed.timeZone ?? 'UTC',
    calendars,
    defaultCalendar: undefined as unknown as Calendar,
    categories: [],
    events: new Map(),
    byId: new Map(),
    byICalUId: new Map(),
    byProperty: new Map(),
    transactions: new Map(),
    seq: 0,
    userChanges: 0,
    syncGeneration: 1,
    pendingTouches: new Set(),
  }
  mailbox.defaultCalendar = addCalendar(world, mailbox, { name: 'Calendar' }, true)
  for (const [index, displayName] of ['Red category', 'Blue category'].entries()) {
    mailbox.categories.push({ id: world.ids.guid(), displayName, color: `preset${String(index)}` })
  }
  world.mailboxes.set(mailbox.userId, mailbox)
  world.byAddress.set(mailbox.userPrincipalName.toLowerCase(), mailbox)
  return mailbox
}

/** By user id or address. */
export function findMailbox(world: World, name: string): Mailbox | undefined {
  return world.mailboxes.get(name) ?? world.byAddress.get(name.toLowerCase())
}

export function addCalendar(
  world: World,
  mailbox: Mailbox,
  data: Json,
  isDefault = false,
): Calendar {
  const id = world.ids.containerId()
  const calendar: Calendar = {
    id,
    isDefault,
    events: new Set(),
    log: [],
    data: {
      name: 'Calendar',
      color: 'auto',
      hexColor: '',
      isDefaultCalendar: isDefault,
      changeKey: world.ids.containerId().slice(-12),
      canShare: true,
      canViewPrivateItems: true,
      canEdit: true,
      isTallyingResponses: isDefault,
      isRemovable: !isDefault,
      allowedOnlineMeetingProviders: ['teamsForBusiness'],
      defaultOnlineMeetingProvider: 'teamsForBusiness',
      owner: { name: mailbox.displayName, address: mailbox.userPrincipalName },
      ...data,
    },
  }
  mailbox.calendars.set(id, calendar)
  return calendar
}

/** A line in the calendar's change log: delta rounds will tell. */
export function record(
  world: World,
  mailbox: Mailbox,
  event: StoredEvent,
  kind: LogEntry['kind'],
  before: LogEntry['before'],
  cause: Cause,
  calendar = event.calendar,
): void {
  mailbox.seq += 1
  const ids = { immutableId: event.immutableId, movableId: event.movableId }
  calendar.log.push({ seq: mailbox.seq, event, kind, before, ids })
  const changeType = kind === 'created' ? 'created' : kind === 'gone' ? 'deleted' : 'updated'
  announce(world, { mailbox, resource: 'event', changeType, id: ids, cause })
}

/** Counts a user's edit and tells the listeners. */
export function announce(world: World, change: Change): void {
  if (change.cause === 'user') change.mailbox.userChanges += 1
  for (const listen of world.listeners) listen(change)
}

/** A key that no event of this stand-in has. */
export function nextKey(world: World): number {
  world.lastKey += 1
  return world.lastKey
}

/** Marks a write: new change key, new modification time. */
export function bump(world: World, event: StoredEvent): void {
  event.version += 1
  event.modifiedMs = world.now()
}

export function index(mailbox: Mailbox, event: StoredEvent): void {
  mailbox.events.set(event.key, event)
  mailbox.byId.set(event.immutableId, event)
  mailbox.byId.set(event.movableId, event)
  event.calendar.events.add(event)
  const iCalUId = event.data['iCalUId']
  if (typeof iCalUId === 'string' && event.exceptionOf === null) {
    mailbox.byICalUId.set(iCalUId, event)
  }
  for (const [id, value] of event.properties) indexProperty(mailbox, event, id, value)
}

const propertyKey = (id: string, value: string): string => `${id}\n${value.toLowerCase()}`

function indexProperty(mailbox: Mailbox, event: StoredEvent, id: string, value: string): void {
  const key = propertyKey(id, value)
  const set = mailbox.byProperty.get(key)
  if (set === undefined) mailbox.byProperty.set(key, new Set([event]))
  else set.add(event)
}

export function setProperty(mailbox: Mailbox, event: StoredEvent, id: string, value: string): void {
  const old = event.properties.get(id)
  if (old !== undefined) mailbox.byProperty.get(propertyKey(id, old))?.delete(event)
  event.properties.set(id, value)
  indexProperty(mailbox, event, id, value)
}

/** Events with that extended property; the name is case-sensitive, the value is not (contract section 8). */
export function findByProperty(mailbox: Mailbox, id: string, value: string): StoredEvent[] {
  return [...(mailbox.byProperty.get(propertyKey(id, value)) ?? [])]
}

export function calendarOf(mailbox: Mailbox, id: string): Calendar {
  const calendar = mailbox.calendars.get(id)
  if (calendar === undefined) throw notFound()
  return calendar
}

/** To Deleted Items; `purge` leaves nothing. The dates of a series go with their master. */
export function removeEvent(
  world: World,
  mailbox: Mailbox,
  event: StoredEvent,
  cause: Cause,
  purge = false,
): void {
  if (event.series !== null) {
    for (const exception of event.series.exceptions.values()) {
      if (!exception.deleted) removeEvent(world, mailbox, exception, cause, purge)
    }
  }
  const was = { startMs: event.start.ms, endMs: event.end.ms }
  const wasDeleted = event.deleted
  event.deleted = true
  event.calendar.events.delete(event)
  mailbox.pendingTouches.delete(event)
  if (!wasDeleted) record(world, mailbox, event, 'gone', was, cause)
  if (!purge) return
  mailbox.events.delete(event.key)
  mailbox.byId.delete(event.immutableId)
  mailbox.byId.delete(event.movableId)
  for (const [id, value] of event.properties) {
    mailbox.byProperty.get(propertyKey(id, value))?.delete(event)
  }
}
