import type { Json, Moment } from '../model'

export interface TaskList {
  id: string
  displayName: string
  isOwner: boolean
  isShared: boolean
  wellknownListName: 'none' | 'defaultList' | 'flaggedEmails'
  version: number
  tasks: Map<string, StoredTask>
  log: LogEntry[]
  /** Raised to make every delta link of the list stale (TK12). */
  generation: number
}

export interface StoredTask {
  /** Tasks have one id, which ends with a move to another list (G-42). */
  id: string
  list: TaskList
  version: number
  createdMs: number
  modifiedMs: number
  bodyModifiedMs: number
  title: string
  /** As it was written, HTML included; answers hold its text (G-47). */
  body: { contentType: 'html' | 'text'; content: string }
  status: string
  importance: string
  categories: string[]
  /** A midnight of the zone it was written in (G-40). */
  due: Moment | null
  start: Moment | null
  reminder: Moment | null
  /** A UTC midnight, whatever the zone (G-41). */
  completedMs: number | null
  recurrence: Json | null
  linkedResources: Json[]
  checklistItems: Json[]
}

/** One line of a change log: what it became is looked up when a round shows it. */
export interface LogEntry {
  seq: number
  id: string
}

/** The half of a move that has not happened yet (G-42): carried out when the list has been told about once more. */
export interface LateHalf {
  list: TaskList
  run(): void
}

/** To Do of one mailbox. */
export interface ToDoBox {
  lists: Map<string, TaskList>
  defaultList: TaskList
  flaggedList: TaskList
  /** Changes of the set of lists. */
  log: LogEntry[]
  generation: number
  /** Changes so far; the position that delta links hold. */
  seq: number
  late: LateHalf[]
}
