import {
  nearestReminder,
  reminders,
  stillAhead,
  storedReminders,
} from '../../../shared/adapters/oro/reminders'
import { recordedEvent } from './recorded'

/** 15 minutes by web socket and one day by e-mail. */
const row = recordedEvent('event-reminders.get')
const popUp = (number: number) => ({ method: 'web_socket', interval: { number, unit: 'M' } })
const dayBefore = { method: 'email', interval: { number: 1, unit: 'D' } }

describe('reminders of an Oro event', () => {
  it('replaces the nearest and keeps the earlier ones', () => {
    expect(reminders(row, 30)).toEqual([popUp(30), dayBefore])
  })

  it('leaves all of them as they are when the nearest does not change', () => {
    expect(reminders(row, 15)).toEqual(storedReminders(row))
  })

  it('drops those that a new reminder overtakes, so that it is read back as the nearest', () => {
    const written = reminders(row, 2880)
    expect(written).toEqual([popUp(2880)])
    expect(nearestReminder({ id: 1, reminders: written })).toBe(2880)
  })

  it('clears them all when there shall be none', () => {
    expect(reminders(row, null)).toEqual([])
  })

  it('reads units that nobody knows as no reminder', () => {
    const strange = { method: 'email', interval: { number: 1, unit: 'Y' } }
    expect(nearestReminder({ id: 1, reminders: [strange] })).toBeNull()
  })

  it('keeps those whose time has not come yet', () => {
    const start = '2026-09-21T06:00:00+00:00'
    const anHourBefore = Date.parse('2026-09-21T05:00:00Z')
    expect(stillAhead(storedReminders(row), start, anHourBefore)).toEqual([popUp(15)])
    expect(stillAhead(storedReminders(row), start, Date.parse(start))).toEqual([])
  })
})
