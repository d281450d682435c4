import * as fc from 'fast-check'
import {
  fields,
  fieldPaths,
  fieldsAt,
  type Field,
  type FieldPath,
} from '../../shared/settings/fields'
import {
  explainSettings,
  mergePatch,
  resolveSettings,
  valueAt,
  type ExplainedField,
} from '../../shared/settings/resolve'
import type { Level, OwnSettings, SettingsStack } from '../../shared/settings/schema'

const levels: Level[] = ['system', 'organization', 'user']

function valueOf(field: Field): fc.Arbitrary<unknown> {
  switch (field.type) {
    case 'toggle':
      return fc.boolean()
    case 'choice':
      return fc.constantFrom(...field.values.map(({ value }) => value))
    case 'number':
      return fc.integer({ min: field.min, max: field.max })
    case 'list':
      return fc.uniqueArray(fc.constantFrom('Sales', 'Family', 'Club'))
    case 'text':
      return fc.constantFrom('', 'Sorry, this is off.')
  }
}

/** A flat map path → value, the shape in which the naive model thinks. */
const flatLevel = (level: Level, extra: unknown[] = []) =>
  fc.record(
    Object.fromEntries(
      fieldsAt(level).map((path) => [
        path,
        fc.oneof(valueOf(fields[path]), ...extra.map((value) => fc.constant(value))),
      ]),
    ),
    { requiredKeys: [] },
  )

function nest(flat: Record<string, unknown>): OwnSettings {
  const nested: Record<string, unknown> = {}
  for (const [path, value] of Object.entries(flat)) {
    const [section = '', name] = path.split('.')
    if (name === undefined) nested[section] = value
    else nested[section] = { ...(nested[section] as object | undefined), [name]: value }
  }
  return nested
}

type Flat = Record<string, unknown>

function naive(path: FieldPath, flat: Record<Level, Flat>, upTo: Level): unknown {
  if (path.endsWith('.enabled') && flat.system[path] !== true) return false
  const seen = levels.slice(0, levels.indexOf(upTo) + 1).reverse()
  const holder = seen.find((level) => path in flat[level])
  return holder === undefined ? fields[path].default : flat[holder][path]
}

const worlds = fc.record({
  system: flatLevel('system'),
  organization: flatLevel('organization'),
  user: flatLevel('user'),
})

const nestAll = (flat: Record<Level, Flat>): SettingsStack => ({
  system: nest(flat.system),
  organization: nest(flat.organization),
  user: nest(flat.user),
})

describe('resolution', () => {
  it('gives every field the value that a naive walk over the levels gives', () => {
    fc.assert(
      fc.property(worlds, (flat) => {
        const settings = resolveSettings(nestAll(flat))
        for (const path of fieldPaths) {
          expect(valueAt(settings, path)).toEqual(naive(path, flat, 'user'))
        }
      }),
      { numRuns: 200 },
    )
  })

  it('explains at each level what the naive walk finds there, with and without the own value', () => {
    fc.assert(
      fc.property(worlds, fc.constantFrom(...levels), (flat, level) => {
        const explained = explainSettings(level, nestAll(flat))
        expect(explained.level).toBe(level)
        for (const path of fieldsAt(level)) {
          const field = valueAt(explained, path) as ExplainedField
          expect(field.effective).toEqual(naive(path, flat, level))
          expect(field.inherited).toEqual(naive(path, { ...flat, [level]: {} }, level))
          expect(field.own).toEqual(flat[level][path] ?? null)
        }
      }),
      { numRuns: 200 },
    )
  })

  it('is the same before and after a merge patch as in a model that deletes on null', () => {
    const patches = flatLevel('user', [null])
    fc.assert(
      fc.property(worlds, patches, (flat, patch) => {
        const own = mergePatch(nest(flat.user), nest(patch))
        const model = Object.fromEntries(
          Object.entries({ ...flat.user, ...patch }).filter(([, value]) => value !== null),
        )
        expect(own).toEqual(nest(model))
      }),
      { numRuns: 200 },
    )
  })
})

describe('S1: the three levels', () => {
  const on = { calendar: { enabled: true }, tasks: { enabled: true } }

  it('gives the built-in defaults where nobody has said anything', () => {
    const settings = resolveSettings({ system: {}, organization: {}, user: {} })
    expect(settings.syncInterval).toBe(15)
    expect(settings.calendar).toMatchObject({
      enabled: false,
      direction: 'bidirectional',
      conflictResolution: 'oro',
      daysBack: 30,
      daysAhead: 365,
      attendees: 'none',
      private: 'busy',
      deletionLimit: 20,
      deletionPercent: 25,
    })
  })

  it('lets one field deviate while its neighbours go on following the parent', () => {
    const user = { calendar: { direction: 'oro-to-microsoft' as const } }
    const before = { system: on, organization: {}, user }
    const after = {
      system: on,
      organization: { syncInterval: 60, calendar: { conflictResolution: 'newest' as const } },
      user,
    }
    expect(resolveSettings(before).calendar.conflictResolution).toBe('oro')
    expect(resolveSettings(after)).toMatchObject({
      syncInterval: 60,
      calendar: { direction: 'oro-to-microsoft', conflictResolution: 'newest' },
    })
  })

  it('keeps an own value that equals the inherited one when the parent changes', () => {
    const user = { syncInterval: 15 }
    const stack = { system: {}, organization: { syncInterval: 90 }, user }
    expect(explainSettings('user', stack)['syncInterval']).toEqual({
      own: 15,
      inherited: 90,
      effective: 15,
      from: 'user',
    })
  })

  it('follows the parent again once the own value is removed', () => {
    const own = mergePatch({ syncInterval: 15, tasks: { list: 'Oro' } }, { syncInterval: null })
    expect(own).toEqual({ tasks: { list: 'Oro' } })
    const stack = { system: {}, organization: { syncInterval: 90 }, user: own }
    expect(explainSettings('user', stack)['syncInterval']).toEqual({
      own: null,
      inherited: 90,
      effective: 90,
      from: 'organization',
    })
  })

  it('lets the system box switch everybody off, and says that it is the system', () => {
    const stack = { system: {}, organization: on, user: on }
    expect(resolveSettings(stack).calendar.enabled).toBe(false)
    expect(explainSettings('user', stack)['calendar']).toMatchObject({
      enabled: { own: true, effective: false, from: 'default' },
    })
    expect(
      explainSettings('user', { ...stack, system: { calendar: { enabled: false } } })['calendar'],
    ).toMatchObject({ enabled: { own: true, effective: false, from: 'system' } })
  })

  it('lets an organization and then a user switch a kind off that the system has switched on', () => {
    const organization = { calendar: { enabled: false } }
    expect(resolveSettings({ system: on, organization, user: {} })).toMatchObject({
      calendar: { enabled: false },
      tasks: { enabled: true },
    })
    expect(resolveSettings({ system: on, organization, user: on }).calendar.enabled).toBe(true)
  })
})
