import { taskPolicy } from '../../../core/policy'
import type { SidePort } from '../../../ports/side'
import type { AccountContext } from '../../../ports/systems'
import { answerDate, type Send } from '../event-list'
import type { Resource } from '../json-api'
import { before, gatherRows, readBackRows, unlessHidden, type RowSource } from '../listed-rows'
import { fromOroTask, ownerOf } from './from-oro-task'
import { leftBehind, RECENT_MS } from './recover'
import { getTask, listTasks, readTasks, stateOf } from './task-read'
import { createTask, removeTask, updateTask } from './task-write'

/**
 * Oro's side of one account's tasks: those that its user owns (oro/README 4). A task given to somebody else leaves the list without being
 * deleted; hints and full lists find that out, and `read` says where it went.
 */
export function createTasks(
  context: AccountContext,
  sendUnwatched: Send,
  now: () => number,
): SidePort {
  const owner = String(context.account.userId)
  const keepsChecklist = context.settings.tasks.checklist === 'in-description'
  const policy = taskPolicy(context.settings.tasks, context.connection.oro.timeZone)
  let wroteFrom: string | null = null
  let recent: { readonly since: string; readonly rows: Promise<readonly Resource[]> } | null = null

  const send: Send = async (request) => {
    const answer = await sendUnwatched(request)
    if (request.method !== undefined && request.method !== 'GET') wroteFrom ??= answerDate(answer)
    return answer
  }

  const source: RowSource<Resource> = {
    container: owner,
    list: (since) => listTasks(send, owner, since),
    async get(id) {
      const task = await unlessHidden(() => getTask(send, id))
      return task === null || ownerOf(task) !== owner ? null : task
    },
    idOf: ({ id }) => id,
  }

  const read: SidePort['read'] = (refs) => readTasks(send, refs, fromOroTask)
  const writes = { send, fromTask: fromOroTask, keepsChecklist }

  return {
    async gather(request) {
      const { rows, ...gathered } = await gatherRows(source, request)
      return { ...gathered, readings: rows.map(fromOroTask) }
    },

    read,

    async find(counterpart) {
      if (recent === null) {
        const since = before(new Date(now()).toISOString(), RECENT_MS)
        recent = { since, rows: source.list(since).then(({ rows }) => rows) }
      }
      return leftBehind(await recent.rows, recent.since, counterpart, policy, fromOroTask)
    },

    async create(draft) {
      recent = null
      return createTask(writes, draft)
    },

    update: (change) => updateTask(writes, change),
    remove: ({ ref }) => removeTask(send, ref.id),

    readBack(written) {
      const from = wroteFrom
      wroteFrom = null
      return readBackRows(() => source, written, from, {
        stateOf: (task, container) => stateOf(task, container, fromOroTask),
        read,
      })
    },
  }
}
