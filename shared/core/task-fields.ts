import { Temporal } from 'temporal-polyfill'
import { title } from './event-fields'
import type { FieldContext, FieldRule } from './fields'
import type { Json } from './model'

type Status = 'open' | 'in_progress' | 'closed'

const text = (value: Json | undefined): string => (typeof value === 'string' ? value : '')

const same = (value: Json): Json => value

/** Both sides demand a title of a task: what Oro made of an empty one stays as it is. */
const subject: FieldRule = { ...title, name: 'subject', maskable: false, toMicrosoft: same }

// eslint-disable-next-line no-control-regex -- these are the characters that neither system stores
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g

/**
 * Plain notes in the one form that an HTML description can hold too: no white space that a browser does not show. Idempotent. It is what
 * To Do's side states as `notes`, and what is written to either side.
 */
export const shownText = (notes: string): string =>
  notes
    .replace(CONTROL, '')
    .replace(/\p{Surrogate}/gu, '\ufffd')
    .split(/\r\n?|\n/)
    .map((line) => line.replace(/[\s\u200b]+/g, ' ').trim())
    .join('\n')
    .trim()

/** Oro states the text of its description: formats survive until somebody edits the notes in To Do (P8, TK13). */
const notes: FieldRule = {
  name: 'notes',
  maskable: false,
  own: false,
  toOro: (value) => shownText(text(value)),
  toMicrosoft: (value) => shownText(text(value)),
}

/** What To Do's status is in Oro; deferred and waiting are work that has begun (TK2). */
function oroStatus(status: Json | undefined): Status {
  if (status === 'completed') return 'closed'
  return text(status) === '' || status === 'notStarted' ? 'open' : 'in_progress'
}

/** What an Oro status is in To Do; one that a customer added is neither open nor closed. */
function microsoftStatus(status: Json | undefined): 'notStarted' | 'inProgress' | 'completed' {
  if (status === 'closed') return 'completed'
  return text(status) === '' || status === 'open' ? 'notStarted' : 'inProgress'
}

const status: FieldRule = {
  name: 'status',
  maskable: false,
  own: false,
  toOro(value, { beside }) {
    const wanted = oroStatus(value)
    const kept = text(beside) !== '' && oroStatus(microsoftStatus(beside)) === wanted
    return kept ? (beside ?? wanted) : wanted
  },
  toMicrosoft(value, { beside }) {
    const wanted = microsoftStatus(value)
    const kept = text(beside) !== '' && microsoftStatus(oroStatus(beside)) === wanted
    return kept ? (beside ?? wanted) : wanted
  },
}

const LEVELS: readonly Json[] = ['low', 'normal', 'high']

/** A priority that only one side knows counts as normal on the other (TK3). */
const level = (value: Json | undefined): Json =>
  value !== undefined && LEVELS.includes(value) ? value : 'normal'

const importance: FieldRule = {
  name: 'importance',
  maskable: false,
  own: false,
  toOro: (value, { beside }) =>
    text(beside) !== '' && level(beside) === level(value) ? (beside ?? null) : level(value),
  toMicrosoft: (value) => level(value),
}

/** Oro wants a time, To Do has none: the end of a working day, so that nothing is overdue on its day. */
const END_OF_DAY = Temporal.PlainTime.from('17:00')

/** The moment an Oro instant is in the user's zone; null = none, or not readable. */
function local(value: Json | undefined, zone: string): Temporal.ZonedDateTime | null {
  if (typeof value !== 'string') return null
  try {
    return Temporal.Instant.from(value).toZonedDateTimeISO(zone)
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}

/** `2026-09-10T12:00:00Z` of a calendar date at a time of day; null = no such date. */
function instant(date: Json, time: Temporal.PlainTime, zone: string): string | null {
  if (typeof date !== 'string') return null
  try {
    const moment = Temporal.PlainDate.from(date).toZonedDateTime({
      timeZone: zone,
      plainTime: time,
    })
    return moment.toInstant().toString({ smallestUnit: 'second' })
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}

/**
 * `YYYY-MM-DD` in To Do, an instant in Oro, of which the user's zone makes the same date (section 9 of the Graph contract). Oro's time of
 * day survives another date; a new one is at 17:00.
 */
const due: FieldRule = {
  name: 'due',
  maskable: false,
  own: false,
  toOro(value, { policy, beside }: FieldContext) {
    const before = local(beside, policy.zone)
    if (before !== null && before.toPlainDate().toString() === value) return beside ?? null
    return instant(value, before?.toPlainTime() ?? END_OF_DAY, policy.zone)
  },
  toMicrosoft: (value, { policy }) => local(value, policy.zone)?.toPlainDate().toString() ?? null,
}

/** Lines `[x] title` that To Do's side states under `checklist: in-description`; shown in Oro, never written to To Do (TK8). */
const checklist: FieldRule = {
  name: 'checklist',
  owner: 'microsoft',
  maskable: false,
  own: false,
  toOro: (value, { policy }) => (policy.checklist === 'in-description' ? (value ?? []) : []),
  toMicrosoft: same,
}

/**
 * The mapped fields of a task. Stated by Oro: `subject`, `notes` as text, `status` and `importance` as ids (`open`, `in_progress`,
 * `closed`; `low`, `normal`, `high`; others may be added by a customer), `due` as RFC 3339 UTC to the second or null, `checklist` as
 * lines. Stated by To Do: the same with its own words, `due` as `YYYY-MM-DD` or null.
 */
export const TASK_FIELDS: readonly FieldRule[] = [
  subject,
  notes,
  status,
  importance,
  due,
  checklist,
]
