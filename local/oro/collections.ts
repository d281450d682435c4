import type { StandInAnswer, StandInRequest } from '../stand-in/server'
import { includes, jsonApi, refuse, type Resource } from './json-api'
import { listLinks, readCollectionQuery, shaped, type CollectionRules } from './json-api-query'

/** Answers `GET` of a JSON:API collection. */
export function answerCollection<Row>(
  request: StandInRequest,
  rules: CollectionRules<Row>,
  rows: Iterable<Row>,
  resource: (row: Row) => Resource,
  related: (row: Row, name: string) => Resource | undefined = () => undefined,
): StandInAnswer {
  const query = readCollectionQuery(rules, request)
  if (Array.isArray(query)) return refuse(query)
  const found = [...rows].filter((row) => query.test(row)).sort((a, b) => query.compare(a, b))
  const from = query.size < 0 ? 0 : (query.page - 1) * query.size
  const page = query.size < 0 ? found : found.slice(from, from + query.size)
  const included = page.flatMap((row) => query.include.map((name) => related(row, name)))
  const headers: Record<string, string> = includes(request, 'totalCount')
    ? { 'x-include-total-count': String(found.length) }
    : {}
  return jsonApi(
    200,
    {
      data: page.map((row) => shaped(resource(row), query.fields, request)),
      ...listLinks(request, query, found.length),
      ...unique(included),
    },
    headers,
  )
}

/** One resource as the answer to GET, POST or PATCH. */
export const answerRecord = (
  request: StandInRequest,
  status: number,
  resource: Resource,
): StandInAnswer => jsonApi(status, { data: shaped(resource, undefined, request) })

function unique(resources: (Resource | undefined)[]): { included?: Resource[] } {
  const found = new Map<string, Resource>()
  for (const resource of resources)
    if (resource) found.set(`${resource.type} ${resource.id}`, resource)
  return found.size > 0 ? { included: [...found.values()] } : {}
}
