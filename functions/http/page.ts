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

/**
 * The small page of the pop-up: says how it went, tells its opener (the back office's origin, no other), and closes. COOP may have cut the
 * opener; it asks the interface as well.
 */
export function popUpPage(
  status: number,
  result: { title: string; text: string; message: object | null; origin: string },
): HttpResponseInit {
  // `<` is written as an escape, so that no text can end the script.
  const json = (value: unknown): string => JSON.stringify(value).replaceAll('<', '\\u003c')
  const script =
    result.message === null
      ? ''
      : `if(window.opener)window.opener.postMessage(${json(result.message)},${json(result.origin)});setTimeout(()=>window.close(),1500)`
  const hash = (text: string): string =>
    `'sha256-${createHash('sha256').update(text).digest('base64')}'`
  return {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'content-security-policy': `default-src 'none'; script-src ${hash(script)}; style-src ${hash(STYLE)}; frame-ancestors 'none'`,
    },
    body: `<!doctype html><html lang="en"><meta charset="utf-8"><title>${escapeHtml(result.title)}</title><style>${STYLE}</style><h1>${escapeHtml(result.title)}</h1><p>${escapeHtml(result.text)}</p>${script === '' ? '' : `<script>${script}</script>`}</html>`,
  }
}
