import { GraphError } from '../errors'
import type { Json } from '../model'
import type { World } from '../world'
import { graphStamp } from '../zones'

export const LINK_SCHEMA = 'microsoft.graph.linkedResource'
export const ITEM_SCHEMA = 'microsoft.graph.checklistItem'

/** A linked resource as it is answered: members nobody has set are absent. */
export function keptLinkedResource(world: World, given: Json, before: Json = {}): Json {
  const kept: Json = { id: before['id'] ?? world.ids.guid() }
  for (const name of ['webUrl', 'applicationName', 'displayName', 'externalId']) {
    const value = given[name] ?? before[name]
    if (value != null) kept[name] = value
  }
  return kept
}

/** @throws GraphError 400 without a name */
export function keptChecklistItem(world: World, given: Json, before: Json = {}): Json {
  const displayName = given['displayName'] ?? before['displayName']
  if (typeof displayName !== 'string' || displayName === '') {
    throw new GraphError(400, 'invalidRequest', "The property 'displayName' is required.")
  }
  const isChecked = (given['isChecked'] ?? before['isChecked'] ?? false) === true
  const stamp = graphStamp(world.now())
  return {
    id: before['id'] ?? world.ids.guid(),
    displayName,
    createdDateTime: before['createdDateTime'] ?? stamp,
    isChecked,
    ...(isChecked ? { checkedDateTime: before['checkedDateTime'] ?? stamp } : {}),
  }
}
