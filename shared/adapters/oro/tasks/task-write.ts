import type { Fields, Reading } from '../../../core/model'
import { isItemError, SyncError } from '../../../errors'
import type { Change, Draft, Written } from '../../../ports/side'
import { oroError } from '../errors'
import type { Send } from '../event-list'
import { isRemoved } from '../event-write'
import { jsonApi, resource, type Resource } from '../json-api'
import { describe, needsStored } from './description'
import { descriptionOf } from './from-oro-task'
import { storedTask, taskPath, TASKS } from './task-read'
import { isEmpty, related, statusIs, toOroTask, type OroTaskWrite } from './to-oro-task'
import { moveStatus, patchTask, statusOf } from './workflow'

export interface TaskWriteDeps {
  readonly send: Send
  readonly fromTask: (task: Resource) => Reading
  /** Whether checklists stand in descriptions (`tasks.checklist: in-description`). */
  readonly keepsChecklist: boolean
}

/** With the workflow on, every task is born so (oro/README 4.2). */
const BORN = 'open'

/**
 * Creates a task. Not repeatable: nothing of ours marks it in Oro, so that a lost answer is left to `find` (sync-rules 6). The same holds
 * when the task was created and its status could not be set: that fails as transient, and the task stays.
 */
export async function createTask(deps: TaskWriteDeps, draft: Draft): Promise<Written> {
  const { send, fromTask, keepsChecklist } = deps
  const { fields, container } = draft
  const described = describe(fields, '', keepsChecklist)
  const { attributes, relationships } = toOroTask(fields, described?.description)
  if (attributes.subject === undefined || attributes.subject === '') throw incomplete()
  const write: OroTaskWrite = {
    attributes,
    relationships: {
      taskPriority: related('taskpriorities', 'normal'),
      ...relationships,
      ...statusIs(BORN),
      // A service account would otherwise own it.
      owner: related('users', container),
    },
  }
  const json = { data: { type: 'tasks', ...write } }
  const answer = await send(jsonApi({ method: 'POST', path: TASKS, json, repeatable: false }))
  const task = answer.status === 201 ? resource(answer.body) : undefined
  if (task === undefined) throw oroError(answer, 'item', 'tasks')
  const wanted = text(fields['status']) ?? BORN
  const moved = statusOf(task) !== wanted
  if (moved) await settle(send, task.id, statusOf(task), wanted)
  return {
    id: task.id,
    container,
    reading: moved ? null : fromTask(task),
    ...adjustedBy(described),
  }
}

async function settle(send: Send, id: string, from: string, wanted: string): Promise<void> {
  try {
    if ((await moveStatus(send, id, from, wanted)) === 'moved') return
    const answer = await patchTask(send, id, { attributes: {}, relationships: statusIs(wanted) })
    if (answer.status !== 200) throw oroError(answer, 'item', 'tasks')
  } catch (cause) {
    if (!isItemError(cause)) throw cause
    throw new SyncError({
      side: 'oro',
      code: 'item-failed',
      scope: 'item',
      transient: true,
      detail: 'created, but its status could not be set',
      cause,
    })
  }
}

/**
 * Writes the given fields and no others: PATCH merges. Nothing can be insisted on (oro/README 1): what somebody else wrote meanwhile into
 * another field survives, into this one not. `status` goes first, through the workflow where the task is in one, so that the answer to the
 * rest holds the task as it is in the end.
 *
 * @throws `refused-value` with the fields that Oro refuses; fields of this change that were written already may be written again
 */
export async function updateTask(deps: TaskWriteDeps, change: Change): Promise<Written> {
  const { send, fromTask, keepsChecklist } = deps
  const { ref, fields } = change
  const written = { id: ref.id, container: ref.container }
  // Around a block that is replaced stands what somebody may just have edited: not from an earlier reading.
  const stored = needsStored(fields, keepsChecklist) ? await storedTask(send, ref.id) : null
  const described = describe(fields, stored === null ? '' : descriptionOf(stored), keepsChecklist)
  let write = toOroTask(fields, described?.description)
  const wanted = text(fields['status'])
  if (wanted !== undefined) {
    const known = stored === null ? knownStatus(change.reading?.fields) : statusOf(stored)
    if ((await moveStatus(send, ref.id, known, wanted)) === 'no-item')
      write = { ...write, relationships: { ...write.relationships, ...statusIs(wanted) } }
  }
  if (isEmpty(write)) return { ...written, reading: wanted === undefined ? change.reading : null }
  const answer = await patchTask(send, ref.id, write)
  const task = answer.status === 200 ? resource(answer.body) : undefined
  if (task === undefined) throw oroError(answer, 'item', 'tasks')
  return { ...written, reading: fromTask(task), ...adjustedBy(described) }
}

/** Deletes. Gone already = done. */
export async function removeTask(send: Send, id: string): Promise<void> {
  const answer = await send(jsonApi({ method: 'DELETE', path: taskPath(id) }))
  if (!isRemoved(answer)) throw oroError(answer, 'item', 'tasks')
}

const adjustedBy = (
  described: { readonly adjusted: readonly string[] } | null,
): { adjusted?: readonly string[] } =>
  described === null || described.adjusted.length === 0 ? {} : { adjusted: described.adjusted }

const knownStatus = (fields: Fields | undefined): string | null => text(fields?.['status']) ?? null

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

const incomplete = (): SyncError =>
  new SyncError({ side: 'oro', code: 'invalid-item', scope: 'item', transient: false })
