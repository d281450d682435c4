import type { ItemRef, ItemState } from '../../ports/side'
import { calendarPath, segment } from './calendar-container'
import { readAll } from './batch'
import type { GraphAnswer, GraphClient } from './client'
import { errorCode } from './errors'
import { fromGraphEvent, type EventContext, type GraphEvent } from './from-graph-event'

const UNKNOWN: ItemState = { is: 'unknown' }
const DELETED: ItemState = { is: 'gone', how: 'deleted' }

export const eventPath = ({ id, container }: ItemRef): string =>
  `${calendarPath(container)}/events/${segment(id)}`

const isGone = (answer: GraphAnswer | undefined): boolean =>
  answer?.status === 410 ||
  (answer?.status === 404 && errorCode(answer) !== 'mailboxnotenabledforrestapi')

/**
 * Reads events by id with the proof that a deletion needs (sync-rules 4): "gone" is only said when the event's own calendar answers here
 * and now.
 * @returns an entry per id; failures of single items are `unknown` or `hidden`
 * @throws SyncError when the account as a whole fails
 */
export async function readEvents(
  client: GraphClient,
  contextOf: (container: string) => EventContext,
  refs: readonly ItemRef[],
): Promise<ReadonlyMap<string, ItemState>> {
  const states = new Map<string, ItemState>()
  const missing: ItemRef[] = []
  const answers = await readAll(client, [...new Set(refs.map(eventPath))])
  for (const ref of refs) {
    const answer = answers.get(eventPath(ref))
    if (isGone(answer)) missing.push(ref)
    else states.set(ref.id, stateOf(answer, contextOf(ref.container)))
  }
  if (missing.length > 0) await proveMissing(client, missing, states)
  return states
}

function stateOf(answer: GraphAnswer | undefined, context: EventContext): ItemState {
  if (answer?.status === 200) {
    return { is: 'present', reading: fromGraphEvent(answer.body as GraphEvent, context) }
  }
  return answer?.status === 403 ? { is: 'hidden', code: 'access' } : UNKNOWN
}

async function proveMissing(
  client: GraphClient,
  missing: readonly ItemRef[],
  states: Map<string, ItemState>,
): Promise<void> {
  const containers = new Set(missing.map((ref) => ref.container))
  const proven = new Set<string>()
  for (const container of containers) {
    const path = `${calendarPath(container)}?$select=id`
    if ((await client.send({ method: 'GET', path })).status === 200) proven.add(container)
  }
  const asked = missing.filter((ref) => proven.has(ref.container))
  for (const ref of missing) states.set(ref.id, UNKNOWN)
  const anywhere = await readAll(
    client,
    asked.map((ref) => `/me/events/${segment(ref.id)}`),
  )
  for (const ref of asked) {
    const answer = anywhere.get(`/me/events/${segment(ref.id)}`)
    if (isGone(answer)) states.set(ref.id, DELETED)
    else if (answer?.status === 200) states.set(ref.id, await whereabouts(client, ref, answer))
  }
}

/** An event that lives, but not in its calendar: moved, cancelled or in Deleted Items (G-03). */
async function whereabouts(
  client: GraphClient,
  ref: ItemRef,
  answer: GraphAnswer,
): Promise<ItemState> {
  if ((answer.body as GraphEvent).isCancelled === true) return { is: 'gone', how: 'cancelled' }
  const calendars = await otherCalendars(client, ref.container)
  if (calendars === null) return UNKNOWN
  for (const container of calendars) {
    const held = await client.send({ method: 'GET', path: eventPath({ id: ref.id, container }) })
    if (held.status === 200) return { is: 'moved', container }
    if (!isGone(held)) return UNKNOWN
  }
  return DELETED
}

/** Ids of the mailbox's other calendars; null = not all of them could be read. */
async function otherCalendars(client: GraphClient, own: string): Promise<readonly string[] | null> {
  const ids: string[] = []
  let path: string | undefined = '/me/calendars?$select=id&$top=100'
  for (let pages = 0; path !== undefined; pages += 1) {
    const answer = await client.send({ method: 'GET', path })
    if (answer.status !== 200 || pages > 20) return null
    const page = answer.body as { value?: { id: string }[]; '@odata.nextLink'?: string }
    ids.push(...(page.value ?? []).map(({ id }) => id))
    path = page['@odata.nextLink']
  }
  return ids.filter((id) => id !== own)
}
