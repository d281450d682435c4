import { CursorExpired, SyncError } from '../../../errors'
import type { GraphClient } from '../client'
import { deltaCall, type DeltaItem, type DeltaPage } from '../delta-round'
import { taskCursor } from './task-cursor'
import { synced } from './task-lists'

/**
 * One read of each stored delta link, the lists' own first, until one has something to tell; the links stay as they are (DESIGN 4, probes).
 * @returns false when all of them answer an empty page that ends the round, true whenever that is not certain
 */
export async function tasksChanged(client: GraphClient, cursor: unknown): Promise<boolean> {
  const known = taskCursor(cursor)
  if (known === null) return true
  const links = [known.deltaLink]
  for (const { id } of synced(known.known)) {
    const link = known.tasks[id]
    if (link === undefined) return true
    links.push(link)
  }
  try {
    for (const link of links) {
      if (!client.owns(link)) return true
      const { body } = await client.ask(deltaCall(link), 'delta')
      const page = (body ?? {}) as DeltaPage<DeltaItem>
      if (page.value?.length !== 0 || page['@odata.deltaLink'] === undefined) return true
    }
    return false
  } catch (error) {
    if (error instanceof SyncError || error instanceof CursorExpired) return true
    throw error
  }
}
