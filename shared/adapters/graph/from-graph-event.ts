import type { Event } from '@microsoft/microsoft-graph-types'
import type { Json, Reading, Span, Unmappable } from '../../core/model'
import { uuidV5 } from '../../core/uid'
import { ERROR_CODES, type ErrorCode } from '../../errors'
import { bodyParts } from '../../html/fences'
import { fromGraphStamp, fromGraphTime, zoneOf } from './times'
import { fromGraphZone } from './zones'

/** An event as Graph answers it: members may be missing (G-20), and there are more than the types know. */
export type GraphEvent = Event & { id: string; '@odata.etag'?: string }

export interface EventContext {
  /** The calendar that holds it. */
  readonly container: string
  /** IANA; stands for zones nobody can look up. */
  readonly zone: string
  /** The user's own address: it is no part of the audience. */
  readonly address: string
  /** The Oro id in our extended property, where it was read. */
  readonly marker?: string
}

/** What the adapter keeps of an event beside its reading, to write it. */
export interface NativeEvent {
  readonly event: GraphEvent
}

// eslint-disable-next-line no-control-regex -- characters that no calendar stores in a title
const CONTROL = /[\u0000-\u001f\u007f]/g

/** How a series is called as long as its own subject was not read. */
const SERIES_LABEL = 'Recurring event'

const PRIVATE_LABEL = 'Private'

const unmappable = (code: ErrorCode): Unmappable => ({ code, message: ERROR_CODES[code] })

/** The id under which an event is synced: a date of a series stands for its master (contract ground rule 3). */
const unitOf = (event: GraphEvent): string =>
  isDate(event) && event.seriesMasterId ? event.seriesMasterId : event.id

export const isDate = (event: GraphEvent): boolean =>
  event.type === 'occurrence' || event.type === 'exception'

/** @returns why this event cannot be mapped; null = it can */
function faultOf(event: GraphEvent, when: When): Unmappable | null {
  if (event.type === 'seriesMaster' || event.recurrence) return unmappable('unsupported-series')
  if (isDate(event)) return unmappable(event.seriesMasterId ? 'unsupported-series' : 'invalid-item')
  if (event.isAllDay === true) return unmappable('unsupported-all-day')
  if (zoneOf(event.start) === null || zoneOf(event.end) === null) return unmappable('zone-unknown')
  if (when.start === null || when.end === null) return unmappable('invalid-item')
  if (when.zone === null) return unmappable('zone-unknown')
  return when.end < when.start ? unmappable('time-invalid') : null
}

interface When {
  readonly start: string | null
  readonly end: string | null
  readonly zone: string | null
}

function span({ start, end }: When): Span | null {
  return start === null || end === null || end < start ? null : { start, end }
}

/**
 * Reads an event as Graph answers it (contract section 5). Pure, never throws: what cannot be mapped carries its reason. The reading of
 * a date of a series is the one of its series (`unitOf`), without fields.
 */
export function fromGraphEvent(event: GraphEvent, context: EventContext): Reading {
  const when: When = {
    start: fromGraphTime(event.start),
    end: fromGraphTime(event.end),
    zone: fromGraphZone(event.originalStartTimeZone, context.zone),
  }
  const series = isDate(event)
  const title = (event.subject ?? '').replace(CONTROL, '').trim()
  const hidden = event.sensitivity === 'private' || event.sensitivity === 'confidential'
  const attendee = event.isOrganizer === false
  const fault = faultOf(event, when)
  const allDay = event.isAllDay === true
  return {
    side: 'microsoft',
    id: unitOf(event),
    container: context.container,
    version: event['@odata.etag'] ?? '',
    modifiedAt:
      fromGraphStamp(event.lastModifiedDateTime) ??
      fromGraphStamp(event.createdDateTime) ??
      '1970-01-01T00:00:00.000Z',
    fields: series
      ? {}
      : {
          title,
          ...bodyFields(event),
          ...(fault === null ? { when: { ...when, allDay } } : {}),
          reminder: event.isReminderOn === true ? (event.reminderMinutesBeforeStart ?? 0) : null,
          ...(attendee ? { organizer: organizerOf(event) } : {}),
        },
    role: attendee ? 'attendee' : 'organizer',
    cancelled: event.isCancelled === true && !series,
    private: hidden,
    categories: event.categories ?? [],
    keys: {
      ...(event.iCalUId && !series ? { uid: uuidV5(event.iCalUId) } : {}),
      ...(context.marker === undefined ? {} : { marker: context.marker }),
    },
    span: span(when),
    unmappable: fault,
    label: hidden ? PRIVATE_LABEL : title === '' && series ? SERIES_LABEL : title,
    audience: audienceOf(event, context.address),
    native: { event } satisfies NativeEvent,
  }
}

function bodyFields(event: GraphEvent): Record<string, Json> {
  const parts = bodyParts(
    event.body?.content ?? '',
    event.body?.contentType === 'text' ? 'text' : 'html',
    joinUrlOf(event),
  )
  return {
    description: parts.description,
    attendeeList: parts.attendeeList,
  }
}

export const joinUrlOf = (event: GraphEvent): string | null => event.onlineMeeting?.joinUrl ?? null

function organizerOf(event: GraphEvent): Json {
  const { name, address } = event.organizer?.emailAddress ?? {}
  return { name: name ?? '', email: address ?? '' }
}

/** How many people besides the user the event invites. */
function audienceOf(event: GraphEvent, own: string): number {
  const others = (event.attendees ?? []).filter(
    ({ emailAddress }) => emailAddress?.address?.toLowerCase() !== own.toLowerCase(),
  )
  return others.length
}
