import { convert } from 'html-to-text'

/** The text of a canonical body: one line per line shown, links as their text, no wrapping. */
export function plainText(html: string): string {
  if (html === '') return ''
  return convert(html, {
    wordwrap: false,
    selectors: [
      { selector: 'a', options: { ignoreHref: true } },
      ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({
        selector,
        options: { uppercase: false },
      })),
    ],
  })
}
