import { app as functions } from '@azure/functions'
import { app } from '../shared/compose'
import { health } from '../shared/usecases/health'
import { answering } from './http/answering'
import { route } from './http/route'

/** Up or not, for anybody: nothing else is said without the key. */
export function registerHealth(): void {
  functions.http('health', {
    methods: ['GET'],
    route: 'health',
    authLevel: 'anonymous',
    handler: (_request, context) =>
      answering(context, 'health', async () => {
        const { up } = await health(app().deps)
        const headers = { 'cache-control': 'no-store' }
        return { status: up ? 200 : 503, headers, jsonBody: { up } }
      }),
  })
}

export function declareHealthRoutes(): void {
  route({
    name: 'health-details',
    method: 'GET',
    path: 'health/details',
    summary: 'What works and what does not',
    answer: { status: 200, is: 'health' },
    handle: async ({ deps }) => ({ status: 200, body: await health(deps) }),
  })
}
