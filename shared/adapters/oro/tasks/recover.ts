import { agrees } from '../../../core/fields'
import type { Reading } from '../../../core/model'
import type { Policy } from '../../../core/policy'
import { TASK_FIELDS } from '../../../core/task-fields'
import { instant } from '../from-oro-event'
import type { Resource } from '../json-api'

/** How far back a create whose answer was lost is looked for: a long outage, no longer. */
export const RECENT_MS = 3 * 86_400_000

/** What a task is recognised by; status is looked at apart. */
const LIKENESS = TASK_FIELDS.filter(({ name }) => name === 'subject' || name === 'due')
const STATUS = TASK_FIELDS.filter(({ name }) => name === 'status')

/**
 * What a create of ours may have left behind, when its answer was lost or its status could not be set: tasks born since `since` (RFC 3339
 * UTC) with the subject and due date of the item across and its status, or still open as every task is born. Nothing in Oro marks what we
 * made (oro/README 4.1), so this is a likeness: only the caller knows which of them are linked already, and believes it only when a single
 * one is left (sync-rules 7). An item across without a subject finds nothing.
 *
 * A task that is still open does not state its status: it was never set, and must not be taken for somebody's wish.
 */
export function leftBehind(
  rows: readonly Resource[],
  since: string,
  counterpart: Reading,
  policy: Policy,
  fromTask: (task: Resource) => Reading,
): readonly Reading[] {
  const alike = (rules: typeof TASK_FIELDS, reading: Reading): boolean =>
    rules.every((rule) =>
      agrees(rule, reading.fields[rule.name] ?? null, counterpart.fields[rule.name] ?? null, {
        policy,
        masked: false,
      }),
    )
  return rows
    .filter(({ attributes: { createdAt } }) => {
      const born = typeof createdAt === 'string' ? instant(createdAt) : null
      return born !== null && born >= since
    })
    .map(fromTask)
    .filter((reading) => alike(LIKENESS, reading))
    .flatMap((reading) => {
      if (alike(STATUS, reading)) return [reading]
      if (reading.fields['status'] !== 'open') return []
      const stated = Object.entries(reading.fields).filter(([name]) => name !== 'status')
      return [{ ...reading, fields: Object.fromEntries(stated) }]
    })
}
