import { EVENT_CLASS, type AuditAction, type AuditData } from '../audits'
import type { Actor, EventRow } from '../model'
import { organizationOfCalendar, type World } from '../state'
import { oldRestTime } from '../time'

const FIELDS = [
  'uid',
  'title',
  'description',
  'start',
  'end',
  'allDay',
  'backgroundColor',
  'isCancelled',
  'recurringEventId',
  'originalStart',
  'organizerEmail',
] as const
const INSTANTS = new Set(['start', 'end', 'originalStart'])

/**
 * Notes a change for the audit log, with `additionalFields {uid, calendar_id}` (contract 6.2). An update that changed no
 * audited field leaves no row; the status of an attendee and reminders are rows of other entities.
 */
export function noteEvent(
  world: World,
  actor: Actor,
  action: AuditAction,
  row: EventRow,
  before?: EventRow,
): void {
  const data = changesOf(action, row, before)
  if (action === 'update' && Object.keys(data).length === 0) return
  const organizationId = organizationOfCalendar(world, row.calendarId) ?? actor.organizationId
  world.audits.note({
    action,
    objectClass: EVENT_CLASS,
    objectId: row.id,
    objectName: row.title,
    userId: actor.userId,
    organization: world.organizations.get(organizationId)?.name ?? '',
    organizationId,
    ownerDescription: null,
    additionalFields: { uid: row.uid, calendar_id: row.calendarId },
    data,
  })
}

function changesOf(action: AuditAction, row: EventRow, before?: EventRow): AuditData {
  const data: AuditData = {}
  for (const field of FIELDS) {
    const now = shown(field, row[field])
    const old = before ? shown(field, before[field]) : null
    if (action === 'remove') {
      if (now !== null) data[field] = { old: now, new: null }
    } else if (now !== old) data[field] = { old, new: now }
  }
  if (before && before.calendarId !== row.calendarId)
    data['calendar'] = { old: before.calendarId, new: row.calendarId }
  if (before && names(before) !== names(row))
    data['attendees'] = { old: names(before), new: names(row) }
  if (before && JSON.stringify(before.recurrence) !== JSON.stringify(row.recurrence))
    data['recurrence'] = { old: before.recurrence?.id ?? null, new: row.recurrence?.id ?? null }
  return data
}

const shown = (field: string, value: string | number | boolean | null): unknown =>
  INSTANTS.has(field) && typeof value === 'number' ? oldRestTime(value) : value

const names = (row: EventRow): string => row.attendees.map((one) => one.displayName).join(', ')
