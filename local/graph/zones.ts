import { Temporal } from 'temporal-polyfill'
import bcp47 from './contract/cldr-bcp47-timezone.json'
import windowsZones from './contract/windowsZones.json'
import { GraphError } from './errors'

const windowsToIana = new Map<string, string>()
const ianaToWindows = new Map<string, string>()
const windowsNames: string[] = []
const ianaNames: string[] = []
const knownIana = new Map<string, string>()

const zoneRows = windowsZones.supplemental.windowsZones.mapTimezones
for (const { mapZone } of zoneRows) {
  if (mapZone._territory === '001') {
    windowsNames.push(mapZone._other)
    windowsToIana.set(mapZone._other.toLowerCase(), mapZone._type)
  }
  for (const iana of mapZone._type.split(' ')) {
    if (!ianaToWindows.has(iana)) ianaToWindows.set(iana, mapZone._other)
  }
}
const bcp47Zones = bcp47.keyword.u.tz as unknown as Record<string, { _alias?: string } | string>
for (const row of Object.values(bcp47Zones)) {
  if (typeof row === 'string') continue
  const aliases = (row._alias ?? '').split(' ').filter((name) => name !== '')
  // windowsZones speaks one of the aliases only, often an old one (Europe/Kiev for Europe/Kyiv).
  const windows = aliases.map((name) => ianaToWindows.get(name)).find((name) => name !== undefined)
  for (const alias of aliases) {
    knownIana.set(alias.toLowerCase(), alias)
    ianaNames.push(alias)
    if (windows !== undefined) ianaToWindows.set(alias, windows)
  }
}
for (const name of ['UTC', 'Etc/UTC', 'Etc/GMT', 'GMT']) {
  ianaToWindows.set(name, 'UTC')
  knownIana.set(name.toLowerCase(), name)
}
const windowsByLowerCase = new Map(windowsNames.map((name) => [name.toLowerCase(), name]))

/** Names for `GET /me/outlook/supportedTimeZones`. */
export const supportedZones = { windows: windowsNames, iana: ianaNames }

/**
 * The zone that a request names: IANA name to calculate with and the name that Exchange keeps, a Windows name also for IANA input
 * (G-22).
 *
 * @throws GraphError 400 `TimeZoneNotSupportedException`
 */
export function zoneOf(name: string): { iana: string; kept: string } {
  const lower = name.toLowerCase()
  const custom = ODD_ZONES.get(lower)
  if (custom !== undefined) return { iana: custom, kept: name }
  const iana = windowsToIana.get(lower)
  if (iana !== undefined) return { iana, kept: windowsByLowerCase.get(lower) ?? name }
  const known = knownIana.get(lower)
  if (known === undefined) {
    throw new GraphError(
      400,
      'TimeZoneNotSupportedException',
      `A valid TimeZone value must be specified. The following TimeZone value is not supported: '${name}'.`,
    )
  }
  return { iana: known, kept: ianaToWindows.get(known) ?? known }
}

/** Names that Exchange answers and nobody can look up; the first are calculated as UTC. */
const ODD_ZONES = new Map([
  ['tzone://microsoft/utc', 'UTC'],
  ['tzone://microsoft/custom', 'UTC'],
  ['customized time zone', 'UTC'],
])

/** Instant of a wall-clock time `yyyy-MM-ddTHH:mm:ss` in an IANA zone; NaN for a UTC time that does not exist, others throw. */
export function instantOf(local: string, iana: string): number {
  if (iana === 'UTC' || iana === 'Etc/UTC') {
    const ms = Date.parse(`${local}Z`)
    // Date.parse takes 31 February for 3 March.
    return Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 19) !== local ? NaN : ms
  }
  return Temporal.PlainDateTime.from(local, { overflow: 'reject' }).toZonedDateTime(iana)
    .epochMilliseconds
}

/** Wall-clock time `yyyy-MM-ddTHH:mm:ss` of an instant in an IANA zone. */
export function localOf(ms: number, iana: string): string {
  if (iana === 'UTC' || iana === 'Etc/UTC') return new Date(ms).toISOString().slice(0, 19)
  return Temporal.Instant.fromEpochMilliseconds(ms)
    .toZonedDateTimeISO(iana)
    .toPlainDateTime()
    .toString({ smallestUnit: 'second' })
}

/** `dateTime` as Graph writes it: seven fraction digits, no offset (G-29). */
export function graphDateTime(local: string): string {
  return `${local}.0000000`
}

/** Offset time stamp as Graph writes it (`2017-04-15T03:00:50.7570000Z`). */
export function graphStamp(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '0000Z')
}
