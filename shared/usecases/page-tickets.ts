import { parseAccountId, accountId } from '../core/account'
import type { Json } from '../core/model'
import { ProblemAnswer } from '../errors'
import type { Scope, Tickets } from '../ports/stores'
import { rfc3339, type Deps } from './deps'

export interface PageDeps extends Deps {
  readonly tickets: Tickets
  readonly newSecret: () => string
  readonly publicUrl: string
}

const TICKET_LIFE_MS = 5 * 60_000
const TOKEN_LIFE_MS = 60 * 60_000

interface ScopeData {
  readonly level: Scope['level']
  readonly organizationId: number | null
  readonly account: string | null
  /** For whom the back office opened the page (`x-acting-user`). */
  readonly by: string | null
}

/** Whom a page acts for: its level, and the person that the history names. */
export interface PageRight {
  readonly scope: Scope
  readonly by: string | null
}

const dataOf = (scope: Scope, by: string | null): ScopeData => ({
  by,
  level: scope.level,
  organizationId: scope.level === 'organization' ? scope.organizationId : null,
  account: scope.level === 'user' ? accountId(scope.account) : null,
})

function scopeOf(data: ScopeData): Scope | null {
  if (data.level === 'system') return { level: 'system' }
  if (data.level === 'organization') {
    return data.organizationId === null
      ? null
      : { level: 'organization', organizationId: data.organizationId }
  }
  const account = data.account === null ? undefined : parseAccountId(data.account)
  return account ? { level: 'user', account } : null
}

/** `POST …/page-tickets`: an address that opens the settings page of this level once, within five minutes. */
export async function createPageTicket(
  deps: PageDeps,
  scope: Scope,
  by: string | null,
): Promise<{ url: string; expiresAt: string }> {
  const secret = deps.newSecret()
  const expiresAt = deps.clock.now() + TICKET_LIFE_MS
  const data: Json = { ...dataOf(scope, by) }
  await deps.tickets.put(secret, { purpose: 'page', data, expiresAt })
  return {
    url: `${deps.publicUrl}/api/settings-page/open?ticket=${secret}`,
    expiresAt: rfc3339(expiresAt),
  }
}

/** Trades the ticket for a token that acts for an hour, limited to the ticket's level. It travels in the fragment: no server log sees it. */
export async function openPage(deps: PageDeps, ticket: string): Promise<{ location: string }> {
  const now = deps.clock.now()
  const taken = await deps.tickets.take(ticket, 'page', now)
  const data = taken?.data as unknown as ScopeData | undefined
  const scope = data ? scopeOf(data) : null
  if (!data || !scope) {
    throw new ProblemAnswer(
      410,
      'Link used or expired',
      'This address opens the page once, within five minutes. Open it from Oro again.',
    )
  }
  const token = deps.newSecret()
  await deps.tickets.put(token, {
    purpose: 'page-token',
    data: { ...data },
    expiresAt: now + TOKEN_LIFE_MS,
  })
  const fragment = new URLSearchParams({ token, level: scope.level })
  if (scope.level === 'organization') fragment.set('organization', String(scope.organizationId))
  if (scope.level === 'user') {
    fragment.set('organization', String(scope.account.organizationId))
    fragment.set('user', String(scope.account.userId))
  }
  return { location: `${deps.publicUrl}/api/settings-page/#${fragment.toString()}` }
}

/** Whom a page token may act for; null when it was never given out or is too old. */
export async function readPageToken(deps: PageDeps, token: string): Promise<PageRight | null> {
  const found = await deps.tickets.find(token, 'page-token', deps.clock.now())
  const data = found?.data as unknown as ScopeData | undefined
  const scope = data ? scopeOf(data) : null
  return data && scope ? { scope, by: data.by } : null
}

/**
 * May this page act for that path? Each level for itself alone: the list of accounts is the organization's own, and nothing on a page of a
 * higher level acts for one user.
 */
export function covers(
  scope: Scope,
  path: { organizationId: number | null; userId: number | null },
): boolean {
  const { organizationId, userId } = path
  switch (scope.level) {
    case 'system':
      return organizationId === null && userId === null
    case 'organization':
      return organizationId === scope.organizationId && userId === null
    case 'user':
      return organizationId === scope.account.organizationId && userId === scope.account.userId
  }
}
