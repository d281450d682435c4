import { setTimeout as wait } from 'node:timers/promises'
import type { Product } from '../seams/product'
import { PEOPLE, type Person } from './people'

/** Where lines go; on a terminal they may be drawn over. */
export interface Screen {
  readonly isTTY: boolean
  write(text: string): unknown
}

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

function line(person: Person, status: KindStatus): string {
  const { done, total } = status.progress ?? { done: 0, total: 0 }
  const share = isDone(status) ? 1 : total === 0 ? 0 : done / total
  const filled = Math.round(share * BAR)
  const bar = '█'.repeat(filled) + '░'.repeat(BAR - filled)
  const words = isDone(status)
    ? `in step, ${String(status.counts['linked'] ?? 0)} events`
    : total > 0
      ? `${String(done)} of ${String(total)}`
      : (status.reason?.message ?? status.state)
  return `  ${person.name.padEnd(14)} ${bar} ${words}`
}

/** Redraws one line per person on a terminal; elsewhere prints a person's line at every quarter. */
function createDisplay(screen: Screen): (statuses: readonly KindStatus[]) => void {
  let drawn = 0
  const quarters = PEOPLE.map(() => -1)
  return (statuses) => {
    const lines = PEOPLE.map((person, index) => line(person, statuses[index] as KindStatus))
    if (screen.isTTY) {
      const up = drawn === 0 ? '' : `\x1b[${String(drawn)}A`
      screen.write(up + lines.map((text) => `\x1b[2K${text}\n`).join(''))
      drawn = lines.length
      return
    }
    for (const [index, status] of statuses.entries()) {
      const { done, total } = status.progress ?? { done: 0, total: 0 }
      const quarter = isDone(status) ? 5 : total === 0 ? 0 : Math.floor((4 * done) / total)
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
        return (body as { kinds: { calendar: KindStatus } }).kinds.calendar
      }),
    )
    show(statuses)
    if (statuses.every(isDone)) return
    if (performance.now() - from > GIVE_UP_MS) throw new Error('The first sync does not end.')
    await wait(POLL_MS, undefined, { signal }).catch(() => undefined)
  }
}
