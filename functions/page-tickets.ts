import { createPageTicket } from '../shared/usecases/page-tickets'
import { route } from './http/route'
import { LEVELS, nameAt } from './levels'

/** `POST …/page-tickets` of the three levels. */
export function declarePageTicketRoutes(): void {
  for (const at of LEVELS) {
    const { level, prefix, params, scope } = at
    route({
      name: nameAt('create-page-ticket', at),
      method: 'POST',
      path: `${prefix}page-tickets`,
      summary: `An address of the settings page of the ${level} level, good once within five minutes`,
      params,
      page: 'never',
      answer: { status: 201, is: 'pageTicket' },
      handle: async ({ deps }, { params: given, by }) => ({
        status: 201,
        body: await createPageTicket(deps, scope(given), by),
      }),
    })
  }
}
