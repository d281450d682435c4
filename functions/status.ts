import { hold, problems, status } from '../shared/usecases/status'
import { route } from './http/route'
import { accountOf, pageQuery, USER_PATH, userParams } from './http/schemas'

/** How syncing stands for one user: status, problems, held deletions. */
export function declareStatusRoutes(): void {
  route({
    name: 'get-status',
    method: 'GET',
    path: `${USER_PATH}/status`,
    summary: 'How syncing stands, per kind',
    params: userParams,
    answer: { status: 200, is: 'status' },
    handle: async ({ deps }, { params }) => ({
      status: 200,
      body: await status(deps, accountOf(params)),
    }),
  })
  route({
    name: 'get-problems',
    method: 'GET',
    path: `${USER_PATH}/problems`,
    summary: 'Items that could not be synced, newest first',
    params: userParams,
    query: pageQuery,
    answer: { status: 200, is: 'problems' },
    handle: async ({ deps }, { params, query }) => ({
      status: 200,
      body: await problems(deps, accountOf(params), query),
    }),
  })
  route({
    name: 'get-hold',
    method: 'GET',
    path: `${USER_PATH}/hold`,
    summary: 'Deletions that wait for a person',
    params: userParams,
    answer: { status: 200, is: 'hold' },
    handle: async ({ deps }, { params }) => ({
      status: 200,
      body: await hold(deps, accountOf(params)),
    }),
  })
}
