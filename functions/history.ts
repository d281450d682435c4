import { history } from '../shared/usecases/history'
import { route } from './http/route'
import { pageQuery } from './http/schemas'
import { LEVELS, nameAt } from './levels'

/** `GET …/history` of the three levels. */
export function declareHistoryRoutes(): void {
  for (const at of LEVELS) {
    const { level, prefix, params, scope } = at
    route({
      name: nameAt('get-history', at),
      method: 'GET',
      path: `${prefix}history`,
      summary:
        level === 'user'
          ? 'What was written where, and why; newest first'
          : `What was changed at the ${level} level, and by whom; newest first`,
      params,
      query: pageQuery,
      answer: { status: 200, is: 'history' },
      handle: async ({ deps }, { params: given, query }) => ({
        status: 200,
        body: await history(deps, scope(given), query),
      }),
    })
  }
}
