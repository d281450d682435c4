import { SyncError } from '../../../errors'
import type { OroAnswer } from '../client'
import { formErrors, oroError } from '../errors'
import type { Send } from '../event-list'
import { jsonApi, relatedId, type Resource } from '../json-api'
import { statusIs, type OroTaskWrite } from './to-oro-task'
import { storedTask, taskPath } from './task-read'

/** Ways through `task_flow`, by the step that a task is at and the one that is wanted (oro/README 4.2). */
const WAYS: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  open: { in_progress: ['start_progress'], closed: ['close'] },
  in_progress: { open: ['stop_progress'], closed: ['close'] },
  closed: { open: ['reopen'], in_progress: ['reopen', 'start_progress'] },
}

/** The status a task of the JSON:API has; '' = none. */
export const statusOf = (task: Resource): string => relatedId(task, 'status') ?? ''

/** Writes parts of a task; the answer holds the whole task. Repeatable: the same values again change nothing. */
export const patchTask = (send: Send, id: string, write: OroTaskWrite): Promise<OroAnswer> =>
  send(
    jsonApi({
      method: 'PATCH',
      path: taskPath(id),
      json: { data: { type: 'tasks', id, ...write } },
      repeatable: true,
    }),
  )

/**
 * Leads a task to a status through the transitions of its workflow. `no-item` = it is in no workflow (switched off, or switched on again
 * since; or the old API is closed to us): then `status` is a field like others, and nothing was written.
 *
 * @param known the status it had when it was last read; null = unknown
 * @throws `refused-value` for `status` when neither a transition nor the field takes it
 */
export async function moveStatus(
  send: Send,
  id: string,
  known: string | null,
  wanted: string,
): Promise<'moved' | 'no-item'> {
  const item = await workflowItem(send, id)
  if (item === null) return 'no-item'
  let from = known ?? statusOf(await storedTask(send, id))
  for (;;) {
    if (from === wanted) return 'moved'
    if (await walk(send, item, WAYS[from]?.[wanted])) return 'moved'
    // Customers replace the workflow; and the status that is there already passes as well.
    const patched = await setStatus(send, id, wanted)
    if (patched.status === 200) return 'moved'
    if (patched.status !== 400) throw oroError(patched, 'item', 'tasks')
    // Somebody moved it since it was read, or the first step of two was done: on from where it stands.
    const now = statusOf(await storedTask(send, id))
    if (now === from || WAYS[now]?.[wanted] === undefined) throw refused(patched)
    from = now
  }
}

const setStatus = (send: Send, id: string, wanted: string): Promise<OroAnswer> =>
  patchTask(send, id, { attributes: {}, relationships: statusIs(wanted) })

/** The only place that names the workflow item is the old single read (oro/README 4.2). */
async function workflowItem(send: Send, id: string): Promise<string | null> {
  const answer = await send({ path: `/api/rest/latest/tasks/${encodeURIComponent(id)}.json` })
  if (answer.status === 403 || answer.status === 404) return null
  const { body } = answer
  if (answer.status !== 200 || typeof body !== 'object' || body === null)
    throw oroError(answer, 'item', 'tasks')
  const { workflowItem: item } = body as Readonly<Record<string, unknown>>
  return typeof item === 'number' || typeof item === 'string' ? String(item) : null
}

/** Takes the steps of a way; false = a step is not allowed, not known, or there is no way. */
async function walk(
  send: Send,
  item: string,
  way: readonly string[] | undefined,
): Promise<boolean> {
  if (way === undefined) return false
  for (const transition of way) {
    const answer = await send({
      method: 'POST',
      path: `/api/rest/latest/workflow/transit/${encodeURIComponent(item)}/${transition}.json`,
      // Taken a second time it is refused, and the status that is wanted is there.
      repeatable: true,
    })
    if (answer.status === 200) continue
    if (isRefusal(answer)) return false
    throw oroError(answer, 'item', 'tasks')
  }
  return true
}

/** A workflow of the customer's own may not know the transition, which Oro answers with 500. */
const isRefusal = (answer: OroAnswer): boolean =>
  [400, 403, 404].includes(answer.status) ||
  formErrors(answer.body).some(({ message }) => message.startsWith('Transition "'))

const refused = (answer: OroAnswer): SyncError =>
  new SyncError({ ...oroError(answer, 'item', 'tasks').evidence, fields: ['status'] })
