import type { StandInRequest } from '../stand-in/server'
import { filterFault, includes, type ApiError, type Resource } from './json-api'
import { parseConditionDate } from './time'

type Value = string | number | null
export type FieldType = 'integer' | 'string' | 'datetime'

/** What a collection can be asked for. */
export interface CollectionRules<Row> {
  resource: string
  filters: Record<string, { type: FieldType; value: (row: Row) => Value }>
  sorts: Record<string, (row: Row) => Value>
}

export interface CollectionQuery<Row> {
  test(row: Row): boolean
  compare(a: Row, b: Row): number
  page: number
  /** -1 = all. */
  size: number
  /** Sparse fields; undefined = all. */
  fields: string[] | undefined
  include: string[]
}

const DATE =
  /^\d{4}(-\d{2}(-\d{2}(T\d{2}(:\d{2})?(:\d{2})?(\.\d{2})?(Z|([-+]\d{2}(:?\d{2})?))?)?)?)?$/
const OPERATORS = ['eq', 'neq', 'gt', 'gte', 'lt', 'lte', 'exists']

/** Filters, sorting, paging and sparse fields (contract 7); unknown ones are errors. */
export function readCollectionQuery<Row>(
  rules: CollectionRules<Row>,
  request: StandInRequest,
): CollectionQuery<Row> | ApiError[] {
  const errors: ApiError[] = []
  const tests: ((row: Row) => boolean)[] = []
  const query = {
    page: 1,
    size: 10,
    fields: undefined as string[] | undefined,
    include: [] as string[],
  }
  let compare: (a: Row, b: Row) => number = comparison(rules, 'id', errors)
  for (const [name, value] of request.url.searchParams) {
    const filter = /^filter\[(\w+)\](?:\[(\w+)\])?$/.exec(name)
    if (filter) {
      const test = filterTest(rules, filter[1] ?? '', filter[2] ?? 'eq', value, name)
      if (typeof test === 'function') tests.push(test)
      else errors.push(test)
    } else if (name === 'page[number]') query.page = Math.max(1, Number(value))
    else if (name === 'page[size]') query.size = Number(value)
    else if (name === 'sort') compare = comparison(rules, value, errors)
    else if (name === `fields[${rules.resource}]`) query.fields = value.split(',')
    else if (name === 'include') query.include = value.split(',')
    else if (!name.startsWith('fields['))
      errors.push(filterFault('The filter is not supported.', name))
  }
  if (!Number.isInteger(query.size) || query.size < -1)
    errors.push(filterFault('Expected integer value.', 'page[size]'))
  if (errors.length > 0) return errors
  return { ...query, compare, test: (row) => tests.every((test) => test(row)) }
}

function filterTest<Row>(
  rules: CollectionRules<Row>,
  field: string,
  operator: string,
  text: string,
  parameter: string,
): ((row: Row) => boolean) | ApiError {
  const filter = rules.filters[field]
  if (!filter) return filterFault('The filter is not supported.', parameter)
  if (!OPERATORS.includes(operator))
    return filterFault(`The operator "${operator}" is not supported.`, parameter)
  if (operator === 'exists') {
    const wanted = ['yes', 'true', '1'].includes(text)
    return (row) => (filter.value(row) !== null) === wanted
  }
  const faulty = (value: string): ApiError =>
    filterFault(`Expected ${filter.type} value. Given "${value}".`, parameter)
  const range = /^(.+)\.\.(.+)$/.exec(text)
  if (range) {
    const from = typed(filter.type, range[1] ?? '')
    const to = typed(filter.type, range[2] ?? '')
    if (from === undefined || to === undefined) return faulty(text)
    return (row) => order(filter.value(row), from) >= 0 && order(filter.value(row), to) <= 0
  }
  const values: Value[] = []
  for (const piece of text.split(',')) {
    const value = typed(filter.type, piece)
    if (value === undefined) return faulty(piece)
    values.push(value)
  }
  const [limit] = values
  return (row) => {
    const value = filter.value(row)
    if (operator === 'eq') return values.includes(value)
    if (operator === 'neq') return value !== null && !values.includes(value)
    if (value === null || limit === undefined) return false
    const sign = order(value, limit)
    if (operator === 'gt') return sign > 0
    if (operator === 'gte') return sign >= 0
    return operator === 'lt' ? sign < 0 : sign <= 0
  }
}

