import type { Level } from '../shared/settings/schema'

/** For whom the page was opened, and the right to do so. */
export interface Launch {
  token: string
  level: Level
  /** Path of the interface below `/page/`, with a trailing slash; empty at system level. */
  scope: string
}

const storageKey = 'oro-microsoft-365-page'

/** Reads `#token=…&level=…&organization=…&user=…`; null if the fragment lacks something that its level needs. */
export function parseLaunch(fragment: string): Launch | null {
  const given = new URLSearchParams(fragment.replace(/^#/, ''))
  const token = given.get('token')
  const organization = encodeURIComponent(given.get('organization') ?? '')
  const user = encodeURIComponent(given.get('user') ?? '')
  if (!token) return null
  switch (given.get('level')) {
    case 'system':
      return { token, level: 'system', scope: '' }
    case 'organization':
      return organization
        ? { token, level: 'organization', scope: `organizations/${organization}/` }
        : null
    case 'user':
      return organization && user
        ? { token, level: 'user', scope: `organizations/${organization}/users/${user}/` }
        : null
    default:
      return null
  }
}

/**
 * Takes the launch out of the address bar, so that a copied address gives nothing away, and keeps the fragment for a reload of this tab.
 * A frame may be denied storage: then a reload asks to open the page again.
 */
export function takeLaunch(): Launch | null {
  const fresh = location.hash.includes('token=') ? location.hash : null
  if (fresh !== null) history.replaceState(null, '', location.pathname + location.search)
  try {
    if (fresh !== null) sessionStorage.setItem(storageKey, fresh)
    return parseLaunch(fresh ?? sessionStorage.getItem(storageKey) ?? '')
  } catch {
    return parseLaunch(fresh ?? '')
  }
}

/** An expired right is of no more use. */
export function forgetLaunch(): void {
  try {
    sessionStorage.removeItem(storageKey)
  } catch {
    // Storage is denied: nothing was kept.
  }
}
