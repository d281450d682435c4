import { app as functions, type HttpRequest, type HttpResponseInit } from '@azure/functions'
import { app } from '../shared/compose'
import { ProblemAnswer } from '../shared/errors'
import { covers, readPageToken, type PageRight } from '../shared/usecases/page-tickets'
import { answering } from './http/answering'
import { call } from './http/call'
import { matchPath } from './http/route'

interface Owner {
  readonly organizationId: number | null
  readonly userId: number | null
}

const numberOf = (text: string | undefined): number | null =>
  text === undefined ? null : Number(text)

/** Whom a call concerns. An operation belongs to the account or the organization that asked for it. */
async function ownerOf(params: Readonly<Record<string, string>>): Promise<Owner> {
  const { o, u, id } = params
  if (o !== undefined) return { organizationId: Number(o), userId: numberOf(u) }
  const operation = id === undefined ? null : await app().deps.operations.get(id)
  if (!operation) return { organizationId: null, userId: null }
  const { organizationId, accountId } = operation.value
  return { organizationId, userId: numberOf(accountId?.split('-')[1]) }
}

async function rightOf(request: HttpRequest): Promise<PageRight> {
  const token = /^Bearer ([\w-]{1,100})$/.exec(request.headers.get('authorization') ?? '')?.[1]
  const right = token === undefined ? null : await readPageToken(app().deps, token)
  if (right) return right
  throw new ProblemAnswer(401, 'Page expired', 'Open this page from Oro again.')
}

async function pageCall(request: HttpRequest): Promise<HttpResponseInit> {
  const { scope, by } = await rightOf(request)
  const match = matchPath(request.params['call'] ?? '').find(
    ({ route }) => route.method === request.method && route.page !== 'never',
  )
  if (!match) throw new ProblemAnswer(404, 'Not found', 'The page has no such call.')
  if (!covers(scope, await ownerOf(match.params))) {
    throw new ProblemAnswer(403, 'Not yours', 'This page was opened for somebody else.')
  }
  return call(match.route, request, match.params, { by })
}

/** The calls of the settings page: the same use cases behind a token limited to the level of the page. */
export function registerPage(): void {
  functions.http('page', {
    methods: ['GET', 'POST', 'PATCH', 'PUT', 'DELETE'],
    route: 'page/{*call}',
    authLevel: 'anonymous',
    handler: (request, context) => answering(context, 'page', () => pageCall(request)),
  })
}
