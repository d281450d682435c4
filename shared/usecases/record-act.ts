import { accountId } from '../core/account'
import type { HistoryEntry, Scope } from '../ports/stores'
import { rfc3339, type Deps } from './deps'

const LABELS = { system: 'system', organization: 'organization' } as const

/** An entry of the history about something a person did, as opposed to a run (DESIGN 7). `by` null = the back office itself. */
export function actEntry(
  deps: Pick<Deps, 'clock'>,
  scope: Scope,
  act: Pick<HistoryEntry, 'kind' | 'operation' | 'fields' | 'why'> & { by: string | null },
): HistoryEntry {
  return {
    at: rfc3339(deps.clock.now()),
    kind: act.kind,
    operation: act.operation,
    side: null,
    oroId: null,
    microsoftId: null,
    label: scope.level === 'user' ? accountId(scope.account) : LABELS[scope.level],
    fields: act.fields,
    why: act.why,
    by: act.by ?? 'back-office',
  }
}

/** Keeps an entry where `GET …/history` of that level looks: a user's among those of the runs. */
export async function keepAct(
  deps: Pick<Deps, 'settings' | 'stateOf'>,
  scope: Scope,
  entry: HistoryEntry,
): Promise<void> {
  if (scope.level === 'user') await deps.stateOf(scope.account, 'calendar').record([entry])
  else await deps.settings.record(scope, entry)
}

/** Connect, disconnect, pause and resume: who and when. */
export async function recordAct(
  deps: Pick<Deps, 'clock' | 'settings' | 'stateOf'>,
  scope: Scope,
  operation: 'connect' | 'disconnect' | 'pause' | 'resume',
  by: string | null,
): Promise<void> {
  const act = { kind: 'connection', operation, fields: [], why: 'asked', by } as const
  await keepAct(deps, scope, actEntry(deps, scope, act))
}
