import type { LogEntry } from '../host/log'
import type { Product } from '../seams/product'
import { PEOPLE, type Person } from './people'

export type Kind = 'calendar' | 'tasks'

interface HistoryEntry {
  readonly kind: string
  readonly operation: string
  readonly side: 'oro' | 'microsoft' | null
}

/** What the first sync did for one kind of one user. */
export interface PersonReport {
  readonly person: Person
  readonly kind: Kind
  readonly created: { readonly oro: number; readonly microsoft: number }
  readonly updated: number
  readonly adopted: number
  /** Items by the code of what keeps them from being synced, or is to be known about them. */
  readonly withheld: Readonly<Record<string, number>>
  readonly calls: { readonly oro: number; readonly microsoft: number }
  readonly ms: number
}

interface ShownProblem {
  readonly kind: string
  readonly code: string
}

const KINDS: readonly Kind[] = ['calendar', 'tasks']

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
const runsOf = (log: readonly LogEntry[], accountId: string, of: Kind): RunEnded[] =>
  log
    .filter(({ message }) => message.startsWith('run.ended '))
    .map(({ message }) => JSON.parse(message.slice('run.ended '.length)) as RunEnded)
    .filter(({ account, kind }) => account === accountId && kind === of)

async function reportOn(
  product: Product,
  log: readonly LogEntry[],
  person: Person,
): Promise<PersonReport[]> {
  const history = await allPages<HistoryEntry>(product, `${person.path}/history`)
  const problems = await allPages<ShownProblem>(product, `${person.path}/problems`)
  const { body } = await product('GET', `${person.path}/status`)
  const { kinds } = body as { kinds: Record<Kind, { counts: { linked: number } }> }
  return KINDS.map((kind) => {
    const ofKind = <T extends { kind: string }>(all: readonly T[]): T[] =>
      all.filter((one) => one.kind === kind)
    return summary(person, kind, {
      history: ofKind(history),
      problems: ofKind(problems),
      linked: kinds[kind].counts.linked,
      runs: runsOf(log, person.accountId, kind),
    })
  })
}

interface Material {
  readonly history: readonly HistoryEntry[]
  readonly problems: readonly ShownProblem[]
  readonly linked: number
  readonly runs: readonly RunEnded[]
}

function summary(person: Person, kind: Kind, material: Material): PersonReport {
  const { history, problems, linked, runs } = material
  const count = (operation: string, side?: 'oro' | 'microsoft'): number =>
    history.filter(
      (entry) => entry.operation === operation && (side === undefined || entry.side === side),
    ).length
  const sum = (of: (run: RunEnded) => number): number =>
    runs.reduce((total, run) => total + of(run), 0)
  const withheld: Record<string, number> = {}
  for (const { code } of problems) withheld[code] = (withheld[code] ?? 0) + 1
  return {
    person,
    kind,
    created: { oro: count('create', 'oro'), microsoft: count('create', 'microsoft') },
    updated: count('update'),
    // Every linked pair was either created across or found on both sides.
    adopted: linked - count('create'),
    withheld,
    calls: { oro: sum((run) => run.oroCalls), microsoft: sum((run) => run.microsoftCalls) },
    ms: sum((run) => run.ms),
  }
}

/** Two rows per user: calendar and tasks. */
export async function reportCompany(
  product: Product,
  log: readonly LogEntry[],
): Promise<PersonReport[]> {
  const reports = await Promise.all(PEOPLE.map((person) => reportOn(product, log, person)))
  return reports.flat()
}

const WHY: Readonly<Record<string, string>> = {
  'unsupported-series': 'recurring',
  'unsupported-all-day': 'all-day',
}

const HEADINGS = [
  'user',
  'what',
  'new in Oro',
  'new in Microsoft 365',
  'updated',
  'adopted',
  'withheld and why',
  'calls Oro',
  'calls Graph',
  'time',
]
const TEXT_COLUMNS = new Set([0, 1, 6])

/** The reports as a table of plain text. */
export function table(reports: readonly PersonReport[]): string {
  const rows = reports.map(({ person, kind, created, updated, adopted, withheld, calls, ms }) => [
    kind === 'calendar' ? person.name : '',
    kind,
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
