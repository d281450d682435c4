import { GraphError, notFound } from './errors'
import { deleteEvent, moveEvent, touchEvent } from './actions'
import { createEvent, updateEvent } from './events'
import { seedEvent } from './seeding'
import type { Calendar, Json, Mail, Mailbox, StoredEvent } from './model'
import { cancelOccurrence, changeOccurrence } from './occurrences'
import { showCalendar, showEvent } from './render'
import { checkedBody } from './schema'
import { occurrenceAt } from './series'
import type { Switches } from './switches'
import {
  addCalendar,
  addMailbox,
  findMailbox,
  type Change,
  type MailboxSeed,
  type Violation,
  type World,
} from './world'

/** How a mailbox is named: user id or address. */
export type MailboxName = string

/** What is in a mailbox now, with everything that the API hides. */
export interface MailboxState {
  userId: string
  userPrincipalName: string
  displayName: string
  tenantId: string
  timeZone: string
  calendars: Json[]
  /** Immutable ids, UTC; `calendarId` and `extendedProperties` added. */
  events: Json[]
  deletedItems: Json[]
}

/** Everything that can be done and seen past the API; ids are immutable ones unless named otherwise. */
export interface UserEdits {
  addMailbox(seed: MailboxSeed): { userId: string; defaultCalendarId: string }
  /** Stores raw Graph events without side effects; answers their immutable ids. */
  seedEvents(mailbox: MailboxName, events: Json[], calendarId?: string): string[]
  createEvent(mailbox: MailboxName, event: Json, calendarId?: string): string
  updateEvent(mailbox: MailboxName, id: string, changes: Json): void
  /** To Deleted Items; `purge` leaves nothing. */
  deleteEvent(mailbox: MailboxName, id: string, purge?: boolean): void
  /** One date of a series, named by its place `yyyy-MM-dd`; answers the id of the exception. */
  updateOccurrence(mailbox: MailboxName, masterId: string, date: string, changes: Json): string
  deleteOccurrence(mailbox: MailboxName, masterId: string, date: string): void
  moveEvent(mailbox: MailboxName, id: string, calendarId: string): void
  /** New change key, etag and modification time, content unchanged (G-27). */
  touch(mailbox: MailboxName, ids?: string[]): void
  createCalendar(mailbox: MailboxName, name: string): string
  deleteCalendar(mailbox: MailboxName, calendarId: string): void
  /** Everything in the default calendar to Deleted Items. */
  emptyDefaultCalendar(mailbox: MailboxName): void
  setTimeZone(mailbox: MailboxName, timeZone: string): void
  /** Makes every delta link of the mailbox stale (G-15). */
  loseSyncState(mailbox: MailboxName): void
  state(mailbox: MailboxName): MailboxState
  mailboxes(): string[]
  mails(mailbox?: MailboxName): Mail[]
  clearMails(): void
  violations(): Violation[]
  clearViolations(): void
  /** User-side edits so far, by address. */
  changes(): Record<string, number>
  /** Mailbox `*` = the default of all; `times` = for the next N uses. */
  setSwitch<Name extends keyof Switches>(
    mailbox: MailboxName,
    name: Name,
    value: Switches[Name],
    times?: number,
  ): void
  switches(mailbox: MailboxName): Switches
  resetSwitches(mailbox?: MailboxName): void
  /** Told of every change, the API's and the user's. */
  onChange(listener: (change: Change) => void): void
}

const PLAIN = {
  immutableIds: true,
  zone: { iana: 'UTC', name: 'UTC' },
  textBody: false,
  maxPageSize: undefined,
  applied: [],
}

