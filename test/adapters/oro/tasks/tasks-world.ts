import type { Fields, Reading } from '../../../../shared/core/model'
import { SyncError, type SyncErrorEvidence } from '../../../../shared/errors'
import type { Draft, Gathered, ItemState } from '../../../../shared/ports/side'
import { fromOroTask } from '../../../../shared/adapters/oro/tasks/from-oro-task'
import { WINDOW } from '../oro-world'

export const OWNER = '3'

export const ref = (id: number | string, container = OWNER) => ({ id: String(id), container })

export const request = (changes: object = {}) => ({
  cursor: null,
  window: WINDOW,
  mode: 'changes' as const,
  ids: [],
  ...changes,
})

/** Fields of a task in Oro's form. */
export const taskFields = (changes: Fields = {}): Fields => ({
  subject: 'Send offer',
  notes: 'Use the new price list',
  status: 'open',
  importance: 'normal',
  due: '2026-09-30T15:00:00Z',
  ...changes,
})

/** A To Do task as the use case hands it to the Oro side. */
export const toDoTask = (fields: Fields = {}): Reading => ({
  ...fromOroTask({ type: 'tasks', id: 'AAMk1', attributes: {}, relationships: {} }),
  side: 'microsoft',
  container: 'list-1',
  fields: {
    subject: 'Send offer',
    notes: 'Use the new price list',
    status: 'notStarted',
    importance: 'normal',
    due: '2026-09-30',
    ...fields,
  },
})

export const draft = (changes: Partial<Draft> = {}): Draft => ({
  fields: taskFields(),
  container: OWNER,
  counterpart: toDoTask(),
  token: 'token-1',
  categories: [],
  mayWrite: () => true,
  ...changes,
})

export const change = (id: number | string, fields: Fields, reading: Reading | null = null) => ({
  ref: ref(id),
  fields,
  reading,
  version: reading?.version ?? '',
})

export const ids = ({ readings }: Pick<Gathered, 'readings'>): string[] =>
  readings.map(({ id }) => id).sort()

/** The reading of an item that is there. */
export function present(state: ItemState | undefined): Reading {
  if (state?.is !== 'present') throw new Error(`not present: ${JSON.stringify(state)}`)
  return state.reading
}

/** What a failing call says of itself. */
export const evidence = (work: Promise<unknown>): Promise<SyncErrorEvidence> =>
  work.then(
    () => {
      throw new Error('nothing failed')
    },
    (error: unknown) => {
      if (error instanceof SyncError) return error.evidence
      throw error
    },
  )
