import { UnparsableDate, type RawQuery } from '../conditions'
import type { Application, EventRow } from '../model'
import type { World } from '../state'
import { oldRestTime, parseConditionDate } from '../time'
import { readListed } from './read'
import { describeRule } from './recurrence-text'
import { expand } from './recurrence'

type Json = Record<string, unknown>

const HALF_HOUR_MS = 30 * 60_000

/**
 * Interval mode (contract 3.6): series expanded, system calendars and the caller's dated tasks added. undefined = start and
 * end are not both given.
 */
export function listInterval(
  world: World,
  query: RawQuery,
  application: Application,
): Json[] | undefined {
  const from = date(query, 'start')
  const to = date(query, 'end')
  if (from === undefined || to === undefined) return undefined
  const calendarId = Number(query.conditions.get('calendar')?.value ?? 0)
  const subordinate = query.conditions.get('subordinate')?.value ?? ''
  const calendarIds = [calendarId]
  // Any non-empty text but `0` counts as true, `false` included (contract 3.6).
  if (subordinate !== '' && subordinate !== '0')
    for (const one of world.calendars.get(calendarId)?.connected ?? [])
      calendarIds.push(one.calendarId)
  const rows: Json[] = [
    ...calendarIds.flatMap((id) =>
      expanded(world, world.events.ofCalendar(id), from, to, application.userId).map((row) => ({
        ...row,
        calendarAlias: 'user',
      })),
    ),
    ...systemRows(world, application, from, to),
    ...taskRows(world, application, from, to),
  ]
  return rows.sort((a, b) => (String(a['start']) < String(b['start']) ? -1 : 1))
}

function date(query: RawQuery, name: string): number | undefined {
  const value = query.conditions.get(name)?.value
  if (value === undefined || value === '') return undefined
  const instant = parseConditionDate(value)
  if (instant === undefined) throw new UnparsableDate(value)
  return instant
}

function expanded(
  world: World,
  rows: EventRow[],
  from: number,
  to: number,
  callerId: number | null,
): Json[] {
  const touches = (row: { start: number; end: number }): boolean =>
    row.start < to && row.end >= from
  const matched = new Set<number>()
  const found: Json[] = []
  for (const row of rows) {
    const rule = ruleOf(world, row)
    if (!rule) continue
    const exceptions = world.events.exceptionsOf(row.id)
    for (const occurrence of expand(row, rule, from, to)) {
      const exception = exceptions.find((one) => one.originalStart === occurrence.start)
      if (exception) {
        matched.add(exception.id)
        continue
      }
      found.push({
        ...readListed(world, row, callerId),
        start: oldRestTime(occurrence.start),
        end: oldRestTime(occurrence.end),
        recurrencePattern: describeRule(rule),
        startEditable: false,
        durationEditable: false,
      })
    }
    // An exception moved into the interval from outside still replaces its own date there.
    for (const exception of exceptions) {
      const original = exception.originalStart
      if (original !== null && expand(row, rule, original, original + 1)[0]?.start === original)
        matched.add(exception.id)
    }
  }
  for (const row of rows) {
    if (ruleOf(world, row) || !touches(row)) continue
    // A cancelled exception hides its date; one that matches no date comes back even when cancelled (contract 3.6).
    if (row.isCancelled && matched.has(row.id)) continue
    found.push(readListed(world, row, callerId))
  }
  return found
}

const ruleOf = (world: World, row: EventRow): EventRow['recurrence'] =>
  row.recurrence ??
  (row.parentId === null ? null : (world.events.get(row.parentId)?.recurrence ?? null))

function systemRows(world: World, application: Application, from: number, to: number): Json[] {
  const visible = world.events.ofSystemCalendars().filter((row) => {
    const calendar = world.systemCalendars.get(row.systemCalendarId ?? 0)
    const organizationId = calendar?.organizationId ?? application.organizationId
    return calendar !== undefined && organizationId === application.organizationId
  })
  return expanded(world, visible, from, to, application.userId).map((row) => {
    const id = world.events.get(row['id'] as number)?.systemCalendarId ?? 0
    const isPublic = world.systemCalendars.get(id)?.organizationId === null
    return { ...row, calendar: id, calendarAlias: isPublic ? 'public' : 'system' }
  })
}

/** The dated tasks of the token's user as 30-minute rows, with their reminders (contract 3.6). */
function taskRows(world: World, application: Application, from: number, to: number): Json[] {
  const rows: Json[] = []
  for (const task of world.tasks.values()) {
    const { dueDate } = task
    if (task.ownerId !== application.userId || dueDate === null) continue
    if (dueDate >= to || dueDate + HALF_HOUR_MS < from) continue
    rows.push({
      id: task.id,
      title: task.subject,
      description: task.description,
      start: oldRestTime(dueDate),
      end: oldRestTime(dueDate + HALF_HOUR_MS),
      allDay: false,
      createdAt: oldRestTime(task.createdAt),
      updatedAt: oldRestTime(task.updatedAt),
      calendar: 1,
      calendarAlias: 'tasks',
      editable: false,
      removable: false,
      ...(task.reminders.length > 0 ? { reminders: task.reminders } : {}),
    })
  }
  return rows
}
