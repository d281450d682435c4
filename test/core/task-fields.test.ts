import fc from 'fast-check'
import { agrees, type FieldContext, type FieldRule } from '../../shared/core/fields'
import type { Json } from '../../shared/core/model'
import type { Policy } from '../../shared/core/policy'
import { shownText, TASK_FIELDS } from '../../shared/core/task-fields'
import { notesHtml, notesParts } from '../../shared/html/notes'

const policy = (more: Partial<Policy> = {}): Policy => ({
  kind: 'tasks',
  direction: 'bidirectional',
  conflictResolution: 'oro',
  deleteVsEdit: 'keep-edit',
  foreignEdit: 'leave',
  private: 'full',
  attendees: 'none',
  checklist: 'off',
  onlyCategories: [],
  exceptCategories: [],
  deletionLimit: 20,
  deletionPercent: 25,
  zone: 'Europe/Berlin',
  ...more,
})

function rule(name: string): FieldRule {
  const found = TASK_FIELDS.find((field) => field.name === name)
  if (!found) throw new Error(name)
  return found
}

const context = (beside?: Json, more: Partial<Policy> = {}): FieldContext => ({
  policy: policy(more),
  masked: false,
  beside,
})
const toOro = (name: string, value: Json, beside?: Json, more?: Partial<Policy>): Json =>
  rule(name).toOro(value, context(beside, more))
const toMicrosoft = (name: string, value: Json, beside?: Json, more?: Partial<Policy>): Json =>
  rule(name).toMicrosoft(value, context(beside, more))

