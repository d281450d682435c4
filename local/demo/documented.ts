import type { SeedEvent } from '../oro/seed-event'
import type { Json } from '../graph/model'
import allDay from './payloads/graph/event-all-day.response.json'
import summerParty from './payloads/graph/calendarview-delta-full-properties.response.json'
import brunch from './payloads/graph/event-create.response.json'
import picnic from './payloads/graph/event-get-multi-location.response.json'
import orientation from './payloads/graph/event-list.response.json'
import onlineMeeting from './payloads/graph/event-online-meeting.response.json'
import groupSeries from './payloads/graph/event-series-master-group.response.json'
import weeklySeries from './payloads/graph/event-series-master-weekly.response.json'
import tradeFair from './payloads/oro/allday-3days-berlin.get.json'
import budgetTalk from './payloads/oro/attendee-copy.get.json'
import dentist from './payloads/oro/event-reminders.get.json'
import contractReview from './payloads/oro/event-single.get.json'
import pipelineReview from './payloads/oro/series-monthnth.get.json'
import standUp from './payloads/oro/series-weekly.get.json'
import type { Person } from './people'

const WEEK_MS = 7 * 86_400_000

/** Whole weeks from a documented date to the days around now, so that weekdays and rules stay true. */
const weeksTo = (from: number, target: number): number =>
  Math.round((target - from) / WEEK_MS) * WEEK_MS

const moved = (text: string, byMs: number): string =>
  new Date(Date.parse(text) + byMs).toISOString()

/** A date, or a local time without offset, as Graph writes them; years before 1900 mean "none". */
const movedLocal = (text: string, byMs: number): string =>
  text.startsWith('0001-')
    ? text
    : moved(`${text.slice(0, 10)}T00:00:00Z`, byMs).slice(0, 10) + text.slice(10)

const OURS = ['id', 'iCalUId', 'uid', 'webLink', 'transactionId', '@odata.context']

function graphEvent(given: Json, person: Person, target: number): Json {
  const event = Object.fromEntries(Object.entries(given).filter(([name]) => !OURS.includes(name)))
  const { start, end, recurrence } = structuredClone(given) as {
    start: { dateTime: string; timeZone: string }
    end: { dateTime: string; timeZone: string }
    recurrence?: { range: { startDate: string; endDate: string } } | null
  }
  const by = weeksTo(Date.parse(`${start.dateTime.slice(0, 19)}Z`), target)
  for (const moment of [start, end]) moment.dateTime = movedLocal(moment.dateTime, by)
  if (recurrence) {
    recurrence.range.startDate = movedLocal(recurrence.range.startDate, by)
    recurrence.range.endDate = movedLocal(recurrence.range.endDate, by)
  }
  const own = { emailAddress: { name: person.name, address: person.upn } }
  const organized = given['isOrganizer'] === false ? {} : { organizer: own }
  return { ...event, ...organized, start, end, ...(recurrence ? { recurrence } : {}) }
}

/** The documented Graph events for one mailbox, around `now`: all but one organised by its owner. */
export function documentedOutlookEvents(person: Person, now: number): Json[] {
  const invited = orientation.value.map((event) => ({
    ...event,
    isOrganizer: false,
    responseStatus: { response: 'accepted', time: '0001-01-01T00:00:00Z' },
  }))
  const events = [
    brunch,
    picnic,
    onlineMeeting,
    groupSeries,
    weeklySeries,
    allDay,
    ...summerParty.value,
    ...invited,
  ] as unknown as Json[]
  return events.map((event, index) => graphEvent(event, person, now + (index - 2) * WEEK_MS))
}

interface OroBody {
  title: string
  description: string | null
  start: string
  end: string
  allDay: boolean
  attendees: readonly object[]
  recurrence?: { timezone: string; startTime: string; endTime: string | null }
  reminders?: readonly object[]
}

function oroEvent(body: OroBody, person: Person, target: number): SeedEvent {
  const by = weeksTo(Date.parse(body.start), target)
  const rule = body.recurrence
  return {
    calendarId: person.calendarId,
    title: body.title,
    description: body.description,
    start: moved(body.start, by),
    end: moved(body.end, by),
    allDay: body.allDay,
    attendees: body.attendees as NonNullable<SeedEvent['attendees']>,
    reminders: (body.reminders ?? []) as NonNullable<SeedEvent['reminders']>,
    ...(rule
      ? {
          recurrence: {
            ...(rule as object),
            id: undefined,
            timeZone: rule.timezone,
            startTime: moved(rule.startTime, by),
            endTime: rule.endTime === null ? null : moved(rule.endTime, by),
          } as unknown as NonNullable<SeedEvent['recurrence']>,
        }
      : {}),
  }
}

/** The documented Oro events for one calendar, around `now`. */
export function documentedOroEvents(person: Person, now: number): SeedEvent[] {
  return [contractReview, dentist, tradeFair, standUp, pipelineReview].map((payload, index) =>
    oroEvent(payload.response.body, person, now + index * WEEK_MS),
  )
}

/** The documented meeting between two users of Oro: the organizer's event and the copy that Oro keeps in the attendee's calendar. */
export function documentedMeeting(organizer: Person, attendee: Person, now: number): SeedEvent[] {
  const { body } = budgetTalk.response
  const meeting = { ...oroEvent(body, organizer, now), id: body.parentEventId, uid: body.uid }
  return [
    meeting,
    {
      ...meeting,
      id: body.id,
      calendarId: attendee.calendarId,
      parentId: body.parentEventId,
      isOrganizer: false,
      organizerEmail: organizer.email,
    },
  ]
}
