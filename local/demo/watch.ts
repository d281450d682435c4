import type { StandIns } from '../platform'
import type { Hint, SendHint } from '../seams/hint'
import { PEOPLE, type Person } from './people'

/** How often hints go out: hence at most one per account, kind and second. */
const LOOK_MS = 1000
/** Every so many looks, changes through the APIs are told of too. */
const SLOW = 5

type Kind = Hint['kind']
const KINDS: readonly Kind[] = ['calendar', 'tasks']

/** What Oro holds for one user; there is no word from the stand-in about whose rows changed. */
function contentsIn(oro: StandIns['oro'], { calendarId, userId }: Person): Record<Kind, string> {
  return {
    calendar: JSON.stringify(oro.eventRows(calendarId)),
    tasks: JSON.stringify(oro.taskRows(userId)),
  }
}

/**
 * Stands for notifications until they exist: what a person edits past the APIs becomes a hint for that account and kind within a second.
 * What comes through the APIs is mostly the sync's own; another program's edit looks the same, therefore these too cause a hint, but late
 * and joined: writes of the sync cost a run or two that find nothing to do.
 *
 * @returns the way to stop it
 */
export function watchCompany(
  { graph, oro }: Pick<StandIns, 'graph' | 'oro'>,
  sendHint: SendHint,
  failed: (error: unknown) => void,
): () => void {
  const byPeople = new Map<string, Hint>()
  const byPrograms = new Map<string, Hint>()
  const note = (cause: 'user' | 'api', { accountId }: Person, kind: Kind): void => {
    const moved = cause === 'user' ? byPeople : byPrograms
    moved.set(`${accountId} ${kind}`, { accountId, kind })
  }
  const send = (moved: Map<string, Hint>): void => {
    for (const [key, hint] of moved) {
      sendHint(hint).catch(failed)
      byPrograms.delete(key)
    }
    moved.clear()
  }

  graph.onChange(({ resource, mailbox, cause }) => {
    const person = PEOPLE.find(({ upn }) => upn === mailbox.userPrincipalName)
    if (person) note(cause, person, resource === 'event' ? 'calendar' : 'tasks')
  })
  const contents = new Map(PEOPLE.map((person) => [person, contentsIn(oro, person)]))
  const counts = (by: 'user' | 'api'): string => JSON.stringify(oro.changes()[by])
  let counted = { user: counts('user'), api: counts('api') }

  const lookAtOro = (): void => {
    const now = { user: counts('user'), api: counts('api') }
    if (now.user === counted.user && now.api === counted.api) return
    const cause = now.user === counted.user ? 'api' : 'user'
    counted = now
    for (const [person, before] of contents) {
      const after = contentsIn(oro, person)
      contents.set(person, after)
      for (const kind of KINDS) if (before[kind] !== after[kind]) note(cause, person, kind)
    }
  }

  let looks = 0
  const timer = setInterval(() => {
    looks += 1
    lookAtOro()
    send(byPeople)
    if (looks % SLOW === 0) send(byPrograms)
  }, LOOK_MS)
  return () => {
    clearInterval(timer)
  }
}
