import { EVENT_FIELDS } from '../core/event-fields'
import { TASK_FIELDS } from '../core/task-fields'
import type { FieldRule } from '../core/fields'
import { createOperation } from '../core/decide'
import type { Json, Kind, Link, Operation, Reading, Side, Span } from '../core/model'
import type { GuessKey } from '../core/newcomers'
import { taskPolicy, type Policy } from '../core/policy'
import type { Connection } from '../ports/connections'
import type { SidePort } from '../ports/side'
import type { AccountContext, Microsoft, Oro } from '../ports/systems'
import type { Settings } from '../settings/schema'

/** What differs between events and tasks for the engine; everything else exists once. */
export interface KindRules {
  readonly fields: readonly FieldRule[]
  /** What two people would call the same item; null = no guess. */
  guess(policy: Policy): GuessKey
  policy(settings: Settings, zone: string): Policy
  /** Is it over for so long that nobody wants a copy of it now (sync-rules 11)? */
  bygone(reading: Reading, window: Span): boolean
  /** Which linked items the brake's percentage counts (P5); null = all. */
  readonly counts: ((link: Link) => boolean) | null
  /** Everything a living item says, written for the side that lost it. */
  createFrom(reading: Reading, policy: Policy): Operation
  /** The calendar, list or owner that new items go to; empty = the adapter's default. */
  home(connection: Connection, side: Side): string
  /** Days around now that are synced, RFC 3339 UTC. */
  window(settings: Settings, now: number): Span
  sides(
    systems: { microsoft: Microsoft; oro: Oro },
    context: AccountContext,
  ): { microsoft: SidePort; oro: SidePort }
}

const DAY_MS = 86_400_000

const days = (now: number, back: number, ahead: number): Span => {
  const today = Math.floor(now / DAY_MS) * DAY_MS
  return {
    start: new Date(today - back * DAY_MS).toISOString().replace('.000Z', 'Z'),
    end: new Date(today + (ahead + 1) * DAY_MS).toISOString().replace('.000Z', 'Z'),
  }
}

const text = (value: Json | undefined): string => (typeof value === 'string' ? value : '')

/** Title, start and end: what two people would call the same appointment. */
const sameAppointment: GuessKey = (reading: Reading) => {
  const title = text(reading.fields['title'])
  if (title === '' || !reading.span || reading.unmappable || reading.private) return null
  return JSON.stringify([title, reading.span.start, reading.span.end])
}

const calendar: KindRules = {
  fields: EVENT_FIELDS,
  bygone: () => false,
  counts: null,
  createFrom: (reading, policy) => createOperation(reading, EVENT_FIELDS, policy, 're-created'),
  guess: () => sameAppointment,
  policy: ({ calendar: own }, zone) => ({ ...own, kind: 'calendar', checklist: 'off', zone }),
  home: ({ oro, microsoft }, side) =>
    (side === 'oro' ? oro.calendarId : microsoft?.calendarId) ?? '',
  window: ({ calendar: own }, now) => days(now, own.daysBack, own.daysAhead),
  sides: ({ microsoft, oro }, context) => ({
    microsoft: microsoft.calendar(context),
    oro: oro.calendar(context),
  }),
}

const dueRule = TASK_FIELDS.find((rule) => rule.name === 'due')

/** Subject, due date and completion, in To Do's words. */
const sameTask =
  (policy: Policy): GuessKey =>
  (reading) => {
    const subject = text(reading.fields['subject'])
    if (subject === '' || reading.unmappable) return null
    const said = reading.fields['due'] ?? null
    const due =
      reading.side === 'oro' ? dueRule?.toMicrosoft(said, { policy, masked: false }) : said
    return JSON.stringify([subject, due ?? null, isClosed(reading.fields['status'])])
  }

const isClosed = (status: Json | undefined): boolean =>
  ['closed', 'completed'].includes(text(status))

const tasks: KindRules = {
  fields: TASK_FIELDS,
  // Neither side tells when a task was completed; its last change is what comes nearest (G-41).
  bygone: ({ fields, modifiedAt }, window) =>
    isClosed(fields['status']) && modifiedAt < window.start,
  counts: ({ base }) => !isClosed(base['status']?.oro),
  createFrom: (reading, policy) => createOperation(reading, TASK_FIELDS, policy, 're-created'),
  guess: sameTask,
  policy: ({ tasks: own }, zone) => taskPolicy(own, zone),
  home: ({ account }, side) => (side === 'oro' ? String(account.userId) : ''),
  window: ({ calendar: own }, now) => days(now, own.daysBack, own.daysAhead),
  sides: ({ microsoft, oro }, context) => ({
    microsoft: microsoft.tasks(context),
    oro: oro.tasks(context),
  }),
}

export const KIND_RULES: Readonly<Record<Kind, KindRules>> = { calendar, tasks }
