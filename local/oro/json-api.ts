import type { StandInAnswer, StandInRequest } from '../stand-in/server'

const MEDIA_TYPE = 'application/vnd.api+json'

export interface ApiError {
  status: string
  title: string
  detail: string
  source?: { pointer: string } | { parameter: string }
}

export interface Resource {
  type: string
  id: string
  attributes?: Record<string, unknown>
  relationships?: Record<string, { data: unknown }>
  links?: { self: string }
}

export const jsonApi = (
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): StandInAnswer => ({ status, headers: { 'content-type': MEDIA_TYPE, ...headers }, body })

export function refuse(errors: ApiError[]): StandInAnswer {
  return jsonApi(Number(errors[0]?.status ?? 400), { errors })
}

export const constraint = (title: string, detail: string, pointer: string): ApiError => ({
  status: '400',
  title,
  detail,
  source: { pointer },
})

export const filterFault = (detail: string, parameter: string, title = 'filter'): ApiError => ({
  status: '400',
  title: `${title} constraint`,
  detail,
  source: { parameter },
})

export const notFound = (): StandInAnswer =>
  refuse([
    {
      status: '404',
      title: 'not found http exception',
      detail: 'An entity with the requested identifier does not exist.',
    },
  ])

export const accessDenied = (): StandInAnswer =>
  refuse([{ status: '403', title: 'access denied exception', detail: 'No access to the entity.' }])

export const notAllowed = (request: StandInRequest): StandInAnswer =>
  refuse([
    {
      status: '405',
      title: 'method not allowed exception',
      detail: `The "${request.method}" method is not supported.`,
    },
  ])

/** Keys of `X-Include`, for example totalCount and noHateoas (contract 2.4). */
export const includes = (request: StandInRequest, key: string): boolean =>
  (request.headers['x-include'] ?? '').split(';').some((one) => one.trim() === key)

export const toOne = (type: string, id: string | number | null): { data: unknown } => ({
  data: id === null ? null : { type, id: String(id) },
})

/**
 * The JSON:API document of a write, or the refusal. Another content type, or one with parameters, is Oro's "plain" format,
 * which knows no `data` (contract 2.4).
 */
export function readDocument(
  request: StandInRequest,
): { data: Record<string, unknown> } | StandInAnswer {
  if (request.headers['content-type'] !== MEDIA_TYPE) {
    const detail = 'This form should not contain extra fields: "data".'
    return { status: 400, body: [{ message: 'extra fields constraint', detail }] }
  }
  let document: unknown
  try {
    document = JSON.parse(request.body.toString())
  } catch {
    return refuse([{ status: '400', title: 'bad request http exception', detail: 'Syntax error' }])
  }
  const data = (document as { data?: unknown } | null)?.data
  if (typeof data === 'object' && data !== null && !Array.isArray(data))
    return { data: data as Record<string, unknown> }
  const detail = 'The primary data object should not be empty'
  return refuse([constraint('request data constraint', detail, '/data')])
}

export const objectAt = (data: Record<string, unknown>, key: string): Record<string, unknown> => {
  const value = data[key]
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}
