import { app as functions } from '@azure/functions'
import { app } from '../shared/compose'
import { health } from '../shared/usecases/health'
import { answering, route } from './http/route'

/** Up or not, for anybody; what is wrong, for the key's holder. */
export function registerHealth(): void {
  functions.http('health', {
    methods: ['GET'],
    route: 'health',
    authLevel: 'anonymous',
    handler: (_request, context) =>
      answering(context, 'health', async () => {
        const { up } = await health(app().deps)
        return { status: up ? 200 : 503, jsonBody: { up } }
      }),
  })
}

export function declareHealthRoutes(): void {
  route({
    name: 'health-details',
    method: 'GET',
    path: 'health/details',
    summary: 'What works and what does not',
    answers: { 200: 'health' },
    handle: async ({ deps }) => ({ status: 200, body: await health(deps) }),
  })
}
