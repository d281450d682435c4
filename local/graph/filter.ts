import { GraphError } from './errors'
import type { Mailbox, StoredEvent } from './model'
import { instantParameter } from './times'
import { findByProperty } from './world'

const PROPERTY =
  /^singleValueExtendedProperties\/any\((\w+):\s*\1\/id eq '((?:[^']|'')*)' and \1\/value eq '((?:[^']|'')*)'\)$/i

/**
 * The filters that a calendar sync needs: extended properties (found by index), times, subject, iCalUId, joined by `and`.
 *
 * @throws GraphError 400 for any other clause
 */
export function filtered(
  mailbox: Mailbox,
  filter: string,
  all: () => StoredEvent[],
): StoredEvent[] {
  let events: StoredEvent[] | undefined
  for (const term of terms(filter)) {
    const property = PROPERTY.exec(term)
    if (property !== null) {
      const hits = findByProperty(
        mailbox,
        (property[2] ?? '').replaceAll("''", "'"),
        (property[3] ?? '').replaceAll("''", "'"),
      )
      events = events === undefined ? hits : events.filter((event) => hits.includes(event))
      continue
    }
    const test = comparison(term)
    if (test === undefined) {
      throw new GraphError(400, 'BadRequest', `Invalid filter clause: '${term}'.`)
    }
    events = (events ?? all()).filter(test)
  }
  return events ?? []
}

/** Parts joined by ` and ` outside quotes and parentheses. */
function terms(filter: string): string[] {
  const parts: string[] = []
  let depth = 0
  let quoted = false
  let begin = 0
  for (let at = 0; at < filter.length; at += 1) {
    const sign = filter[at]
    if (sign === "'") quoted = !quoted
    else if (quoted) continue
    else if (sign === '(') depth += 1
    else if (sign === ')') depth -= 1
    else if (depth === 0 && filter.slice(at, at + 5).toLowerCase() === ' and ') {
      parts.push(filter.slice(begin, at).trim())
      begin = at + 5
    }
  }
  return [...parts, filter.slice(begin).trim()]
}

function comparison(term: string): ((event: StoredEvent) => boolean) | undefined {
  const text = /^(subject|iCalUId|type) eq '((?:[^']|'')*)'$/i.exec(term)
  if (text !== null) {
    const wanted = (text[2] ?? '').replaceAll("''", "'")
    const member = text[1]?.toLowerCase() === 'icaluid' ? 'iCalUId' : (text[1] ?? '').toLowerCase()
    return (event) => event.data[member] === wanted
  }
  const starts = /^startswith\(subject,\s*'((?:[^']|'')*)'\)$/i.exec(term)
  if (starts !== null) {
    const wanted = (starts[1] ?? '').replaceAll("''", "'").toLowerCase()
    return (event) =>
      String(event.data['subject'] ?? '')
        .toLowerCase()
        .startsWith(wanted)
  }
  const time =
    /^(start\/dateTime|end\/dateTime|lastModifiedDateTime|createdDateTime) (ge|gt|le|lt|eq) '?([^']+)'?$/i.exec(
      term,
    )
  if (time === null) return undefined
  const edge = instantParameter(time[3] ?? '', '$filter')
  const which = (time[1] ?? '').toLowerCase()
  const value = (event: StoredEvent): number =>
    which.startsWith('start')
      ? event.start.ms
      : which.startsWith('end')
        ? event.end.ms
        : which.startsWith('last')
          ? event.modifiedMs
          : event.createdMs
  const operator = (time[2] ?? '').toLowerCase() as 'ge' | 'gt' | 'le' | 'lt' | 'eq'
  return (event) => {
    const difference = value(event) - edge
    if (operator === 'eq') return difference === 0
    if (operator === 'ge') return difference >= 0
    if (operator === 'gt') return difference > 0
    return operator === 'le' ? difference <= 0 : difference < 0
  }
}
