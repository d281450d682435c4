import type { OroChange } from '../../ports/systems'
import { oroError } from './errors'
import { answerDate, type Send } from './event-list'
import { instant } from './from-oro-event'
import { before } from './listed-rows'

const OBJECT_CLASS = {
  calendar: 'Oro_Bundle_CalendarBundle_Entity_CalendarEvent',
  tasks: 'Oro_Bundle_TaskBundle_Entity_Task',
} as const
const PAGE = 100
/** Rows are written asynchronously and may carry an older time (oro/README 6.2). */
const OVERLAP_MS = 600_000

/**
 * The audit feed of an organization since `since` less ten minutes, oldest first, each row once (oro/README 6.2). `until` is Oro's clock
 * at the first page, or `since` if no answer told it. null = not readable. Fails with `oro-unreachable` or `oro-credentials`.
 */
export async function readFeed(
  send: Send,
  since: string,
  kind: OroChange['kind'],
  action?: OroChange['action'],
): Promise<{ changes: OroChange[]; until: string } | null> {
  const changes = new Map<string, OroChange>()
  let until: string | null | undefined
  const ids = new Set<string>()
  for (let page = 1; ; page += 1) {
    const answer = await send({
      path: '/api/rest/latest/audits.json',
      query: {
        page: String(page),
        limit: String(PAGE),
        objectClass: OBJECT_CLASS[kind],
        ...(action === undefined ? {} : { action }),
        'loggedAt>': before(since, OVERLAP_MS),
      },
      headers: { 'x-include': 'totalCount' },
    })
    if (answer.status === 403 || answer.status === 404) return null
    if (answer.status !== 200 || !Array.isArray(answer.body)) throw oroError(answer, 'service')
    until ??= answerDate(answer)
    const rows = answer.body as unknown[]
    const known = ids.size
    for (const entry of rows) {
      ids.add(JSON.stringify((entry as { id?: unknown } | null)?.id))
      const change = fromAudit(entry, kind)
      if (change !== undefined) changes.set(change.auditId, change)
    }
    // Ids ascend and new rows come last: the end is where all are read or, uncounted, a page that is not full. A page of known rows is one
    // that was asked for in vain.
    const total = Number(answer.headers.get('x-include-total-count') ?? Number.NaN)
    const whole = Number.isNaN(total) ? rows.length < PAGE : ids.size >= total
    if (whole || ids.size === known)
      return { changes: [...changes.values()], until: until ?? since }
  }
}

const ACTIONS = ['create', 'update', 'remove'] as const

/** One audit row; undefined for what is none of a known action. Ids may be text (oro/README 6.2). */
export function fromAudit(entry: unknown, kind: OroChange['kind']): OroChange | undefined {
  if (typeof entry !== 'object' || entry === null) return undefined
  const row = entry as Readonly<Record<string, unknown>>
  const action = ACTIONS.find((known) => known === row['action'])
  const id = idText(row['objectId'])
  const auditId = idText(row['id'])
  const at = typeof row['loggedAt'] === 'string' ? instant(row['loggedAt']) : null
  if (action === undefined || id === null || auditId === null || at === null) return undefined
  const extra = row['additionalFields']
  const calendarId =
    typeof extra === 'object' && extra !== null
      ? idText((extra as Readonly<Record<string, unknown>>)['calendar_id'])
      : null
  return { auditId, action, kind, id, calendarId, at }
}

const idText = (value: unknown): string | null =>
  typeof value === 'number' || (typeof value === 'string' && value !== '') ? String(value) : null
