import type { RpcHttpCookie } from './core-types'

/**
 * A `Set-Cookie` header as the host writes it through ASP.NET's `CookieOptions`: the value percent-encoded, the path
 * `/` when none is given, attributes in lower case.
 */
export function setCookie(cookie: RpcHttpCookie): string {
  const parts = [`${cookie.name ?? ''}=${encodeURIComponent(cookie.value ?? '')}`]
  if (cookie.expires) {
    parts.push(`expires=${new Date(cookie.expires.value.seconds * 1000).toUTCString()}`)
  }
  if (cookie.maxAge) parts.push(`max-age=${String(Math.trunc(cookie.maxAge.value))}`)
  if (cookie.domain) parts.push(`domain=${cookie.domain.value}`)
  parts.push(`path=${cookie.path?.value ?? '/'}`)
  if (cookie.secure?.value === true) parts.push('secure')
  if (cookie.sameSite !== undefined && cookie.sameSite !== 'none') {
    parts.push(`samesite=${cookie.sameSite === 'explicitNone' ? 'none' : cookie.sameSite}`)
  }
  if (cookie.httpOnly?.value === true) parts.push('httponly')
  return parts.join('; ')
}
