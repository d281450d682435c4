import { answerHold, answerProblem } from '../shared/usecases/answers'
import { route } from './http/route'
import {
  accountOf,
  confirmBody,
  problemParams,
  refuseBody,
  USER_PATH,
  userParams,
} from './http/schemas'

/** What a person says to problems and to held deletions. */
export function declareAnswerRoutes(): void {
  route({
    name: 'answer-problem',
    method: 'POST',
    path: `${USER_PATH}/problems/{id}/{choice}`,
    summary: 'Tries an item again, or takes its problem from the list',
    params: problemParams,
    answer: { status: 204, is: 'nothing' },
    problems: [404, 409],
    async handle({ deps }, { params }) {
      await answerProblem(deps, accountOf(params), params.id, params.choice)
      return { status: 204 }
    },
  })
  route({
    name: 'confirm-hold',
    method: 'POST',
    path: `${USER_PATH}/hold/confirm`,
    summary: 'Carries out held deletions, as far as they are still proven',
    params: userParams,
    body: confirmBody,
    answer: { status: 202, is: 'answered' },
    problems: [404],
    async handle({ deps }, { params, body: { ids }, by }) {
      const request = { ...(ids ? { ids } : {}), answer: 'confirm', by } as const
      return { status: 202, body: await answerHold(deps, accountOf(params), request) }
    },
  })
  route({
    name: 'refuse-hold',
    method: 'POST',
    path: `${USER_PATH}/hold/refuse`,
    summary: 'Refuses held deletions: copies stay unlinked, or come back where they were deleted',
    params: userParams,
    body: refuseBody,
    answer: { status: 202, is: 'answered' },
    problems: [404],
    async handle({ deps }, { params, body: { ids, then }, by }) {
      const request = { ...(ids ? { ids } : {}), answer: then, by }
      return { status: 202, body: await answerHold(deps, accountOf(params), request) }
    },
  })
}
