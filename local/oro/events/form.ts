import type { EventRow } from '../model'
import { calendarOwner, type World } from '../state'
import { parseEventDate } from '../time'
import { samePeople } from './attendees'
import { createFormErrors, type FormErrors } from './form-errors'
import { readAttendees, readReminders } from './form-collections'
import { readRule } from './form-recurrence'
import type { EventInput, Notify } from './input'
import { shownAttendees } from './read'

type Json = Record<string, unknown>

const DROPPED = ['updatedAt', 'editable', 'removable', 'editableInvitationStatus']
const KEYS = new Set([
  'calendar',
  'calendarAlias',
  'title',
  'description',
  'start',
  'end',
  'allDay',
  'uid',
  'backgroundColor',
  'reminders',
  'attendees',
  'notifyAttendees',
  'createdAt',
  'recurrence',
  'recurringEventId',
  'originalStart',
  'isCancelled',
  'updateExceptions',
  'organizerEmail',
  'organizerDisplayName',
  'contexts',
  'id',
])

export type FormResult = { ok: true; input: EventInput } | { ok: false; body: unknown }

/**
 * Oro's form for calendar events (contract 3.3): parsed values, or the 400 body. `row` = the stored event of a PUT; keys that
 * are missing there keep their value.
 */
export function readForm(world: World, body: Json, row: EventRow | null): FormResult {
  const isException = row?.recurringEventId != null
  const errors = createFormErrors({ isException })
  const sent: Json = Object.fromEntries(
    Object.entries(body).filter(([key]) => !DROPPED.includes(key)),
  )
  errors.extraFields(
    Object.keys(sent).filter((key) => !KEYS.has(key) || (isException && key === 'recurrence')),
  )
  const input: EventInput = {}
  readTexts(sent, row, errors, input)
  readDates(sent, row, errors, input)
  readFlags(sent, errors, input)
  if ('calendar' in sent) input.calendarId = readInteger(sent['calendar'], 'calendar', errors)
  readSeries(world, sent, row, errors, input)
  if ('attendees' in sent) input.attendees = readAttendees(sent['attendees'], errors)
  if ('reminders' in sent) input.reminders = readReminders(sent['reminders'], errors)
  if ('recurrence' in sent && !isException) input.recurrence = readRule(sent['recurrence'], errors)
  checkUid(world, row, errors, input)
  checkOrganizer(row, errors, input)
  checkAttendees(world, row, errors, input)
  checkReminders(world, row, errors, input)
  return errors.any() ? { ok: false, body: errors.body() } : { ok: true, input }
}

