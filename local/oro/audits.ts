import { randomUuid } from './random'
import { oldRestTime, wholeSecond } from './time'

export const EVENT_CLASS = 'Oro\\Bundle\\CalendarBundle\\Entity\\CalendarEvent'
export const TASK_CLASS = 'Oro\\Bundle\\TaskBundle\\Entity\\Task'

export type AuditAction = 'create' | 'update' | 'remove'
export type AuditData = Record<string, { old: unknown; new: unknown }>

/** What happened to one record; the row is written later, by Oro's queue consumer. */
export interface AuditNote {
  action: AuditAction
  objectClass: string
  objectId: number
  objectName: string
  userId: number | null
  organization: string
  organizationId: number | null
  ownerDescription: string | null
  additionalFields: Record<string, unknown> | []
  data: AuditData
}

export interface AuditRow extends AuditNote {
  id: number
  loggedAt: number
  version: number
  transactionId: string
}

export interface Audits {
  note(note: AuditNote): void
  /** Rows written by now, id ascending. */
  rows(): AuditRow[]
  /** Notes whose row is not written yet. */
  waiting(): number
  configure(switches: Partial<AuditSwitches>): void
  switches(): AuditSwitches
}

export interface AuditSwitches {
  /** Auditing of the entity (contract 6.2: an administrator can switch it off). */
  events: boolean
  tasks: boolean
  /** How long after the change the row appears, on the stand-in's clock. */
  auditDelayMs: number
}

/**
 * The audit log. A row gets its id when it is written, its `loggedAt` when the change happened: with a delay, late rows carry
 * higher ids and older times (contract 6.2).
 */
export function createAudits(deps: { now: () => number; random: () => number }): Audits {
  const written: AuditRow[] = []
  const versions = new Map<string, number>()
  const switches: AuditSwitches = { events: true, tasks: true, auditDelayMs: 0 }
  let waiting: { note: AuditNote; loggedAt: number; due: number }[] = []

  const write = (note: AuditNote, loggedAt: number): void => {
    const key = `${note.objectClass} ${String(note.objectId)}`
    const version = (versions.get(key) ?? 0) + 1
    versions.set(key, version)
    const transactionId = randomUuid(deps.random)
    written.push({ ...note, id: written.length + 1, loggedAt, version, transactionId })
  }
  const flush = (): void => {
    if (waiting.length === 0) return
    const now = deps.now()
    const due = waiting.filter((entry) => entry.due <= now).sort((a, b) => a.due - b.due)
    if (due.length === 0) return
    waiting = waiting.filter((entry) => entry.due > now)
    for (const entry of due) write(entry.note, entry.loggedAt)
  }
  return {
    note(note) {
      if (!(note.objectClass === EVENT_CLASS ? switches.events : switches.tasks)) return
      flush()
      const loggedAt = wholeSecond(deps.now())
      if (switches.auditDelayMs <= 0) write(note, loggedAt)
      else waiting.push({ note, loggedAt, due: deps.now() + switches.auditDelayMs })
    },
    rows() {
      flush()
      return written
    },
    waiting() {
      flush()
      return waiting.length
    },
    configure(changes) {
      Object.assign(switches, changes)
    },
    switches: () => switches,
  }
}

/** The row as the old REST API shows it; `objectId` is text there. */
export const auditItem = (row: AuditRow): Record<string, unknown> => ({
  id: row.id,
  action: row.action,
  loggedAt: oldRestTime(row.loggedAt),
  objectId: String(row.objectId),
  objectClass: row.objectClass,
  objectName: row.objectName,
  version: row.version,
  transactionId: row.transactionId,
  ownerDescription: row.ownerDescription,
  additionalFields: row.additionalFields,
  organization: row.organization,
  impersonation: null,
  user: row.userId,
  data: row.data,
})