export function createUserEdits(world: World): UserEdits {
  const box = (name: MailboxName): Mailbox => {
    const mailbox = findMailbox(world, name)
    if (mailbox === undefined) throw new GraphError(404, 'NoSuchMailbox', `no mailbox '${name}'`)
    return mailbox
  }
  const found = (mailbox: Mailbox, id: string): StoredEvent => {
    const event = mailbox.byId.get(id)
    if (event === undefined) throw notFound()
    return event
  }
  const folder = (mailbox: Mailbox, id: string | undefined): Calendar => {
    const calendar = id === undefined ? mailbox.defaultCalendar : mailbox.calendars.get(id)
    if (calendar === undefined) throw notFound()
    return calendar
  }
  const switchKey = (name: MailboxName): string => (name === '*' ? '*' : box(name).userId)
  const everything = (event: StoredEvent): Json => ({
    ...showEvent(event, PLAIN),
    calendarId: event.calendar.id,
    extendedProperties: Object.fromEntries(event.properties),
  })
  return {
    addMailbox(seed) {
      const mailbox = addMailbox(world, seed)
      return { userId: mailbox.userId, defaultCalendarId: mailbox.defaultCalendar.id }
    },
    seedEvents(name, events, calendarId) {
      const mailbox = box(name)
      const calendar = folder(mailbox, calendarId)
      return events.map((event) => seedEvent(world, mailbox, calendar, event).immutableId)
    },
    createEvent(name, event, calendarId) {
      const mailbox = box(name)
      const given = checkedBody('microsoft.graph.event', structuredClone(event))
      return createEvent(world, mailbox, folder(mailbox, calendarId), given, 'user').immutableId
    },
    updateEvent(name, id, changes) {
      const mailbox = box(name)
      const given = checkedBody('microsoft.graph.event', structuredClone(changes))
      updateEvent(world, mailbox, found(mailbox, id), given, 'user')
    },
    deleteEvent(name, id, purge) {
      const mailbox = box(name)
      deleteEvent(world, mailbox, found(mailbox, id), 'user', purge === true ? { purge } : {})
    },
    updateOccurrence(name, masterId, date, changes) {
      const mailbox = box(name)
      const master = found(mailbox, masterId)
      const given = checkedBody('microsoft.graph.event', structuredClone(changes))
      const exception = master.series?.exceptions.get(date)
      if (exception !== undefined) {
        updateEvent(world, mailbox, exception, given, 'user')
        return exception.immutableId
      }
      const occurrence = occurrenceAt(master, date)
      if (occurrence === undefined) throw notFound()
      return changeOccurrence(world, mailbox, master, occurrence, given, 'user').immutableId
    },
    deleteOccurrence(name, masterId, date) {
      const mailbox = box(name)
      const master = found(mailbox, masterId)
      const isThere = master.series?.exceptions.has(date) ?? false
      if (!isThere && occurrenceAt(master, date) === undefined) throw notFound()
      cancelOccurrence(world, mailbox, master, date, 'user')
    },
    moveEvent(name, id, calendarId) {
      const mailbox = box(name)
      moveEvent(world, mailbox, found(mailbox, id), folder(mailbox, calendarId), 'user')
    },
    touch(name, ids) {
      const mailbox = box(name)
      const events = ids?.map((id) => found(mailbox, id)) ?? [...mailbox.defaultCalendar.events]
      for (const event of events) touchEvent(world, mailbox, event, 'user')
    },
    createCalendar: (name, title) => addCalendar(world, box(name), { name: title }).id,
    deleteCalendar(name, calendarId) {
      const mailbox = box(name)
      const calendar = folder(mailbox, calendarId)
      for (const event of [...calendar.events]) deleteEvent(world, mailbox, event, 'user')
      mailbox.calendars.delete(calendarId)
      mailbox.userChanges += 1
    },
    emptyDefaultCalendar(name) {
      const mailbox = box(name)
      for (const event of [...mailbox.defaultCalendar.events]) {
        deleteEvent(world, mailbox, event, 'user')
      }
    },
    setTimeZone(name, timeZone) {
      box(name).timeZone = timeZone
    },
    loseSyncState(name) {
      box(name).syncGeneration += 1
    },
    state(name) {
      const mailbox = box(name)
      const events = [...mailbox.events.values()]
      return {
        userId: mailbox.userId,
        userPrincipalName: mailbox.userPrincipalName,
        displayName: mailbox.displayName,
        tenantId: mailbox.tenantId,
        timeZone: mailbox.timeZone,
        calendars: [...mailbox.calendars.values()].map(showCalendar),
        events: events.filter((event) => !event.deleted).map(everything),
        deletedItems: events.filter((event) => event.deleted).map(everything),
      }
    },
    mailboxes: () => [...world.mailboxes.values()].map((mailbox) => mailbox.userPrincipalName),
    mails(name) {
      if (name === undefined) return world.mails
      const address = box(name).userPrincipalName
      return world.mails.filter((mail) => mail.mailbox === address)
    },
    clearMails() {
      world.mails.length = 0
    },
    violations: () => world.violations,
    clearViolations() {
      world.violations.length = 0
    },
    changes: () =>
      Object.fromEntries(
        [...world.mailboxes.values()].map((one) => [one.userPrincipalName, one.userChanges]),
      ),
    setSwitch(name, key, value, times) {
      world.switches.set(switchKey(name), key, value, times)
    },
    switches: (name) => world.switches.show(switchKey(name)),
    resetSwitches(name) {
      world.switches.reset(name === undefined ? undefined : switchKey(name))
    },
    onChange(listener) {
      world.listeners.push(listener)
    },
  }
}
