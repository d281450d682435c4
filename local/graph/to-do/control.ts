import type { StandInAnswer, StandInRequest } from '../../stand-in/server'
import { GraphError } from '../errors'
import type { Json } from '../model'
import type { AppTask, ToDoEdits } from './user-edits'

const done: StandInAnswer = { status: 204 }

/**
 * The edits over HTTP, below `/_control/todo/{mailbox}/`:
 * `GET lists` · `POST lists {displayName, shared?}` · `PATCH lists/{id} {displayName}` · `DELETE lists/{id}` · `POST seed {tasks, listId?}` ·
 * `POST tasks {task, listId?}` · `PATCH|DELETE tasks/{id}` · `POST tasks/{id}/move {listId}` · `PUT tasks/{id}/checklist {items}` ·
 * `POST flag-email {subject}` · `POST touch {ids?}` · `POST lose-sync-state {listId?}`.
 */
export function createToDoControl(edits: ToDoEdits) {
  return (request: StandInRequest, json: unknown): StandInAnswer | undefined => {
    const [what, mailbox = '', ...rest] = request.rawPath
      .slice('/_control/'.length)
      .split('/')
      .map((segment) => decodeURIComponent(segment))
    if (what !== 'todo') return undefined
    try {
      return answer(edits, mailbox, request.method, rest, (json ?? {}) as Json)
    } catch (error) {
      if (!(error instanceof GraphError)) throw error
      return { status: error.status, body: { error: error.message } }
    }
  }
}

function answer(
  edits: ToDoEdits,
  mailbox: string,
  method: string,
  [what = '', id = '', action]: string[],
  json: Json,
): StandInAnswer | undefined {
  const listId = typeof json['listId'] === 'string' ? json['listId'] : undefined
  const created = (value: string | string[]): StandInAnswer => ({
    status: 201,
    body: Array.isArray(value) ? value : { id: value },
  })
  const shape = [what, id === '' ? '' : '{id}', action ?? ''].filter((part) => part !== '')
  switch (`${method} ${shape.join('/')}`) {
    case 'GET lists':
      return { status: 200, body: edits.lists(mailbox) }
    case 'POST lists':
      return created(
        edits.createList(mailbox, String(json['displayName']), json['shared'] === true),
      )
    case 'PATCH lists/{id}':
      edits.renameList(mailbox, id, String(json['displayName']))
      return done
    case 'DELETE lists/{id}':
      edits.deleteList(mailbox, id)
      return done
    case 'POST seed':
      return created(edits.seedTasks(mailbox, json['tasks'] as Json[], listId))
    case 'POST tasks':
      return created(edits.createTask(mailbox, json['task'] as AppTask, listId))
    case 'PATCH tasks/{id}':
      edits.updateTask(mailbox, id, json)
      return done
    case 'DELETE tasks/{id}':
      edits.deleteTask(mailbox, id)
      return done
    case 'POST tasks/{id}/move':
      return created(edits.moveTask(mailbox, id, listId ?? ''))
    case 'PUT tasks/{id}/checklist':
      return { status: 200, body: edits.setChecklist(mailbox, id, json['items'] as Json[]) }
    case 'POST flag-email':
      return created(edits.flagEmail(mailbox, String(json['subject'])))
    case 'POST touch':
      edits.touch(mailbox, json['ids'] as string[] | undefined)
      return done
    case 'POST lose-sync-state':
      edits.loseSyncState(mailbox, listId)
      return done
    default:
      return undefined
  }
}
