import type { StandInAnswer, StandInRequest } from '../stand-in/server'
import { paging, type RawQuery } from './conditions'
import type { Application } from './model'
import type { World } from './state'

/** One authorized call. */
export interface Call {
  world: World
  request: StandInRequest
  application: Application
  query: RawQuery
}

const JSON_TYPE = { 'content-type': 'application/json' }

export const json = (
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): StandInAnswer => ({ status, headers: { ...JSON_TYPE, ...headers }, body })

/** A read of something unknown: the JSON string `""` (contract 3.14). */
export const notFoundRead = (): StandInAnswer => json(404, '""')
export const notFoundWrite = (): StandInAnswer => ({ status: 404 })
export const forbidden = (): StandInAnswer => json(403, { code: 403 })
export const methodNotAllowed = (): StandInAnswer => json(405, { code: 405 })

/** The header that `X-Include: totalCount` asks for; other keys are echoed (contract 2.4). */
export function included(request: StandInRequest, total: number): Record<string, string> {
  const keys = (request.headers['x-include'] ?? '')
    .split(';')
    .map((key) => key.trim())
    .filter((key) => key !== '')
  const unknown = keys.filter((key) => key !== 'totalCount')
  return {
    ...(keys.includes('totalCount') ? { 'x-include-total-count': String(total) } : {}),
    ...(unknown.length > 0 ? { 'x-include-unknown': unknown.join(';') } : {}),
  }
}

/** Cuts one page; without page and limit the old REST API takes 1 and 10. */
export function cut<T>(query: RawQuery, rows: T[]): T[] {
  const { page, limit } = paging(query) ?? { page: 1, limit: 10 }
  return rows.slice((page - 1) * limit, page * limit)
}

/** A JSON object body; undefined = no such. */
export function objectBody(request: StandInRequest): Record<string, unknown> | undefined {
  try {
    const value = JSON.parse(request.body.toString()) as unknown
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}

export const badJson = (): StandInAnswer =>
  json(400, { code: 400, message: 'Invalid json message received' })
