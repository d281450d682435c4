import { canonicalHtml } from './canonical'
import { ownElement, withWrappers } from './enclosing'
import { plainText } from './plain'

/** The visible lines around a block of ours in somebody's text. */
export interface Fence {
  readonly start: string
  readonly end: string
}

/** Between these the people of an Oro event stand in an Outlook body (`attendees: list-in-body`). */
const ATTENDEES: Fence = { start: '--- Attendees in Oro ---', end: '--- End of attendees ---' }

/** What stands in a stored body, taken apart. */
export interface BodyParts {
  /** Canonical HTML without our list and without the join block; '' = none. */
  readonly description: string
  /** The lines of our list, sorted; [] = no list. */
  readonly attendeeList: readonly string[]
  /** The join block of an online meeting exactly as it stands in the body (G-26); '' = none. */
  readonly meeting: string
}

/** Plain text for a place between tags. */
export const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/**
 * Start and end of the join block in a raw body: from the rule (a row of underscores) before the join link to the rule behind it, with the
 * tags and wrappers that stand around them; without the second, to the end of the body; without both, the element of its own in which the
 * link stands. The block is never parsed, so that it can be written back byte
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
    const end = behind.index + ruleLead(behind) + ruleLength(behind)
    return withWrappers(raw, [before.index + ruleLead(before), end])
  }
  if (before) {
    const end = raw.search(/<\/body\b/i)
    return [before.index + ruleLead(before), end < 0 ? raw.length : end]
  }
  // A link that is no element is text like any other: there is nothing that could be kept apart.
  return raw.lastIndexOf('<a', mark) < 0 ? null : ownElement(raw, mark)
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
  const { rest: description, lines } = withoutBlock(canonical, ATTENDEES)
  return { description, attendeeList: lines.toSorted(), meeting }
}

/** What editors and servers put between the words of a line: other white space, tags. */
const GAP = '(?:\\s|\u00a0|&nbsp;|&#160;|&#xa0;|<[^<>]*>)+'

const placeOfLine = (
  body: string,
  line: string,
  from: number,
): readonly [number, number] | null => {
  const found = new RegExp(line.replaceAll(' ', GAP), 'i').exec(body.slice(from))
  return found ? [from + found.index, from + found.index + found[0].length] : null
}

/** The two fences of a block in a body, first and last place of each; null = there is none. */
function fencesIn(
  body: string,
  { start, end }: Fence,
): { readonly first: readonly [number, number]; readonly last: readonly [number, number] } | null {
  const first = placeOfLine(body, start, 0)
  const last = first && placeOfLine(body, end, first[1])
  return first && last && { first, last }
}

/** A canonical body without a block of ours, and the lines of that block; [] = it had none. */
export function withoutBlock(
  canonical: string,
  fence: Fence,
): { readonly rest: string; readonly lines: readonly string[] } {
  const found = fencesIn(canonical, fence)
  if (found === null) return { rest: canonical, lines: [] }
  const { first, last } = found
  return {
    rest: canonicalHtml(`${canonical.slice(0, first[0])}<br>${canonical.slice(last[1])}`, 'html'),
    lines: plainText(canonical.slice(first[1], last[0]))
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== ''),
  }
}

/** A raw body with other lines in a block that it has; null = it has none. No lines = no block. */
export function withOtherBlock(raw: string, fence: Fence, lines: readonly string[]): string | null {
  const found = fencesIn(raw, fence)
  if (found === null) return null
  return raw.slice(0, found.first[0]) + blockHtml(fence, lines) + raw.slice(found.last[1])
}

/** A block as it is written; '' = no lines. */
export const blockHtml = ({ start, end }: Fence, lines: readonly string[]): string =>
  lines.length === 0 ? '' : [start, ...lines.map(escaped), end].join('<br>')

/** A raw HTML body with another list of ours; everything else stays as it is, down to its styles. */
export function withAttendeeList(
  raw: string,
  attendeeList: readonly string[],
  joinUrl: string | null,
): string {
  const replaced = withOtherBlock(raw, ATTENDEES, attendeeList)
  if (replaced !== null) return replaced
  const list = blockHtml(ATTENDEES, attendeeList)
  if (list === '') return raw
  const body = raw.search(/<\/body\s*>/i)
  const place = meetingRange(raw, joinUrl)?.[0] ?? (body < 0 ? raw.length : body)
  return `${raw.slice(0, place)}<div>${list}</div>\n${raw.slice(place)}`
}

/** The body to write: our text, our list, then the join block unchanged. */
export function joinedBody(parts: BodyParts): string {
  const lines = blockHtml(ATTENDEES, parts.attendeeList)
  const list = lines === '' ? '' : `<div>${lines}</div>`
  const own =
    parts.description === '' || list === '' ? parts.description : `<div>${parts.description}</div>`
  return [own, list, parts.meeting].filter((part) => part !== '').join('\n')
}
