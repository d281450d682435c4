import { fieldPaths, fields, fieldsAt, pathParts, type FieldPath } from './fields'
import type { Level, OwnSettings, Settings, SettingsPatch, SettingsStack } from './schema'

type From = Level | 'default'

/** `own` is null while the level inherits; `from` names the level (or default) that `effective` comes from. */
export interface ExplainedField {
  own: unknown
  inherited: unknown
  effective: unknown
  from: From
}

/** Answer of `GET …/settings` (DESIGN 7): `level` and, nested like the settings, one explanation per field. */
export interface ExplainedSettings {
  level: Level
  [section: string]: Level | ExplainedField | Record<string, ExplainedField>
}

const levels: readonly Level[] = ['system', 'organization', 'user']

/** Value at a path of nested settings, `undefined` if absent. */
export function valueAt(settings: object, path: FieldPath): unknown {
  return pathParts(path).reduce<unknown>(
    (value, part) =>
      value === undefined || part === undefined
        ? value
        : (value as Record<string, unknown> | undefined)?.[part],
    settings,
  )
}

/** A copy of the stack in which the levels below `level` say nothing. */
export function settingsUpTo(level: Level, stack: SettingsStack): SettingsStack {
  const reach = levels.indexOf(level)
  return {
    system: stack.system,
    organization: reach >= 1 ? stack.organization : {},
    user: reach >= 2 ? stack.user : {},
  }
}

function nearest(path: FieldPath, stack: SettingsStack): { value: unknown; from: From } {
  for (const level of ['user', 'organization', 'system'] as const) {
    const value = valueAt(stack[level], path)
    if (value !== undefined) return { value, from: level }
  }
  return { value: fields[path].default, from: 'default' }
}

/** The nearest own value wins, but an enable box that is off at system level is off for everybody (DESIGN 6). */
function effective(path: FieldPath, stack: SettingsStack): { value: unknown; from: From } {
  if (path.endsWith('.enabled')) {
    const master = nearest(path, settingsUpTo('system', stack))
    if (master.value === false) return master
  }
  return nearest(path, stack)
}

function put(target: Record<string, unknown>, path: FieldPath, value: unknown): void {
  const [section, name] = pathParts(path)
  if (name === undefined) target[section] = value
  else ((target[section] ??= {}) as Record<string, unknown>)[name] = value
}

/** Every field with the value that holds for the innermost level of the stack. */
export function resolveSettings(stack: SettingsStack): Settings {
  const settings: Record<string, unknown> = {}
  for (const path of fieldPaths) put(settings, path, effective(path, stack).value)
  return settings as unknown as Settings
}

/** What a level says, would inherit, and what holds there, per field that the level shows. */
export function explainSettings(level: Level, stack: SettingsStack): ExplainedSettings {
  const seen = settingsUpTo(level, stack)
  const above = { ...seen, [level]: {} }
  const answer: ExplainedSettings = { level }
  for (const path of fieldsAt(level)) {
    const { value, from } = effective(path, seen)
    put(answer, path, {
      own: valueAt(seen[level], path) ?? null,
      inherited: effective(path, above).value,
      effective: value,
      from,
    } satisfies ExplainedField)
  }
  return answer
}

/** JSON merge patch (RFC 7396): `null` removes a field or a whole section; an emptied section disappears. */
export function mergePatch(own: OwnSettings, patch: SettingsPatch): OwnSettings {
  const merged = merge(own as Record<string, unknown>, patch as Record<string, unknown>)
  return merged
}

const isSection = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function merge(
  own: Record<string, unknown>,
  patch: Record<string, unknown>,
): Record<string, unknown> {
  const merged = new Map(Object.entries(own))
  for (const [name, value] of Object.entries(patch)) {
    if (value === undefined) continue
    if (isSection(value)) {
      const before = merged.get(name)
      const section = merge(isSection(before) ? before : {}, value)
      if (Object.keys(section).length > 0) merged.set(name, section)
      else merged.delete(name)
    } else if (value === null) merged.delete(name)
    else merged.set(name, value)
  }
  return Object.fromEntries(merged)
}
