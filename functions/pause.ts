import { levelStatus, pause, resume } from '../shared/usecases/pause'
import { route } from './http/route'
import { LEVELS, nameAt } from './levels'

/** Pause and resume at the three levels, and above a user whether it is paused. */
export function declarePauseRoutes(): void {
  for (const at of LEVELS) {
    const { level, prefix, params, scope } = at
    route({
      name: nameAt('pause', at),
      method: 'POST',
      path: `${prefix}pause`,
      summary: `Stops syncing at the ${level} level; nothing is called from the answer on`,
      params,
      answer: { status: 200, is: 'paused' },
      handle: async ({ deps }, { params: given, by }) => ({
        status: 200,
        body: await pause(deps, scope(given), by),
      }),
    })
    route({
      name: nameAt('resume', at),
      method: 'POST',
      path: `${prefix}resume`,
      summary: `Takes back the stop of the ${level} level`,
      params,
      answer: { status: 200, is: 'resumed' },
      handle: async ({ deps }, { params: given, by }) => ({
        status: 200,
        body: await resume(deps, scope(given), by),
      }),
    })
    if (level === 'user') continue
    route({
      name: nameAt('get-status', at),
      method: 'GET',
      path: `${prefix}status`,
      summary: `Whether the ${level} level is paused`,
      params,
      answer: { status: 200, is: 'levelStatus' },
      async handle({ deps }, { params: given }) {
        const wanted = scope(given)
        const stopped = wanted.level === 'user' ? null : await levelStatus(deps, wanted)
        return { status: 200, body: stopped }
      },
    })
  }
}
