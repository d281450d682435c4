import type { Level } from '../../shared/settings/schema'

/** The answers of DESIGN 7 as far as the page reads them. Instants are RFC 3339 in UTC. */
export type Kind = 'calendar' | 'tasks'
export type Side = 'oro' | 'microsoft'

interface Reason {
  code: string
  message: string
  adminConsentUrl?: string
}

export type ConnectionState =
  'none' | 'connecting' | 'connected' | 'needs-reconnect' | 'needs-attention' | 'disconnecting'

export interface Connection {
  accountId: string
  state: ConnectionState
  microsoft: { username: string; displayName: string; tenantId: string } | null
  granted: { calendar: boolean; tasks: boolean }
  reason: Reason | null
  since: string
}

export interface Probe {
  name: string
  ok: boolean
  code: string
  message: string
}

export interface Check {
  healthy: boolean
  probes: Probe[]
}

interface Progress {
  done: number
  total: number | null
}

interface Counts {
  linked: number
  parked: number
  unlinked: number
  withheld: number
  held: number
  problems: number
}

export interface KindStatus {
  enabled: boolean
  state: 'off' | 'idle' | 'queued' | 'running' | 'throttled' | 'paused' | 'attention'
  reason: Reason | null
  inProgress: boolean
  progress: Progress | null
  lastSyncAt: string | null
  nextSyncAt: string | null
  lastAgreedAt: string | null
  counts: Counts
}

/** Of an account; at organization and system level only `paused` is read. */
export interface Status {
  paused: Level | null
  kinds: Record<Kind, KindStatus>
}

export interface Problem {
  id: string
  kind: Kind | null
  code: string
  message: string
  side: Side | null
  step: string | null
  operation: string | null
  label: string | null
  fields: string[]
  choices: ('retry' | 'ignore' | 'remove-copy' | 'repair')[]
  since: string
  attempts: number
  nextTryAt: string | null
}

export interface HeldItem {
  id: string
  kind: Kind
  operation: string
  side: Side
  label: string
  when: { start: string; end: string } | null
}

export interface Hold {
  items: HeldItem[]
  since: string | null
  limit: number | null
}

export interface HistoryEntry {
  at: string
  kind: string
  operation: string
  side: Side | null
  label: string | null
  fields: { name: string; old: unknown; new: unknown; lost?: unknown }[]
  why: string | null
  by: string | null
}

export interface Page<Item> {
  items: Item[]
  next: string | null
}

export interface AccountSummary {
  accountId: string
  userId: number
  microsoft: { username: string } | null
  state: ConnectionState
  reason: Reason | null
  lastAgreedAt: string | null
  problems: number
  held: number
}

export interface Operation {
  id: string
  state: 'queued' | 'running' | 'waiting' | 'done' | 'failed' | 'cancelled'
  progress: Progress | null
  /** Of a disconnect: how many copies were removed on each side. */
  result: { removed?: Partial<Record<Side, number>> } | null
}

export interface ConnectInvitation {
  connectUrl: string
  expiresAt: string
}
