import type { ChecklistItem, LinkedResource, TodoTask } from '@microsoft/microsoft-graph-types'
import type { Json, Reading } from '../../../core/model'
import { shownText } from '../../../core/task-fields'
import { canonicalHtml } from '../../../html/canonical'
import { plainText } from '../../../html/plain'
import { fromGraphStamp } from '../times'
import { fromGraphDue } from './due'

/** A task as Graph answers it; children come when they are expanded (G-49). */
export type GraphTask = TodoTask & { id: string; '@odata.etag'?: string }

export interface TaskContext {
  /** The list that holds it. */
  readonly list: string
  /** The user's, IANA. */
  readonly zone: string
  /** Whether a checklist that was read is part of the reading (`checklist: in-description`). */
  readonly checklist: boolean
  /** Address of a task in Oro. */
  readonly oroTaskUrl: (oroId: string) => string
}

/** What the adapter keeps of a task beside its reading, to write it. */
export interface NativeTask {
  readonly task: GraphTask
  /** Read by itself: what list answers may leave out is known (G-45). */
  readonly whole: boolean
}

/** Names us in the links of a task; the Oro id is its `externalId`, and its address says which Oro is meant (contract section 8). */
export const APPLICATION = 'OroCRM'

const checklistLine = ({ isChecked, displayName }: ChecklistItem): string =>
  `[${isChecked === true ? 'x' : ' '}] ${shownText(displayName ?? '').replaceAll('\n', ' ')}`.trim()

/** A task that came from another Oro has a marker that is not ours, whatever its number. */
const markerOf = (
  links: readonly LinkedResource[] | null | undefined,
  oroTaskUrl: TaskContext['oroTaskUrl'],
): string | undefined =>
  links?.find(
    ({ applicationName, externalId, webUrl }) =>
      applicationName === APPLICATION &&
      externalId &&
      (webUrl ?? oroTaskUrl(externalId)) === oroTaskUrl(externalId),
  )?.externalId ?? undefined

/** Text is answered whatever was written (G-47). */
function notesOf({ body }: GraphTask): string {
  const content = body?.content ?? ''
  return shownText(
    body?.contentType === 'html' ? plainText(canonicalHtml(content, 'html')) : content,
  )
}

/**
 * Reads a task. Completed or not, it is an item like any other; `completedDateTime` says nothing that could be relied on (G-41). A task has
 * no place in time: its due date is a field.
 */
export function fromGraphTask(
  task: GraphTask,
  { list, zone, checklist, oroTaskUrl }: TaskContext,
  whole = false,
): Reading {
  const label = shownText(task.title ?? '').replaceAll('\n', ' ')
  const marker = markerOf(task.linkedResources, oroTaskUrl)
  const items = checklist ? task.checklistItems : []
  const fields: Record<string, Json> = {
    subject: label,
    notes: notesOf(task),
    status: task.status ?? 'notStarted',
    importance: task.importance ?? 'normal',
    due: fromGraphDue(task.dueDateTime, zone),
    ...(items == null ? {} : { checklist: items.map(checklistLine) }),
  }
  const native: NativeTask = { task, whole }
  return {
    side: 'microsoft',
    id: task.id,
    container: list,
    version: task['@odata.etag'] ?? '',
    modifiedAt:
      fromGraphStamp(task.lastModifiedDateTime) ??
      fromGraphStamp(task.createdDateTime) ??
      '1970-01-01T00:00:00.000Z',
    fields,
    role: 'organizer',
    cancelled: false,
    private: false,
    categories: task.categories ?? [],
    keys: marker === undefined ? {} : { marker },
    span: null,
    unmappable: null,
    label,
    audience: 0,
    native,
  }
}
