import fc from 'fast-check'
import { decideLinked } from '../../shared/core/decide'
import type { LinkedItem } from '../../shared/core/linked-item'
import { EVENT_FIELDS } from '../../shared/core/event-fields'
import { across } from '../../shared/core/model'
import type { Fields, Link, Pair, Reading, Side, SideState } from '../../shared/core/model'
import type { Policy } from '../../shared/core/policy'
import { link, policy, reading, WINDOW } from './samples'

const text = fc.constantFrom('', 'a', 'b', '(No subject)', 'Private', 'x'.repeat(300))
const instant = fc.constantFrom(
  '2026-09-10T12:00:00Z',
  '2026-09-11T12:00:00Z',
  '2020-01-01T00:00:00Z',
)
const minutes = fc.constantFrom(null, 0, 15, 30)

const fieldsOf = (side: Side): fc.Arbitrary<Fields> =>
  fc
    .record({
      title: text,
      description: text,
      at: instant,
      reminder: minutes,
      zone: fc.constantFrom('UTC', 'Europe/Berlin'),
    })
    .map(({ title, description, at, reminder, zone }) => ({
      title,
      description,
      reminder,
      when: { start: at, end: at, allDay: false, ...(side === 'microsoft' ? { zone } : {}) },
    }))

const readingOf = (side: Side): fc.Arbitrary<Reading> =>
  fc
    .record({
      fields: fieldsOf(side),
      role: fc.constantFrom('organizer' as const, 'attendee' as const),
      audience: side === 'microsoft' ? fc.constantFrom(0, 0, 2) : fc.constant(0),
      private: side === 'microsoft' ? fc.boolean() : fc.constant(false),
      modifiedAt: fc.constantFrom('2026-09-01T08:00:00Z', '2026-09-01T09:00:00Z', 'nonsense'),
      categories: fc.constantFrom<readonly string[]>([], ['Work']),
    })
    .map(({ fields, ...more }) => {
      const { start, end } = fields['when'] as { start: string; end: string }
      return reading(side, fields, { ...more, span: { start, end } })
    })

const stateOf = (side: Side): fc.Arbitrary<SideState> =>
  fc.oneof(
    {
      weight: 6,
      arbitrary: readingOf(side).map((one): SideState => ({ is: 'present', reading: one })),
    },
    {
      weight: 4,
      arbitrary: fc.constantFrom<SideState>(
        { is: 'same' },
        { is: 'gone', how: 'deleted' },
        { is: 'gone', how: 'cancelled' },
        { is: 'moved', container: 'other' },
        { is: 'hidden', code: 'access' },
        { is: 'unknown' },
      ),
    },
  )

const policies: fc.Arbitrary<Policy> = fc
  .record({
    direction: fc.constantFrom(
      'bidirectional' as const,
      'oro-to-microsoft' as const,
      'microsoft-to-oro' as const,
    ),
    conflictResolution: fc.constantFrom('oro' as const, 'microsoft' as const, 'newest' as const),
    deleteVsEdit: fc.constantFrom('keep-edit' as const, 'delete-wins' as const),
    foreignEdit: fc.constantFrom('leave' as const, 'revert' as const),
    private: fc.constantFrom('busy' as const, 'full' as const, 'skip' as const),
    onlyCategories: fc.constantFrom<readonly string[]>([], ['work']),
  })
  .map((more) => policy(more))

const links: fc.Arbitrary<Link> = fc
  .record({
    oro: fieldsOf('oro'),
    microsoft: fieldsOf('microsoft'),
    state: fc.constantFrom(
      'linked' as const,
      'linked' as const,
      'parked' as const,
      'unlinked' as const,
      'withheld' as const,
      'held' as const,
      'closed' as const,
    ),
    reason: fc.constantFrom(null, 'window', 'target-deleted', 'category', 'moved', 'access'),
    role: fc.constantFrom('organizer' as const, 'attendee' as const),
    missing: fc.constantFrom(null, 'title', 'reminder'),
  })
  .map(({ oro, microsoft, missing, ...more }) => {
    const base: Record<string, Pair> = {}
    for (const name of Object.keys(oro))
      if (name !== missing)
        base[name] = { oro: oro[name] ?? null, microsoft: microsoft[name] ?? null }
    return link({ ...more, base })
  })

