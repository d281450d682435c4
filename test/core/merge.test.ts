import { absorb } from '../../shared/core/absorb'
import { decideLinked } from '../../shared/core/decide'
import { stampOf } from '../../shared/core/linked-item'
import { fingerprint } from '../../shared/core/fingerprint'
import type { Decision, Operation } from '../../shared/core/model'
import type { ConflictResolution } from '../../shared/core/policy'
import { item, link, policy, present, SAME, UNKNOWN } from './samples'

const updates = (decision: Decision): Record<string, unknown> =>
  Object.fromEntries(
    decision.operations.map((operation) => [
      operation.on,
      operation.kind === 'delete' ? null : operation.fields,
    ]),
  )

const codes = (decision: Decision): string[] => decision.findings.map((finding) => finding.code)

describe('one field changed', () => {
  it('is written to the other side, and nothing else is (U1)', () => {
    const decision = decideLinked(item({ oro: present('oro', { title: 'Dinner' }) }))
    expect(updates(decision)).toEqual({ microsoft: { title: 'Dinner' } })
    expect(codes(decision)).toEqual([])
  })

  it('keeps the zone that Outlook has (Z8)', () => {
    const when = { start: '2026-09-10T13:00:00Z', end: '2026-09-10T14:00:00Z', allDay: false }
    const utc = { ...(link().base['when']?.microsoft as object), zone: 'UTC' }
    const base = { ...link().base, when: { oro: link().base['when']?.oro ?? null, microsoft: utc } }
    const decision = decideLinked(item({ oro: present('oro', { when }) }, { link: { base } }))
    expect(updates(decision)).toEqual({ microsoft: { when: { ...when, zone: 'UTC' } } })
  })

  it('is no change if the side says what it always said, however that looks (E4)', () => {
    const base = { ...link().base, description: { oro: '<p>At noon</p>', microsoft: 'At noon' } }
    const states = {
      oro: present('oro', { description: '<p>At noon</p>' }),
      microsoft: present('microsoft'),
    }
    expect(decideLinked(item(states, { link: { base } })).operations).toEqual([])
  })

  it('changes nothing and takes no pair while the other side is unknown', () => {
    const decision = decideLinked(
      item({ oro: present('oro', { title: 'Dinner' }), microsoft: UNKNOWN }),
    )
    expect(decision).toMatchObject({ operations: [], agreed: {} })
  })
})

describe('both sides changed', () => {
  it('keeps both changes of different fields, without a conflict (K1)', () => {
    const when = { start: '2026-09-10T13:00:00Z', end: '2026-09-10T14:00:00Z', allDay: false }
    const decision = decideLinked(
      item({
        oro: present('oro', { title: 'Dinner' }),
        microsoft: present('microsoft', { when: { ...when, zone: 'Europe/Berlin' } }),
      }),
    )
    expect(updates(decision)).toEqual({ microsoft: { title: 'Dinner' }, oro: { when } })
    expect(codes(decision)).toEqual([])
  })

  it.each<[ConflictResolution, string, string]>([
    ['oro', '2026-09-01T10:00:00Z', 'Dinner'],
    ['microsoft', '2026-09-01T08:00:00Z', 'Brunch'],
    ['newest', '2026-09-01T10:00:00Z', 'Brunch'],
    ['newest', '2026-09-01T08:00:01Z', 'Dinner'],
    ['newest', '2026-09-01T08:00:00Z', 'Dinner'],
    ['newest', '2026-09-01T06:00:00Z', 'Dinner'],
  ])(
    'follows the strategy %s when Outlook was saved at %s: %s (K2, K6)',
    (strategy, modifiedAt, winner) => {
      const states = {
        oro: present('oro', { title: 'Dinner' }),
        microsoft: present('microsoft', { title: 'Brunch' }, { modifiedAt }),
      }
      const decision = decideLinked(item(states, { policy: { conflictResolution: strategy } }))
      const loser = winner === 'Dinner' ? 'microsoft' : 'oro'
      expect(updates(decision)).toEqual({ [loser]: { title: winner } })
      expect(decision.lost).toEqual([
        { field: 'title', side: loser, value: winner === 'Dinner' ? 'Brunch' : 'Dinner', winner },
      ])
      expect(codes(decision)).toEqual(['conflict'])
    },
  )

  it('takes the same change on both sides without a write (K3)', () => {
    const title = 'Dinner'
    const decision = decideLinked(
      item({ oro: present('oro', { title }), microsoft: present('microsoft', { title }) }),
    )
    expect(decision).toMatchObject({
      operations: [],
      agreed: { title: { oro: title, microsoft: title } },
      findings: [],
    })
  })
})

