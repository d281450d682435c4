import { findWindows } from 'windows-iana'
import windowsZones from '../../../local/graph/contract/windowsZones.json'
import {
  fromGraphEvent,
  type EventContext,
  type GraphEvent,
} from '../../../shared/adapters/graph/from-graph-event'
import { fromGraphTime, toGraphTimes } from '../../../shared/adapters/graph/times'
import { toGraphEvent } from '../../../shared/adapters/graph/to-graph-event'
import { fromGraphZone } from '../../../shared/adapters/graph/zones'
import { uuidV5 } from '../../../shared/core/uid'
import stubs from '../../payloads/graph/constructed/calendarview-delta-occurrence-stub.response.json'
import delta from '../../payloads/graph/docs/calendarview-delta-full-properties.response.json'
import allDay from '../../payloads/graph/constructed/event-all-day.response.json'
import meeting from '../../payloads/graph/docs/event-online-meeting.response.json'
import master from '../../payloads/graph/docs/event-series-master-weekly.response.json'

const context: EventContext = {
  container: 'calendar-1',
  zone: 'Europe/Berlin',
  address: 'anna@example.com',
}

const read = (event: unknown, changes: object = {}) =>
  fromGraphEvent({ ...(event as GraphEvent), ...changes }, context)

const single = delta.value[0]

describe('an event as Graph answers it', () => {
  it('is reduced to the mapped fields', () => {
    const reading = read(single)
    expect(reading).toMatchObject({
      side: 'microsoft',
      id: 'AAMkADI5MAAKkeE1QAAA=',
      container: 'calendar-1',
      version: 'W/"Jdsb3FEkPk2qoUHCdliYowACwixTgw=="',
      modifiedAt: '2020-06-16T04:08:27.354Z',
      fields: {
        title: 'Summer party',
        description: '',
        when: {
          start: '2020-06-02T20:00:00Z',
          end: '2020-06-02T22:30:00Z',
          zone: 'America/Los_Angeles',
          allDay: false,
        },
        reminder: null,
      },
      role: 'organizer',
      cancelled: false,
      private: false,
      span: { start: '2020-06-02T20:00:00Z', end: '2020-06-02T22:30:00Z' },
      unmappable: null,
      label: 'Summer party',
      audience: 1,
    })
    expect(Object.keys(reading.fields).sort()).toEqual([
      'attendeeList',
      'description',
      'reminder',
      'title',
      'when',
    ])
  })

  it('keeps the join block of an online meeting out of the description', () => {
    const reading = read(meeting)
    expect(reading.fields['description']).toBe('Does this time work for you?')
    expect(reading.fields['reminder']).toBe(15)
    expect(reading.keys.uid).toBe(uuidV5(meeting.iCalUId))
  })

  it('has no title, reminder or uid when Graph leaves them out, and is still mapped', () => {
    expect(read(single, { subject: null, iCalUId: undefined, body: null })).toMatchObject({
      fields: { title: '', description: '' },
      keys: {},
      unmappable: null,
    })
  })

  it('loses control characters of its title', () => {
    expect(read(single, { subject: ' a\u0000b\u0007 ' }).fields['title']).toBe('ab')
  })

  it('is labelled Private, whatever its title, when it is private or confidential', () => {
    for (const sensitivity of ['private', 'confidential']) {
      expect(read(single, { sensitivity })).toMatchObject({ private: true, label: 'Private' })
    }
    expect(read(single, { sensitivity: 'personal' }).private).toBe(false)
  })

  it("names the organizer on an attendee's copy only", () => {
    const copy = read(single, { isOrganizer: false })
    expect(copy.role).toBe('attendee')
    expect(copy.fields['organizer']).toEqual({
      name: single?.organizer.emailAddress.name,
      email: single?.organizer.emailAddress.address,
    })
    expect(read(single).fields['organizer']).toBeUndefined()
  })

  it.each([
    ['a series', master, {}, 'unsupported-series'],
    ['a whole day', allDay, {}, 'unsupported-all-day'],
    ['a zone nobody knows', single, { originalStartTimeZone: 'Mars/Base' }, 'zone-unknown'],
    [
      'an end before the start',
      single,
      { end: { dateTime: '2020-06-02T19:00:00.0000000', timeZone: 'UTC' } },
      'time-invalid',
    ],
    ['no start', single, { start: null }, 'invalid-item'],
    ['a date of no series', single, { type: 'occurrence', seriesMasterId: null }, 'invalid-item'],
  ])('%s is withheld with its reason', (_situation, event, changes, code) => {
    const reading = read(event, changes)
    expect(reading.unmappable?.code).toBe(code)
    expect(reading.unmappable?.message).not.toBe('')
  })

  it('a meeting of no length is mapped', () => {
    const start = single?.start
    expect(read(single, { end: start })).toMatchObject({
      unmappable: null,
      fields: { when: { start: '2020-06-02T20:00:00Z', end: '2020-06-02T20:00:00Z' } },
    })
  })

  it('stands for its series when it is a date of one', () => {
    for (const stub of stubs.value) {
      expect(read(stub)).toMatchObject({
        id: 'AAMkAD_master',
        fields: {},
        unmappable: { code: 'unsupported-series' },
      })
    }
  })
})

