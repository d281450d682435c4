import { createHash } from 'node:crypto'
import type { HttpResponseInit } from '@azure/functions'

const escapeHtml = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')

const STYLE =
  'body{font:16px/1.5 system-ui,sans-serif;margin:3rem auto;max-width:32rem;padding:0 1rem;color-scheme:light dark}'

/** `<` is written as an escape, so that no text can end the script. */
const json = (value: unknown): string => JSON.stringify(value).replaceAll('<', '\\u003c')

const hash = (text: string): string =>
  `'sha256-${createHash('sha256').update(text).digest('base64')}'`

export interface Message {
  readonly title: string
  readonly text: string
  /** Origin that may frame it; absent = nobody. */
  readonly frameAncestors?: string
  /** Told to the opener, if it is of this origin and no other; then the window closes. COOP may have cut the opener: it asks the interface as well. */
  readonly tell?: { readonly message: object; readonly origin: string }
}

/** A small page that says one thing. */
export function messagePage(status: number, message: Message): HttpResponseInit {
  const { title, text, tell } = message
  const script = tell
    ? `if(window.opener)window.opener.postMessage(${json(tell.message)},${json(tell.origin)});setTimeout(()=>window.close(),1500)`
    : ''
  const scripts = tell ? hash(script) : "'none'"
  const ancestors = message.frameAncestors ?? "'none'"
  return {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'content-security-policy': `default-src 'none'; script-src ${scripts}; style-src ${hash(STYLE)}; base-uri 'none'; form-action 'none'; frame-ancestors ${ancestors}`,
    },
    body: `<!doctype html><html lang="en"><meta charset="utf-8"><title>${escapeHtml(title)}</title><style>${STYLE}</style><h1>${escapeHtml(title)}</h1><p>${escapeHtml(text)}</p>${tell ? `<script>${script}</script>` : ''}</html>`,
  }
}
