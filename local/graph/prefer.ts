import { zoneOf } from './zones'

/** What the `Prefer` header asks for. */
export interface Preferences {
  immutableIds: boolean
  /** Zone to calculate with and its name as asked; default UTC. */
  zone: { iana: string; name: string }
  textBody: boolean
  maxPageSize: number | undefined
  /** For `Preference-Applied`. */
  applied: string[]
}

/**
 * @param header comma-joined `Prefer` values
 * @throws GraphError 400 for a zone nobody knows
 */
export function preferencesOf(header: string | undefined): Preferences {
  const preferences: Preferences = {
    immutableIds: false,
    zone: { iana: 'UTC', name: 'UTC' },
    textBody: false,
    maxPageSize: undefined,
    applied: [],
  }
  if (header === undefined) return preferences
  for (const match of header.matchAll(/([\w.-]+)\s*=\s*(?:"([^"]*)"|([^,;\s]*))/g)) {
    const name = (match[1] ?? '').toLowerCase()
    const value = match[2] ?? match[3] ?? ''
    if (name === 'idtype') preferences.immutableIds = value.toLowerCase() === 'immutableid'
    else if (name === 'outlook.timezone') {
      preferences.zone = { iana: zoneOf(value).iana, name: value }
    } else if (name === 'outlook.body-content-type') {
      preferences.textBody = value.toLowerCase() === 'text'
    } else if (name === 'odata.maxpagesize') {
      const size = Number(value)
      if (Number.isInteger(size) && size > 0) preferences.maxPageSize = size
    } else continue
    preferences.applied.push(match[0])
  }
  return preferences
}
