import {
  fields,
  fieldsAt,
  pathParts,
  type Field,
  type FieldPath,
} from '../../shared/settings/fields'
import { valueAt, type ExplainedField, type ExplainedSettings } from '../../shared/settings/resolve'
import type { Level, Violation } from '../../shared/settings/schema'

/** What the person has changed and not saved: null = inherit, else what stands in the input (numbers and lists as typed). */
export type Draft = Partial<Record<FieldPath, Typed | null>>
export type Typed = string | boolean

export function fieldAt(settings: ExplainedSettings, path: FieldPath): ExplainedField {
  return valueAt(settings, path) as ExplainedField
}

/** A value as its input shows it. */
export function typedOf(field: Field, value: unknown): Typed {
  if (field.type === 'toggle') return value === true
  if (field.type === 'list') return (value as readonly string[]).join(', ')
  return String(value)
}

/** What an input says, as the interface wants it. A number that is none is passed on, so that the refusal stands at its field. */
export function valueOf(field: Field, typed: Typed): unknown {
  if (typeof typed === 'boolean') return typed
  switch (field.type) {
    case 'number':
      return /^-?\d+$/.test(typed.trim()) ? Number(typed) : typed
    case 'list':
      return typed
        .split(',')
        .map((name) => name.trim())
        .filter((name) => name !== '')
    default:
      return typed
  }
}

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)

/** The draft's value of a field, or its own value where nothing was changed; null = inherits. */
export function drafted(settings: ExplainedSettings, draft: Draft, path: FieldPath): unknown {
  const typed = draft[path]
  if (typed === undefined) return fieldAt(settings, path).own
  return typed === null ? null : valueOf(fields[path], typed)
}

/** The value that would hold if the draft were saved. */
function draftedEffective(settings: ExplainedSettings, draft: Draft, path: FieldPath) {
  return drafted(settings, draft, path) ?? fieldAt(settings, path).inherited
}

/** Fields whose draft differs from what is saved, in the order of the page. */
export function changedPaths(settings: ExplainedSettings, draft: Draft): FieldPath[] {
  return fieldsAt(settings.level).filter(
    (path) => !same(drafted(settings, draft, path), fieldAt(settings, path).own),
  )
}

/** JSON merge patch of the changed fields. */
export function patchOf(settings: ExplainedSettings, draft: Draft): Record<string, unknown> {
  const patch: Record<string, unknown> = {}
  for (const path of changedPaths(settings, draft)) {
    const [section, name] = pathParts(path)
    const value = drafted(settings, draft, path)
    if (name === undefined) patch[section] = value
    else patch[section] = { ...(patch[section] as object | undefined), [name]: value }
  }
  return patch
}

/** Fields that somebody else has changed between two versions. */
export function changedBetween(before: ExplainedSettings, after: ExplainedSettings): FieldPath[] {
  return fieldsAt(after.level).filter((path) => !same(fieldAt(before, path), fieldAt(after, path)))
}

/** A field is hidden while the direction gives it nothing to say. */
export function applies(settings: ExplainedSettings, draft: Draft, path: FieldPath): boolean {
  const { appliesTo } = fields[path]
  if (appliesTo === undefined) return true
  const direction = `${pathParts(path)[0]}.direction` as FieldPath
  const both = draftedEffective(settings, draft, direction) === 'bidirectional'
  return both === (appliesTo === 'bidirectional')
}

/** The violations by field; what belongs to no field of this level is left over. */
export function errorsByField(violations: readonly Violation[], level: Level) {
  const known = new Set<string>(fieldsAt(level))
  const byField: Partial<Record<FieldPath, string>> = {}
  const others: string[] = []
  for (const { pointer, detail } of violations) {
    const path = pointer.slice(1).split('/').slice(0, 2).join('.')
    if (known.has(path)) byField[path as FieldPath] = detail
    else others.push(detail)
  }
  return { byField, others }
}