describe('one-way', () => {
  const edited = { oro: present('oro'), microsoft: present('microsoft', { title: 'Brunch' }) }

  it('leaves an edit of the target, and leaves it a change (K8)', () => {
    const decision = decideLinked(item(edited, { policy: { direction: 'oro-to-microsoft' } }))
    expect(decision.operations).toEqual([])
    expect(decision.agreed).not.toHaveProperty('title')
  })

  it('sets it back with that field alone and keeps what was there (K8)', () => {
    const rule = { direction: 'oro-to-microsoft', foreignEdit: 'revert' } as const
    const decision = decideLinked(item(edited, { policy: rule }))
    expect(updates(decision)).toEqual({ microsoft: { title: 'Lunch' } })
    expect(decision.lost).toMatchObject([{ side: 'microsoft', value: 'Brunch' }])
  })

  it('sets nothing back that would mail people (P6)', () => {
    const meeting = {
      ...edited,
      microsoft: present('microsoft', { title: 'Brunch' }, { audience: 3 }),
    }
    const rule = { direction: 'oro-to-microsoft', foreignEdit: 'revert' } as const
    expect(decideLinked(item(meeting, { policy: rule })).operations).toEqual([])
  })
})

describe('a meeting that somebody else organizes (P9)', () => {
  const attendee = { link: { role: 'attendee' as const } }

  it('takes the own reminder to Outlook', () => {
    const decision = decideLinked(item({ oro: present('oro', { reminder: 30 }) }, attendee))
    expect(updates(decision)).toEqual({ microsoft: { reminder: 30 } })
  })

  it('refuses a new title with a reason (U2, A4)', () => {
    const decision = decideLinked(item({ oro: present('oro', { title: 'Dinner' }) }, attendee))
    expect(decision.operations).toEqual([])
    expect(codes(decision)).toEqual(['not-organizer'])
  })

  it('follows the organizer, whatever was edited in Oro', () => {
    const states = {
      oro: present('oro', { title: 'Dinner' }),
      microsoft: present('microsoft', { title: 'Brunch' }, { role: 'attendee' }),
    }
    expect(updates(decideLinked(item(states, attendee)))).toEqual({ oro: { title: 'Brunch' } })
  })

  it('is declined and not re-created when the copy in Outlook is gone (D6)', () => {
    const decision = decideLinked(
      item(
        { oro: present('oro', { title: 'x' }), microsoft: { is: 'gone', how: 'deleted' } },
        attendee,
      ),
    )
    expect(decision).toMatchObject({ operations: [], state: 'parked', reason: 'declined' })
  })

  it('stays in Outlook when the copy in Oro is gone', () => {
    const decision = decideLinked(
      item({ oro: { is: 'gone', how: 'deleted' }, microsoft: present('microsoft') }, attendee),
    )
    expect(decision).toMatchObject({ operations: [], state: 'unlinked' })
  })
})

describe('a private event (S6)', () => {
  const hidden = (fields = {}) => present('microsoft', fields, { private: true, label: 'Private' })

  it('turns into "Private" in Oro when it becomes private, and leaves nothing of its text in the link', () => {
    const decision = decideLinked(item({ oro: present('oro'), microsoft: hidden() }))
    expect(updates(decision)).toEqual({
      oro: { title: 'Private', description: '', reminder: null },
    })
    const [operation] = decision.operations as Extract<Operation, { kind: 'create' | 'update' }>[]
    expect(JSON.stringify(operation?.pairs)).not.toContain('Lunch')
    expect(JSON.stringify(operation?.pairs)).not.toContain('noon')
  })

  it('never gets the masked text back', () => {
    const mark = (value: string | number) => ({ fingerprint: fingerprint(value) })
    const base = {
      ...link().base,
      title: { oro: 'Private', microsoft: mark('Lunch') },
      description: { oro: '', microsoft: mark('At noon') },
      reminder: { oro: null, microsoft: mark(15) },
    }
    const stamp = stampOf(policy(), true)
    const oro = present('oro', { title: 'Renamed', description: '', reminder: null })
    const decision = decideLinked(item({ oro, microsoft: hidden() }, { link: { base, stamp } }))
    expect(decision.operations.filter((operation) => operation.on === 'microsoft')).toEqual([])
    expect(codes(decision)).toEqual(['private'])
  })
})

describe('an event that is private no longer (sync-rules 10)', () => {
  it('is filled from Outlook, and what was written over the mask is kept in the history', () => {
    const mark = (value: string | number) => ({ fingerprint: fingerprint(value) })
    const base = {
      ...link().base,
      title: { oro: 'Private', microsoft: mark('Lunch') },
      description: { oro: '', microsoft: mark('At noon') },
      reminder: { oro: null, microsoft: mark(15) },
    }
    const oro = present('oro', { title: 'Mine', description: '', reminder: null })
    const decision = decideLinked(
      item(
        { oro, microsoft: present('microsoft') },
        { link: { base, stamp: stampOf(policy(), true) } },
      ),
    )
    expect(updates(decision)).toEqual({
      oro: { title: 'Lunch', description: 'At noon', reminder: 15 },
    })
    expect(decision.lost).toMatchObject([{ field: 'title', side: 'oro', value: 'Mine' }])
  })
})

