import type { Json } from '../graph/model'
import type { SeedEvent } from '../oro/seed-event'
import type { Person } from './people'

/** What one user has besides the documented events, on either side. */
export interface GeneratedEvents {
  readonly oro: readonly SeedEvent[]
  readonly outlook: readonly Json[]
}

const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
const FIRST_DAY = -12
const LAST_DAY = 75

/** How many of each sort; together fifty, those on both sides counted once. */
const SORTS = [
  ['oro', 19],
  ['outlook', 18],
  ['both', 5],
  ['oro-with-attendees', 1],
  ['outlook-with-attendees', 1],
  ['outlook-private', 1],
  ['outlook-online', 1],
  ['oro-all-day', 1],
  ['outlook-all-day', 1],
  ['oro-series', 1],
  ['outlook-series', 1],
] as const

type Sort = (typeof SORTS)[number][0]

const WHAT = ['Offer', 'Kick-off', 'Review', 'Call', 'Workshop', 'Site visit', 'Handover', 'Demo']
const WHOM = [
  'Northwind',
  'Fabrikam',
  'Tailspin Toys',
  'Lakeside Mills',
  'Harbour Freight',
  'Alpine Optics',
  'Grünwald GmbH',
  'Café São Jorge',
]
const CUSTOMER = { displayName: 'Pat Lund', email: 'pat.lund@partner.example' }

/** mulberry32: the same seed gives the same company. */
function createRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** `yyyy-MM-ddTHH:mm:ss` of an instant in a zone. */
function wallClock(ms: number, zone: string): string {
  const text = new Intl.DateTimeFormat('sv-SE', {
    timeZone: zone,
    dateStyle: 'short',
    timeStyle: 'medium',
  }).format(ms)
  return text.replace(' ', 'T')
}

/** Instant of a wall-clock time in a zone; hours that do not exist or come twice are not asked for here. */
function instantOf(local: string, zone: string): number {
  const guess = Date.parse(`${local}Z`)
  const shown = Date.parse(`${wallClock(guess, zone)}Z`)
  return guess - (shown - guess)
}

interface Plan {
  readonly sort: Sort
  readonly title: string
  readonly text: string
  readonly startMs: number
  readonly endMs: number
  readonly day: string
}

function plans(person: Person, now: number): Plan[] {
  const random = createRandom(person.organizationId * 1000 + person.userId)
  const pick = <T>(list: readonly [T, ...T[]] | readonly T[]): T =>
    list[Math.floor(random() * list.length)] as T
  const sorts = SORTS.flatMap(([sort, count]) => Array.from({ length: count }, () => sort))
  const days: string[] = []
  for (let day = FIRST_DAY; day <= LAST_DAY; day += 1) {
    const date = new Date(now + day * DAY_MS)
    if (date.getUTCDay() !== 0 && date.getUTCDay() !== 6) days.push(date.toISOString().slice(0, 10))
  }
  const gap = days.length / sorts.length
  // Sorts are spread over the time, so that every week has something of each side.
  const shuffled = sorts
    .map((sort) => ({ sort, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ sort }) => sort)
  return shuffled.map((sort, index) => {
    const day = days[Math.floor(index * gap)] ?? ''
    // Every place in the list has its own hour, so that no two of a day are alike.
    const local = `${day}T${String(8 + (index % 5) * 2).padStart(2, '0')}:${pick(['00', '30'])}:00`
    const startMs = instantOf(local, person.zone)
    const title = `${pick(WHAT)} ${pick(WHOM)}`
    return {
      sort,
      title,
      text: `<p>${title}: bring the <strong>latest figures</strong>.</p>`,
      startMs,
      endMs: startMs + pick([0.5, 1, 1.5]) * HOUR_MS,
      day,
    }
  })
}

function oroEvent({ sort, title, text, startMs, endMs, day }: Plan, person: Person): SeedEvent {
  const event: SeedEvent = {
    calendarId: person.calendarId,
    title,
    description: text,
    start: startMs,
    end: endMs,
  }
  if (sort === 'oro-with-attendees') event.attendees = [{ ...CUSTOMER, status: 'tentative' }]
  if (sort === 'oro-all-day') {
    // Oro's last day is inclusive: until 23:59 in the user's zone (contract 3.6).
    event.allDay = true
    event.start = instantOf(`${day}T00:00:00`, person.zone)
    event.end = instantOf(`${day}T23:59:00`, person.zone)
  }
  if (sort === 'oro-series') {
    event.recurrence = { recurrenceType: 'daily', timeZone: person.zone, occurrences: 5 }
  }
  return event
}

function outlookEvent({ sort, title, text, startMs, endMs, day }: Plan, person: Person): Json {
  const zoned = (ms: number): Json => ({
    dateTime: `${wallClock(ms, person.zone)}.0000000`,
    timeZone: person.windowsZone,
  })
  const event: Json = {
    subject: title,
    body: { contentType: 'html', content: `<html><body>${text}</body></html>` },
    start: zoned(startMs),
    end: zoned(endMs),
    isReminderOn: true,
    reminderMinutesBeforeStart: 15,
    categories: sort === 'outlook' ? ['Blue category'] : [],
  }
  const midnight = (date: string): Json => ({
    dateTime: `${date}T00:00:00.0000000`,
    timeZone: 'UTC',
  })
  if (sort === 'outlook-all-day') {
    const next = new Date(Date.parse(`${day}T00:00:00Z`) + DAY_MS).toISOString().slice(0, 10)
    return { ...event, isAllDay: true, start: midnight(day), end: midnight(next) }
  }
  if (sort === 'outlook-series') {
    return {
      ...event,
      recurrence: {
        pattern: { type: 'daily', interval: 1 },
        range: { type: 'numbered', startDate: day, numberOfOccurrences: 4 },
      },
    }
  }
  if (sort === 'outlook-private') return { ...event, subject: 'Doctor', sensitivity: 'private' }
  if (sort === 'outlook-online') {
    return {
      ...event,
      isOnlineMeeting: true,
      onlineMeetingProvider: 'teamsForBusiness',
      onlineMeeting: { joinUrl: 'https://teams.microsoft.com/l/meetup-join/sample' },
    }
  }
  if (sort === 'outlook-with-attendees') {
    const emailAddress = { name: CUSTOMER.displayName, address: CUSTOMER.email }
    const status = { response: 'none', time: '0001-01-01T00:00:00Z' }
    return { ...event, attendees: [{ type: 'required', status, emailAddress }] }
  }
  return event
}

/** Fifty events of one user around `now`, the same at every start of the same day. */
export function generatedEvents(person: Person, now: number): GeneratedEvents {
  const all = plans(person, now)
  const on = (side: 'oro' | 'outlook'): Plan[] =>
    all.filter(({ sort }) => sort === 'both' || sort.startsWith(side))
  return {
    oro: on('oro').map((plan) => oroEvent(plan, person)),
    outlook: on('outlook').map((plan) => outlookEvent(plan, person)),
  }
}
