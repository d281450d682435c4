import type { Account } from '../core/account'
import type { Kind } from '../core/model'
import { resolveSettings } from '../settings/resolve'
import type { Level, Settings } from '../settings/schema'
import type { Connection } from '../ports/connections'
import type { Deps } from './deps'

export type Admission =
  | { readonly ok: true; readonly connection: Connection; readonly settings: Settings }
  | {
      readonly ok: false
      readonly why: 'off' | 'paused' | 'not-connected' | 'not-permitted' | 'attention'
      readonly level: Level | null
      readonly connection: Connection | null
      readonly settings: Settings
    }

/** What is wrong with the calendar alone: tasks go on (F7). */
const OF_CALENDAR: ReadonlySet<string> = new Set(['container-gone', 'oro-calendar-missing'])

/** What is wrong with the connection as far as this kind is concerned; null = nothing. */
export const reasonFor = ({ reason }: Connection, kind: Kind): Connection['reason'] =>
  kind === 'tasks' && reason !== null && OF_CALENDAR.has(reason.code) ? null : reason

/** Does this kind need somebody's attention, or only the other one? */
export const needsAttention = (connection: Connection, kind: Kind): boolean =>
  connection.state === 'needs-attention' && reasonFor(connection, kind) !== null

/**
 * May anything be called for this account and kind now? Nothing is, while the answer is no (S3, S9, T3, T6).
 *
 * @param options.manual a person asked: worth a try even where attention is needed (F6, F7)
 */
export async function admit(
  deps: Pick<Deps, 'connections' | 'settings'>,
  account: Account,
  kind: Kind,
  { manual = false }: { manual?: boolean } = {},
): Promise<Admission> {
  const [found, stack, level] = await Promise.all([
    deps.connections.get(account),
    deps.settings.stack(account),
    deps.settings.paused(account),
  ])
  const settings = resolveSettings(stack)
  const connection = found?.value ?? null
  const no = (why: Extract<Admission, { ok: false }>['why']): Admission => ({
    ok: false,
    why,
    level,
    connection,
    settings,
  })
  if (!settings[kind].enabled) return no('off')
  if (level !== null) return no('paused')
  if (connection && needsAttention(connection, kind) && !manual) return no('attention')
  if (connection?.state !== 'connected' && connection?.state !== 'needs-attention') {
    return no('not-connected')
  }
  if (!connection.granted[kind]) return no('not-permitted')
  return { ok: true, connection, settings }
}
