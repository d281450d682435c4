import * as z from 'zod'
import { ProblemAnswer } from '../shared/errors'
import { checkConnection } from '../shared/usecases/check'
import { beginConnect } from '../shared/usecases/connect'
import { loadConnection, showConnection } from '../shared/usecases/connection'
import { disconnect } from '../shared/usecases/disconnect'
import { showOperation } from '../shared/usecases/operations'
import { route } from './http/route'
import { accountOf, cleanupQuery, connectBody, USER_PATH, userParams } from './http/schemas'

const path = `${USER_PATH}/connection`

/** Connect, its state, its check and its end (DESIGN 7). */
export function declareConnectionRoutes(): void {
  route({
    name: 'begin-connect',
    method: 'POST',
    path,
    summary: 'Begins Connect: a link for the pop-up',
    params: userParams,
    body: connectBody,
    // Whose calendar is synced is the back office's word: a user could name somebody else's.
    page: z.strictObject({}),
    answer: { status: 201, is: 'connectLink' },
    problems: [409],
    handle: async ({ deps }, { params, body, by }) => ({
      status: 201,
      body: await beginConnect(deps, accountOf(params), body, by),
    }),
  })
  route({
    name: 'get-connection',
    method: 'GET',
    path,
    summary: 'The connection of a user to Microsoft 365',
    params: userParams,
    answer: { status: 200, is: 'connection' },
    async handle({ deps }, { params }) {
      const { value } = await loadConnection(deps, accountOf(params))
      return { status: 200, body: showConnection(value, deps.clock.now()) }
    },
  })
  route({
    name: 'check-connection',
    method: 'POST',
    path: `${path}/check`,
    summary: 'Asks every part that syncing needs, without a write',
    params: userParams,
    answer: { status: 200, is: 'check' },
    handle: async ({ deps }, { params }) => ({
      status: 200,
      body: await checkConnection(deps, accountOf(params)),
    }),
  })
  route({
    name: 'disconnect',
    method: 'DELETE',
    path,
    summary: 'Ends the connection',
    params: userParams,
    query: cleanupQuery,
    answer: { status: 202, is: 'operation' },
    problems: [409, 422],
    async handle({ deps }, { params, query, by }) {
      if (query.cleanup !== 'leave') {
        const detail = 'Only cleanup=leave is offered by this version; nothing was changed.'
        throw new ProblemAnswer(422, 'Not offered', detail, [{ pointer: '/cleanup', detail }])
      }
      const operation = await disconnect(deps, accountOf(params), by)
      return { status: 202, body: showOperation(operation) }
    },
  })
}
