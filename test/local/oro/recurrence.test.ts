import { dates, expand } from '../../../local/oro/events/recurrence'
import type { Recurrence } from '../../../local/oro/model'

const rule = (changes: Partial<Recurrence>): Recurrence => ({
  id: 1,
  recurrenceType: 'daily',
  interval: 1,
  instance: null,
  dayOfWeek: [],
  dayOfMonth: null,
  monthOfYear: null,
  startTime: Date.parse('2026-01-05T09:00:00Z'),
  endTime: null,
  occurrences: 4,
  timeZone: 'UTC',
  ...changes,
})
const listed = (changes: Partial<Recurrence>): string[] =>
  [...dates(rule(changes))].map((date) => date.toString())

describe('the dates of a series', () => {
  it.each<[string, Partial<Recurrence>, string[]]>([
    ['daily', { interval: 3 }, ['2026-01-05', '2026-01-08', '2026-01-11', '2026-01-14']],
    [
      'weekly: weeks start on Sunday, so every second week has its Sunday first',
      { recurrenceType: 'weekly', interval: 2, dayOfWeek: ['sunday', 'monday'] },
      ['2026-01-05', '2026-01-18', '2026-01-19', '2026-02-01'],
    ],
    [
      'monthly: a day beyond the end of the month is its last day',
      { recurrenceType: 'monthly', dayOfMonth: 31 },
      ['2026-01-31', '2026-02-28', '2026-03-31', '2026-04-30'],
    ],
    [
      'monthnth: the last week day of the month',
      {
        recurrenceType: 'monthnth',
        instance: 5,
        dayOfWeek: ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'],
      },
      ['2026-01-30', '2026-02-27', '2026-03-31', '2026-04-30'],
    ],
    [
      'yearly: intervals are months, 29 February is clamped',
      { recurrenceType: 'yearly', interval: 12, dayOfMonth: 29, monthOfYear: 2 },
      ['2026-02-28', '2027-02-28', '2028-02-29', '2029-02-28'],
    ],
    [
      'yearnth: the second Tuesday of March',
      {
        recurrenceType: 'yearnth',
        interval: 24,
        instance: 2,
        dayOfWeek: ['tuesday'],
        monthOfYear: 3,
      },
      ['2026-03-10', '2028-03-14', '2030-03-12', '2032-03-09'],
    ],
  ])('%s', (_what, changes, expected) => {
    expect(listed(changes)).toEqual(expected)
  })

  it('end with endTime inclusive, or with occurrences when that is sooner', () => {
    const endTime = Date.parse('2026-01-07T09:00:00Z')
    expect(listed({ endTime, occurrences: null })).toHaveLength(3)
    expect(listed({ endTime, occurrences: 2 })).toHaveLength(2)
    expect(listed({ endTime: endTime - 1000, occurrences: null })).toHaveLength(2)
  })

  it('lose the last summer date of a winter series that ends at that exact instant', () => {
    const winter = {
      recurrenceType: 'monthly' as const,
      dayOfMonth: 10,
      startTime: Date.parse('2026-01-10T08:00:00Z'),
      occurrences: null,
      timeZone: 'Europe/Berlin',
    }
    expect(listed({ ...winter, endTime: Date.parse('2026-06-10T07:00:00Z') }).at(-1)).toBe(
      '2026-05-10',
    )
    expect(listed({ ...winter, endTime: Date.parse('2026-06-10T21:59:00Z') }).at(-1)).toBe(
      '2026-06-10',
    )
  })
})

describe('the occurrences of an event', () => {
  it('keep the local time of day over the change of the clocks', () => {
    const event = {
      start: Date.parse('2026-10-24T07:30:00Z'),
      end: Date.parse('2026-10-24T08:00:00Z'),
    }
    const found = expand(
      event,
      rule({ startTime: event.start, timeZone: 'Europe/Berlin', occurrences: 3 }),
      0,
      Date.parse('2027-01-01T00:00:00Z'),
    )
    expect(found.map(({ start }) => new Date(start).toISOString())).toEqual([
      '2026-10-24T07:30:00.000Z',
      '2026-10-25T08:30:00.000Z',
      '2026-10-26T08:30:00.000Z',
    ])
  })

  it('take their dates from the rule, not from the stored start', () => {
    const event = {
      start: Date.parse('2026-01-01T10:00:00Z'),
      end: Date.parse('2026-01-01T11:00:00Z'),
    }
    const [first] = expand(event, rule({}), 0, Date.parse('2027-01-01T00:00:00Z'))
    expect(new Date(first?.start ?? 0).toISOString()).toBe('2026-01-05T10:00:00.000Z')
  })
})
