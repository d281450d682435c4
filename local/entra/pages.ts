import type { StandInAnswer } from '../stand-in/server'
import type { EntraUser } from './model'

const escaped = (text: string) =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')

const page = (title: string, body: string, status = 200): StandInAnswer => ({
  status,
  headers: {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
  },
  body: `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escaped(title)}</title>
<style>body{font:16px system-ui;max-width:28rem;margin:4rem auto;padding:0 1rem}label{display:block;margin:.5rem 0}button{font:inherit;padding:.4rem 1rem;margin:1rem .5rem 0 0}</style>
</head><body><h1>${escaped(title)}</h1>${body}</body></html>`,
})

/** "Pick an account": the person picks or types one, then goes on or cancels. */
export function signInPage(
  action: string,
  request: string,
  users: EntraUser[],
  options: { hint: string; scopes: string[]; cutOpener: boolean; fault?: string },
): StandInAnswer {
  const choices = users
    .map(
      (user) =>
        `<label><input type="radio" name="account" value="${escaped(user.upn)}"${
          user.upn.toLowerCase() === options.hint.toLowerCase() ? ' checked' : ''
        }> ${escaped(user.name)} (${escaped(user.upn)})</label>`,
    )
    .join('')
  const shown = page(
    'Sign in',
    `<p>Sample directory: no password is asked for.</p>
${options.fault === undefined ? '' : `<p role="alert">${escaped(options.fault)}</p>`}
<form method="post" action="${escaped(action)}"><input type="hidden" name="request" value="${escaped(request)}">
<fieldset><legend>Pick an account</legend>${choices}</fieldset>
<label>Or type one <input type="text" name="username" autocomplete="off"></label>
<p>The application asks for: ${escaped(options.scopes.join(', '))}</p>
<button name="decision" value="accept">Accept</button><button name="decision" value="cancel">Cancel</button></form>`,
  )
  return options.cutOpener
    ? {
        ...shown,
        headers: { ...shown.headers, 'cross-origin-opener-policy': 'same-origin-allow-popups' },
      }
    : shown
}

export function adminConsentPage(action: string, request: string, tenant: string): StandInAnswer {
  return page(
    'Permissions requested',
    `<p>Consent for everybody in ${escaped(tenant)}?</p>
<form method="post" action="${escaped(action)}"><input type="hidden" name="request" value="${escaped(request)}">
<button name="decision" value="accept">Accept</button><button name="decision" value="cancel">Cancel</button></form>`,
  )
}

/** Refusals that must not be sent to an address nobody registered. */
export const faultPage = (text: string): StandInAnswer =>
  page('Sorry, but we’re having trouble signing you in.', `<p>${escaped(text)}</p>`, 400)

/** Sends the browser back in the way that was asked for. */
export function redirectBack(
  redirectUri: string,
  mode: string,
  values: Record<string, string>,
): StandInAnswer {
  const fields = new URLSearchParams(values).toString()
  if (mode === 'form_post')
    return page(
      'Working…',
      `<form method="post" action="${escaped(redirectUri)}">${Object.entries(values)
        .map(
          ([name, value]) =>
            `<input type="hidden" name="${escaped(name)}" value="${escaped(value)}">`,
        )
        .join('')}<button>Continue</button></form><script>document.forms[0].submit()</script>`,
    )
  const mark = mode === 'fragment' ? '#' : redirectUri.includes('?') ? '&' : '?'
  return {
    status: 302,
    headers: { location: redirectUri + mark + fields, 'cache-control': 'no-store' },
  }
}