const items: fc.Arbitrary<LinkedItem> = fc.record({
  link: links,
  oro: stateOf('oro'),
  microsoft: stateOf('microsoft'),
  policy: policies,
  rules: fc.constant(EVENT_FIELDS),
  window: fc.constant(WINDOW),
})

/** The item after its writes were answered exactly as asked. */
function carriedOut(item: LinkedItem): LinkedItem | null {
  const decision = decideLinked(item)
  let base: Readonly<Record<string, Pair>> = { ...item.link.base, ...decision.agreed }
  const states: Record<Side, SideState> = { oro: item.oro, microsoft: item.microsoft }
  for (const operation of decision.operations) {
    if (operation.kind !== 'update') return null
    base = { ...base, ...operation.pairs }
    const state = states[operation.on]
    if (state.is === 'present') {
      const fields = { ...state.reading.fields, ...operation.fields }
      const { start, end } = fields['when'] as { start: string; end: string }
      states[operation.on] = {
        is: 'present',
        reading: { ...state.reading, fields, span: { start, end } },
      }
    }
  }
  const { state, reason, stamp } = decision
  return { ...item, ...states, link: { ...item.link, base, state, reason, stamp } }
}

const RUNS = { numRuns: 2000 }

describe('any linked item', () => {
  it('is decided without an exception, and the same way every time', () => {
    fc.assert(
      fc.property(items, (item) => {
        expect(decideLinked(structuredCloneOf(item))).toEqual(decideLinked(item))
      }),
      RUNS,
    )
  })

  it('needs no write once its writes are carried out', () => {
    fc.assert(
      fc.property(items, (item) => {
        const after = carriedOut(item)
        fc.pre(after !== null)
        expect(decideLinked(after).operations).toEqual([])
      }),
      RUNS,
    )
  })

  it('is not written on the side that alone changed, unless that is set back or hidden anew', () => {
    fc.assert(
      fc.property(items, fc.constantFrom<Side>('oro', 'microsoft'), (item, side) => {
        const other: Side = side === 'oro' ? 'microsoft' : 'oro'
        const still = { ...item, [other]: { is: 'same' } as const }
        const writes = decideLinked(still).operations.filter((operation) => operation.on === side)
        expect(
          writes.filter(({ why }) => !['set-back', 'projection', 'changed'].includes(why)),
        ).toEqual([])
        for (const { why } of writes) if (why === 'changed') expect(still[side].is).toBe('same')
      }),
      RUNS,
    )
  })

  it('loses no side without proof that the other is gone, and writes none that the direction excludes', () => {
    fc.assert(
      fc.property(items, (item) => {
        for (const operation of decideLinked(item).operations) {
          if (operation.kind === 'delete') expect(item[across(operation.on)].is).toBe('gone')
          const target = operation.on === 'oro' ? 'microsoft-to-oro' : 'oro-to-microsoft'
          expect(['bidirectional', target]).toContain(item.policy.direction)
        }
      }),
      RUNS,
    )
  })

  it('carries no hidden text to Oro, and no masked field back', () => {
    fc.assert(
      fc.property(items, (item) => {
        fc.pre(
          item.policy.private === 'busy' &&
            item.microsoft.is === 'present' &&
            item.microsoft.reading.private,
        )
        for (const operation of decideLinked(item).operations) {
          if (operation.kind === 'delete') continue
          if (operation.on === 'microsoft' && operation.kind === 'update')
            expect(Object.keys(operation.fields).filter((name) => name !== 'when')).toEqual([])
          if (operation.on === 'oro' && 'title' in operation.fields)
            expect(operation.fields['title']).toBe('Private')
        }
      }),
      RUNS,
    )
  })
})

const structuredCloneOf = (item: LinkedItem): LinkedItem => ({
  ...item,
  link: structuredClone(item.link),
  oro: structuredClone(item.oro),
  microsoft: structuredClone(item.microsoft),
})
