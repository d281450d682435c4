import { app as functions, type HttpRequest, type HttpResponseInit } from '@azure/functions'
import { answering } from './http/answering'
import { problem } from './http/problem'
import { matchPath } from './http/route'

/** Calls without a key that have one fixed path; the table holds those with a key. */
const OPEN = /^(health|oauth\/(start|admin-consent|callback))$/

const methodsOf = (path: string): readonly string[] =>
  OPEN.test(path) ? ['GET'] : matchPath(path).map(({ route }) => route.method)

/** The host by itself answers another method, or a path that does not exist, with 404 and no word. */
function answer(request: HttpRequest): HttpResponseInit {
  const allowed = methodsOf(request.params['path'] ?? '')
  if (allowed.length === 0) return problem(404, 'Not found', 'There is no such call.')
  const allow = allowed.join(', ')
  return problem(405, 'Method not allowed', `This call takes ${allow}.`, [], { allow })
}

/** What no other route takes, in the one error format. With the key: strangers learn nothing of what there is. */
export function registerUnknown(): void {
  functions.http('unknown', {
    methods: ['GET', 'POST', 'PATCH', 'PUT', 'DELETE', 'HEAD', 'OPTIONS'],
    route: '{*path}',
    authLevel: 'function',
    handler: (request, context) =>
      answering(context, 'unknown', () => Promise.resolve(answer(request))),
  })
}
