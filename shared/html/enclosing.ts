const TAG = /<(\/?)([a-z][a-z0-9]*)\b[^<>]*>/gi
/** Elements without an end tag, and those around a whole document. */
const NO_ELEMENT = new Set(
  'area base body br col embed hr html img input link meta source track wbr'.split(' '),
)

interface Range {
  readonly start: number
  readonly end: number
}

/**
 * Elements of a raw document around a place, the outermost first; what is never closed is none. Anybody may have written the document: the
 * time must not grow faster than its length.
 */
function around(raw: string, place: number): Range[] {
  const open: { name: string; start: number }[] = []
  /** How many of a name are open: a tag that closes none is not looked for. */
  const counts = new Map<string, number>()
  const count = (name: string, by: number): void => {
    counts.set(name, (counts.get(name) ?? 0) + by)
  }
  const found: Range[] = []
  for (const { 0: tag, 1: slash, 2: name = '', index } of raw.matchAll(TAG)) {
    const key = name.toLowerCase()
    if (NO_ELEMENT.has(key) || tag.endsWith('/>')) continue
    if (slash === '') {
      open.push({ name: key, start: index })
      count(key, 1)
      continue
    }
    if ((counts.get(key) ?? 0) === 0) continue
    // It closes what was left open within it too.
    let element = open.pop()
    while (element && element.name !== key) {
      count(element.name, -1)
      element = open.pop()
    }
    count(key, -1)
    const range = { start: element?.start ?? index, end: index + tag.length }
    if (range.start <= place && place < range.end) found.push(range)
  }
  return found.toReversed()
}

/** A document without its head, which shows nothing. */
function withoutHead(html: string): string {
  const from = html.search(/<head\b/i)
  const to = from < 0 ? -1 : html.slice(from).search(/<\/head>/i)
  return to < 0 ? html : html.slice(0, from) + html.slice(from + to)
}

const hasText = (html: string): boolean =>
  withoutHead(html)
    .replaceAll(/<[^<>]*>|&nbsp;|\u00a0/gi, '')
    .trim() !== ''

/**
 * The largest element around a place that has other text beside it: what somebody wrote stands outside, what belongs to the place inside.
 * The outermost element where there is no other text; null = no element there.
 */
export function ownElement(raw: string, place: number): readonly [number, number] | null {
  const ranges = around(raw, place)
  const [outermost] = ranges
  let parent: Range = { start: 0, end: raw.length }
  for (const range of ranges) {
    const beside = raw.slice(parent.start, range.start) + raw.slice(range.end, parent.end)
    if (hasText(beside)) return [range.start, range.end]
    parent = range
  }
  return outermost ? [outermost.start, outermost.end] : null
}

/** A range with the elements around it that show nothing else: wrappers of what is in it. */
export function withWrappers(
  raw: string,
  [start, end]: readonly [number, number],
): readonly [number, number] {
  let within: Range = { start, end }
  const outward = around(raw, start)
    .filter((range) => range.end >= end)
    .toReversed()
  for (const range of outward) {
    const beside = raw.slice(range.start, within.start) + raw.slice(within.end, range.end)
    if (hasText(beside)) break
    within = range
  }
  return [within.start, within.end]
}
