import type { TodoTask } from '@microsoft/microsoft-graph-types'
import type { Fields, Reading } from '../../../core/model'
import { SyncError } from '../../../errors'
import type { Change, Draft, Removal, Written } from '../../../ports/side'
import { isRemoved, namedField } from '../errors'
import type { GraphClient } from '../client'
import {
  APPLICATION,
  fromGraphTask,
  type GraphTask,
  type NativeTask,
  type TaskContext,
} from './from-graph-task'
import type { KnownList } from './task-cursor'
import { listTasks, synced } from './task-lists'
import { taskPath, tasksPath } from './task-paths'
import { toGraphTask } from './to-graph-task'

/** Works on the tasks of one account. */
export interface TaskWriter {
  readonly client: GraphClient
  readonly contextOf: (list: string) => TaskContext
  readonly lists: () => Promise<readonly KnownList[]>
  /** Name of the list for new tasks; '' = the default one. */
  readonly listName: string
}

const written = (reading: Reading): Written => ({
  id: reading.id,
  container: reading.container,
  reading,
})

/** The list for new tasks: the one of that name, else the default one. */
async function homeList({ lists, listName }: TaskWriter): Promise<string> {
  const all = synced(await lists())
  const folded = (name: string): string => name.trim().toLowerCase()
  const named = all.find(({ name }) => listName !== '' && folded(name) === folded(listName))
  const list = named ?? all.find(({ special }) => special === 'default')
  if (list !== undefined) return list.id
  throw new SyncError({
    code: 'container-gone',
    scope: 'account',
    side: 'microsoft',
    transient: false,
  })
}

/**
 * Creates a task with a link back to Oro. Nothing makes that repeatable (G-46): without an answer it fails once and transient, and `find`
 * tells later whether it was stored.
 */
export async function createTask(writer: TaskWriter, draft: Draft): Promise<Written> {
  const { client, contextOf } = writer
  const { fields, counterpart, categories } = draft
  const list = draft.container === '' ? await homeList(writer) : draft.container
  const context = contextOf(list)
  const link = {
    webUrl: context.oroTaskUrl(counterpart.id),
    applicationName: APPLICATION,
    displayName: counterpart.label === '' ? APPLICATION : counterpart.label,
    externalId: counterpart.id,
  }
  const body = {
    ...toGraphTask(fields, context.zone),
    ...(categories.length > 0 ? { categories } : {}),
    linkedResources: [link],
  }
  const answer = await client
    .ask({ method: 'POST', path: tasksPath(list), body }, 'item')
    .catch((error: unknown) => {
      throw refused(error, fields)
    })
  const task = { ...(answer.body as GraphTask), linkedResources: [link] }
  return written(fromGraphTask(task, context, true))
}

/**
 * Changes the given fields only (TK13).
 * @throws SyncError `refused-value` of `due` for a recurring task: To Do would leave the old one open and make another, or jump (G-44);
 * `item-failed` with status 412 when the task has changed since it was read
 */
export async function updateTask(writer: TaskWriter, change: Change): Promise<Written> {
  const { client, contextOf } = writer
  const { ref, fields, reading, version } = change
  const context = contextOf(ref.container)
  const members = toGraphTask(fields, context.zone)
  const { status } = fields
  if (Object.keys(members).length === 0) return { id: ref.id, container: ref.container, reading }
  if (members.dueDateTime !== undefined && (await recurs(client, change))) {
    throw new SyncError({
      code: 'refused-value',
      scope: 'item',
      side: 'microsoft',
      transient: false,
      fields: ['due'],
      detail: 'recurring',
    })
  }
  const answer = await client
    .ask({ method: 'PATCH', path: taskPath(ref), body: members, ifMatch: version }, 'item')
    .catch((error: unknown) => {
      throw refused(error, fields)
    })
  const after = fromGraphTask(answer.body as GraphTask, context, true)
  return written(status === 'completed' ? completed(after) : after)
}

/**
 * A recurring task that was completed answers as its next date (G-43). That it is open again is the user's next task and no other form of
 * what was sent: nothing is said of the status here, the next round tells it.
 */
function completed(reading: Reading): Reading {
  if (reading.fields['status'] === 'completed') return reading
  const { status: _status, ...fields } = reading.fields
  return { ...reading, fields }
}

/** List answers may leave the recurrence out (G-45): only the task itself tells that it has none. */
async function recurs(client: GraphClient, { ref, reading }: Change): Promise<boolean> {
  const native = reading?.native as NativeTask | undefined
  if (native?.task.recurrence) return true
  if (native?.whole === true) return false
  const path = `${taskPath(ref)}?$select=recurrence`
  const { body } = await client.ask({ method: 'GET', path }, 'item')
  return ((body ?? {}) as TodoTask).recurrence != null
}

/** A refused time is the due date, the only one that is written. */
function refused(error: unknown, fields: Fields): unknown {
  if (error instanceof SyncError && error.evidence.fields?.includes('when') === true) {
    return new SyncError({ ...error.evidence, fields: ['due'] })
  }
  return namedField(error, fields)
}

/**
 * Deletes a task. Gone already = done.
 * @throws SyncError `item-failed` with status 412 when the task has changed since that version
 */
export async function removeTask(
  client: GraphClient,
  { ref, version }: Pick<Removal, 'ref' | 'version'>,
): Promise<void> {
  const answer = await client.send({ method: 'DELETE', path: taskPath(ref), ifMatch: version })
  if (!isRemoved(answer)) throw client.failure(answer, 'item')
}

/**
 * All tasks that link to Oro, by Oro id. No filter is known to find them (contract section 8), so that the lists are read whole.
 */
export async function linkedTasks({
  client,
  contextOf,
  lists,
}: TaskWriter): Promise<ReadonlyMap<string, readonly Reading[]>> {
  const found = new Map<string, Reading[]>()
  for (const { id } of synced(await lists())) {
    for (const task of await listTasks(client, id, 'linkedResources')) {
      const reading = fromGraphTask(task, contextOf(id))
      const { marker } = reading.keys
      if (marker !== undefined) found.set(marker, [...(found.get(marker) ?? []), reading])
    }
  }
  return found
}
