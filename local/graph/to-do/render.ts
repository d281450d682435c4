import { bodyText } from '../body'
import { etagOf } from '../ids'
import type { Json } from '../model'
import { graphStamp } from '../zones'
import { shownMoment } from './due'
import type { StoredTask, TaskList } from './model'

export const showList = (list: TaskList): Json => ({
  '@odata.etag': etagOf(list.version),
  displayName: list.displayName,
  isOwner: list.isOwner,
  isShared: list.isShared,
  wellknownListName: list.wellknownListName,
  id: list.id,
})

/** Text only, in Exchange's line ends (G-47). */
function textOf({ contentType, content }: StoredTask['body']): string {
  if (contentType === 'html') return bodyText(content)
  return content.replace(/\r\n?|\n/g, '\r\n')
}

/**
 * A task as it is answered. Linked resources and checklist items come when they are expanded and in no other way (G-49).
 *
 * @param expand the `$expand` of the request
 */
export function showTask(task: StoredTask, expand = '', withRecurrence = true): Json {
  const expands = (name: string): boolean => new RegExp(`\\b${name}\\b`, 'i').test(expand)
  const { due, start, reminder, completedMs } = task
  return {
    '@odata.etag': etagOf(task.version),
    importance: task.importance,
    isReminderOn: reminder !== null,
    status: task.status,
    title: task.title,
    createdDateTime: graphStamp(task.createdMs),
    lastModifiedDateTime: graphStamp(task.modifiedMs),
    hasAttachments: false,
    categories: [...task.categories],
    id: task.id,
    body: { content: textOf(task.body), contentType: 'text' },
    bodyLastModifiedDateTime: graphStamp(task.bodyModifiedMs),
    ...(due === null ? {} : { dueDateTime: shownMoment(due.ms) }),
    ...(start === null ? {} : { startDateTime: shownMoment(start.ms) }),
    ...(reminder === null ? {} : { reminderDateTime: shownMoment(reminder.ms) }),
    ...(completedMs === null ? {} : { completedDateTime: shownMoment(completedMs) }),
    ...(task.recurrence === null || !withRecurrence
      ? {}
      : { recurrence: structuredClone(task.recurrence) }),
    ...(expands('linkedResources')
      ? { linkedResources: structuredClone(task.linkedResources) }
      : {}),
    ...(expands('checklistItems') ? { checklistItems: structuredClone(task.checklistItems) } : {}),
  }
}
