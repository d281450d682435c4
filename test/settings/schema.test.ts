import * as z from 'zod'
import { describeValue, formatValue, settingsTable } from '../../shared/settings/describe'
import { fieldPaths, fields, fieldsAt } from '../../shared/settings/fields'
import { explainSettings } from '../../shared/settings/resolve'
import {
  answerSchema,
  enableRefusal,
  parsePatch,
  patchSchema,
  type SettingsStack,
} from '../../shared/settings/schema'

interface JsonSchema {
  description?: string
  properties?: Record<string, JsonSchema>
  anyOf?: JsonSchema[]
}

/** Paths with their descriptions, read out of a JSON schema. */
function documented(schema: JsonSchema, path = ''): string[] {
  const properties = schema.properties ?? schema.anyOf?.find((one) => one.properties)?.properties
  if (!properties) return [`${path}: ${schema.description ?? ''}`]
  return Object.entries(properties).flatMap(([name, member]) =>
    documented(member, path === '' ? name : `${path}.${name}`),
  )
}

const nothing: SettingsStack = { system: {}, organization: {}, user: {} }

function violations(...args: Parameters<typeof parsePatch>) {
  const parsed = parsePatch(...args)
  return parsed.ok ? [] : parsed.violations
}
const pointers = (...args: Parameters<typeof parsePatch>) =>
  violations(...args).map(({ pointer }) => pointer)

describe('the body of a settings PATCH', () => {
  it('is taken as it is when every member is known and in bounds', () => {
    const body = { syncInterval: 5, calendar: { direction: null, daysBack: 0 }, tasks: null }
    expect(parsePatch('user', body)).toEqual({ ok: true, patch: body })
  })

  it('is refused with every fault at once, each at its pointer', () => {
    expect(
      pointers('user', {
        syncInterval: 4,
        colour: 'red',
        'a/b~c': 1,
        calendar: { direction: 'sideways', daysBack: 1.5, enabled: 'yes', privat: 'busy' },
        tasks: { deletionPercent: 101, list: 7 },
      }).sort(),
    ).toEqual([
      '/a~1b~0c',
      '/calendar/daysBack',
      '/calendar/direction',
      '/calendar/enabled',
      '/calendar/privat',
      '/colour',
      '/syncInterval',
      '/tasks/deletionPercent',
      '/tasks/list',
    ])
  })

  it('is refused with what would have been right', () => {
    expect(violations('user', { syncInterval: 1441, calendar: { attendees: 'all' } })).toEqual([
      {
        pointer: '/syncInterval',
        detail: 'Must be a whole number from 5 to 1440.',
      },
      {
        pointer: '/calendar/attendees',
        detail: 'Must be one of none, list-in-body, invite.',
      },
    ])
  })

  it.each([null, [], 'off', 3])('is refused as a whole when it is %j', (body) => {
    expect(violations('system', body)).toEqual([
      { pointer: '', detail: 'The body must be a JSON object.' },
    ])
  })

  it('is refused at a section that is no object', () => {
    expect(violations('user', { calendar: 'off' })).toEqual([
      { pointer: '/calendar', detail: 'Must be an object.' },
    ])
  })

  it('may not name at one level what belongs to another', () => {
    expect(violations('user', { emails: { enabled: true } })).toEqual([
      { pointer: '/emails', detail: 'Cannot be set at user level.' },
    ])
    expect(pointers('system', { emails: { enabled: true } })).toEqual([])
  })

  it('cannot reach into prototypes', () => {
    const body: unknown = JSON.parse('{"__proto__": {"enabled": true}, "constructor": null}')
    expect(pointers('user', body).sort()).toEqual(['/__proto__', '/constructor'])
    expect(({} as { enabled?: boolean }).enabled).toBeUndefined()
  })

  it('names a list once however many of its names are wrong', () => {
    expect(pointers('user', { calendar: { onlyCategories: ['', 1, 'Sales', 'sales'] } })).toEqual([
      '/calendar/onlyCategories',
    ])
  })

  it('accepts the edges of every bound and refuses the next number', () => {
    for (const path of fieldsAt('system')) {
      const field = fields[path]
      if (field.type !== 'number') continue
      const [section = '', name] = path.split('.')
      const body = (value: number) => ({
        [section]: name === undefined ? value : { [name]: value },
      })
      expect(parsePatch('system', body(field.min)).ok).toBe(true)
      expect(parsePatch('system', body(field.max)).ok).toBe(true)
      expect(parsePatch('system', body(field.min - 1)).ok).toBe(false)
      expect(parsePatch('system', body(field.max + 1)).ok).toBe(false)
    }
  })
})

