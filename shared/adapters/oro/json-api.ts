import type { OroAnswer, OroRequest } from './client'
import { formErrors, oroError } from './errors'
import { answerDate } from './event-list'

/** Media type of Oro's JSON:API; with `application/json` it answers another format (oro/README 2.4). */
const MEDIA_TYPE = 'application/vnd.api+json'

export interface Resource {
  readonly type: string
  readonly id: string
  readonly attributes: Readonly<Record<string, unknown>>
  /** Kinds of relationship that the customer added are tolerated (oro/README 7). */
  readonly relationships: Readonly<Record<string, { readonly data?: unknown }>>
}

/** A request as the JSON:API wants it; links are left out of the answer. */
export const jsonApi = (request: OroRequest): OroRequest => ({
  ...request,
  headers: {
    accept: MEDIA_TYPE,
    'x-include': 'noHateoas',
    ...(request.json === undefined && (request.method ?? 'GET') === 'GET'
      ? {}
      : { 'content-type': MEDIA_TYPE }),
    ...request.headers,
  },
})

/** The record of a single answer; undefined if it holds none. */
export const resource = (body: unknown): Resource | undefined => asResource(member(body, 'data'))

/** The records of a list answer; what is none is left out. */
export function resources(body: unknown): Resource[] {
  const data = member(body, 'data')
  return Array.isArray(data) ? data.flatMap((entry) => asResource(entry) ?? []) : []
}

/** Id of a to-one relationship; null if it is empty or not stated. */
export function relatedId(of: Resource, name: string): string | null {
  const id = member(of.relationships[name]?.data, 'id')
  return typeof id === 'string' || typeof id === 'number' ? String(id) : null
}

/** One page of this size is asked for unless the deployment allows less. */
const PAGE_SIZE = 5000

/**
 * All records of a list in order of their ids, each once, and Oro's clock at the first page (oro/README 7). Where it takes several pages,
 * records that are removed meanwhile shift them; the next full list shows what was missed. Fails with what `oroError` makes of a refused list.
 */
export async function allResources(
  send: (request: OroRequest) => Promise<OroAnswer>,
  path: string,
  query: Readonly<Record<string, string>>,
): Promise<{ records: Resource[]; asOf: string | null }> {
  const records = new Map<string, Resource>()
  let asOf: string | null | undefined
  let size = PAGE_SIZE
  let page = 1
  for (;;) {
    const paging = { sort: 'id', 'page[number]': String(page), 'page[size]': String(size) }
    const answer = await send(jsonApi({ path, query: { ...query, ...paging } }))
    const allowed = largestPage(answer)
    if (allowed !== undefined && allowed < size) {
      size = allowed
      continue
    }
    // An answer without a list is no empty list.
    if (answer.status !== 200 || !Array.isArray(member(answer.body, 'data')))
      throw oroError(answer, 'container', 'tasks')
    asOf ??= answerDate(answer)
    const rows = resources(answer.body)
    const known = records.size
    for (const row of rows) records.set(row.id, row)
    if (rows.length < size || records.size === known)
      return { records: [...records.values()], asOf }
    page += 1
  }
}

/** "The value should be less than or equals to N." */
function largestPage({ status, body }: OroAnswer): number | undefined {
  if (status !== 400) return undefined
  const said = formErrors(body).map(({ message }) => /less than or equals to (\d+)/.exec(message))
  const size = Number(said.find((match) => match !== null)?.[1])
  return size > 0 ? size : undefined
}

function asResource(value: unknown): Resource | undefined {
  const [type, id] = [member(value, 'type'), member(value, 'id')]
  if (typeof type !== 'string' || (typeof id !== 'string' && typeof id !== 'number')) return
  const part = (name: string): object => {
    const found = member(value, name)
    return typeof found === 'object' && found !== null ? found : {}
  }
  return {
    type,
    id: String(id),
    attributes: part('attributes') as Resource['attributes'],
    relationships: part('relationships') as Resource['relationships'],
  }
}

const member = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined
