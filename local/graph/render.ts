import { bodyText } from './body'
import { changeKeyOf, etagOf } from './ids'
import type { Calendar, Json, Mailbox, Moment, Occurrence, StoredEvent } from './model'
import type { Preferences } from './prefer'
import { graphDateTime, graphStamp, localOf } from './zones'

function idOf(event: StoredEvent, preferences: Preferences): string {
  return preferences.immutableIds ? event.immutableId : event.movableId
}

/** Ids of a date that is no exception; they lead back to master, generation and place. */
export function occurrenceIds(
  master: StoredEvent,
  date: string,
): { immutableId: string; movableId: string } {
  const text = `${String(master.key)}|${String(master.series?.generation ?? 1)}|${date}`
  const packed = Buffer.from(text).toString('base64')
  return { immutableId: `AAkALgAAo/${packed}`, movableId: `AAMkADAwo+${packed}` }
}

function occurrenceId(master: StoredEvent, date: string, preferences: Preferences): string {
  const ids = occurrenceIds(master, date)
  return preferences.immutableIds ? ids.immutableId : ids.movableId
}

export function parseOccurrenceId(
  id: string,
): { key: number; generation: number; date: string } | undefined {
  if (!id.startsWith('AAkALgAAo/') && !id.startsWith('AAMkADAwo+')) return undefined
  const [key, generation, date] = Buffer.from(id.slice(10), 'base64').toString().split('|')
  if (date === undefined) return undefined
  return { key: Number(key), generation: Number(generation), date }
}

function shownTime(moment: Moment, allDay: boolean, preferences: Preferences): Json {
  // All-day times are floating: the same midnight in every zone (G-21).
  const local = allDay ? moment.local : localOf(moment.ms, preferences.zone.iana)
  return { dateTime: graphDateTime(local), timeZone: preferences.zone.name }
}

function shownMs(ms: number, preferences: Preferences): Json {
  return {
    dateTime: graphDateTime(localOf(ms, preferences.zone.iana)),
    timeZone: preferences.zone.name,
  }
}

/** An event as answers show it; never with extended properties (G-14). */
export function showEvent(event: StoredEvent, preferences: Preferences): Json {
  const allDay = event.data['isAllDay'] === true
  const changeKey = changeKeyOf(event.version)
  const id = idOf(event, preferences)
  const shown: Json = {
    '@odata.etag': `W/"${changeKey}"`,
    id,
    createdDateTime: graphStamp(event.createdMs),
    lastModifiedDateTime: graphStamp(event.modifiedMs),
    changeKey,
    originalStartTimeZone: event.start.zone,
    originalEndTimeZone: event.end.zone,
    webLink: `https://outlook.office365.com/owa/?itemid=${encodeURIComponent(id)}&exvsurl=1&path=/calendar/item`,
    ...event.data,
    start: shownTime(event.start, allDay, preferences),
    end: shownTime(event.end, allDay, preferences),
  }
  if (event.exceptionOf !== null && event.data['seriesMasterId'] !== null) {
    shown['seriesMasterId'] = idOf(event.exceptionOf.master, preferences)
  }
  if (preferences.textBody) {
    const body = event.data['body'] as Json | null
    if (body !== null) {
      shown['body'] = { contentType: 'text', content: bodyText(String(body['content'] ?? '')) }
    }
  }
  for (const member of event.omit) Reflect.deleteProperty(shown, member)
  return shown
}

function occurrenceTimes(
  master: StoredEvent,
  occurrence: Occurrence,
  preferences: Preferences,
): { start: Json; end: Json } {
  if (master.data['isAllDay'] !== true) {
    return {
      start: shownMs(occurrence.startMs, preferences),
      end: shownMs(occurrence.endMs, preferences),
    }
  }
  const days = (master.end.ms - master.start.ms) / 86_400_000
  const last = new Date(Date.parse(`${occurrence.date}T00:00:00Z`) + Math.round(days) * 86_400_000)
  return {
    start: { dateTime: `${occurrence.date}T00:00:00.0000000`, timeZone: preferences.zone.name },
    end: {
      dateTime: `${last.toISOString().slice(0, 10)}T00:00:00.0000000`,
      timeZone: preferences.zone.name,
    },
  }
}

/** The seven members of an occurrence in delta (G-01). */
export function showStub(
  master: StoredEvent,
  occurrence: Occurrence,
  preferences: Preferences,
): Json {
  return {
    '@odata.type': '#microsoft.graph.event',
    '@odata.etag': etagOf(master.version),
    id: occurrenceId(master, occurrence.date, preferences),
    seriesMasterId: idOf(master, preferences),
    type: 'occurrence',
    ...occurrenceTimes(master, occurrence, preferences),
  }
}

/** The iCalUId of one date: its own, with the date in the place Exchange gives it, or the series' one (G-28). */
export function occurrenceICalUId(master: StoredEvent, date: string, shared: boolean): unknown {
  const own = master.data['iCalUId']
  if (shared || typeof own !== 'string' || own.length < 40) return own
  const [year, month, day] = date.split('-').map(Number)
  const hex = (value: number | undefined, width: number): string =>
    (value ?? 0).toString(16).toUpperCase().padStart(width, '0')
  return own.slice(0, 32) + hex(year, 4) + hex(month, 2) + hex(day, 2) + own.slice(40)
}

/**
 * An occurrence in full, as calendarView, instances and GET by id show it.
 *
 * @param sharedICalUId all dates carry the series' iCalUId (G-28)
 */
export function showOccurrence(
  master: StoredEvent,
  occurrence: Occurrence,
  preferences: Preferences,
  sharedICalUId: boolean,
): Json {
  return {
    ...showEvent(master, preferences),
    iCalUId: occurrenceICalUId(master, occurrence.date, sharedICalUId),
    id: occurrenceId(master, occurrence.date, preferences),
    seriesMasterId: idOf(master, preferences),
    type: 'occurrence',
    recurrence: null,
    originalStart: graphStamp(occurrence.startMs).replace('.0000000Z', 'Z'),
    ...occurrenceTimes(master, occurrence, preferences),
  }
}

export function showCalendar(calendar: Calendar): Json {
  return { id: calendar.id, ...calendar.data }
}

export function showUser(mailbox: Mailbox): Json {
  return {
    id: mailbox.userId,
    displayName: mailbox.displayName,
    givenName: mailbox.displayName.split(' ')[0] ?? null,
    surname: mailbox.displayName.split(' ').slice(1).join(' ') || null,
    mail: mailbox.userPrincipalName,
    userPrincipalName: mailbox.userPrincipalName,
    preferredLanguage: null,
  }
}

/** `$select`: the members named, with the id and etag that always come. */
export function selected(item: Json, select: string | undefined): Json {
  if (select === undefined || select === '') return item
  const names = select.split(',').map((name) => name.trim())
  const shown: Json = {}
  for (const name of ['@odata.type', '@odata.etag', 'id', ...names]) {
    if (item[name] !== undefined) shown[name] = item[name]
  }
  return shown
}