describe('a value that a side refused (sync-rules 6)', () => {
  const refused = { title: { side: 'microsoft' as const, fingerprint: fingerprint('Dinner') } }

  it('is not tried again', () => {
    const decision = decideLinked(
      item({ oro: present('oro', { title: 'Dinner' }) }, { link: { refused } }),
    )
    expect(decision.operations).toEqual([])
  })

  it('is forgotten when it changes', () => {
    const decision = decideLinked(
      item({ oro: present('oro', { title: 'Supper' }) }, { link: { refused } }),
    )
    expect(updates(decision)).toEqual({ microsoft: { title: 'Supper' } })
  })

  it('loses to a later change of the other side, whatever the strategy', () => {
    const states = {
      oro: present('oro', { title: 'Dinner' }),
      microsoft: present('microsoft', { title: 'Brunch' }),
    }
    expect(updates(decideLinked(item(states, { link: { refused } })))).toEqual({
      oro: { title: 'Brunch' },
    })
  })
})

describe('the answer of a write', () => {
  const pair = { title: { oro: 'Dinner', microsoft: 'Dinner' } }
  const answer = (title: string) => {
    const state = present('microsoft', { title })
    return state.is === 'present' ? state.reading : null
  }

  it('takes only the written fields', () => {
    const absorbed = absorb(link(), 'microsoft', pair, answer('Dinner'))
    expect(absorbed.base).toEqual({ ...link().base, ...pair })
  })

  it('keeps what was sent where the answer says something else, so that it counts as a change', () => {
    const absorbed = absorb(link(), 'microsoft', pair, answer('Dinner with Ann'))
    expect(absorbed.base['title']).toEqual(pair.title)
  })

  it('takes the same difference as the form of the server the second time', () => {
    const once = absorb(link(), 'microsoft', pair, answer('DINNER'))
    const twice = absorb({ ...link(), ...once }, 'microsoft', pair, answer('DINNER'))
    expect(twice.base['title']).toEqual({ oro: 'Dinner', microsoft: 'DINNER' })
  })

  it('keeps a long text as a fingerprint that still compares', () => {
    const long = 'x'.repeat(9000)
    const absorbed = absorb(link(), 'oro', { description: { oro: long, microsoft: long } }, null)
    expect(absorbed.base['description']?.oro).toEqual({ fingerprint: fingerprint(long) })
    const states = {
      oro: present('oro', { description: long }),
      microsoft: present('microsoft', { description: long }),
    }
    expect(decideLinked(item(states, { link: { base: absorbed.base } })).operations).toEqual([])
  })

  it('asks for the text before a fingerprint of it would be written', () => {
    const mark = { fingerprint: fingerprint('x'.repeat(9000)) }
    const base = { ...link().base, description: { oro: mark, microsoft: mark } }
    const states = { oro: SAME, microsoft: present('microsoft', { description: 'edited' }) }
    const rule = { direction: 'oro-to-microsoft', foreignEdit: 'revert' } as const
    expect(decideLinked(item(states, { policy: rule, link: { base } })).unread).toEqual(['oro'])
  })

  it('is no edit that beats one, when the server rewrote it', () => {
    const drift = { title: fingerprint(['Lunch', 'LUNCH']) }
    const states = {
      oro: present('oro', { title: 'LUNCH' }),
      microsoft: present('microsoft', { title: 'Brunch' }),
    }
    expect(updates(decideLinked(item(states, { link: { drift } })))).toEqual({
      oro: { title: 'Brunch' },
    })
  })

  it('mails nobody because the server rewrote it', () => {
    const drift = { title: fingerprint(['Lunch', 'LUNCH']) }
    const states = {
      oro: present('oro', { title: 'LUNCH' }),
      microsoft: present('microsoft', {}, { audience: 2 }),
    }
    const decision = decideLinked(item(states, { link: { drift } }))
    expect(decision.operations).toEqual([])
    expect(codes(decision)).toEqual(['conflict'])
  })
})

describe('another projection (sync-rules 10)', () => {
  const stamp = stampOf(policy({ attendees: 'list-in-body' }), false)

  it('shows the list of people in Outlook when the setting asks for it, silently', () => {
    const oro = present('oro', { attendeeList: ['Ann <ann@example.com>'] })
    const states = { oro, microsoft: present('microsoft', { attendeeList: [] }) }
    const decision = decideLinked(item(states, { policy: { attendees: 'list-in-body' } }))
    expect(updates(decision)).toEqual({ microsoft: { attendeeList: ['Ann <ann@example.com>'] } })
    expect(decision.stamp).toBe(stamp)
  })

  it('waits while Outlook would mail the change', () => {
    const oro = present('oro', { attendeeList: ['Ann <ann@example.com>'] })
    const states = { oro, microsoft: present('microsoft', { attendeeList: [] }, { audience: 1 }) }
    expect(
      decideLinked(item(states, { policy: { attendees: 'list-in-body' } })).operations,
    ).toEqual([])
  })
})
