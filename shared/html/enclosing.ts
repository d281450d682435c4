const TAG = /<(\/?)([a-z][a-z0-9]*)\b[^<>]*>/gi
/** Elements without an end tag, and those around a whole document. */
const NO_ELEMENT = new Set(
  'area base body br col embed hr html img input link meta source track wbr'.split(' '),
)

interface Range {
  readonly start: number
  readonly end: number
}

/** Elements of a raw document around a place, the outermost first; what is never closed is none. */
function around(raw: string, place: number): Range[] {
  const open: { name: string; start: number }[] = []
  const found: Range[] = []
  for (const { 0: tag, 1: slash, 2: name = '', index } of raw.matchAll(TAG)) {
    const key = name.toLowerCase()
    if (NO_ELEMENT.has(key) || tag.endsWith('/>')) continue
    if (slash === '') open.push({ name: key, start: index })
    else {
      const at = open.findLastIndex((element) => element.name === key)
      if (at < 0) continue
      const [element] = open.splice(at)
      const range = { start: element?.start ?? index, end: index + tag.length }
      if (range.start <= place && place < range.end) found.push(range)
    }
  }
  return found.toReversed()
}

const hasText = (html: string): boolean =>
  html.replaceAll(/<head\b[\s\S]*?<\/head>|<[^<>]*>|&nbsp;|\u00a0/gi, '').trim() !== ''

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
