import { brakeLimit, brakes, withinHour } from '../../shared/core/brake'
import { decideLinked } from '../../shared/core/decide'
import { EVENT_FIELDS } from '../../shared/core/event-fields'
import type { Reading, Side } from '../../shared/core/model'
import { decideAdoption, decideNewcomer, pairNewcomers } from '../../shared/core/newcomers'
import { GONE, item, policy, present, reading, WINDOW } from './samples'

describe('the brake (P5)', () => {
  const input = (more: object) => ({
    candidates: 1,
    recent: 0,
    mapped: 100,
    deletionLimit: 20,
    deletionPercent: 25,
    suddenlyEmpty: false,
    ...more,
  })

  it.each([
    ['holds 30 deletions of 100 items (D10)', { candidates: 30 }, true],
    ['lets 15 deletions of 100 items go (D14)', { candidates: 15 }, false],
    ['lets exactly the limit go', { candidates: 20 }, false],
    ['holds one more than the limit', { candidates: 21 }, true],
    ['adds what the last hour brought', { candidates: 6, recent: 15 }, true],
    ['counts percent from twenty mapped items on', { candidates: 6, mapped: 20 }, true],
    ['lets a quarter of twenty go', { candidates: 5, mapped: 20 }, false],
    ['does not count percent of a handful', { candidates: 3, mapped: 4 }, false],
    ['holds a single one when a side suddenly lists nothing', { suddenlyEmpty: true }, true],
    ['holds nothing where nothing is to be deleted', { candidates: 0, suddenlyEmpty: true }, false],
  ])('%s', (_, more, held) => {
    expect(brakes(input(more))).toBe(held)
  })

  it('says how many need no confirmation', () => {
    const limit = { deletionLimit: 20, deletionPercent: 25 }
    expect(brakeLimit({ ...limit, mapped: 40 })).toBe(10)
    expect(brakeLimit({ ...limit, mapped: 1000 })).toBe(20)
    expect(brakeLimit({ ...limit, mapped: 19 })).toBe(20)
  })

  it('forgets what is an hour old', () => {
    const marks = [
      { at: 0, count: 5 },
      { at: 1, count: 7 },
    ]
    expect(withinHour(marks, 3_600_000)).toEqual([{ at: 1, count: 7 }])
  })

  it('asks about a deletion that was made on the target of a one-way sync (P2)', () => {
    const states = { oro: present('oro'), microsoft: GONE }
    const parked = { state: 'parked', reason: 'target-deleted' } as const
    expect(decideLinked(item(states, { link: parked })).ask).toBe(true)
    expect(decideLinked(item(states)).ask).toBe(false)
  })

  it('asks as well where the direction was changed before anybody saw that deletion (P2)', () => {
    const deleted = { oro: present('oro'), microsoft: GONE }
    expect(decideLinked(item(deleted, { formerTarget: 'microsoft' })).ask).toBe(true)
    expect(decideLinked(item(deleted, { formerTarget: 'oro' })).ask).toBe(false)
  })
})

describe('a refused deletion', () => {
  it.each(['refused-delete', 'delete-refused'])(
    'stays refused (%s), whatever happens to the survivor',
    (reason) => {
      const link = { state: 'unlinked', reason } as const
      const fates = [
        { categories: ['Private life'] },
        { unmappable: { code: 'unsupported-all-day', message: '' } },
        {},
      ]
      for (const fate of fates) {
        const states = { oro: GONE, microsoft: present('microsoft', {}, fate) }
        const policy = { exceptCategories: ['Private life'] }
        expect(decideLinked(item(states, { link, policy }))).toMatchObject({
          operations: [],
          ...link,
        })
      }
    },
  )
})

