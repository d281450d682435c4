import {
  app as functions,
  type HttpRequest,
  type HttpResponseInit,
  type InvocationContext,
} from '@azure/functions'
import * as z from 'zod'
import { app, invocationLog, withLog, type App } from '../../shared/compose'
import { ProblemAnswer, type Violation } from '../../shared/errors'
import { requestFailed } from '../../shared/log'
import { problem, toProblem } from './problem'

export type Method = 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'

/** What a route is given: everything parsed, nothing left to check. */
export interface Input<P, Q, B> {
  readonly params: P
  readonly query: Q
  readonly body: B
  readonly header: (name: string) => string | null
  /** Who asked, for the history (`x-acting-user`). */
  readonly by: string | null
}

export interface Answer {
  readonly status: number
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** One call of the interface (DESIGN 7): validation, OpenAPI and registration come from here. */
export interface Route {
  readonly name: string
  readonly method: Method
  readonly path: string
  readonly summary: string
  readonly params: z.ZodType
  readonly query: z.ZodType
  readonly body: z.ZodType | null
  readonly answers: Readonly<Record<number, string>>
  handle(app: App, input: Input<never, never, never>): Promise<Answer>
}

const BODY_LIMIT = 64 * 1024
const nothing = z.strictObject({})

interface Definition<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType> {
  name: string
  method: Method
  path: string
  summary: string
  params?: P
  query?: Q
  body?: B
  answers: Readonly<Record<number, string>>
  handle(app: App, input: Input<z.output<P>, z.output<Q>, z.output<B>>): Promise<Answer>
}

const routes: Route[] = []

/** All calls with a key, for the page and the OpenAPI document. */
export const allRoutes = (): readonly Route[] => routes

/** Declares a call that needs the function key. */
export function route<
  P extends z.ZodType = typeof nothing,
  Q extends z.ZodType = typeof nothing,
  B extends z.ZodType = typeof nothing,
>(definition: Definition<P, Q, B>): void {
  routes.push({
    ...definition,
    params: definition.params ?? nothing,
    query: definition.query ?? nothing,
    body: definition.body ?? null,
    handle: definition.handle as unknown as Route['handle'],
  })
}

/** Registers every declared call with the Functions host. */
export function registerRoutes(): void {
  for (const declared of routes) {
    functions.http(declared.name, {
      methods: [declared.method],
      route: declared.path,
      authLevel: 'function',
      handler: (request, context) =>
        answering(context, declared.path, () => call(declared, request, request.params)),
    })
  }
}

/** Runs a handler with its log; whatever fails becomes a problem document. */
export async function answering(
  context: InvocationContext,
  name: string,
  work: () => Promise<HttpResponseInit>,
): Promise<HttpResponseInit> {
  return withLog(context, async () => {
    try {
      return await work()
    } catch (error) {
      const known = toProblem(error)
      if (known) return known
      const text = error instanceof Error ? `${error.name}: ${error.message}` : 'unknown'
      requestFailed(invocationLog, { route: name, error: text })
      return problem(500, 'Internal error', 'Something went wrong on our side; it was logged.')
    }
  })
}

const violations = (error: z.ZodError, at = ''): Violation[] =>
  error.issues.flatMap((issue) => {
    const pointer = `${at}/${issue.path.map((part) => escaped(String(part))).join('/')}`.replace(
      /\/$/,
      '',
    )
    if (issue.code !== 'unrecognized_keys') return [{ pointer, detail: issue.message }]
    return issue.keys.map((key) => ({
      pointer: `${pointer}/${escaped(key)}`,
      detail: 'is not known here',
    }))
  })

/** RFC 6901. */
const escaped = (part: string): string => part.replaceAll('~', '~0').replaceAll('/', '~1')

async function bodyOf(
  declared: Route,
  request: HttpRequest,
): Promise<{ value: unknown; faults: Violation[] }> {
  const length = Number(request.headers.get('content-length') ?? '0')
  if (length > BODY_LIMIT) throw tooLarge()
  const text = await request.text()
  if (Buffer.byteLength(text) > BODY_LIMIT) throw tooLarge()
  if (declared.body === null) {
    return text.trim() === '' || text.trim() === '{}'
      ? { value: {}, faults: [] }
      : { value: {}, faults: [{ pointer: '', detail: 'this call takes no body' }] }
  }
  let json: unknown = {}
  if (text.trim() !== '') {
    try {
      json = JSON.parse(text)
    } catch {
      throw new ProblemAnswer(400, 'Not JSON', 'The body is not JSON.', [
        { pointer: '', detail: 'is not JSON' },
      ])
    }
  }
  const parsed = declared.body.safeParse(json)
  return parsed.success
    ? { value: parsed.data, faults: [] }
    : { value: undefined, faults: violations(parsed.error) }
}

const tooLarge = (): ProblemAnswer =>
  new ProblemAnswer(413, 'Too large', `A body may hold ${String(BODY_LIMIT)} bytes.`)

/** Parses, calls one use case, answers. Every fault of path, query and body is named at once. */
export async function call(
  declared: Route,
  request: HttpRequest,
  params: Readonly<Record<string, string>>,
): Promise<HttpResponseInit> {
  const given = declared.params.safeParse(params)
  // `code` is the function key's other place and says nothing to us.
  const asked = Object.fromEntries([...request.query.entries()].filter(([name]) => name !== 'code'))
  const query = declared.query.safeParse(asked)
  const body = await bodyOf(declared, request)
  const by = request.headers.get('x-acting-user')
  const faults = [
    ...(given.success ? [] : violations(given.error)),
    ...(query.success ? [] : violations(query.error)),
    ...body.faults,
    ...(by !== null && by.length > 200
      ? [{ pointer: '/x-acting-user', detail: 'is too long' }]
      : []),
  ]
  if (!given.success || !query.success || faults.length > 0) {
    return problem(400, 'Bad request', 'Nothing was done.', faults)
  }
  const input = {
    params: given.data,
    query: query.data,
    body: body.value,
    header: (name: string) => request.headers.get(name),
    by,
  }
  const answer = await declared.handle(app(), input as Input<never, never, never>)
  return {
    status: answer.status,
    headers: { 'cache-control': 'no-store', ...answer.headers },
    ...(answer.body === undefined ? {} : { jsonBody: answer.body }),
  }
}
