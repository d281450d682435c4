import * as z from 'zod'
import { ANSWERS, problemDocument, type AnswerName } from './answers'
import { BODY_LIMIT } from './call'
import { allRoutes, type Route } from './route'

type Json = Record<string, unknown>

/** JSON Schema 2020-12, which OpenAPI 3.1 speaks; `$schema` is said once by the document. */
function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { io, unrepresentable: 'any' })
  return json
}

const reference = (name: string): Json => ({ $ref: `#/components/schemas/${name}` })

const MEANING: Readonly<Record<number, string>> = {
  400: 'Faults of path, query, headers or body, each by its pointer; nothing was done.',
  401: 'The function key is missing or wrong (answered by the host, without a body).',
  404: 'There is no such thing.',
  409: 'Not possible as things stand.',
  411: 'A body without a content-length.',
  412: 'Somebody else was faster; read again.',
  413: `A body of more than ${String(BODY_LIMIT)} bytes.`,
  422: 'Understood, but not acceptable; nothing was changed.',
  503: 'Storage or queue do not answer; try again.',
}

const problemAnswer = (status: number): Json => ({
  description: MEANING[status] ?? 'Refused.',
  ...(status === 401
    ? {}
    : { content: { 'application/problem+json': { schema: reference('problemDocument') } } }),
})

function parameters({ params, query, headers, method }: Route): Json[] {
  const fields = (place: 'path' | 'query', object: z.ZodObject): Json[] =>
    Object.entries(object.shape).map(([name, field]) => ({
      name,
      in: place,
      required: place === 'path',
      schema: schemaOf(field as z.ZodType, 'input'),
    }))
  const acting = method === 'GET' ? [] : ['x-acting-user']
  return [
    ...fields('path', params),
    ...fields('query', query),
    ...[...headers, ...acting].map((name) => ({
      name,
      in: 'header',
      required: false,
      schema: { type: 'string' },
    })),
  ]
}

function bodyOf({ document, method }: Route): Json {
  if (document === null) return {}
  const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json'
  const required = method === 'PATCH' || method === 'PUT'
  return { requestBody: { required, content: { [type]: { schema: schemaOf(document, 'input') } } } }
}

function answerOf({ is, status }: Route['answer']): Json {
  if (ANSWERS[is] === null) return { [status]: { description: 'Done.' } }
  const etag = is.endsWith('Settings') ? { headers: { etag: { schema: { type: 'string' } } } } : {}
  const content = { 'application/json': { schema: reference(is) } }
  return { [status]: { description: 'What was asked for.', ...etag, content } }
}

function operationOf(route: Route): Json {
  const problems = [400, 401, 411, 413, 503, ...route.problems].sort((a, b) => a - b)
  return {
    operationId: route.name,
    summary: route.summary,
    parameters: parameters(route),
    ...bodyOf(route),
    responses: {
      ...answerOf(route.answer),
      ...Object.fromEntries(problems.map((status) => [status, problemAnswer(status)])),
    },
  }
}

const ticket: Json = { name: 'ticket', in: 'query', required: true, schema: { type: 'string' } }
const text = (name: string): Json => ({ name, in: 'query', schema: { type: 'string' } })
const html = { 'text/html': { schema: { type: 'string' } } }

const popUp = (operationId: string, summary: string, query: Json[], answers: Json): Json => ({
  get: {
    operationId,
    summary,
    security: [],
    parameters: query,
    responses: { ...answers, 400: { description: 'Says why not.', content: html } },
  },
})

/** Calls without a key, which the table does not hold. */
const OPEN_CALLS: Json = {
  '/health': {
    get: {
      operationId: 'health',
      summary: 'Up or not',
      security: [],
      responses: Object.fromEntries(
        [200, 503].map((status) => [
          status,
          {
            description: status === 200 ? 'Up.' : 'Not up.',
            content: { 'application/json': { schema: reference('up') } },
          },
        ]),
      ),
    },
  },
  '/oauth/start': popUp('oauth-start', 'The pop-up begins: to the sign-in', [ticket], {
    302: { description: 'To the sign-in, with the cookie of this browser.' },
  }),
  '/oauth/admin-consent': popUp(
    'oauth-admin-consent',
    'An administrator consents for all',
    [ticket],
    { 302: { description: 'To the consent, with the cookie of this browser.' } },
  ),
  '/oauth/callback': popUp(
    'oauth-callback',
    'Back from the sign-in or the consent',
    ['state', 'code', 'error', 'error_description', 'admin_consent'].map(text),
    { 200: { description: 'Tells its opener and closes.', content: html } },
  ),
}

/** The interface as an OpenAPI 3.1 document, out of the table and the schemas that validate. */
export function openApiDocument(): Json {
  const paths: Record<string, Json> = {}
  for (const route of allRoutes()) {
    const path = (paths[`/${route.path}`] ??= {})
    path[route.method.toLowerCase()] = operationOf(route)
  }
  const answers = (Object.entries(ANSWERS) as [AnswerName, z.ZodType | null][]).flatMap(
    ([name, schema]) => (schema === null ? [] : [[name, schemaOf(schema, 'output')] as const]),
  )
  return {
    openapi: '3.1.1',
    info: {
      title: 'Oro ⇄ Microsoft 365 sync',
      version: '1',
      description:
        'Settings, connections and the state of syncing, for the back office. Times are RFC 3339 in UTC; lists answer `{items, next}`.',
    },
    servers: [{ url: '/api' }],
    security: [{ functionKey: [] }],
    paths: { ...paths, ...OPEN_CALLS },
    components: {
      securitySchemes: {
        functionKey: { type: 'apiKey', in: 'header', name: 'x-functions-key' },
      },
      schemas: {
        ...Object.fromEntries(answers),
        problemDocument: schemaOf(problemDocument, 'output'),
      },
    },
  }
}