const ZONES = ['UTC', 'Europe/Berlin', 'Pacific/Kiritimati', 'Pacific/Honolulu', 'America/St_Johns']
const zone = fc.constantFrom(...ZONES)
const dates = fc
  .date({ min: new Date('2020-01-01'), max: new Date('2035-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10))
const instants = fc
  .date({ min: new Date('2020-01-01'), max: new Date('2035-12-31'), noInvalidDate: true })
  .map((date) => `${date.toISOString().slice(0, 19)}Z`)

describe('the fields of a task', () => {
  it('take any value of either side without failing, and agree with what they made of it', () => {
    const odd = fc.oneof(
      fc.jsonValue().map((value) => value as Json),
      fc.string(),
      instants,
      dates,
      fc.constantFrom<Json>('open', 'completed', 'deferred', 'high', 'in_progress', null),
    )
    const field = fc.constantFrom(...TASK_FIELDS.map(({ name }) => name))
    fc.assert(
      fc.property(field, odd, odd, zone, (name, value, beside, at) => {
        for (const from of [toOro, toMicrosoft]) {
          const made = from(name, value, beside, { zone: at })
          expect(from(name, value, made, { zone: at })).toEqual(made)
        }
      }),
    )
  })
})

describe('the subject', () => {
  it('is cut at 255 characters in Oro only', () => {
    const long = 'x'.repeat(300)
    expect(toOro('subject', long)).toBe('x'.repeat(255))
    expect(toMicrosoft('subject', long)).toBe(long)
  })

  it('has a spoken default in Oro, which To Do gets too, because it refuses an empty one', () => {
    expect(toOro('subject', '')).toBe('(No subject)')
    expect(toMicrosoft('subject', '(No subject)')).toBe('(No subject)')
    expect(agrees(rule('subject'), '(No subject)', '', { policy: policy(), masked: false })).toBe(
      true,
    )
  })
})

describe('the notes', () => {
  it('lose white space that HTML does not show', () => {
    expect(shownText('\r\n One \t two\r\n\r\n  * a\u00a0b \u0000\n')).toBe('One two\n\n* a b')
  })

  it('come back from an Oro description as they were written, whatever they are', () => {
    const lines = fc
      .array(
        fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.constantFrom('', '* a', '<b>')),
      )
      .map((parts) => parts.join('\n'))
    fc.assert(
      fc.property(lines, (raw) => {
        const written = toOro('notes', raw) as string
        expect(shownText(written)).toBe(written)
        const read = notesParts(notesHtml({ notes: written, checklist: [] }))
        expect(read.notes).toBe(written)
      }),
      { numRuns: 500 },
    )
  })

  it('of a formatted description agree with their text in To Do', () => {
    const { notes } = notesParts('<ul><li>One</li><li><b>Two</b></li></ul><p>Three</p>')
    const written = toMicrosoft('notes', notes)
    expect(written).toBe('* One\n* Two\n\nThree')
    expect(agrees(rule('notes'), notes, written, { policy: policy(), masked: false })).toBe(true)
  })
})

describe('the status (TK2)', () => {
  it.each([
    ['notStarted', 'open'],
    ['inProgress', 'in_progress'],
    ['waitingOnOthers', 'in_progress'],
    ['deferred', 'in_progress'],
    ['completed', 'closed'],
  ])('%s is %s in Oro', (microsoft, oro) => {
    expect(toOro('status', microsoft)).toBe(oro)
    expect(agrees(rule('status'), oro, microsoft, { policy: policy(), masked: false })).toBe(true)
  })

  it.each(['waitingOnOthers', 'deferred'])('keeps %s while Oro is in progress', (beside) => {
    expect(toMicrosoft('status', 'in_progress', beside)).toBe(beside)
    expect(toMicrosoft('status', 'open', beside)).toBe('notStarted')
    expect(toMicrosoft('status', 'closed', beside)).toBe('completed')
  })

  it('keeps a status of the customer while To Do says no more than it, and shows it as begun', () => {
    expect(toMicrosoft('status', 'on_hold')).toBe('inProgress')
    expect(toOro('status', 'inProgress', 'on_hold')).toBe('on_hold')
    expect(toOro('status', 'deferred', 'on_hold')).toBe('on_hold')
    expect(toOro('status', 'completed', 'on_hold')).toBe('closed')
  })
})

describe('the importance (TK3)', () => {
  it.each(['low', 'normal', 'high'])('%s is the same on both sides', (value) => {
    expect(toOro('importance', value, 'low')).toBe(value)
    expect(toMicrosoft('importance', value, 'high')).toBe(value)
  })

  it('is normal for a priority that only Oro knows, and leaves it alone until it is changed', () => {
    expect(toMicrosoft('importance', 'urgent', 'high')).toBe('normal')
    expect(toOro('importance', 'normal', 'urgent')).toBe('urgent')
    expect(toOro('importance', 'high', 'urgent')).toBe('high')
  })
})

describe('the due date', () => {
  it('is Oro’s date in the user’s zone', () => {
    const late = '2026-09-10T22:30:00Z'
    expect(toMicrosoft('due', late)).toBe('2026-09-11')
    expect(toMicrosoft('due', late, null, { zone: 'UTC' })).toBe('2026-09-10')
    expect(toMicrosoft('due', null)).toBeNull()
  })

  it('keeps Oro’s time of day, also across a change of the clocks', () => {
    expect(toOro('due', '2026-10-26', '2026-10-23T07:30:00Z')).toBe('2026-10-26T08:30:00Z')
    expect(toOro('due', '2026-10-23', '2026-10-23T07:30:00Z')).toBe('2026-10-23T07:30:00Z')
  })

  it('is at 17:00 of the user’s day when Oro had none', () => {
    expect(toOro('due', '2026-09-10', null)).toBe('2026-09-10T15:00:00Z')
    expect(toOro('due', null, '2026-10-23T07:30:00Z')).toBeNull()
    expect(toOro('due', '2026-02-30', null)).toBeNull()
  })

  it('is the same date again after both ways, in every zone', () => {
    fc.assert(
      fc.property(dates, fc.option(instants), zone, (date, beside, at) => {
        const oro = toOro('due', date, beside, { zone: at })
        expect(toMicrosoft('due', oro, null, { zone: at })).toBe(date)
      }),
    )
  })

  it('agrees with the instant it was made of, in every zone', () => {
    fc.assert(
      fc.property(instants, zone, (oro, at) => {
        const microsoft = toMicrosoft('due', oro, null, { zone: at })
        expect(toOro('due', microsoft, oro, { zone: at })).toBe(oro)
      }),
    )
  })
})

describe('the checklist (TK8)', () => {
  it('is To Do’s own and shown in Oro only where the setting says so', () => {
    expect(rule('checklist').owner).toBe('microsoft')
    const lines = ['[x] Milk', '[ ] Bread']
    expect(toOro('checklist', lines, [], { checklist: 'in-description' })).toEqual(lines)
    expect(toOro('checklist', lines, [])).toEqual([])
  })
})
