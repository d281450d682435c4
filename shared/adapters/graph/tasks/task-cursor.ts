import type { Json } from '../../../core/model'

/** A list as far as a later round needs to know it. */
export interface KnownList {
  readonly id: string
  readonly name: string
  readonly special: 'default' | 'flagged' | null
}

/** Where the chains stand: one of the lists, one per list (contract ground rule 6). */
export interface TaskCursor {
  readonly deltaLink: string
  readonly known: readonly KnownList[]
  /** List → delta link. */
  readonly tasks: Readonly<Record<string, string>>
}

const text = (value: unknown): value is string => typeof value === 'string'

const isKnown = (value: unknown): value is KnownList => {
  const { id, name, special } = (value ?? {}) as Partial<KnownList>
  return (
    text(id) && text(name) && (special === null || special === 'default' || special === 'flagged')
  )
}

/** Reads a stored cursor; null = none, or not one of ours. */
export function taskCursor(value: unknown): TaskCursor | null {
  const { lists, tasks } = (value ?? {}) as { lists?: Partial<TaskCursor>; tasks?: unknown }
  const { deltaLink, known } = lists ?? {}
  if (!text(deltaLink) || !Array.isArray(known) || !known.every(isKnown)) return null
  if (tasks === null || typeof tasks !== 'object') return null
  if (!Object.values(tasks).every(text)) return null
  return { deltaLink, known, tasks: tasks as Record<string, string> }
}

export const taskCursorJson = ({ deltaLink, known, tasks }: TaskCursor): Json => ({
  lists: { deltaLink, known: known.map(({ id, name, special }) => ({ id, name, special })) },
  tasks: { ...tasks },
})