function readTexts(sent: Json, row: EventRow | null, errors: FormErrors, input: EventInput): void {
  const text = (key: string): string | null | undefined => {
    const value = sent[key]
    if (value === undefined) return undefined
    if (value === null) return null
    if (typeof value === 'object') {
      errors.at(key, 'This value is not valid.')
      return undefined
    }
    // Surrounding white space is trimmed on write (contract 3.3); an empty text is no text.
    const trimmed = String(value).trim()
    return trimmed === '' ? null : trimmed
  }
  const short = (key: string, limit: number): string | null | undefined => {
    const value = text(key)
    if (typeof value === 'string' && Array.from(value).length > limit)
      errors.at(key, `This value is too long. It should have ${String(limit)} characters or less.`)
    return value
  }
  const title = short('title', 255)
  if (title === null || (title === undefined && row === null))
    errors.at('title', 'This value should not be blank.')
  else if (title !== undefined) input.title = title
  const description = text('description')
  if (description !== undefined) input.description = description
  const uid = short('uid', 36)
  if (uid !== undefined) input.uid = uid
  const email = short('organizerEmail', 255)
  if (email !== undefined) input.organizerEmail = email
  const name = short('organizerDisplayName', 255)
  if (name !== undefined) input.organizerDisplayName = name
  const color = text('backgroundColor')
  if (typeof color === 'string' && !/^#[0-9a-f]{6}$/i.test(color))
    errors.at('backgroundColor', 'This value is not valid.')
  else if (color !== undefined) input.backgroundColor = color
}

function readDates(sent: Json, row: EventRow | null, errors: FormErrors, input: EventInput): void {
  const date = (key: string): number | null | undefined => {
    const value = sent[key]
    if (value === undefined) return undefined
    if (value === null || value === '') return null
    const instant = typeof value === 'string' ? parseEventDate(value) : undefined
    if (instant === undefined) errors.at(key, 'This value is not valid.')
    return instant
  }
  for (const key of ['start', 'end'] as const) {
    const instant = date(key)
    if (instant === null || (!(key in sent) && row === null))
      errors.at(key, 'This value should not be blank.')
    else if (instant !== undefined) input[key] = instant
  }
  const start = input.start ?? row?.start
  const end = input.end ?? row?.end
  if (start !== undefined && end !== undefined && start > end)
    errors.at('start', 'This date should be earlier than End date')
  const originalStart = date('originalStart')
  if (originalStart !== undefined) input.originalStart = originalStart
  const createdAt = date('createdAt')
  if (typeof createdAt === 'number') input.createdAt = createdAt
}

function readFlags(sent: Json, errors: FormErrors, input: EventInput): void {
  for (const key of ['allDay', 'isCancelled', 'updateExceptions'] as const)
    if (key in sent) input[key] = isTrue(sent[key])
  const notify = sent['notifyAttendees']
  if (notify === undefined || notify === null || notify === '') return
  if (notify === 'all' || notify === 'none' || notify === 'added_or_deleted')
    input.notifyAttendees = notify satisfies Notify
  else errors.at('notifyAttendees', 'This value is not valid.')
}

/** A check box: what PHP's form takes for false is false, all else true. */
const isTrue = (value: unknown): boolean =>
  !(
    value === false ||
    value === null ||
    value === '' ||
    value === 0 ||
    value === '0' ||
    value === 'false'
  )

function readInteger(value: unknown, key: string, errors: FormErrors): number | null {
  if (value === null || value === '') return null
  const number = typeof value === 'number' ? value : Number(value)
  if (Number.isInteger(number)) return number
  errors.at(key, 'This value is not valid.')
  return null
}

function readSeries(
  world: World,
  sent: Json,
  row: EventRow | null,
  errors: FormErrors,
  input: EventInput,
): void {
  if ('recurringEventId' in sent)
    input.recurringEventId = readInteger(sent['recurringEventId'], 'recurringEventId', errors)
  const masterId =
    input.recurringEventId === undefined ? row?.recurringEventId : input.recurringEventId
  if (typeof masterId !== 'number') return
  if (row !== null && masterId === row.id) {
    errors.form("Parameter 'recurringEventId' can't have the same value as calendar event ID.")
    return
  }
  const master = world.events.get(masterId)
  // An exception copy points at the copy of the series, whose rule belongs to the parent.
  const series = master?.parentId == null ? master : world.events.get(master.parentId)
  if (!master || !series?.recurrence) {
    errors.form("Parameter 'recurringEventId' can be set only for recurring calendar events.")
    return
  }
  const calendarId = input.calendarId === undefined ? row?.calendarId : input.calendarId
  if ((calendarId ?? null) !== master.calendarId)
    errors.form('Calendar of calendar event exception can not be changed.')
}

/** uid: settable only while null, unique among non-child, non-exception events of a calendar (contract 3.11). */
function checkUid(world: World, row: EventRow | null, errors: FormErrors, input: EventInput): void {
  if (row !== null && row.uid !== null && input.uid !== undefined && input.uid !== row.uid) {
    errors.at('uid', 'This field cannot be changed once set.')
    return
  }
  const uid = row?.uid ?? input.uid
  const calendarId = input.calendarId === undefined ? (row?.calendarId ?? null) : input.calendarId
  const masterId = input.recurringEventId ?? row?.recurringEventId ?? null
  if (!uid || calendarId === null || row?.parentId != null || masterId !== null) return
  if (world.events.standAlone(calendarId, uid).some((other) => other.id !== row?.id))
    errors.at('uid', 'UID field should be unique across one calendar')
}

function checkOrganizer(row: EventRow | null, errors: FormErrors, input: EventInput): void {
  for (const key of ['organizerEmail', 'organizerDisplayName'] as const) {
    const stored = row?.[key]
    if (stored != null && input[key] !== undefined && input[key] !== stored)
      errors.at(key, 'This field cannot be changed once set.')
  }
}

/** The attendees of an event with `isOrganizer: false` are frozen as a set (contract 3.10). */
function checkAttendees(
  world: World,
  row: EventRow | null,
  errors: FormErrors,
  input: EventInput,
): void {
  if (row?.isOrganizer !== false) return
  const message = 'Attendees list cannot be changed'
  if (row.parentId !== null) {
    if (shownAttendees(world, row).length > 0) errors.at('attendees', message)
  } else if (input.attendees && !samePeople(row.attendees, input.attendees))
    errors.at('attendees', message)
}

const UNIT_MS = { M: 60_000, H: 3_600_000, D: 86_400_000, W: 604_800_000 }

/** A reminder whose time has passed fails **every** write, stored reminders included (contract 3.12). */
function checkReminders(
  world: World,
  row: EventRow | null,
  errors: FormErrors,
  input: EventInput,
): void {
  const start = input.start ?? row?.start
  const owner = calendarOwner(world, input.calendarId ?? row?.calendarId ?? null)
  if (start === undefined || !owner) return
  for (const [position, reminder] of (input.reminders ?? row?.reminders ?? []).entries()) {
    const at = start - reminder.interval.number * UNIT_MS[reminder.interval.unit]
    if (at < world.now())
      errors.at(
        `reminders.${String(position)}.interval.number`,
        'Reminder start date less than now.',
      )
  }
}
