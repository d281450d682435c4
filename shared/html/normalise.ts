/** Equal meaning, one name. */
const INLINE: Readonly<Record<string, string>> = {
  a: 'a',
  b: 'strong',
  strong: 'strong',
  i: 'em',
  em: 'em',
  u: 'u',
  ins: 'u',
  s: 's',
  strike: 's',
  del: 's',
  sub: 'sub',
  sup: 'sup',
  code: 'code',
}

const BLOCKS = new Set([
  ...['p', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'blockquote'],
  ...['ul', 'ol', 'li', 'table', 'tr', 'td', 'th'],
])

const PARAGRAPHS = ['p', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6']

/** What opening one of these ends besides an open paragraph, as HTML's optional end tags do. */
const CLOSED_BY: Readonly<Record<string, readonly string[]>> = {
  li: ['li'],
  td: ['td', 'th'],
  th: ['td', 'th'],
  tr: ['td', 'th', 'tr'],
}

/** An inline tag as it is written: its name and what opens it. */
interface Format {
  readonly name: string
  readonly open: string
}

/** A block that is being written, with the state of its lines. */
interface Block {
  readonly name: string
  /** Length of the output before the opening tag: an empty block is cut back to here. */
  readonly from: number
  /** Whether a line of text stands directly before this place. */
  lines: boolean
  breaks: number
}

/** The opening tag of a link; '' = it has no address that may be kept. */
function link(attributes: string): string {
  const href = /href\s*=\s*"([^"]*)"/i.exec(attributes)?.[1]?.trim()
  if (href === undefined || !/^(?:https?:|mailto:)/i.test(href)) return ''
  return `<a href="${href.replaceAll('<', '%3C').replaceAll('>', '%3E')}">`
}

/** Deeper blocks are unwrapped: nobody writes them, and a hostile body must not cost time. */
const DEEPEST = 60

/**
 * Writes sanitised HTML in its one form: `div`s become line breaks, empty blocks and formats vanish, formats that touch are joined, white
 * space (no-break spaces too) collapses and stands outside of formats. Tolerates unbalanced tags.
 */
export function normalised(html: string): string {
  const out: string[] = []
  const blocks: Block[] = [{ name: '', from: 0, lines: false, breaks: 0 }]
  /** Formats in force, outermost first, with how often each was opened; and those opened in the output. */
  const formats = new Map<string, { readonly open: string; depth: number }>()
  const opened: Format[] = []
  let space = false
  let preformatted = 0

  const block = (): Block => blocks[blocks.length - 1] as Block

  const closeFormats = (keep: number): void => {
    while (opened.length > keep) out.push(`</${(opened.pop() as Format).name}>`)
  }

  const endLine = (): void => {
    closeFormats(0)
    space = false
    const at = block()
    if (at.lines) at.breaks = Math.max(at.breaks, 1)
  }

  const lineBreak = (): void => {
    closeFormats(0)
    space = false
    if (block().lines) block().breaks += 1
  }

  const write = (text: string): void => {
    const at = block()
    const starts = at.breaks > 0 || !at.lines
    if (starts) {
      for (; at.breaks > 0; at.breaks -= 1) out.push('<br>')
      at.lines = true
      space = false
    }
    // A link without a usable address has no tag.
    const wanted = [...formats]
      .map(([name, { open }]) => ({ name, open }))
      .filter(({ open }) => open !== '')
    let common = 0
    while (common < opened.length && opened[common]?.open === wanted[common]?.open) common += 1
    closeFormats(common)
    if (space) out.push(' ')
    space = false
    for (const format of wanted.slice(common)) {
      out.push(format.open)
      opened.push(format)
    }
    out.push(text)
  }

  const addText = (raw: string): void => {
    const text = raw.replaceAll('&nbsp;', ' ').replaceAll('&quot;', '"').replaceAll('&#39;', "'")
    for (const [index, line] of preformatted > 0
      ? text.split(/\r\n?|\n/).entries()
      : [[0, text] as const]) {
      if (index > 0) lineBreak()
      const words = line.replace(/[\s\u00a0]+/g, ' ')
      if (words.startsWith(' ')) space = true
      const trimmed = words.trim()
      if (trimmed === '') continue
      write(trimmed)
      space = words.endsWith(' ')
    }
  }

  const openBlock = (name: string): void => {
    endLine()
    blocks.push({ name, from: out.length, lines: false, breaks: 0 })
    out.push(`<${name}>`)
  }

  const closeBlock = (): void => {
    closeFormats(0)
    space = false
    const { name, from } = blocks.pop() as Block
    if (out.length === from + 1 && name !== 'td' && name !== 'th') {
      out.length = from
      return
    }
    out.push(`</${name}>`)
    block().breaks = 0
    block().lines = false
  }

  /** Closes everything up to the innermost of these, unless a wall stands between. */
  const closeNearest = (names: readonly string[], isWall: (name: string) => boolean): void => {
    for (let index = blocks.length - 1; index > 0; index -= 1) {
      const name = blocks[index]?.name ?? ''
      if (names.includes(name)) {
        while (blocks.length > index) closeBlock()
        return
      }
      if (isWall(name)) return
    }
  }

  const endParagraph = (): void => {
    closeNearest(PARAGRAPHS, (name) => !PARAGRAPHS.includes(name))
  }

  const open = (name: string, attributes: string): void => {
    const inline = INLINE[name]
    if (inline !== undefined) {
      const known = formats.get(inline)
      if (inline === 'a') {
        // Links do not nest: the inner one counts.
        formats.delete(inline)
        formats.set(inline, { open: link(attributes), depth: 1 })
      } else if (known) known.depth += 1
      else formats.set(inline, { open: `<${inline}>`, depth: 1 })
    } else if (name === 'br') lineBreak()
    else if (name === 'div') endLine()
    else if (name === 'pre') {
      endLine()
      preformatted += 1
    } else if (name === 'hr') {
      endParagraph()
      endLine()
      block().breaks = 0
      block().lines = false
      out.push('<hr>')
    } else if (BLOCKS.has(name) && blocks.length <= DEEPEST) {
      endParagraph()
      for (const ended of CLOSED_BY[name] ?? []) {
        closeNearest([ended], (wall) => wall === 'ul' || wall === 'ol' || wall === 'table')
      }
      openBlock(name)
    }
  }

  const close = (name: string): void => {
    const inline = INLINE[name]
    if (inline !== undefined) {
      const known = formats.get(inline)
      if (known && (known.depth -= 1) === 0) formats.delete(inline)
    } else if (name === 'div') endLine()
    else if (name === 'pre') {
      endLine()
      preformatted = Math.max(0, preformatted - 1)
    } else if (BLOCKS.has(name)) closeNearest([name], () => false)
  }

  for (const [, closing, tag, attributes, text] of html.matchAll(
    /<(\/?)([a-z][a-z0-9]*)((?:[^<>"]|"[^"]*")*)>|([^<]+|<)/gi,
  )) {
    if (tag === undefined) addText(text === '<' ? '&lt;' : (text ?? ''))
    else if (closing === '/') close(tag.toLowerCase())
    else open(tag.toLowerCase(), attributes ?? '')
  }
  while (blocks.length > 1) closeBlock()
  closeFormats(0)
  return out.join('')
}
