import { eventRows } from '../../../shared/adapters/oro/event-row'
import { fromOroEvent } from '../../../shared/adapters/oro/from-oro-event'
import { organizerOf, toOroEvent } from '../../../shared/adapters/oro/to-oro-event'
import { recorded, recordedEvent } from './recorded'

const options = { userId: 3, withAttendeeList: false, now: Date.parse('2026-09-01T08:00:00Z') }

describe('reading an event of Oro', () => {
  it('states the mapped fields in canonical form', () => {
    const reading = fromOroEvent(recordedEvent('event-single.get'), options)
    expect(reading).toMatchObject({
      side: 'oro',
      id: '4101',
      container: '7',
      version: '2026-08-24T09:12:40+00:00',
      modifiedAt: '2026-08-24T09:12:40Z',
      role: 'organizer',
      cancelled: false,
      private: false,
      categories: [],
      keys: { uid: '0d6b0a52-8a5f-4c0f-9f55-0a7f1f2d3b01' },
      span: { start: '2026-09-10T12:00:00Z', end: '2026-09-10T13:00:00Z' },
      unmappable: null,
      label: 'Contract review',
      audience: 1,
    })
    expect(reading.fields).toEqual({
      title: 'Contract review',
      description: '<p>Bring the <strong>signed</strong> copy.</p>',
      when: { start: '2026-09-10T12:00:00Z', end: '2026-09-10T13:00:00Z', allDay: false },
      attendeeList: [],
      reminder: null,
    })
  })

  it('states the nearest of several reminders in minutes', () => {
    expect(fromOroEvent(recordedEvent('event-reminders.get'), options).fields['reminder']).toBe(15)
  })

  it('says nothing of the reminder of an event that has begun and has none', () => {
    const now = Date.parse('2026-09-10T12:00:00Z')
    const row = recordedEvent('event-single.get')
    expect(fromOroEvent(row, { ...options, now }).fields).not.toHaveProperty('reminder')
    expect(fromOroEvent(row, { ...options, now: now - 1 }).fields['reminder']).toBeNull()
    const withReminders = recordedEvent('event-reminders.get')
    const later = Date.parse('2026-12-01T00:00:00Z')
    expect(fromOroEvent(withReminders, { ...options, now: later }).fields['reminder']).toBe(15)
  })

  it('takes an automatic copy for a meeting that somebody else holds', () => {
    const reading = fromOroEvent(recordedEvent('attendee-copy.get'), { ...options, userId: 8 })
    expect(reading).toMatchObject({
      role: 'attendee',
      unmappable: null,
      audience: 1,
      fields: { organizer: { name: 'Nora Feld', email: 'nora.feld@example.com' } },
    })
  })

  it('lists the people only when the setting asks for it, in an order of its own', () => {
    const row = recordedEvent('attendee-copy.get')
    expect(fromOroEvent(row, options).fields['attendeeList']).toEqual([])
    expect(
      fromOroEvent(row, { ...options, withAttendeeList: true }).fields['attendeeList'],
    ).toEqual(['Nora Feld <nora.feld@example.com>', 'Priya Nair <priya.nair@example.com>'])
  })

  it.each([
    ['series-weekly.get', 'unsupported-series'],
    ['series-yearly.get', 'unsupported-series'],
    ['exception-moved.get', 'unsupported-series'],
    ['exception-cancelled.get', 'unsupported-series'],
    ['allday-3days-berlin.get', 'unsupported-all-day'],
  ])('withholds %s as %s instead of failing', (name, code) => {
    expect(fromOroEvent(recordedEvent(name), options).unmappable?.code).toBe(code)
  })

  it('knows the copy of a series in a list by the rule of its parent', () => {
    const [row] = eventRows(recorded('attendee-copy-of-series.list').response.body)
    expect(fromOroEvent(row ?? { id: 0 }, options).unmappable?.code).toBe('unsupported-series')
  })

  it('reads ids that a list gives as text', () => {
    const row = recordedEvent('attendee-copy.get')
    const asText = {
      ...row,
      id: '4123',
      calendar: '12',
      parentEventId: '4122',
      isOrganizer: null,
      attendees: [{ email: 'priya.nair@example.com', userId: '3' }],
    }
    expect(fromOroEvent(asText, options)).toMatchObject({
      id: '4123',
      container: '12',
      role: 'attendee',
      audience: 0,
    })
  })

  it.each([
    ['2026-09-10T13:00:00+00:00', '2026-09-10T12:00:00+00:00', 'time-invalid'],
    [null, '2026-09-10T12:00:00+00:00', 'invalid-item'],
  ])('withholds an event from %s to %s as %s', (start, end, code) => {
    const row = { ...recordedEvent('event-single.get'), start, end }
    expect(fromOroEvent(row, options).unmappable?.code).toBe(code)
  })

  it('maps an event that ends when it starts', () => {
    const row = recordedEvent('event-single.get')
    expect(fromOroEvent({ ...row, end: row.start ?? null }, options).unmappable).toBeNull()
  })

  it('drops control characters and outer white space of a title, and reads none as empty', () => {
    const row = recordedEvent('event-single.get')
    const title = (text: string | null) =>
      fromOroEvent({ ...row, title: text }, options).fields['title']
    expect(title(' Plan\u0000\u0007 B ')).toBe('Plan B')
    expect(title(null)).toBe('')
  })

  it('lets no script of a description through', () => {
    const row = {
      ...recordedEvent('event-single.get'),
      description: '<p onclick="x()">Hi<script>alert(1)</script></p>',
    }
    expect(fromOroEvent(row, options).fields['description']).not.toMatch(/script|onclick/)
  })
})

describe('writing an event of Oro', () => {
  it('sends instants as UTC with the offset written out', () => {
    expect(
      toOroEvent({
        when: { start: '2026-09-10T12:00:00Z', end: '2026-09-10T13:00:00Z', allDay: false },
      }),
    ).toEqual({
      start: '2026-09-10T12:00:00+00:00',
      end: '2026-09-10T13:00:00+00:00',
      allDay: false,
    })
  })

  it('sends what is given and nothing else', () => {
    expect(toOroEvent({ title: 'Plan B' })).toEqual({ title: 'Plan B' })
    expect(toOroEvent({ reminder: 5, attendeeList: ['A <a@b.example>'] })).toEqual({})
  })

  it('names the organizer only with an address', () => {
    expect(organizerOf({ organizer: { name: 'Pat', email: 'pat@partner.example' } })).toEqual({
      organizerEmail: 'pat@partner.example',
      organizerDisplayName: 'Pat',
    })
    expect(organizerOf({ organizer: { name: 'Pat', email: '' } })).toEqual({})
    expect(organizerOf({ organizer: null })).toEqual({})
  })
})
