import { ProblemAnswer } from '../errors'

/** What `next` names is the caller's to keep and nobody's to write: anything that was not given out is refused. */
export function readNext(next: string | null, shape: RegExp): string | null {
  if (next === null) return null
  const text = Buffer.from(next, 'base64url').toString()
  if (shape.test(text) && writeNext(text) === next) return text
  throw new ProblemAnswer(400, 'Bad request', 'Nothing was done.', [
    { pointer: '/next', detail: 'is not one that was given out' },
  ])
}

export const writeNext = (place: string): string => Buffer.from(place).toString('base64url')

/** One page of a list that is in the order of its places; `after` = the last place that was shown. */
export function pageOf<T>(
  sorted: readonly T[],
  placeOf: (item: T) => string,
  page: { readonly limit: number; readonly after: string | null },
): { items: readonly T[]; next: string | null } {
  const { limit, after } = page
  const rest = after === null ? sorted : sorted.filter((item) => placeOf(item) > after)
  const items = rest.slice(0, limit)
  const last = items.at(-1)
  const more = rest.length > items.length && last !== undefined
  return { items, next: more ? writeNext(placeOf(last)) : null }
}
