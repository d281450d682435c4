import * as z from 'zod'
import { requirement } from './describe'
import { fieldPaths, fields, fieldsAt, pathParts, type Field, type FieldPath } from './fields'
import { mergePatch, resolveSettings, settingsUpTo } from './resolve'

/** The three levels, outermost first. An inner level wins, field by field (DESIGN 6). */
export type Level = 'system' | 'organization' | 'user'

export type Direction = 'bidirectional' | 'oro-to-microsoft' | 'microsoft-to-oro'
export type ConflictResolution = 'oro' | 'microsoft' | 'newest'

/** What both kinds have in common. Limits are counts and percentages of items. */
export interface KindSettings {
  enabled: boolean
  direction: Direction
  conflictResolution: ConflictResolution
  backfill: 'window' | 'changed-after-connect'
  deleteVsEdit: 'keep-edit' | 'delete-wins'
  foreignEdit: 'leave' | 'revert'
  deletionLimit: number
  deletionPercent: number
}

export interface CalendarSettings extends KindSettings {
  daysBack: number
  daysAhead: number
  attendees: 'none' | 'list-in-body' | 'invite'
  private: 'busy' | 'full' | 'skip'
  /** Outlook category names, compared without regard to letter case. Empty = every category. */
  onlyCategories: readonly string[]
  /** Wins over `onlyCategories` should both name a category. */
  exceptCategories: readonly string[]
  cancelMessage: string
}

export interface TasksSettings extends KindSettings {
  /** Name of the To Do list for tasks born in Oro; empty = the default list. */
  list: string
  checklist: 'off' | 'in-description'
}

/** Fully resolved: every field has a value. `syncInterval` is in minutes. */
export interface Settings {
  syncInterval: number
  calendar: CalendarSettings
  tasks: TasksSettings
  emails: { enabled: boolean }
}

/** What one level says itself; an absent field inherits. */
export interface OwnSettings {
  syncInterval?: number
  calendar?: Partial<CalendarSettings>
  tasks?: Partial<TasksSettings>
  emails?: Partial<Settings['emails']>
}

type Nullable<T> = { [K in keyof T]?: T[K] | null }

/** JSON merge patch (RFC 7396) of one level's own values; `null` = inherit. */
export interface SettingsPatch {
  syncInterval?: number | null
  calendar?: Nullable<CalendarSettings> | null
  tasks?: Nullable<TasksSettings> | null
  emails?: Nullable<Settings['emails']> | null
}

/** The own values of each level above and at the one that is asked about. */
export interface SettingsStack {
  system: OwnSettings
  organization: OwnSettings
  user: OwnSettings
}

/** One fault of a request body; `pointer` is a JSON Pointer (RFC 6901) into it. */
export interface Violation {
  pointer: string
  detail: string
}

function valueSchema(field: Field): z.ZodType {
  const error = requirement(field)
  switch (field.type) {
    case 'toggle':
      return z.boolean({ error })
    case 'choice':
      return z.enum(field.values.map(({ value }) => value) as [string, ...string[]], { error })
    case 'number':
      return z.int({ error }).min(field.min, { error }).max(field.max, { error })
    case 'list':
      return z
        .array(z.string({ error }).trim().min(1, { error }).max(field.maxLength, { error }), {
          error,
        })
        .max(field.maxItems, { error })
        .refine(allDifferent, { error })
    case 'text':
      return z.string({ error }).max(field.maxLength, { error })
  }
}

function nested(level: Level, leaf: (path: FieldPath, field: Field) => z.ZodType) {
  const shape: Record<string, z.ZodType> = {}
  const sections: Record<string, Record<string, z.ZodType>> = {}
  for (const path of fieldsAt(level)) {
    const [section, name] = pathParts(path)
    const schema = leaf(path, fields[path]).meta({ description: fields[path].help })
    if (name === undefined) shape[section] = schema
    else (sections[section] ??= {})[name] = schema
  }
  return { shape, sections }
}

const memberError = (issue: { code?: string; input?: unknown }) =>
  issue.code === 'invalid_type' ? 'Must be an object.' : undefined

/** Body of `PATCH …/settings` at a level: strict, same nesting as the answer, `null` = inherit. */
export function patchSchema(level: Level): z.ZodType {
  const { shape, sections } = nested(level, (_path, field) =>
    valueSchema(field).nullable().optional(),
  )
  for (const [section, members] of Object.entries(sections)) {
    shape[section] = z.strictObject(members, { error: memberError }).nullable().optional()
  }
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'invalid_type' ? 'The body must be a JSON object.' : undefined,
  })
}

