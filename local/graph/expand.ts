import type { Json, StoredEvent } from './model'
import { cancelledIds } from './occurrences'
import { showEvent } from './render'
import type { RouteContext } from './routing'
import type { Target } from './targets'

/** Extended properties named by `$expand=singleValueExtendedProperties($filter=id eq '…')`; they come in no other way (G-14). */
export function expanded(context: RouteContext, event: StoredEvent, shown: Json): Json {
  const expand = context.query.get('expand')
  if (expand === undefined) return shown
  const wanted = [...expand.matchAll(/id eq '((?:[^']|'')*)'/g)].map((match) =>
    (match[1] ?? '').replaceAll("''", "'"),
  )
  const values = wanted.flatMap((id) => {
    const value = event.properties.get(id)
    return value === undefined ? [] : [{ id, value }]
  })
  return values.length === 0 ? shown : { ...shown, singleValueExtendedProperties: values }
}

/** `exceptionOccurrences` and `cancelledOccurrences` of a master, for whoever asks for them (contract section 4). */
export function seriesMembers(context: RouteContext, { event, occurrence }: Target): Json {
  const select = context.query.get('select') ?? ''
  const { series } = event
  if (series === null || occurrence !== null) return {}
  const members: Json = {}
  if (/\bcancelledOccurrences\b/i.test(select)) {
    const { immutableId, movableId } = event
    members['cancelledOccurrences'] = cancelledIds(
      event,
      context.preferences.immutableIds ? immutableId : movableId,
    )
  }
  const expand = context.query.get('expand') ?? ''
  if (/\bexceptionOccurrences\b/i.test(expand) && /\bexceptionOccurrences\b/i.test(select)) {
    members['exceptionOccurrences'] = [...series.exceptions.values()].map((one) =>
      showEvent(one, context.preferences),
    )
  }
  return members
}