describe('states aside', () => {
  it('parks an item that left the window on both sides, without a write (D12)', () => {
    const span = { start: '2026-07-01T00:00:00Z', end: '2026-07-01T01:00:00Z' }
    const states = {
      oro: present('oro', { title: 'x' }, { span }),
      microsoft: present('microsoft', {}, { span }),
    }
    const decision = decideLinked(item(states, { link: { span } }))
    expect(decision).toMatchObject({ operations: [], state: 'parked', reason: 'window' })
  })

  it('lets the survivor of a parked item come back into the window', () => {
    const span = { start: '2026-07-01T00:00:00Z', end: '2026-07-01T01:00:00Z' }
    const link = { span, state: 'parked', reason: 'window' } as const
    const far = { oro: present('oro', { title: 'x' }, { span }), microsoft: GONE }
    expect(decideLinked(item(far, { link }))).toMatchObject({ operations: [], state: 'parked' })
    const near = { oro: present('oro', { title: 'x' }), microsoft: GONE }
    expect(decideLinked(item(near, { link })).operations).toMatchObject([
      { kind: 'create', on: 'microsoft', why: 're-created' },
    ])
    expect(decideLinked(item({ oro: GONE, microsoft: GONE }, { link })).state).toBe('closed')
  })

  it('decides as usual while one side lies inside', () => {
    const span = { start: '2026-07-01T00:00:00Z', end: '2026-07-01T01:00:00Z' }
    const states = {
      oro: present('oro', { title: 'x' }),
      microsoft: present('microsoft', {}, { span }),
    }
    expect(decideLinked(item(states, { link: { span } })).operations).toHaveLength(1)
  })

  it('goes on with the old base when the reason to park has ended', () => {
    const states = { oro: present('oro', { title: 'x' }), microsoft: present('microsoft') }
    const decision = decideLinked(item(states, { link: { state: 'parked', reason: 'window' } }))
    expect(decision).toMatchObject({ state: 'linked', reason: null })
    expect(decision.operations).toHaveLength(1)
  })

  it.each([
    ['hidden from us', { is: 'hidden', code: 'access' } as const, 'unlinked', 'access'],
    [
      'moved to a calendar that is not synced (X6)',
      { is: 'moved', container: 'other' } as const,
      'unlinked',
      'moved',
    ],
    [
      'cannot be mapped',
      present('microsoft', {}, { unmappable: { code: 'too-large', message: 'x' } }),
      'withheld',
      'too-large',
    ],
    [
      'loses its category (S7)',
      present('microsoft', {}, { categories: ['Private'] }),
      'unlinked',
      'category',
    ],
  ])('%s: %s', (_, microsoft, state, reason) => {
    const rule = { exceptCategories: ['private'] }
    const decision = decideLinked(item({ oro: present('oro'), microsoft }, { policy: rule }))
    expect(decision).toMatchObject({ operations: [], state, reason })
  })

  it('deletes the copy of an event that was cancelled in Oro, as cancelled (D2)', () => {
    const states = {
      oro: { is: 'gone', how: 'cancelled' } as const,
      microsoft: present('microsoft'),
    }
    expect(decideLinked(item(states)).operations).toEqual([
      { kind: 'delete', on: 'microsoft', why: 'cancelled' },
    ])
  })

  it('touches nothing of what a person unlinked', () => {
    const states = { oro: GONE, microsoft: present('microsoft', { title: 'x' }) }
    const decision = decideLinked(
      item(states, { link: { state: 'unlinked', reason: 'refused-delete' } }),
    )
    expect(decision).toMatchObject({ operations: [], state: 'unlinked' })
  })
})

