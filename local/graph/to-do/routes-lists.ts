import { GraphError } from '../errors'
import { selected } from '../render'
import { checkedBody } from '../schema'
import { noteReadOnly } from './bodies'
import { newList, recordList } from './box'
import { feedOfLists } from './feeds'
import { paged } from './listing'
import { checkOrdinary, removeList, renameList } from './lists'
import { showList } from './render'
import type { ToDoCall, ToDoRoute } from './routes'

const SCHEMA = 'microsoft.graph.todoTaskList'

const delta = ({ context, rounds, box }: ToDoCall) => ({
  status: 200,
  body: rounds.page(context, feedOfLists(box), 'todoTaskList'),
})

/** Lists and their delta. */
export const listRoutes: ToDoRoute[] = [
  {
    method: 'GET',
    path: '',
    handle({ context, box }) {
      const select = context.query.get('select')
      const body = paged(context, [...box.lists.values()], (list) =>
        selected(showList(list), select),
      )
      return { status: 200, body }
    },
  },
  {
    method: 'POST',
    path: '',
    handle(call) {
      const { context, box, world } = call
      const given = checkedBody(SCHEMA, context.request.body)
      noteReadOnly(context, SCHEMA, given)
      const name = given['displayName']
      if (typeof name !== 'string' || name === '') {
        throw new GraphError(400, 'invalidRequest', "The property 'displayName' is required.")
      }
      const list = newList(world, name)
      box.lists.set(list.id, list)
      recordList(call, list, 'created')
      return { status: 201, body: showList(list) }
    },
  },
  { method: 'GET', path: '/delta', handle: delta },
  { method: 'GET', path: '/delta()', handle: delta },
  {
    method: 'GET',
    path: '/{todoTaskList-id}',
    handle: ({ context, list }) => ({
      status: 200,
      body: selected(showList(list()), context.query.get('select')),
    }),
  },
  {
    method: 'PATCH',
    path: '/{todoTaskList-id}',
    handle(call) {
      const { context } = call
      const list = call.list()
      const given = checkedBody(SCHEMA, context.request.body)
      noteReadOnly(context, SCHEMA, given)
      checkOrdinary(list)
      if (typeof given['displayName'] === 'string') renameList(call, list, given['displayName'])
      return { status: 200, body: showList(list) }
    },
  },
  {
    method: 'DELETE',
    path: '/{todoTaskList-id}',
    handle(call) {
      const list = call.list()
      checkOrdinary(list)
      removeList(call, list)
      return { status: 204 }
    },
  },
]
