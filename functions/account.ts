import type { Account } from '../shared/core/account'
import { ProblemAnswer } from '../shared/errors'
import { listAccounts } from '../shared/usecases/accounts'
import { answerHold, answerProblem, history } from '../shared/usecases/answers'
import { cancelOperation, showOperation, startSync } from '../shared/usecases/operations'
import { hold, problems, status } from '../shared/usecases/status'
import { route } from './http/route'
import {
  accountsQuery,
  confirmBody,
  operationParams,
  organizationParams,
  pageQuery,
  problemParams,
  refuseBody,
  syncBody,
  userParams,
} from './http/schemas'

const USER = 'organizations/{o}/users/{u}'
const account = ({ o, u }: { o: number; u: number }): Account => ({ organizationId: o, userId: u })

function declareStateRoutes(): void {
  route({
    name: 'get-status',
    method: 'GET',
    path: `${USER}/status`,
    summary: 'How syncing stands, per kind',
    params: userParams,
    answers: { 200: 'status' },
    handle: async ({ deps }, { params }) => ({
      status: 200,
      body: await status(deps, account(params)),
    }),
  })
  route({
    name: 'get-problems',
    method: 'GET',
    path: `${USER}/problems`,
    summary: 'Items that could not be synced',
    params: userParams,
    query: pageQuery,
    answers: { 200: 'problems' },
    async handle({ deps }, { params, query }) {
      const all = await problems(deps, account(params))
      const from = query.next === null ? 0 : Number(Buffer.from(query.next, 'base64url').toString())
      if (!Number.isSafeInteger(from) || from < 0) {
        const detail = 'is not one that was given out'
        throw new ProblemAnswer(400, 'Bad request', 'Nothing was done.', [
          { pointer: '/next', detail },
        ])
      }
      const items = all.slice(from, from + query.limit)
      const end = from + items.length
      const next = end < all.length ? Buffer.from(String(end)).toString('base64url') : null
      return { status: 200, body: { items, next } }
    },
  })
  route({
    name: 'get-history',
    method: 'GET',
    path: `${USER}/history`,
    summary: 'What was written where, and why; newest first',
    params: userParams,
    query: pageQuery,
    answers: { 200: 'history' },
    handle: async ({ deps }, { params, query }) => ({
      status: 200,
      body: await history(deps, account(params), query),
    }),
  })
  route({
    name: 'get-hold',
    method: 'GET',
    path: `${USER}/hold`,
    summary: 'Deletions that wait for a person',
    params: userParams,
    answers: { 200: 'hold' },
    handle: async ({ deps }, { params }) => ({
      status: 200,
      body: await hold(deps, account(params)),
    }),
  })
}

function declareAnswerRoutes(): void {
  route({
    name: 'answer-problem',
    method: 'POST',
    path: `${USER}/problems/{id}/{choice}`,
    summary: 'Tries an item again, or takes its problem from the list',
    params: problemParams,
    answers: { 204: 'nothing', 404: 'problem', 409: 'problem' },
    async handle({ deps }, { params }) {
      const { choice } = params
      if (choice !== 'retry' && choice !== 'ignore') {
        throw new ProblemAnswer(409, 'Not possible', 'This problem does not offer that choice.')
      }
      await answerProblem(deps, account(params), params.id, choice)
      return { status: 204 }
    },
  })
  route({
    name: 'confirm-hold',
    method: 'POST',
    path: `${USER}/hold/confirm`,
    summary: 'Carries out held deletions, as far as they are still proven',
    params: userParams,
    body: confirmBody,
    answers: { 202: 'answered' },
    handle: async ({ deps }, { params, body, by }) => ({
      status: 202,
      body: await answerHold(deps, account(params), {
        ...(body.ids ? { ids: body.ids } : {}),
        answer: 'confirm',
        by,
      }),
    }),
  })
  route({
    name: 'refuse-hold',
    method: 'POST',
    path: `${USER}/hold/refuse`,
    summary:
      'Refuses held deletions: their copies stay unlinked, or come back where they were deleted',
    params: userParams,
    body: refuseBody,
    answers: { 202: 'answered' },
    handle: async ({ deps }, { params, body, by }) => ({
      status: 202,
      body: await answerHold(deps, account(params), {
        ...(body.ids ? { ids: body.ids } : {}),
        answer: body.then,
        by,
      }),
    }),
  })
}

function declareOperationRoutes(): void {
  route({
    name: 'start-sync',
    method: 'POST',
    path: `${USER}/sync`,
    summary: 'Syncs now; calls within a minute join the same run',
    params: userParams,
    body: syncBody,
    answers: { 202: 'operation', 409: 'problem' },
    async handle({ deps }, { params, body }) {
      const request = { mode: body.mode, ...(body.kind ? { kind: body.kind } : {}) }
      const operation = await startSync(deps, account(params), request)
      return { status: 202, body: showOperation(operation) }
    },
  })
  route({
    name: 'get-operation',
    method: 'GET',
    path: 'operations/{id}',
    summary: 'Progress and result of a long operation',
    params: operationParams,
    answers: { 200: 'operation', 404: 'problem' },
    async handle({ deps }, { params: { id } }) {
      const found = await deps.operations.get(id)
      if (!found) throw new ProblemAnswer(404, 'Not found', 'There is no such operation.')
      return { status: 200, body: showOperation(found.value) }
    },
  })
  route({
    name: 'cancel-operation',
    method: 'POST',
    path: 'operations/{id}/cancel',
    summary: 'Stops waiting for an operation',
    params: operationParams,
    answers: { 200: 'operation', 404: 'problem' },
    async handle({ deps }, { params: { id } }) {
      const operation = await cancelOperation(deps.operations, id, deps.clock.now())
      if (!operation) throw new ProblemAnswer(404, 'Not found', 'There is no such operation.')
      return { status: 200, body: showOperation(operation) }
    },
  })
  route({
    name: 'list-accounts',
    method: 'GET',
    path: 'organizations/{o}/accounts',
    summary: 'Who is connected in an organization, oldest agreement first',
    params: organizationParams,
    query: accountsQuery,
    answers: { 200: 'accounts' },
    handle: async ({ deps }, { params: { o }, query }) => ({
      status: 200,
      body: await listAccounts(deps, o, query),
    }),
  })
}

/** Status, problems, holds, history, runs (DESIGN 7). */
export function declareAccountRoutes(): void {
  declareStateRoutes()
  declareAnswerRoutes()
  declareOperationRoutes()
}