describe('newcomers', () => {
  const one = (side: Side, id: string, more: Partial<Reading> = {}) =>
    reading(side, {}, { id, ...more })
  const byTitle = (each: Reading) => String(each.fields['title'])

  it('find each other by marker before uid before likeness', () => {
    const pairing = pairNewcomers(
      [
        one('oro', '1', { keys: { uid: 'u' } }),
        one('oro', '2', { keys: { uid: 'v' } }),
        one('oro', '3'),
        one('microsoft', 'a', { keys: { marker: '1', uid: 'v' } }),
        one('microsoft', 'b', { keys: { uid: 'v' } }),
        one('microsoft', 'c'),
      ],
      byTitle,
    )
    expect(pairing.matches.map(({ oro, microsoft, by }) => [oro.id, microsoft.id, by])).toEqual([
      ['1', 'a', 'marker'],
      ['2', 'b', 'uid'],
      ['3', 'c', 'guess'],
    ])
    expect(pairing.single).toEqual([])
  })

  it('are reported and not adopted when two could be meant', () => {
    const pairing = pairNewcomers(
      [one('oro', '1'), one('microsoft', 'a'), one('microsoft', 'b')],
      byTitle,
    )
    expect(pairing.matches).toEqual([])
    expect(pairing.ambiguous.map((each) => each.id).sort()).toEqual(['1', 'a', 'b'])
  })

  it('are created across with every field', () => {
    const decision = decideNewcomer(one('oro', '1'), EVENT_FIELDS, policy(), WINDOW)
    expect(decision).toMatchObject({
      is: 'create',
      operation: {
        on: 'microsoft',
        fields: { title: 'Lunch', reminder: 15, when: { zone: 'Europe/Berlin' } },
      },
    })
  })

  it.each([
    ['cancelled', one('oro', '1', { cancelled: true }), {}],
    [
      'out of the window',
      one('oro', '1', { span: { start: '2020-01-01T00:00:00Z', end: '2020-01-02T00:00:00Z' } }),
      {},
    ],
    [
      'on the target of a one-way sync',
      one('oro', '1'),
      { direction: 'microsoft-to-oro' } as const,
    ],
    ['a copy that Oro keeps for an attendee', one('oro', '1', { role: 'attendee' }), {}],
    ['private under skip', one('microsoft', 'a', { private: true }), { private: 'skip' } as const],
    ['without a wanted category', one('microsoft', 'a'), { onlyCategories: ['Work'] }],
  ])('stay alone: %s', (_, newcomer, rule) => {
    expect(decideNewcomer(newcomer, EVENT_FIELDS, policy(rule), WINDOW).is).toBe('nothing')
  })

  it('show nothing private in Oro, and nothing of it enters the link (S6)', () => {
    const decision = decideNewcomer(
      one('microsoft', 'a', { private: true, label: 'Private' }),
      EVENT_FIELDS,
      policy(),
      WINDOW,
    )
    expect(decision).toMatchObject({
      operation: { fields: { title: 'Private', description: '', reminder: null } },
    })
    expect(JSON.stringify(decision)).not.toMatch(/Lunch|noon/)
  })
})

describe('adoption', () => {
  const match = (
    oro: object,
    microsoft: object,
    by: 'marker' | 'guess',
    more: Partial<Reading> = {},
  ) => ({
    oro: reading('oro', { ...oro }),
    microsoft: reading('microsoft', { ...microsoft }, more),
    by,
  })

  it('takes what agrees without a write (E7)', () => {
    const decision = decideAdoption(match({}, {}, 'marker'), EVENT_FIELDS, policy())
    expect(decision.operations).toEqual([])
    expect(Object.keys(decision.agreed).sort()).toEqual(
      ['attendeeList', 'description', 'organizer', 'reminder', 'title', 'when'].filter(
        (name) => name in decision.agreed,
      ),
    )
    expect(decision.agreed).toHaveProperty('title')
  })

  it('by marker leaves a difference to the strategy, with the losing value kept', () => {
    const decision = decideAdoption(
      match({ title: 'A' }, { title: 'B' }, 'marker'),
      EVENT_FIELDS,
      policy(),
    )
    expect(decision.operations).toMatchObject([{ on: 'microsoft', fields: { title: 'A' } }])
    expect(decision.lost).toMatchObject([{ side: 'microsoft', value: 'B' }])
  })

  it('by likeness fills what is empty and reports what differs', () => {
    const decision = decideAdoption(
      match({ description: '' }, { description: 'b', reminder: 30 }, 'guess'),
      EVENT_FIELDS,
      policy(),
    )
    expect(decision.operations).toMatchObject([{ on: 'oro', fields: { description: 'b' } }])
    expect(decision.findings).toMatchObject([{ fields: ['reminder'] }])
  })

  it('writes nothing to a meeting that would mail people, and says what differs (P6)', () => {
    const decision = decideAdoption(
      match({ title: 'A' }, { title: 'B' }, 'marker', { audience: 2 }),
      EVENT_FIELDS,
      policy(),
    )
    expect(decision.operations).toEqual([])
    expect(decision.findings).toMatchObject([{ fields: ['title'] }])
  })
})
