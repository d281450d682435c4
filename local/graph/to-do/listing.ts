import { GraphError } from '../errors'
import type { Json } from '../model'
import type { RouteContext } from '../routing'
import { instantParameter } from '../times'
import type { StoredTask } from './model'

const DEFAULT_PAGE = 20
const LARGEST_PAGE = 1000

/**
 * A page of a list by `$top` and `$skip`.
 *
 * @throws GraphError 400 for numbers that are none
 */
export function paged<Item>(
  context: RouteContext,
  items: Item[],
  show: (item: Item) => Json,
): Json {
  const { query, root, path, request } = context
  const top = numberOf(query.get('top'), DEFAULT_PAGE)
  const skip = numberOf(query.get('skip'), 0)
  if (top < 1 || top > LARGEST_PAGE) throw refused("The value of '$top' must be 1 to 1000.")
  const page: Json = { value: items.slice(skip, skip + top).map(show) }
  if (query.get('count') === 'true') page['@odata.count'] = items.length
  if (items.length > skip + top) {
    const next = new URLSearchParams(request.rawQuery)
    next.set('$skip', String(skip + top))
    page['@odata.nextLink'] = `${root}${path}?${next.toString().replaceAll('%24', '$')}`
  }
  return page
}

function numberOf(text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback
  const value = Number(text)
  if (!Number.isInteger(value) || value < 0) throw refused(`The value '${text}' is not a number.`)
  return value
}

const refused = (message: string): GraphError => new GraphError(400, 'invalidRequest', message)

/**
 * Tasks that a `$filter` leaves: comparisons of status, importance, title and stamps joined by `and`. Anything else is refused, an
 * `externalId` too (contract section 8, unproven).
 */
export function filteredTasks(tasks: StoredTask[], filter: string | undefined): StoredTask[] {
  if (filter === undefined) return tasks
  return filter
    .split(/ and /i)
    .map((clause) => testOf(clause.trim()))
    .reduce((left, test) => left.filter(test), tasks)
}

function testOf(clause: string): (task: StoredTask) => boolean {
  const text = /^(status|importance|title) (eq|ne) '((?:[^']|'')*)'$/i.exec(clause)
  if (text !== null) {
    const member = (text[1] ?? '').toLowerCase() as 'status' | 'importance' | 'title'
    const wanted = (text[3] ?? '').replaceAll("''", "'")
    const equal = (text[2] ?? '').toLowerCase() === 'eq'
    return (task) => (task[member] === wanted) === equal
  }
  const time = /^(createdDateTime|lastModifiedDateTime) (ge|gt|le|lt) '?([^']+)'?$/i.exec(clause)
  if (time === null) throw refused(`Invalid filter clause: '${clause}'.`)
  const edge = instantParameter(time[3] ?? '', '$filter')
  const member = (time[1] ?? '').toLowerCase().startsWith('created') ? 'createdMs' : 'modifiedMs'
  const operator = (time[2] ?? '').toLowerCase()
  return (task) => {
    const difference = task[member] - edge
    if (difference === 0) return operator.endsWith('e')
    return operator.startsWith('g') === difference > 0
  }
}

const ORDERS: Record<string, (task: StoredTask) => string | number> = {
  createddatetime: (task) => task.createdMs,
  lastmodifieddatetime: (task) => task.modifiedMs,
  title: (task) => task.title,
}

/** @throws GraphError 400 for an order nobody knows */
export function orderedTasks(tasks: StoredTask[], order: string | undefined): StoredTask[] {
  if (order === undefined) return tasks
  const [member = '', direction = 'asc'] = order.trim().split(/\s+/)
  const key = ORDERS[member.toLowerCase()]
  if (key === undefined) throw refused(`Invalid order: '${order}'.`)
  const sign = direction.toLowerCase() === 'desc' ? -1 : 1
  return [...tasks].sort((one, other) => {
    const [a, b] = [key(one), key(other)]
    return a === b ? 0 : (a < b ? -1 : 1) * sign
  })
}
