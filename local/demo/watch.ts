import type { StandIns } from '../platform'
import type { HintSender } from '../seams/hint'
import { PEOPLE } from './people'

/** How often the change counters are looked at. */
const LOOK_MS = 400

/**
 * Stands for notifications until they exist: watches the change counters of the stand-ins and sends a hint for the account whose
 * calendar moved. Edits past the API and edits through it count alike; what the sync itself wrote costs one more run, which finds
 * nothing to do.
 *
 * @returns the way to stop it
 */
export function watchCompany(
  { graph, oro }: Pick<StandIns, 'graph' | 'oro'>,
  hints: Pick<HintSender, 'send'>,
  failed: (error: unknown) => void,
): () => void {
  const hintFor = (accountId: string): void => {
    hints.send({ accountId, kind: 'calendar' }).catch(failed)
  }
  const moved = new Set<string>()
  graph.onChange(({ resource, mailbox }) => {
    const person = PEOPLE.find(({ upn }) => upn === mailbox.userPrincipalName)
    if (resource === 'event' && person) moved.add(person.accountId)
  })
  const contentOf = (calendarId: number): string => JSON.stringify(oro.eventRows(calendarId))
  const contents = new Map(PEOPLE.map(({ calendarId }) => [calendarId, contentOf(calendarId)]))
  let counted = JSON.stringify(oro.changes())

  const look = (): void => {
    const counts = JSON.stringify(oro.changes())
    if (counts !== counted) {
      counted = counts
      for (const { calendarId, accountId } of PEOPLE) {
        const content = contentOf(calendarId)
        if (contents.get(calendarId) !== content) moved.add(accountId)
        contents.set(calendarId, content)
      }
    }
    for (const accountId of moved) hintFor(accountId)
    moved.clear()
  }
  const timer = setInterval(look, LOOK_MS)
  return () => {
    clearInterval(timer)
  }
}
