import { previewOf } from './body'
import { eventDefaults, keptRecurrence } from './defaults'
import { propertiesOf } from './events'
import type { Calendar, Json, Mailbox, StoredEvent } from './model'
import { momentOf } from './times'
import { index, nextKey, record, type World } from './world'

/**
 * Stores an event as the documentation shows one, without any side effect: members as given, absent ones with their defaults, those
 * named in `$omit` missing from every answer (G-20).
 *
 * @param given Graph event JSON; `id` becomes the immutable id; `$omit: string[]`
 */
export function seedEvent(
  world: World,
  mailbox: Mailbox,
  calendar: Calendar,
  given: Json,
): StoredEvent {
  const {
    $omit: omit,
    '@odata.etag': _etag,
    '@odata.type': _type,
    changeKey: _changeKey,
    id,
    start: givenStart,
    end: givenEnd,
    createdDateTime: created,
    lastModifiedDateTime: modified,
    originalStartTimeZone: startZone,
    originalEndTimeZone: endZone,
    singleValueExtendedProperties: _properties,
    ...members
  } = given
  const start = momentOf(givenStart as Json, 'start', 'UTC')
  const end = momentOf(givenEnd as Json, 'end', 'UTC')
  if (typeof startZone === 'string') start.zone = startZone
  if (typeof endZone === 'string') end.zone = endZone
  const data: Json = {
    ...eventDefaults(),
    iCalUId: world.ids.iCalUId(),
    organizer: { emailAddress: { name: mailbox.displayName, address: mailbox.userPrincipalName } },
    ...members,
  }
  const recurrence = members['recurrence'] as Json | null | undefined
  if (recurrence != null) {
    data['type'] = 'seriesMaster'
    data['recurrence'] = keptRecurrence(recurrence, start.local, start.zone)
  }
  if (members['bodyPreview'] === undefined) {
    data['bodyPreview'] = previewOf(String((data['body'] as Json | null)?.['content'] ?? ''))
  }
  if (members['location'] !== undefined && members['locations'] === undefined) {
    data['locations'] = members['location'] === null ? [] : [members['location']]
  }
  const now = world.now()
  const event: StoredEvent = {
    key: nextKey(world),
    immutableId: typeof id === 'string' ? id : world.ids.immutableId(),
    movableId: world.ids.movableId(),
    calendar,
    deleted: false,
    version: 1,
    createdMs: typeof created === 'string' ? Date.parse(created) : now,
    modifiedMs: typeof modified === 'string' ? Date.parse(modified) : now,
    start,
    end,
    data,
    omit: Array.isArray(omit) ? omit.map(String) : [],
    properties: new Map(propertiesOf(given)),
    transaction: null,
    series:
      recurrence == null ? null : { cancelled: new Set(), exceptions: new Map(), generation: 1 },
    exceptionOf: null,
  }
  index(mailbox, event)
  record(world, mailbox, event, 'created', null, 'user')
  return event
}