/** A filter value; a fraction of a second must have exactly two digits (contract 7). undefined = refused. */
function typed(type: FieldType, text: string): string | number | undefined {
  if (type === 'string') return text
  if (type === 'integer') return /^-?\d+$/.test(text) ? Number(text) : undefined
  if (!DATE.test(text)) return undefined
  const padded = /^\d{4}$/.test(text)
    ? `${text}-01-01`
    : /^\d{4}-\d{2}$/.test(text)
      ? `${text}-01`
      : text
  return parseConditionDate(padded.replace(/T(\d{2})(?=Z|[-+]|$)/, 'T$1:00'))
}

function order(a: Value, b: Value): number {
  if (a === b) return 0
  if (a === null) return -1
  if (b === null) return 1
  return a < b ? -1 : 1
}

function comparison<Row>(
  rules: CollectionRules<Row>,
  text: string,
  errors: ApiError[],
): (a: Row, b: Row) => number {
  const keys = text.split(',').flatMap((piece) => {
    const name = piece.replace(/^-/, '')
    const value = rules.sorts[name]
    if (value) return [{ value, sign: piece.startsWith('-') ? -1 : 1 }]
    errors.push(filterFault(`Sorting by "${name}" field is not supported.`, 'sort', 'sort'))
    return []
  })
  return (a, b) => {
    for (const { value, sign } of keys) {
      const found = order(value(a), value(b)) * sign
      if (found !== 0) return found
    }
    return 0
  }
}

/** Leaves only the asked fields of a resource; links unless `noHateoas`. */
export function shaped(
  resource: Resource,
  fields: string[] | undefined,
  request: StandInRequest,
): Resource {
  const only = <T>(part: Record<string, T> | undefined): Record<string, T> | undefined => {
    if (!part || !fields) return part
    const kept = Object.entries(part).filter(([name]) => fields.includes(name))
    return kept.length > 0 ? Object.fromEntries(kept) : undefined
  }
  const attributes = only(resource.attributes)
  const relationships = only(resource.relationships)
  const self = `${origin(request)}${apiRoot(request)}/${resource.type}/${resource.id}`
  return {
    type: resource.type,
    id: resource.id,
    ...(attributes ? { attributes } : {}),
    ...(relationships ? { relationships } : {}),
    ...(includes(request, 'noHateoas') ? {} : { links: { self } }),
  }
}

/** `links` of a list: `next` is absent on the last page (contract 7). */
export function listLinks(
  request: StandInRequest,
  query: { page: number; size: number },
  total: number,
): { links?: Record<string, string> } {
  if (includes(request, 'noHateoas')) return {}
  const address = `${origin(request)}${request.url.pathname}`
  const at = (page: number): string => {
    const parameters = new URLSearchParams(request.url.search)
    parameters.set('page[number]', String(page))
    parameters.sort()
    return `${address}?${parameters.toString()}`
  }
  const { page, size } = query
  const links: Record<string, string> = { self: address }
  if (page > 1) Object.assign(links, { first: at(1), prev: at(page - 1) })
  if (size > 0 && page * size < total) links['next'] = at(page + 1)
  return { links }
}

const origin = (request: StandInRequest): string => `http://${request.headers['host'] ?? ''}`

/** `/api` with whatever prefix the request had. */
const apiRoot = (request: StandInRequest): string =>
  request.url.pathname.slice(0, request.url.pathname.lastIndexOf('/api/') + '/api'.length)
