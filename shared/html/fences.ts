import { canonicalHtml } from './canonical'
import { plainText } from './plain'

/** The visible lines between which the people of an Oro event stand in an Outlook body (`attendees: list-in-body`). */
const LIST_START = '--- Attendees in Oro ---'
const LIST_END = '--- End of attendees ---'

/** What stands in a stored body, taken apart. */
export interface BodyParts {
  /** Canonical HTML without our list and without the join block; '' = none. */
  readonly description: string
  /** The lines of our list, sorted; [] = no list. */
  readonly attendeeList: readonly string[]
  /** The join block of an online meeting exactly as it stands in the body (G-26); '' = none. */
  readonly meeting: string
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/**
 * Start and end of the join block in a raw body: from the rule (a row of underscores) before the join link to the rule behind it, with the
 * tags that stand directly around them; without rules, the link itself. The block is never parsed, so that it can be written back byte
 * for byte (U5).
 */
function meetingRange(raw: string, joinUrl: string | null): readonly [number, number] | null {
  const mark = joinUrl === null ? raw.search(/class="?me-email-/i) : placeOf(raw, joinUrl)
  if (mark < 0) return null
  const rules = [
    ...raw.matchAll(
      /((?:<(?:div|p|span|font)\b[^<>]*>\s*){0,8})_{20,}((?:\s*<\/(?:div|p|span|font)>){0,8})/gi,
    ),
  ]
  const before = rules.filter((rule) => rule.index < mark).at(-1)
  const behind = rules.find((rule) => rule.index > mark)
  if (before && behind) {
    return [before.index + ruleLead(before), behind.index + ruleLead(behind) + ruleLength(behind)]
  }
  const start = raw.lastIndexOf('<a', mark)
  const end = raw.indexOf('</a>', mark)
  return start < 0 || end < 0 ? null : [start, end + '</a>'.length]
}

/** Where the join link is, in either spelling of `&`; -1 = nowhere. */
function placeOf(raw: string, joinUrl: string): number {
  const plain = raw.indexOf(joinUrl)
  return plain >= 0 ? plain : raw.indexOf(joinUrl.replaceAll('&', '&amp;'))
}

const tagsOf = (text: string | undefined): string[] =>
  [...(text ?? '').matchAll(/\s*<[^<>]*>\s*/g)].map(([tag]) => tag)

/** As many opening tags before the rule belong to it as closing tags follow it. */
const pairs = (rule: RegExpExecArray): number =>
  Math.min(tagsOf(rule[1]).length, tagsOf(rule[2]).length)

/** Length of the tags before the rule that do not belong to it. */
const ruleLead = (rule: RegExpExecArray): number => {
  const tags = tagsOf(rule[1])
  return tags.slice(0, tags.length - pairs(rule)).join('').length
}

/** Length of the rule with its own tags. */
const ruleLength = (rule: RegExpExecArray): number => {
  const closing = tagsOf(rule[2]).slice(pairs(rule)).join('').length
  return rule[0].length - ruleLead(rule) - closing
}

/**
 * Takes a raw Outlook body apart.
 * @param joinUrl of `onlineMeeting`; null = none known, the block is then recognised by its class names
 */
export function bodyParts(
  raw: string,
  contentType: 'html' | 'text',
  joinUrl: string | null,
): BodyParts {
  const range = contentType === 'html' ? meetingRange(raw, joinUrl) : null
  const meeting = range === null ? '' : raw.slice(...range)
  const rest = range === null ? raw : `${raw.slice(0, range[0])}<br>${raw.slice(range[1])}`
  const canonical = canonicalHtml(rest, contentType)
  const start = canonical.indexOf(LIST_START)
  const end = start < 0 ? -1 : canonical.indexOf(LIST_END, start)
  if (end < 0) return { description: canonical, attendeeList: [], meeting }
  const around = `${canonical.slice(0, start)}<br>${canonical.slice(end + LIST_END.length)}`
  return {
    description: canonicalHtml(around, 'html'),
    attendeeList: plainText(canonical.slice(start + LIST_START.length, end))
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '')
      .sort(),
    meeting,
  }
}

const listHtml = (attendeeList: readonly string[]): string =>
  [LIST_START, ...attendeeList.map(escaped), LIST_END].join('<br>')

/** A raw HTML body with another list of ours; everything else stays as it is, down to its styles. */
export function withAttendeeList(
  raw: string,
  attendeeList: readonly string[],
  joinUrl: string | null,
): string {
  const start = raw.indexOf(LIST_START)
  const end = start < 0 ? -1 : raw.indexOf(LIST_END, start)
  const list = attendeeList.length === 0 ? '' : listHtml(attendeeList)
  if (end >= 0) return raw.slice(0, start) + list + raw.slice(end + LIST_END.length)
  if (list === '') return raw
  const body = raw.search(/<\/body\s*>/i)
  const place = meetingRange(raw, joinUrl)?.[0] ?? (body < 0 ? raw.length : body)
  return `${raw.slice(0, place)}<div>${list}</div>\n${raw.slice(place)}`
}

/** The body to write: our text, our list, then the join block unchanged. */
export function joinedBody(parts: BodyParts): string {
  const list = parts.attendeeList.length === 0 ? '' : `<div>${listHtml(parts.attendeeList)}</div>`
  const own =
    parts.description === '' || list === '' ? parts.description : `<div>${parts.description}</div>`
  return [own, list, parts.meeting].filter((part) => part !== '').join('\n')
}
