import { parseConditionDate } from './time'

export type Operator = '=' | '<>' | '<' | '<=' | '>' | '>='

export interface Condition {
  operator: Operator
  value: string
}

export interface RawQuery {
  /** One condition per field: of several, the last in sort order wins. */
  conditions: Map<string, Condition>
  /** Fields that were named more than once. */
  repeated: string[]
}

/** A condition date that PHP cannot parse: 500 (contract 3.14). */
export class UnparsableDate extends Error {}

/**
 * Operators from the raw query string as Oro finds them (contract 3.5): split at `&`, each piece at its first `=`, both halves
 * decoded and encoded again, the pieces sorted, then a pattern looks for name, operator and value. `updatedAt>=V` and
 * `updatedAt%3E=V` are the same; with the `=` encoded, the value starts with `=`.
 */
export function readRawQuery(rawQuery: string): RawQuery {
  const conditions = new Map<string, Condition>()
  const repeated: string[] = []
  const pieces = rawQuery
    .split('&')
    .filter((piece) => piece !== '')
    .map((piece) => {
      const equals = piece.indexOf('=')
      return equals < 0
        ? { left: recode(piece), right: undefined }
        : { left: recode(piece.slice(0, equals)), right: recode(piece.slice(equals + 1)) }
    })
    .sort((a, b) => byBytes(a.left, b.left) || byBytes(a.right ?? '', b.right ?? ''))
  for (const { left, right } of pieces) {
    const text = right === undefined ? left : `${left}=${right}`
    const match = /^([\w.-]+)(%3C%3E|%3C|%3E)?(=)?(.*)$/s.exec(text)
    const name = match?.[1]
    if (name === undefined) continue
    const sign = decodeURIComponent(match?.[2] ?? '')
    const operator = (sign === '<>' ? sign : `${sign}${match?.[3] ?? ''}`) as Operator | ''
    if (operator === '') continue
    if (conditions.has(name)) repeated.push(name)
    conditions.set(name, { operator, value: decodeURIComponent(match?.[4] ?? '') })
  }
  return { conditions, repeated }
}

const byBytes = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

function recode(text: string): string {
  try {
    return encodeURIComponent(decodeURIComponent(text))
  } catch {
    return encodeURIComponent(text)
  }
}

/** A test for instants; throws UnparsableDate. */
export function dateTest(condition: Condition | undefined): (instant: number) => boolean {
  if (!condition) return () => true
  const limit = parseConditionDate(condition.value)
  if (limit === undefined) throw new UnparsableDate(condition.value)
  return (instant) => compare(instant, limit, condition.operator)
}

/** A test for other values, compared as text. */
export function textTest(condition: Condition | undefined): (value: unknown) => boolean {
  if (!condition) return () => true
  return (value) => {
    if (value === null || value === undefined) return false
    const numeric = typeof value === 'number' && condition.value.trim() !== ''
    return numeric
      ? compare(value, Number(condition.value), condition.operator)
      : compare(String(value), condition.value, condition.operator)
  }
}

function compare<T extends number | string>(value: T, limit: T, operator: Operator): boolean {
  switch (operator) {
    case '=':
      return value === limit
    case '<>':
      return value !== limit
    case '<':
      return value < limit
    case '<=':
      return value <= limit
    case '>':
      return value > limit
    case '>=':
      return value >= limit
  }
}

/** `page` and `limit` when both are given; there is no upper bound. */
export function paging(query: RawQuery): { page: number; limit: number } | undefined {
  const number = (name: string): number | undefined => {
    const value = query.conditions.get(name)?.value
    return value !== undefined && /^\d+$/.test(value) ? Number(value) : undefined
  }
  const page = number('page')
  const limit = number('limit')
  if (page === undefined || limit === undefined) return undefined
  return { page: Math.max(1, page), limit: Math.max(1, limit) }
}
