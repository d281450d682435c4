import type { ItemBody } from '@microsoft/microsoft-graph-types'
import type { Fields, Json } from '../../core/model'
import { SyncError } from '../../errors'
import { bodyParts, joinedBody, withAttendeeList, type BodyParts } from '../../html/fences'
import { joinUrlOf, type GraphEvent } from './from-graph-event'

/** Whether writing these fields writes the body. */
export const writesBody = (fields: Fields): boolean =>
  fields['description'] !== undefined || fields['attendeeList'] !== undefined

const NO_PARTS: BodyParts = { description: '', attendeeList: [], meeting: '' }

const partsOf = (event: GraphEvent): BodyParts =>
  bodyParts(
    event.body?.content ?? '',
    event.body?.contentType === 'text' ? 'text' : 'html',
    joinUrlOf(event),
  )

const isMeeting = (event: GraphEvent): boolean =>
  event.isOnlineMeeting === true || joinUrlOf(event) !== null

/** Whether the body holds more than the description, so that it has to be read just before it is written. */
export const hasOtherParts = (event: GraphEvent): boolean => {
  const parts = partsOf(event)
  return isMeeting(event) || parts.meeting !== '' || parts.attendeeList.length > 0
}

const lines = (value: Json | undefined): readonly string[] | undefined =>
  Array.isArray(value)
    ? value.filter((line): line is string => typeof line === 'string')
    : undefined

/**
 * The body to write: the parts given replace their own, the rest of the present body stays, the join block byte for byte (G-26).
 * @param present the event as it is now; null = it is being created
 * @throws SyncError `refused-value` when the event is an online meeting whose block is nowhere to be seen: writing would end the meeting
 */
export function bodyOf(fields: Fields, present: GraphEvent | null): ItemBody {
  const parts = present === null ? NO_PARTS : partsOf(present)
  if (present !== null && isMeeting(present) && parts.meeting === '') {
    throw new SyncError({
      code: 'refused-value',
      scope: 'item',
      side: 'microsoft',
      transient: false,
      fields: ['description', 'attendeeList'].filter((name) => fields[name] !== undefined),
      detail: 'join-block-not-found',
    })
  }
  const { description } = fields
  const attendeeList = lines(fields['attendeeList']) ?? parts.attendeeList
  if (description === undefined && present?.body?.contentType === 'html') {
    const raw = present.body.content ?? ''
    return { contentType: 'html', content: withAttendeeList(raw, attendeeList, joinUrlOf(present)) }
  }
  return {
    contentType: 'html',
    content: joinedBody({
      description: typeof description === 'string' ? description : parts.description,
      attendeeList,
      meeting: parts.meeting,
    }),
  }
}
