import { setTimeout as wait } from 'node:timers/promises'
import type { Product } from '../seams/product'
import { PEOPLE, type Person } from './people'

/** Where lines go; on a terminal they may be drawn over. */
export interface Screen {
  readonly isTTY: boolean
  write(text: string): unknown
}

const KINDS = ['calendar', 'tasks'] as const
type Kind = (typeof KINDS)[number]

interface KindStatus {
  readonly state: string
  readonly reason: { readonly message: string } | null
  readonly progress: { readonly done: number; readonly total: number } | null
  readonly lastSyncAt: string | null
  readonly counts: Readonly<Record<string, number>>
}

const POLL_MS = 150
const GIVE_UP_MS = 300_000
const BAR = 24

const isDone = ({ state, lastSyncAt }: KindStatus): boolean =>
  lastSyncAt !== null && state !== 'running' && state !== 'queued' && state !== 'throttled'

type Statuses = Readonly<Record<Kind, KindStatus>>

const isInStep = (statuses: Statuses): boolean => KINDS.every((kind) => isDone(statuses[kind]))

/** Both kinds together. A run that is over has no progress left to show: it counts as far as it came. */
function progressOf(statuses: Statuses): { done: number; total: number } {
  let done = 0
  let total = 0
  for (const kind of KINDS) {
    const { progress, counts } = statuses[kind]
    const linked = counts['linked'] ?? 0
    const shown = isDone(statuses[kind]) ? { done: linked, total: linked } : progress
    done += shown?.done ?? 0
    total += shown?.total ?? 0
  }
  return { done, total }
}

const linkedOf = ({ counts }: KindStatus, what: string): string =>
  `${String(counts['linked'] ?? 0)} ${what}`

function line(person: Person, statuses: Statuses): string {
  const { done, total } = progressOf(statuses)
  const { calendar, tasks } = statuses
  const share = isInStep(statuses) ? 1 : total === 0 ? 0 : done / total
  const filled = Math.round(share * BAR)
  const bar = '█'.repeat(filled) + '░'.repeat(BAR - filled)
  const words = isInStep(statuses)
    ? `in step, ${linkedOf(calendar, 'events')}, ${linkedOf(tasks, 'tasks')}`
    : total > 0
      ? `${String(done)} of ${String(total)}`
      : (calendar.reason?.message ?? calendar.state)
  return `  ${person.name.padEnd(14)} ${bar} ${words}`
}

/** Redraws one line per person on a terminal; elsewhere prints a person's line at every quarter. */
function createDisplay(screen: Screen): (statuses: readonly Statuses[]) => void {
  let drawn = 0
  const quarters = PEOPLE.map(() => -1)
  return (statuses) => {
    const lines = PEOPLE.map((person, index) => line(person, statuses[index] as Statuses))
    if (screen.isTTY) {
      const up = drawn === 0 ? '' : `\x1b[${String(drawn)}A`
      screen.write(up + lines.map((text) => `\x1b[2K${text}\n`).join(''))
      drawn = lines.length
      return
    }
    for (const [index, status] of statuses.entries()) {
      const { done, total } = progressOf(status)
      const quarter = isInStep(status) ? 5 : total === 0 ? 0 : Math.floor((4 * done) / total)
      if (quarter <= (quarters[index] ?? 0) && quarters[index] !== -1) continue
      quarters[index] = quarter
      screen.write(`${lines[index] ?? ''}\n`)
    }
  }
}

/** Watches the first runs through `GET …/status` until every account has been synced once. */
export async function watchFirstSync(
  product: Product,
  screen: Screen,
  signal: AbortSignal,
): Promise<void> {
  const show = createDisplay(screen)
  const from = performance.now()
  while (!signal.aborted) {
    const statuses = await Promise.all(
      PEOPLE.map(async (person) => {
        const { body } = await product('GET', `${person.path}/status`)
        return (body as { kinds: Statuses }).kinds
      }),
    )
    show(statuses)
    if (statuses.every(isInStep)) return
    if (performance.now() - from > GIVE_UP_MS) throw new Error('The first sync does not end.')
    await wait(POLL_MS, undefined, { signal }).catch(() => undefined)
  }
}
