import type { Importance, TaskStatus, TodoTask } from '@microsoft/microsoft-graph-types'
import type { Fields } from '../../../core/model'
import { toGraphDue } from './due'

/**
 * The members that the given fields come to. Never the recurrence (G-45), never a reminder (TK7); the body only when the notes changed
 * (TK13). A checklist is To Do's own.
 * @param zone the user's, IANA
 */
export function toGraphTask(fields: Fields, zone: string): TodoTask {
  const { subject, notes, status, importance, due } = fields
  return {
    ...(typeof subject === 'string' ? { title: subject } : {}),
    ...(typeof notes === 'string' ? { body: { contentType: 'text', content: notes } } : {}),
    ...(typeof status === 'string' ? { status: status as TaskStatus } : {}),
    ...(typeof importance === 'string' ? { importance: importance as Importance } : {}),
    ...(typeof due === 'string' ? { dueDateTime: toGraphDue(due, zone) } : {}),
    ...(due === null ? { dueDateTime: null } : {}),
  }
}