describe('category lists that contradict each other', () => {
  it('are refused within one body, whatever the letter case', () => {
    const calendar = { onlyCategories: ['Sales', 'Club'], exceptCategories: ['sales'] }
    expect(violations('user', { calendar })).toEqual([
      {
        pointer: '/calendar/onlyCategories',
        detail: 'A category cannot be both included and excluded: Sales.',
      },
      {
        pointer: '/calendar/exceptCategories',
        detail: 'A category cannot be both included and excluded: Sales.',
      },
    ])
  })

  it('are refused at the touched list when the other one is inherited', () => {
    const stack = { ...nothing, organization: { calendar: { exceptCategories: ['Family'] } } }
    expect(pointers('user', { calendar: { onlyCategories: ['Family'] } }, stack)).toEqual([
      '/calendar/onlyCategories',
    ])
  })

  it('are refused when removing an own value lets the contradicting one through', () => {
    const stack = {
      ...nothing,
      organization: { calendar: { exceptCategories: ['Family'] } },
      user: { calendar: { onlyCategories: ['Family'], exceptCategories: [] } },
    }
    expect(pointers('user', { calendar: { exceptCategories: null } }, stack)).toEqual([
      '/calendar/exceptCategories',
    ])
  })

  it('do not keep a user from changing something else', () => {
    const stack = {
      ...nothing,
      organization: { calendar: { exceptCategories: ['Family'] } },
      user: { calendar: { onlyCategories: ['Family'] } },
    }
    expect(parsePatch('user', { syncInterval: 30 }, stack).ok).toBe(true)
  })

  it('are named together with the other faults of the body', () => {
    const calendar = { onlyCategories: ['Sales'], exceptCategories: ['Sales'], daysBack: -1 }
    expect(pointers('user', { calendar }).sort()).toEqual([
      '/calendar/daysBack',
      '/calendar/exceptCategories',
      '/calendar/onlyCategories',
    ])
  })
})

describe('the enable boxes', () => {
  const patch = {
    calendar: { enabled: true },
    tasks: { enabled: false },
    emails: { enabled: true },
  }

  it('cannot be ticked before the Microsoft application is configured', () => {
    expect(enableRefusal(patch, false).map(({ pointer }) => pointer)).toEqual([
      '/calendar/enabled',
      '/emails/enabled',
    ])
  })

  it('can be cleared and inherited at any time, and ticked once it is configured', () => {
    expect(
      enableRefusal({ calendar: { enabled: null }, tasks: { enabled: false } }, false),
    ).toEqual([])
    expect(enableRefusal(patch, true)).toEqual([])
  })
})

describe('the field table', () => {
  it.each(['system', 'organization', 'user'] as const)(
    'becomes a JSON schema of the %s level that names and explains exactly its fields',
    (level) => {
      const schema = JSON.parse(JSON.stringify(z.toJSONSchema(patchSchema(level)))) as JsonSchema
      expect(documented(schema).sort()).toEqual(
        fieldsAt(level)
          .map((path) => `${path}: ${fields[path].help}`)
          .sort(),
      )
    },
  )

  it('explains itself in the shape that the answer schema demands', () => {
    for (const level of ['system', 'organization', 'user'] as const) {
      const answer = explainSettings(level, nothing)
      expect(answerSchema(level).parse(answer)).toEqual(answer)
    }
  })

  it('has a valid default for every field, with a sentence and a short form', () => {
    for (const path of fieldPaths) {
      const [section = '', name] = path.split('.')
      const value = fields[path].default
      const body = { [section]: name === undefined ? value : { [name]: value } }
      expect(parsePatch('system', body).ok).toBe(true)
      expect(describeValue(path, value)).toMatch(/^[A-Z].*\.$/)
      expect(formatValue(path, value)).not.toBe('')
      expect(fields[path].help).toMatch(/^[A-Z].*\.$/)
    }
  })

  it('puts the default first among the choices', () => {
    for (const path of fieldPaths) {
      const field = fields[path]
      if (field.type === 'choice') expect(field.values[0]?.value).toBe(field.default)
    }
  })

  it('says what other values mean', () => {
    expect(describeValue('syncInterval', 30)).toBe(
      'Both sides are compared at least every 30 minutes.',
    )
    expect(describeValue('calendar.exceptCategories', ['A', '$&'])).toBe(
      'Events of the categories A, $& are left out.',
    )
    expect(describeValue('tasks.list', 'Oro')).toBe('Tasks made in Oro go to the list “Oro”.')
    expect(formatValue('calendar.direction', 'oro-to-microsoft')).toBe('Oro to Microsoft')
  })

  it('becomes a table with one row per field', () => {
    const table = settingsTable().split('\n')
    expect(table).toHaveLength(fieldPaths.length + 2)
    expect(table[2]).toBe(
      '| `syncInterval` | 15 (5 to 1440 minutes) | Sync Interval (In Minutes) | How often an account is compared when neither side has reported a change before. |',
    )
  })
})
