import type { LogEntry } from '../host/log'
import type { Product } from '../seams/product'
import { PEOPLE, type Person } from './people'

interface HistoryEntry {
  readonly operation: string
  readonly side: 'oro' | 'microsoft' | null
}

/** What the first sync did for one user. */
export interface PersonReport {
  readonly person: Person
  readonly created: { readonly oro: number; readonly microsoft: number }
  readonly updated: number
  readonly adopted: number
  /** Items by the code of what keeps them from being synced, or is to be known about them. */
  readonly withheld: Readonly<Record<string, number>>
  readonly calls: { readonly oro: number; readonly microsoft: number }
  readonly ms: number
}

async function allPages<T>(product: Product, path: string): Promise<T[]> {
  const items: T[] = []
  let next: string | null = ''
  while (next !== null) {
    const query: string = next === '' ? '' : `&next=${encodeURIComponent(next)}`
    const { body } = await product('GET', `${path}?limit=500${query}`)
    const page = body as { items: T[]; next: string | null }
    items.push(...page.items)
    next = page.next
  }
  return items
}

interface RunEnded {
  readonly account: string
  readonly kind: string
  readonly ms: number
  readonly microsoftCalls: number
  readonly oroCalls: number
}

/** The product's own log lines: a first sync may take several slices, of which the status shows the last. */
const runsOf = (log: readonly LogEntry[], accountId: string): RunEnded[] =>
  log
    .filter(({ message }) => message.startsWith('run.ended '))
    .map(({ message }) => JSON.parse(message.slice('run.ended '.length)) as RunEnded)
    .filter(({ account, kind }) => account === accountId && kind === 'calendar')

async function reportOn(
  product: Product,
  log: readonly LogEntry[],
  person: Person,
): Promise<PersonReport> {
  const history = await allPages<HistoryEntry>(product, `${person.path}/history`)
  const problems = await allPages<{ code: string }>(product, `${person.path}/problems`)
  const { body } = await product('GET', `${person.path}/status`)
  const { linked } = (body as { kinds: { calendar: { counts: { linked: number } } } }).kinds
    .calendar.counts
  const count = (operation: string, side?: 'oro' | 'microsoft'): number =>
    history.filter(
      (entry) => entry.operation === operation && (side === undefined || entry.side === side),
    ).length
  const runs = runsOf(log, person.accountId)
  const sum = (of: (run: RunEnded) => number): number =>
    runs.reduce((total, run) => total + of(run), 0)
  const withheld: Record<string, number> = {}
  for (const { code } of problems) withheld[code] = (withheld[code] ?? 0) + 1
  return {
    person,
    created: { oro: count('create', 'oro'), microsoft: count('create', 'microsoft') },
    updated: count('update'),
    // Every linked pair was either created across or found on both sides.
    adopted: linked - count('create'),
    withheld,
    calls: { oro: sum((run) => run.oroCalls), microsoft: sum((run) => run.microsoftCalls) },
    ms: sum((run) => run.ms),
  }
}

export const reportCompany = (
  product: Product,
  log: readonly LogEntry[],
): Promise<PersonReport[]> => Promise.all(PEOPLE.map((person) => reportOn(product, log, person)))

const WHY: Readonly<Record<string, string>> = {
  'unsupported-series': 'recurring',
  'unsupported-all-day': 'all-day',
}

const HEADINGS = [
  'user',
  'new in Oro',
  'new in Outlook',
  'updated',
  'adopted',
  'withheld and why',
  'calls Oro',
  'calls Graph',
  'time',
]
const TEXT_COLUMNS = new Set([0, 5])

/** The reports as a table of plain text. */
export function table(reports: readonly PersonReport[]): string {
  const rows = reports.map(({ person, created, updated, adopted, withheld, calls, ms }) => [
    person.name,
    String(created.oro),
    String(created.microsoft),
    String(updated),
    String(adopted),
    Object.entries(withheld)
      .map(([code, count]) => `${String(count)} ${WHY[code] ?? code}`)
      .join(', ') || 'none',
    String(calls.oro),
    String(calls.microsoft),
    `${(ms / 1000).toFixed(1)} s`,
  ])
  const all = [HEADINGS, ...rows]
  const widths = HEADINGS.map((_, column) =>
    Math.max(...all.map((row) => (row[column] ?? '').length)),
  )
  const drawn = all.map((row) =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0
        return TEXT_COLUMNS.has(column) ? cell.padEnd(width) : cell.padStart(width)
      })
      .join('  ')
      .trimEnd(),
  )
  const rule = widths.map((width) => '─'.repeat(width)).join('  ')
  return [drawn[0], rule, ...drawn.slice(1)].map((text) => `  ${text ?? ''}`).join('\n')
}