/** Answer of `GET …/settings` at a level (DESIGN 7). */
export function answerSchema(level: Level): z.ZodType {
  const { shape, sections } = nested(level, (_path, field) => {
    const value = valueSchema(field)
    return z.object({
      own: value.nullable(),
      inherited: value,
      effective: value,
      from: z.enum(['user', 'organization', 'system', 'default']),
    })
  })
  for (const [section, members] of Object.entries(sections)) shape[section] = z.object(members)
  return z.object({ level: z.literal(level), ...shape })
}

const schemas = {
  system: patchSchema('system'),
  organization: patchSchema('organization'),
  user: patchSchema('user'),
}

const nothing: SettingsStack = { system: {}, organization: {}, user: {} }

/**
 * Checks the body of a PATCH and names every fault at once: unknown members, wrong types, bounds, and a
 * category that would be both included and excluded, in the patch itself or once it is merged into `stack`.
 */
export function parsePatch(
  level: Level,
  body: unknown,
  stack: SettingsStack = nothing,
): { ok: true; patch: SettingsPatch } | { ok: false; violations: Violation[] } {
  const parsed = schemas[level].safeParse(body)
  const violations = parsed.success
    ? []
    : parsed.error.issues.flatMap((i) => violationsOf(i, level))
  const candidate = (parsed.success ? parsed.data : readableLists(body)) as SettingsPatch
  violations.push(...contradictions(level, candidate, stack))
  if (violations.length > 0 || !parsed.success)
    return { ok: false, violations: distinct(violations) }
  return { ok: true, patch: candidate }
}

/** The enable boxes stay shut until client id, secret and tenant are configured (DESIGN 6). */
export function enableRefusal(patch: SettingsPatch, microsoftConfigured: boolean): Violation[] {
  if (microsoftConfigured) return []
  return (['calendar', 'tasks', 'emails'] as const)
    .filter((section) => patch[section]?.enabled === true)
    .map((section) => ({
      pointer: `/${section}/enabled`,
      detail:
        'Cannot be enabled yet: the application (client) ID, the client secret and the directory (tenant) ID are not all configured.',
    }))
}

function violationsOf(issue: z.core.$ZodIssue, level: Level): Violation[] {
  const path = issue.path.map(String)
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      pointer: pointer([...path, key]),
      detail: unknownMember([...path, key], level),
    }))
  }
  // Several names of one list can be wrong: the field is at fault as a whole, so that one sentence stands there.
  const depth = path.length > 2 ? path.slice(0, 2) : path
  return [{ pointer: pointer(depth), detail: issue.message }]
}

function unknownMember(path: string[], level: Level): string {
  const name = path.join('.')
  const elsewhere = fieldPaths.some((known) => known === name || known.startsWith(`${name}.`))
  return elsewhere ? `Cannot be set at ${level} level.` : 'There is no such setting.'
}

const pointer = (path: string[]) =>
  path.map((part) => `/${part.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')

const distinct = (violations: Violation[]) => [
  ...new Map(violations.map((violation) => [JSON.stringify(violation), violation])).values(),
]

function folded(name: string): string {
  return name.trim().toLowerCase()
}

function allDifferent(names: string[]): boolean {
  return new Set(names.map(folded)).size === names.length
}

/** The two category lists of a body that is at fault elsewhere, so that their contradiction is named as well. */
function readableLists(body: unknown): SettingsPatch {
  const calendar: unknown = (body as { calendar?: unknown } | null)?.calendar
  if (typeof calendar !== 'object' || calendar === null) return {}
  const strings = (value: unknown): value is string[] =>
    Array.isArray(value) && value.every((name) => typeof name === 'string')
  const { onlyCategories, exceptCategories } = calendar as Record<string, unknown>
  return {
    calendar: {
      ...(onlyCategories === null || strings(onlyCategories) ? { onlyCategories } : {}),
      ...(exceptCategories === null || strings(exceptCategories) ? { exceptCategories } : {}),
    },
  }
}

function contradictions(level: Level, patch: SettingsPatch, stack: SettingsStack): Violation[] {
  // Judged only where one of the lists is touched: otherwise an administrator's list could bar a user from every change.
  const touched = (['onlyCategories', 'exceptCategories'] as const).filter(
    (name) => patch.calendar?.[name] !== undefined,
  )
  if (touched.length === 0) return []
  const merged = { ...stack, [level]: mergePatch(stack[level], patch) }
  const { onlyCategories, exceptCategories } = resolveSettings(settingsUpTo(level, merged)).calendar
  const excluded = new Set(exceptCategories.map(folded))
  const both = onlyCategories.filter((name) => excluded.has(folded(name)))
  if (both.length === 0) return []
  return touched.map((name) => ({
    pointer: `/calendar/${name}`,
    detail: `A category cannot be both included and excluded: ${both.join(', ')}.`,
  }))
}
