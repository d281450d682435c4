import { ProblemAnswer } from '../shared/errors'
import { checkConnection } from '../shared/usecases/check'
import { beginConnect, loadConnection, showConnection } from '../shared/usecases/connect'
import { disconnect } from '../shared/usecases/disconnect'
import { showOperation } from '../shared/usecases/operations'
import { putOroCredentials } from '../shared/usecases/oro-credentials'
import { route } from './http/route'
import {
  cleanupQuery,
  connectBody,
  credentialsBody,
  organizationParams,
  userParams,
} from './http/schemas'

const USER = 'organizations/{o}/users/{u}'

/** Connect, its state, its check and its end (DESIGN 7). */
export function declareConnectionRoutes(): void {
  route({
    name: 'begin-connect',
    method: 'POST',
    path: `${USER}/connection`,
    summary: 'Begins Connect: a link for the pop-up',
    params: userParams,
    body: connectBody,
    answers: { 201: 'connectLink' },
    handle: async ({ deps }, { params: { o, u }, body }) => ({
      status: 201,
      body: await beginConnect(deps, { organizationId: o, userId: u }, body),
    }),
  })
  route({
    name: 'get-connection',
    method: 'GET',
    path: `${USER}/connection`,
    summary: 'The connection of a user to Microsoft 365',
    params: userParams,
    answers: { 200: 'connection' },
    async handle({ deps }, { params: { o, u } }) {
      const { value } = await loadConnection(deps, { organizationId: o, userId: u })
      return { status: 200, body: showConnection(value) }
    },
  })
  route({
    name: 'check-connection',
    method: 'POST',
    path: `${USER}/connection/check`,
    summary: 'Asks every part that syncing needs, without a write',
    params: userParams,
    answers: { 200: 'check' },
    handle: async ({ deps }, { params: { o, u } }) => ({
      status: 200,
      body: await checkConnection(deps, { organizationId: o, userId: u }),
    }),
  })
  route({
    name: 'disconnect',
    method: 'DELETE',
    path: `${USER}/connection`,
    summary: 'Ends the connection',
    params: userParams,
    query: cleanupQuery,
    answers: { 202: 'operation' },
    async handle({ deps }, { params: { o, u }, query }) {
      if (query.cleanup !== 'leave') {
        const detail = 'Only cleanup=leave is offered by this version; nothing was changed.'
        throw new ProblemAnswer(422, 'Not offered', detail, [{ pointer: '/cleanup', detail }])
      }
      const operation = await disconnect(deps, { organizationId: o, userId: u })
      return { status: 202, body: showOperation(operation) }
    },
  })
  route({
    name: 'put-oro-credentials',
    method: 'PUT',
    path: 'organizations/{o}/oro-credentials',
    summary: "Checks and stores the credentials of an organization's Oro application",
    params: organizationParams,
    body: credentialsBody,
    answers: { 204: 'nothing', 422: 'problem' },
    async handle({ deps }, { params: { o }, body }) {
      await putOroCredentials(deps, o, body)
      return { status: 204 }
    },
  })
}
