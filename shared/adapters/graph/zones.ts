import { findIana, findWindows, type WindowsZoneName } from 'windows-iana'
import { zones } from './data/zones.json'

/** Lower-cased names → current IANA name, or 'UTC'. */
const CURRENT = new Map<string, string>()
/** Current IANA name → all its names. */
const NAMES = new Map<string, readonly string[]>()
for (const line of zones) {
  const names = line.split(' ')
  const current = names[0] as string
  NAMES.set(current, names)
  for (const name of names) CURRENT.set(name.toLowerCase(), current)
}

/** Where windows-iana still names a place that has left the zone since (CLDR 001 rows). */
const CORRECTED: Readonly<Record<string, string>> = {
  'central asia standard time': 'Asia/Bishkek',
  'mountain standard time (mexico)': 'America/Mazatlan',
}

/** Names that Exchange gives to zones it made itself: nobody can look them up (G-22). */
const CUSTOM = new Set(['tzone://microsoft/custom', 'customized time zone'])

/** The current IANA name of an IANA name, 'UTC' for all of UTC's and GMT's; null = no such zone. */
const currentZone = (name: string): string | null => CURRENT.get(name.trim().toLowerCase()) ?? null

const cached = new Map<string, string | null>()

/**
 * IANA name of a zone as Graph names it: Windows and IANA names, `tzone://Microsoft/Utc` (contract section 5, G-22).
 * @param ownZone stands for zones that Exchange calls custom, and for none
 * @returns null = a name nobody knows
 */
export function fromGraphZone(name: string | null | undefined, ownZone: string): string | null {
  const key = name?.trim().toLowerCase() ?? ''
  if (key === '' || CUSTOM.has(key)) return currentZone(ownZone) ?? ownZone
  if (key === 'tzone://microsoft/utc') return 'UTC'
  let zone = cached.get(key)
  if (zone === undefined) {
    zone = currentZone(key) ?? windowsZone(name as string, key)
    if (cached.size < 2000) cached.set(key, zone)
  }
  return zone
}

function windowsZone(name: string, key: string): string | null {
  const iana = CORRECTED[key] ?? findIana(name.trim() as WindowsZoneName)[0]
  return iana === undefined ? null : (currentZone(iana) ?? iana)
}

/** The Windows name of an IANA zone, under any of its names; null = none. */
export function windowsName(zone: string): string | null {
  if (zone === 'UTC') return 'UTC'
  for (const name of NAMES.get(zone) ?? [zone]) {
    const found = findWindows(name)[0]
    if (found !== undefined) return found
  }
  return null
}
