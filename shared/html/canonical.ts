import sanitizeHtml from 'sanitize-html'
import { normalised } from './normalise'

/** What both systems keep of a body. Everything else is unwrapped: its text stays, its tag goes. */
const ALLOWED_TAGS = [
  ...['p', 'div', 'br', 'hr', 'pre', 'blockquote', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6'],
  ...['ul', 'ol', 'li', 'table', 'tr', 'td', 'th'],
  ...['a', 'b', 'strong', 'i', 'em', 'u', 'ins', 's', 'strike', 'del', 'sub', 'sup', 'code'],
]

const OPTIONS: sanitizeHtml.IOptions = {
  allowedTags: ALLOWED_TAGS,
  allowedAttributes: { a: ['href'] },
  allowedSchemes: ['http', 'https', 'mailto'],
  allowProtocolRelative: false,
  nonTextTags: ['script', 'style', 'textarea', 'option', 'noscript', 'title', 'head', 'template'],
}

/** Anything but text, plain tags and the commonest entities: what a parser has to look at. */
const DOUBTFUL = new RegExp(
  `<(?!/?(?:${ALLOWED_TAGS.filter((tag) => tag !== 'a').join('|')}|span|font|thead|tbody)\\s*/?>)|&(?!(?:amp|lt|gt|quot|nbsp|#39);)`,
  'i',
)

/** The frame that Exchange puts around every body (G-25). */
const FRAME =
  /^\s*<html>\s*<head>\s*(?:<meta[^<>]*>\s*)*<\/head>\s*<body>([\s\S]*)<\/body>\s*<\/html>\s*$/i

// eslint-disable-next-line no-control-regex -- these are the characters that neither system stores
const CONTROL = /[\u0000-\u0008\u000b\u000e-\u001f\u007f]/g

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/**
 * The one form in which bodies are compared: sanitised by an allow-list, without wrappers, attributes (but a link's address), comments
 * and line ends; white space as a browser shows it. '' = nothing to see. Idempotent, and blind to what Exchange (G-25) and Oro do to a
 * body they are given. `input` may come from anybody; the result is safe to show.
 */
export function canonicalHtml(input: string, contentType: 'html' | 'text'): string {
  const clean = storable(input)
  if (contentType === 'text') return normalised(escaped(clean).replace(/\r\n?|\n/g, '<br>'))
  const inner = FRAME.exec(clean)?.[1] ?? clean
  // Characters can hide in entities until they are parsed.
  return normalised(DOUBTFUL.test(inner) ? storable(sanitizeHtml(inner, OPTIONS)) : inner)
}

const storable = (text: string): string =>
  text.replace(CONTROL, '').replace(/\p{Surrogate}/gu, '\ufffd')
