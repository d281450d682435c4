/** `2026-09-07T07:30:00+00:00`, the old REST API's form. */
export const oldRestTime = (instant: number): string =>
  `${new Date(instant).toISOString().slice(0, 19)}+00:00`

/** `2026-09-07T07:30:00Z`, the JSON:API's form. */
export const jsonApiTime = (instant: number): string =>
  `${new Date(instant).toISOString().slice(0, 19)}Z`

export const wholeSecond = (instant: number): number => Math.floor(instant / 1000) * 1000

/**
 * An event date on write: the pattern `yyyy-MM-dd'T'HH:mm:ss` read as UTC, **the rest of the string is ignored**, an offset
 * included (contract 3.4). undefined = does not match.
 */
export function parseEventDate(text: string): number | undefined {
  const match = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}/.exec(text)
  return match ? validInstant(`${match[0]}Z`) : undefined
}

/** `recurrence.startTime`/`endTime` on write: zone mandatory and honoured, milliseconds cut (contract 3.4). */
export function parseZonedDate(text: string): number | undefined {
  const match = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2})?)(?:\.\d+)?(Z|[+-]\d{2}:?\d{2})$/i.exec(
    text,
  )
  return match ? validInstant(`${match[1] ?? ''}${zone(match[2] ?? 'Z')}`) : undefined
}

/** A date condition in a query: RFC 3339, no zone means UTC (contract 3.5). */
export function parseConditionDate(text: string): number | undefined {
  const match =
    /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?))?\s?(Z|[+-]\d{2}:?\d{2})?$/i.exec(
      text,
    )
  if (!match) return undefined
  return validInstant(`${match[1] ?? ''}T${match[2] ?? '00:00:00'}${zone(match[3] ?? 'Z')}`)
}

const zone = (text: string): string =>
  text.toUpperCase() === 'Z' || text.includes(':')
    ? text.toUpperCase()
    : `${text.slice(0, 3)}:${text.slice(3)}`

function validInstant(text: string): number | undefined {
  const instant = Date.parse(text)
  return Number.isNaN(instant) ? undefined : instant
}
