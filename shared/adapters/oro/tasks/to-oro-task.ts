import type { Fields } from '../../../core/model'
import { instant } from '../from-oro-event'

/** A related record as the JSON:API wants it named. */
interface Related {
  readonly data: { readonly type: string; readonly id: string }
}

/**
 * What this service writes of a task. A DTO of its own: unknown attributes are refused, and reminders, contexts and customers' own fields
 * stay untouched because they are never named (oro/README 4.1).
 */
export interface OroTaskWrite {
  readonly attributes: {
    readonly subject?: string
    /** HTML. */
    readonly description?: string
    /** RFC 3339 UTC; null = none. */
    readonly dueDate?: string | null
  }
  readonly relationships: {
    readonly status?: Related
    readonly taskPriority?: Related
    readonly owner?: Related
  }
}

export const related = (type: string, id: string): Related => ({ data: { type, id } })

/** The related record of a status. */
export const statusIs = (id: string): Pick<OroTaskWrite['relationships'], 'status'> => ({
  status: related('taskstatuses', id),
})

/**
 * The write shape of the given fields but `status`, which may have to go through the workflow.
 *
 * @param description what `notes` and `checklist` come to together; undefined = neither is written
 */
export function toOroTask(fields: Fields, description: string | undefined): OroTaskWrite {
  const { subject, due, importance } = fields
  return {
    attributes: {
      ...(typeof subject === 'string' ? { subject } : {}),
      ...(description === undefined ? {} : { description }),
      ...(due === undefined ? {} : { dueDate: typeof due === 'string' ? instant(due) : null }),
    },
    relationships:
      typeof importance === 'string' ? { taskPriority: related('taskpriorities', importance) } : {},
  }
}

export const isEmpty = ({ attributes, relationships }: OroTaskWrite): boolean =>
  Object.keys(attributes).length + Object.keys(relationships).length === 0
