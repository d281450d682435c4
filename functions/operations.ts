import { ProblemAnswer } from '../shared/errors'
import { cancelOperation, showOperation, startSync } from '../shared/usecases/operations'
import { route } from './http/route'
import { accountOf, operationParams, syncBody, USER_PATH, userParams } from './http/schemas'

const unknown = (): ProblemAnswer =>
  new ProblemAnswer(404, 'Not found', 'There is no such operation.')

/** Runs on demand, and the operations that watch what takes long. */
export function declareOperationRoutes(): void {
  route({
    name: 'start-sync',
    method: 'POST',
    path: `${USER_PATH}/sync`,
    summary: 'Syncs now; calls within a minute join the same run',
    params: userParams,
    body: syncBody,
    answer: { status: 202, is: 'operation' },
    problems: [409],
    async handle({ deps }, { params, body: { kind, mode } }) {
      const operation = await startSync(deps, accountOf(params), {
        mode,
        ...(kind ? { kind } : {}),
      })
      return { status: 202, body: showOperation(operation) }
    },
  })
  route({
    name: 'get-operation',
    method: 'GET',
    path: 'operations/{id}',
    summary: 'Progress and result of a long operation',
    params: operationParams,
    answer: { status: 200, is: 'operation' },
    problems: [404],
    async handle({ deps }, { params: { id } }) {
      const found = await deps.operations.get(id)
      if (!found) throw unknown()
      return { status: 200, body: showOperation(found.value) }
    },
  })
  route({
    name: 'cancel-operation',
    method: 'POST',
    path: 'operations/{id}/cancel',
    summary: 'Stops waiting for an operation; what it has begun goes on',
    params: operationParams,
    answer: { status: 200, is: 'operation' },
    problems: [404],
    async handle({ deps }, { params: { id } }) {
      const operation = await cancelOperation(deps, id)
      if (!operation) throw unknown()
      return { status: 200, body: showOperation(operation) }
    },
  })
}
