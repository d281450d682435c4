import type { Json } from './model'

/** Ends the part of a meeting's body that Teams owns. */
const RULE = '_'.repeat(80)

/** Characters of text after which a line is broken, wherever in a sentence that is. */
const LINE = 76

/**
 * Body as Exchange keeps it after a write (G-25): wrapped in html/head/meta, scripts gone, long lines of text broken, CRLF line ends.
 * Writing the result again changes nothing.
 */
export function keptBody(body: Json | null | undefined): Json {
  const given = typeof body?.['content'] === 'string' ? body['content'] : ''
  if (given === '') return { contentType: 'html', content: '' }
  const inner = body?.['contentType'] === 'text' ? plainAsHtml(given) : innerHtml(given)
  return { contentType: 'html', content: wrapped(inner) }
}

function wrapped(inner: string): string {
  const text = inner
    .replace(/<script\b[\s\S]*?<\/script>/gi, '')
    .replace(/\r\n?/g, '\n')
    .trim()
  return `<html>\n<head>\n<meta http-equiv="Content-Type" content="text/html; charset=utf-8">\n</head>\n<body>\n${broken(text)}\n</body>\n</html>\n`.replace(
    /\n/g,
    '\r\n',
  )
}

/** Breaks lines between words, outside `pre`; tags have no width. */
function broken(html: string): string {
  let column = 0
  let pre = 0
  return html
    .split(/(<[^<>]*>)/)
    .map((part) => {
      if (part.startsWith('<')) {
        if (/^<pre\b/i.test(part)) pre += 1
        if (/^<\/pre\b/i.test(part)) pre -= 1
        return part
      }
      if (pre > 0) return part
      return part
        .split(/([ \n])/)
        .map((word) => {
          if (word !== ' ' && word !== '\n') {
            column += word.length
            return word
          }
          const full = column > LINE
          column = full ? 0 : column + 1
          return full ? '\n' : word
        })
        .join('')
    })
    .join('')
}

function innerHtml(html: string): string {
  const open = /<body\b[^>]*>/i.exec(html)
  if (open === null) return html.replace(/<\/?html\b[^>]*>|<head\b[\s\S]*?<\/head>/gi, '')
  const rest = html.slice(open.index + open[0].length)
  const close = rest.search(/<\/body\s*>/i)
  return close < 0 ? rest : rest.slice(0, close)
}

function plainAsHtml(text: string): string {
  const escaped = text
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/\r\n?|\n/g, '<br>\n')
  return `<font size="2"><span style="font-size:11pt"><div class="PlainText">${escaped}</div></span></font>`
}

/** Text of a body, as `Prefer: outlook.body-content-type="text"` answers it. */
export function bodyText(content: string): string {
  if (content === '') return ''
  return innerHtml(content)
    .replace(/\r?\n/g, ' ')
    .replace(/<br\s*\/?>|<\/(p|div|li|tr|h\d)>/gi, '\n')
    .replace(/<[^>]*>/g, '')
    .replace(/&nbsp;/g, ' ')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&amp;/g, '&')
    .replace(/[ \t]+/g, ' ')
    .replace(/ ?\n ?/g, '\r\n')
    .trim()
}

/** `bodyPreview`: the first 255 characters of the text. */
export function previewOf(content: string): string {
  return bodyText(content).slice(0, 255)
}

/** The join block that Exchange puts inside the body of an online meeting (G-26). */
function joinBlock(joinUrl: string): string {
  return `<div style="width:100%; height:20px"><span style="white-space:nowrap; color:gray; opacity:.36">${RULE}</span></div>\n<div class="me-email-text" style="color:#252424"><div style="margin-top:24px; margin-bottom:10px"><a class="me-email-headline" href="${joinUrl}">Join Microsoft Teams Meeting</a></div></div>\n<div style="width:100%; height:20px"><span style="white-space:nowrap; color:gray; opacity:.36">${RULE}</span></div>`
}

/** The body with the join block behind its text. */
export function withJoinBlock(body: Json, joinUrl: string): Json {
  const inner = innerHtml(String(body['content'] ?? ''))
  return { contentType: 'html', content: wrapped(`${inner.trim()}\n${joinBlock(joinUrl)}`) }
}

/** Whether the block that keeps the meeting alive is still there. */
export function hasJoinBlock(body: Json | null | undefined, joinUrl: string): boolean {
  const content = String(body?.['content'] ?? '')
  return content.includes(joinUrl) || content.includes(joinUrl.replaceAll('&', '&amp;'))
}
