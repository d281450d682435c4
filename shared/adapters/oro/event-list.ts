import type { OroAnswer, OroRequest } from './client'
import { oroError, unreachable } from './errors'
import { eventRows, type OroEventRow } from './event-row'
import { instant } from './from-oro-event'
import type { Listed } from './listed-rows'

/** Requests of one organization, counted for one account. */
export type Send = (request: OroRequest) => Promise<OroAnswer>

export const EVENTS = '/api/rest/latest/calendarevents.json'

/** One page of this size is asked for first; Oro's code sets no upper bound. */
const LIMIT = 5000
/** Room for rows that are added while a longer list is read. */
const SLACK = 500
/**
 * Where pages are cut, each reading of a list in random order misses a third of what was missing: so many are enough for lists of thousands.
 */
const ATTEMPTS = 12

/**
 * The complete list of one calendar's stored rows, each once and nothing expanded (page mode, oro/README 3.5), under at most one condition,
 * e.g. `{'updatedAt>': v}` for `updatedAt>=v`. Rows come in no order, so that pages may overlap and miss some: the total count decides whether the list is whole. Fails with `access`,
 * `oro-calendar-missing`, or `oro-unreachable` when it kept moving.
 */
export async function listEvents(
  send: Send,
  calendar: string,
  condition: Readonly<Record<string, string>> = {},
): Promise<Listed<OroEventRow>> {
  const rows = new Map<string, OroEventRow>()
  let asOf: string | null | undefined
  let limit = LIMIT

  const page = async (number: number, size: number): Promise<{ count: number; total: number }> => {
    const answer = await send({
      path: EVENTS,
      query: { ...condition, calendar, page: String(number), limit: String(size) },
      headers: { 'x-include': 'totalCount' },
    })
    if (answer.status !== 200 || !Array.isArray(answer.body)) throw oroError(answer, 'container')
    if (asOf === undefined) asOf = answerDate(answer)
    const listed = eventRows(answer.body)
    for (const row of listed) rows.set(String(row.id), row)
    const total = Number(answer.headers.get('x-include-total-count') ?? Number.NaN)
    // Without a count a page that is not full is the last one.
    if (Number.isNaN(total))
      return { count: listed.length, total: listed.length < size ? 0 : Infinity }
    return { count: listed.length, total }
  }

  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const first = await page(1, limit)
    const { count } = first
    let { total } = first
    const capped = count > 0 && count < limit
    for (let next = 2; capped && rows.size < total && (next - 1) * count < total; next += 1)
      total = (await page(next, count)).total
    if (rows.size >= total) return { rows: [...rows.values()], asOf: asOf ?? null }
    limit = Number.isFinite(total) ? Math.max(limit, total + SLACK) : limit * 2
  }
  throw unreachable({})
}

/** Oro's clock at this answer, RFC 3339 UTC. */
export const answerDate = (answer: OroAnswer): string | null => instant(answer.headers.get('date'))
