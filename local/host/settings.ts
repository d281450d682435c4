import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Application settings as Core Tools sees them: `Values` of `local.settings.json` in `folder`, when there is one,
 * under the variables of the environment, which win.
 */
export function readLocalSettings(
  folder: string,
  environment: NodeJS.ProcessEnv = process.env,
): Record<string, string> {
  const settings: Record<string, string> = {}
  const file = join(folder, 'local.settings.json')
  if (existsSync(file)) {
    const content = JSON.parse(readFileSync(file, 'utf8')) as { Values?: Record<string, unknown> }
    const faults: string[] = []
    for (const [name, value] of Object.entries(content.Values ?? {})) {
      if (typeof value === 'object') faults.push(`Values.${name} is not a string`)
      else settings[name] = String(value)
    }
    if (faults.length > 0) throw new Error(`local.settings.json: ${faults.join('; ')}`)
  }
  for (const [name, value] of Object.entries(environment)) {
    if (value !== undefined) settings[name] = value
  }
  return settings
}

/**
 * Replaces each `%NAME%` by that setting.
 * @throws an error that names every setting that is missing
 */
export function resolveSettings(text: string, settings: Record<string, string>): string {
  const missing: string[] = []
  const resolved = text.replace(/%([^%]+)%/g, (whole, name: string) => {
    const value = settings[name]
    if (value === undefined) missing.push(whole)
    return value ?? whole
  })
  if (missing.length > 0) {
    throw new Error(`${missing.join(', ')} in "${text}" does not resolve to a setting`)
  }
  return resolved
}

/** `hh:mm:ss` or `d.hh:mm:ss` of host.json in milliseconds. */
export function timeSpanMs(text: string): number {
  const match = /^(?:(\d+)\.)?(\d{1,2}):(\d{2}):(\d{2})$/.exec(text)
  if (match === null) throw new Error(`"${text}" is not a time span (hh:mm:ss)`)
  const [days, hours, minutes, seconds] = match.slice(1).map((part) => Number(part || 0))
  return ((((days ?? 0) * 24 + (hours ?? 0)) * 60 + (minutes ?? 0)) * 60 + (seconds ?? 0)) * 1000
}