describe('zones', () => {
  const rows = windowsZones.supplemental.windowsZones.mapTimezones.map((row) => row.mapZone)

  it('know every Windows name, with the time of its main place', () => {
    const instant = '2026-07-01T12:00:00Z'
    for (const row of rows.filter((each) => each._territory === '001')) {
      const zone = fromGraphZone(row._other, 'UTC')
      expect([row._other, zone]).not.toContain(null)
      expect(toGraphTimes([instant], zone ?? '')).toEqual(
        toGraphTimes([instant], row._type).map((time) => ({
          ...time,
          timeZone: expect.any(String) as string,
        })),
      )
    }
  })

  it.each([
    ['Asia/Calcutta', 'Asia/Kolkata'],
    ['europe/kiev', 'Europe/Kyiv'],
    ['FLE Standard Time', 'Europe/Kyiv'],
    ['tzone://Microsoft/Utc', 'UTC'],
    ['Etc/UTC', 'UTC'],
    ['GMT', 'UTC'],
    ['tzone://Microsoft/Custom', 'Europe/Berlin'],
    ['Customized Time Zone', 'Europe/Berlin'],
    ['', 'Europe/Berlin'],
    ['Mars/Base', null],
  ])('%s is %s', (name, zone) => {
    expect(fromGraphZone(name, 'Europe/Berlin')).toBe(zone)
  })

  it('every IANA zone is written so that the instant is the same when it is read', () => {
    const zones = new Set(rows.flatMap((row) => row._type.split(' ')))
    for (const name of zones) {
      const zone = fromGraphZone(name, 'UTC') ?? name
      for (const instant of ['2026-01-15T12:00:00Z', '2026-07-15T12:00:00Z']) {
        const [time] = toGraphTimes([instant], zone)
        expect([zone, time?.timeZone, fromGraphTime(time)]).toEqual([zone, time?.timeZone, instant])
      }
    }
  })

  it.each([
    ['2026-10-25T00:30:00Z', '2026-10-25T01:30:00Z'],
    ['2026-10-25T01:30:00Z', '2026-10-25T02:30:00Z'],
    ['2026-10-24T23:30:00Z', '2026-10-25T00:30:00Z'],
  ])('the hour that the clocks repeat is written in UTC: %s to %s', (...instants) => {
    const written = toGraphTimes(instants, 'Europe/Berlin')
    expect(written).toEqual(
      instants.map((instant) => ({ dateTime: instant.slice(0, 19), timeZone: 'UTC' })),
    )
  })

  it('the hours around it are written in their zone', () => {
    const instants = ['2026-10-24T23:30:00Z', '2026-10-25T02:00:00Z']
    expect(toGraphTimes(instants, 'Europe/Berlin')).toEqual([
      { dateTime: '2026-10-25T01:30:00', timeZone: 'W. Europe Standard Time' },
      { dateTime: '2026-10-25T03:00:00', timeZone: 'W. Europe Standard Time' },
    ])
  })

  it('a place that left its Windows zone is written under its own name', () => {
    expect(findWindows('Asia/Almaty')).toEqual(['Central Asia Standard Time'])
    expect(toGraphTimes(['2026-07-15T12:00:00Z'], 'Asia/Almaty')).toEqual([
      { dateTime: '2026-07-15T17:00:00', timeZone: 'Asia/Almaty' },
    ])
  })
})

describe('what is written to Graph', () => {
  it('holds only the members of the fields given', () => {
    expect(toGraphEvent({ title: 'New' })).toEqual({ subject: 'New' })
    expect(toGraphEvent({ reminder: 10 })).toEqual({
      isReminderOn: true,
      reminderMinutesBeforeStart: 10,
    })
    expect(toGraphEvent({ reminder: null })).toEqual({ isReminderOn: false })
    expect(toGraphEvent({ attendeeList: ['x'], organizer: { name: 'x', email: 'x' } })).toEqual({})
  })

  it('states times as bare local times in the zone', () => {
    const start = '2026-09-10T12:00:00Z'
    const end = '2026-09-10T13:00:00Z'
    expect(toGraphEvent({ when: { start, end, allDay: false, zone: 'Europe/Berlin' } })).toEqual({
      start: { dateTime: '2026-09-10T14:00:00', timeZone: 'W. Europe Standard Time' },
      end: { dateTime: '2026-09-10T15:00:00', timeZone: 'W. Europe Standard Time' },
    })
    expect(toGraphEvent({ when: { start, end, allDay: false, zone: 'UTC' } })).toEqual({
      start: { dateTime: '2026-09-10T12:00:00', timeZone: 'UTC' },
      end: { dateTime: '2026-09-10T13:00:00', timeZone: 'UTC' },
    })
  })

  it('refuses a zone that does not exist by naming the field', () => {
    const when = { start: '2026-09-10T12:00:00Z', end: '2026-09-10T13:00:00Z', zone: 'Mars/Base' }
    expect(() => toGraphEvent({ when })).toThrow(
      expect.objectContaining({
        evidence: expect.objectContaining({ code: 'refused-value', fields: ['when'] }) as object,
      }) as Error,
    )
  })
})
