import type { Account } from '../core/account'
import { ERROR_CODES, SyncError, type ErrorCode } from '../errors'
import type { MailboxProbe } from '../ports/systems'
import { rfc3339 } from './deps'
import type { ConnectDeps } from './connect'
import { loadConnection } from './connection'
import { recordHint } from './hints'
import { lookUp } from './look-up'
import { resolveSettings } from '../settings/resolve'

export interface Probe {
  readonly name: 'token' | 'consent' | 'mailbox' | 'to-do' | 'oro-api' | 'oro-calendar'
  readonly ok: boolean
  readonly code: string
  readonly message: string
}

export interface CheckResult {
  readonly healthy: boolean
  readonly probes: readonly Probe[]
}

const FINE: Readonly<Record<Probe['name'], string>> = {
  token: 'The sign-in is valid.',
  consent: 'The permissions were granted.',
  mailbox: 'The calendar can be read.',
  'to-do': 'The task lists can be read.',
  'oro-api': 'Oro answers and accepts the application.',
  'oro-calendar': 'The calendar in Oro can be read.',
}

const fine = (name: Probe['name'], message = FINE[name]): Probe => ({
  name,
  ok: true,
  code: 'ok',
  message,
})
const bad = (name: Probe['name'], code: ErrorCode): Probe => ({
  name,
  ok: false,
  code,
  message: ERROR_CODES[code],
})

const probeOf = (name: Probe['name'], { ok, code }: MailboxProbe): Probe =>
  ok || code === 'ok' ? fine(name) : bad(name, code)

async function tried(name: Probe['name'], ask: () => Promise<MailboxProbe>): Promise<Probe> {
  try {
    return probeOf(name, await ask())
  } catch (error) {
    if (error instanceof SyncError) return bad(name, error.evidence.code)
    throw error
  }
}

async function microsoftProbes(
  deps: ConnectDeps,
  account: Account,
  wantsTasks: boolean,
): Promise<Probe[]> {
  const { value } = await loadConnection(deps, account)
  const { entra } = deps
  if (!entra) return [bad('token', 'not-configured')]
  if (!value.microsoft || value.state === 'none') return [bad('token', 'token')]
  // Rejected once is rejected until the user connects again: no further token calls (T3, G-63).
  if (value.state === 'needs-reconnect' && value.reason) {
    const { code } = value.reason
    return [bad(code === 'consent' || code === 'admin-consent' ? 'consent' : 'token', code)]
  }
  const token = await tried('token', async () => {
    await entra.accessToken(account)
    return { ok: true, code: 'ok' }
  })
  if (!token.ok) return [token]
  const probes = [token, value.granted.calendar ? fine('consent') : bad('consent', 'consent')]
  if (value.granted.calendar) {
    probes.push(await tried('mailbox', () => deps.microsoft.checkMailbox(account)))
  }
  if (value.granted.tasks)
    probes.push(await tried('to-do', () => deps.microsoft.checkToDo(account)))
  else if (wantsTasks && deps.toDo) probes.push(bad('to-do', 'consent'))
  else probes.push(fine('to-do', 'Not permitted or not offered here, and not switched on.'))
  return probes
}

async function oroProbes(deps: ConnectDeps, account: Account): Promise<Probe[]> {
  const api = await tried('oro-api', () => deps.oro.checkApi(account.organizationId))
  if (!api.ok) return [api]
  const { value, etag } = await loadConnection(deps, account)
  const known = value.oro.calendarId
  const calendarId = known ?? (await found(deps, account))
  if (calendarId === null) return [api, bad('oro-calendar', 'oro-calendar-missing')]
  if (known === null && etag !== null) {
    await deps.connections.put({ ...value, oro: { ...value.oro, calendarId } }, etag)
    await deps.connections.claimCalendar(account, calendarId)
  }
  return [
    api,
    await tried('oro-calendar', () => deps.oro.checkCalendar(account.organizationId, calendarId)),
  ]
}

async function found(deps: ConnectDeps, account: Account): Promise<string | null> {
  try {
    return await deps.oro.findCalendar(account)
  } catch (error) {
    if (error instanceof SyncError) return null
    throw error
  }
}

/** "Check connection": asks every part that a run needs, tells the causes apart, writes nothing to either system (T9). */
export async function checkConnection(deps: ConnectDeps, account: Account): Promise<CheckResult> {
  const settings = resolveSettings(await deps.settings.stack(account))
  const [microsoft, oro] = await Promise.all([
    microsoftProbes(deps, account, settings.tasks.enabled),
    oroProbes(deps, account),
  ])
  const probes = [...microsoft, ...oro]
  const healthy = probes.every((probe) => probe.ok)
  if (healthy) await wellAgain(deps, account)
  return { healthy, probes }
}

/** What needed attention is over: the account syncs again. */
async function wellAgain(deps: ConnectDeps, account: Account): Promise<void> {
  const { value, etag } = await loadConnection(deps, account)
  if (value.reason === null || value.state === 'needs-reconnect' || !value.microsoft) return
  const { connection, trouble } = await lookUp(deps, value)
  if (trouble !== null) return
  const since = rfc3339(deps.clock.now())
  await deps.connections.put({ ...connection, state: 'connected', reason: null, since }, etag)
  await recordHint(deps, account, 'calendar')
  await recordHint(deps, account, 'tasks')
}
