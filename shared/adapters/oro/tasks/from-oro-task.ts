import type { Json, Reading } from '../../../core/model'
import { shownText } from '../../../core/task-fields'
import { notesParts } from '../../../html/notes'
import { instant } from '../from-oro-event'
import { relatedId, type Resource } from '../json-api'

/**
 * Reads a task of the JSON:API as a reading (oro/README 4.1). A task has neither people, privacy nor a key that another system knows, and
 * no place in time: its due date is a field. A checklist is stated wherever one stands, also where the setting does not ask for it any more.
 */
export function fromOroTask(task: Resource): Reading {
  const { subject, dueDate, updatedAt } = task.attributes
  const { notes, checklist } = notesParts(descriptionOf(task))
  const status = relatedId(task, 'status')
  const importance = relatedId(task, 'taskPriority')
  // White space as To Do's side states it, so that neither rewrites the other's.
  const label = shownText(text(subject)).replaceAll('\n', ' ')
  const fields: Record<string, Json> = {
    subject: label,
    notes: shownText(notes),
    due: instant(text(dueDate)),
    checklist,
  }
  if (status !== null) fields['status'] = status
  if (importance !== null) fields['importance'] = importance
  return {
    side: 'oro',
    id: task.id,
    container: ownerOf(task),
    version: text(updatedAt),
    modifiedAt: instant(text(updatedAt)) ?? '1970-01-01T00:00:00Z',
    fields,
    role: 'organizer',
    cancelled: false,
    private: false,
    categories: [],
    keys: {},
    span: null,
    unmappable: null,
    label,
    audience: 0,
    native: task,
  }
}

/** Id of the user whose task it is, the container of a task; '' = nobody's. */
export const ownerOf = (task: Resource): string => relatedId(task, 'owner') ?? ''

/** The stored description, HTML; '' = none. */
export const descriptionOf = (task: Resource): string => text(task.attributes['description'])

const text = (value: unknown): string => (typeof value === 'string' ? value : '')
