import type {
  AccountSummary,
  Connection,
  HistoryEntry,
  Hold,
  KindStatus,
  Operation,
  Probe,
  Problem,
} from '../../web/api/answers'
import { ERROR_CODES } from '../../shared/errors'
import type { Level, OwnSettings } from '../../shared/settings/schema'

/** The page reads less of it than there is. */
export interface FakeOperation extends Operation {
  type: string
  startedAt: string
  endedAt: string | null
}

/** Everything the fake interface answers from; tests change it as the other side of the story would. */
export interface FakeWorld {
  connection: Connection
  kinds: { calendar: KindStatus; tasks: KindStatus }
  paused: Set<Level>
  probes: Probe[]
  problems: Problem[]
  hold: Hold
  history: HistoryEntry[]
  accounts: AccountSummary[]
  operations: Map<string, FakeOperation>
  settings: Record<Level, OwnSettings>
  /** Raised with every change; the ETag. */
  versions: Record<Level, number>
  microsoftConfigured: boolean
  tokens: Map<string, Level>
  /** Method and path of every call below `/api/page/`, in order. */
  calls: string[]
  bodies: unknown[]
  /** Paths that answer with this status until the rule is removed; `0` never answers. */
  faults: Map<string, number>
}

const counts = { linked: 0, parked: 0, unlinked: 0, withheld: 0, held: 0, problems: 0 }

export const idle = (linked: number, over: Partial<KindStatus> = {}): KindStatus => ({
  enabled: true,
  state: 'idle',
  reason: null,
  inProgress: false,
  progress: null,
  lastSyncAt: minutesAgo(4),
  nextSyncAt: minutesAgo(-11),
  lastAgreedAt: minutesAgo(4),
  ...over,
  counts: { ...counts, linked, ...over.counts },
})

/** Instants are relative to the moment of the test, because the page shows them against the viewer's clock. */
export function minutesAgo(minutes: number): string {
  return new Date(Date.now() - minutes * 60_000).toISOString()
}

export const ada = {
  username: 'ada.lindt@contoso.example',
  displayName: 'Ada Lindt',
  tenantId: '11111111-2222-3333-4444-555555555555',
}

export const notConnected: Connection & { oro: object } = {
  accountId: '1-42',
  state: 'none',
  microsoft: null,
  granted: { calendar: false, tasks: false },
  oro: { calendarId: null, timeZone: 'UTC', email: null },
  reason: null,
  since: '2026-09-01T08:00:00Z',
}

export const connected = (): Connection & { oro: object } => ({
  ...notConnected,
  state: 'connected',
  microsoft: ada,
  granted: { calendar: true, tasks: true },
  since: minutesAgo(9000),
})

export function createWorld(): FakeWorld {
  return {
    connection: connected(),
    kinds: { calendar: idle(412), tasks: idle(58) },
    paused: new Set(),
    probes: ['token', 'consent', 'mailbox', 'to-do', 'oro-api', 'oro-calendar'].map((name) => ({
      name,
      ok: true,
      code: 'ok',
      message: '',
    })),
    problems: [],
    hold: { items: [], since: null, limit: 20 },
    history: [],
    accounts: [],
    operations: new Map(),
    settings: {
      system: { calendar: { enabled: true }, tasks: { enabled: true } },
      organization: { syncInterval: 30, calendar: { daysBack: 60 } },
      user: {},
    },
    versions: { system: 1, organization: 1, user: 1 },
    microsoftConfigured: true,
    tokens: new Map([
      ['user-token', 'user'],
      ['organization-token', 'organization'],
      ['system-token', 'system'],
    ]),
    calls: [],
    bodies: [],
    faults: new Map(),
  }
}

export const refusedTitle: Problem = {
  id: 'p1',
  kind: 'calendar',
  code: 'refused-value',
  message: ERROR_CODES['refused-value'],
  side: 'oro',
  step: 'save',
  operation: 'import',
  label: 'Quarterly review with Globex',
  fields: ['title'],
  choices: ['retry', 'ignore'],
  since: minutesAgo(95),
  attempts: 3,
  nextTryAt: minutesAgo(-25),
}

export const unknownZone: Problem = {
  ...refusedTitle,
  id: 'p2',
  code: 'zone-unknown',
  message: ERROR_CODES['zone-unknown'],
  side: 'microsoft',
  step: 'map',
  label: 'Private',
  fields: ['when'],
  choices: ['retry', 'ignore'],
  attempts: 1,
  nextTryAt: null,
}

const titles = ['Stand-up', 'Budget review', 'Lunch with Initech', 'Call with Globex', 'Site visit']

export function heldDeletions(n: number): Hold {
  return {
    since: minutesAgo(12),
    limit: 20,
    items: Array.from({ length: n }, (_, index) => ({
      id: `h${String(index)}`,
      kind: 'calendar',
      operation: 'delete',
      side: 'oro',
      label: titles[index % titles.length] ?? '',
      when: { start: minutesAgo(-1440 * (index + 1)), end: minutesAgo(-1440 * (index + 1) - 30) },
    })),
  }
}

export const lastChanges: HistoryEntry[] = [
  {
    at: minutesAgo(4),
    kind: 'calendar',
    operation: 'update',
    side: 'microsoft',
    label: 'Budget review',
    fields: [{ name: 'title', old: 'Budget', new: 'Budget review', lost: 'Budget meeting' }],
    why: 'conflict',
    by: 'sync',
  },
  {
    at: minutesAgo(31),
    kind: 'tasks',
    operation: 'create',
    side: 'oro',
    label: 'Send the offer to Globex',
    fields: [],
    why: 'new',
    by: 'sync',
  },
  {
    at: minutesAgo(2000),
    kind: 'settings',
    operation: 'settings',
    side: null,
    label: '1-42',
    fields: [{ name: 'calendar.direction', old: 'oro-to-microsoft', new: 'bidirectional' }],
    why: 'changed',
    by: 'Grace Admin',
  },
]

export function someAccounts(): AccountSummary[] {
  const account = (id: number, name: string, over: Partial<AccountSummary>): AccountSummary => ({
    accountId: `1-${String(id)}`,
    userId: id,
    microsoft: { username: `${name}@contoso.example` },
    state: 'connected',
    reason: null,
    lastAgreedAt: minutesAgo(id),
    problems: 0,
    held: 0,
    ...over,
  })
  return [
    account(47, 'finn.gray', { state: 'none', microsoft: null, lastAgreedAt: null }),
    account(43, 'ben.okafor', {
      state: 'needs-reconnect',
      reason: { code: 'token', message: 'The sign-in has ended; connect again.' },
      lastAgreedAt: minutesAgo(4100),
    }),
    account(45, 'dev.patel', { lastAgreedAt: minutesAgo(900) }),
    account(46, 'eva.maria.sorensen-castellanos', { problems: 1, lastAgreedAt: minutesAgo(65) }),
    account(44, 'carla.roth', {}),
    account(42, 'ada.lindt', { problems: 2, held: 30 }),
  ]
}
