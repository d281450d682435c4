import type { Connection, ConnectionState, KindStatus, Status } from '../api/answers'
import { texts } from '../texts'
import { Instant } from '../time'
import { Icon, type Mood } from './icon'

interface Verdict {
  mood: Mood
  sentence: string
}

const sum = (kinds: KindStatus[], count: 'held' | 'problems') =>
  kinds.reduce((total, { counts }) => total + counts[count], 0)

/** States in which nothing runs, though an account may be known from before. */
const idle = new Set<ConnectionState>(['none', 'connecting', 'disconnecting'])

/** The answer to “does everything agree?”: the gravest thing first. */
export function judge(connection: Connection, status: Status): Verdict {
  const t = texts.agreement
  const kinds = Object.values(status.kinds).filter(({ enabled }) => enabled)
  if (connection.microsoft === null || idle.has(connection.state)) {
    return { mood: 'off', sentence: t.notConnected }
  }
  if (connection.state === 'needs-reconnect') return { mood: 'bad', sentence: t.reconnect }
  if (status.paused !== null) return { mood: 'paused', sentence: t.paused[status.paused] }
  if (kinds.length === 0) return { mood: 'off', sentence: t.off }
  const held = sum(kinds, 'held')
  const problems = sum(kinds, 'problems')
  const parts = [
    ...(problems > 0 ? [t.problems(problems)] : []),
    ...(held > 0 ? [t.held(held)] : []),
  ]
  if (parts.length > 0) return { mood: 'attention', sentence: t.except(parts) }
  if (connection.state === 'needs-attention' || kinds.some(({ state }) => state === 'attention')) {
    return { mood: 'attention', sentence: t.attention }
  }
  if (kinds.some(({ state }) => state === 'throttled')) {
    return { mood: 'attention', sentence: t.throttled }
  }
  const first = kinds.some(({ lastAgreedAt }) => lastAgreedAt === null)
  if (kinds.some(({ inProgress }) => inProgress)) {
    return { mood: 'busy', sentence: first ? t.first : t.running }
  }
  return first ? { mood: 'off', sentence: t.waiting } : { mood: 'good', sentence: t.agrees }
}

/** The time up to which all enabled kinds agreed: the older of theirs, unknown while one has never agreed. */
export function agreedAt(status: Status): string | null {
  const times = Object.values(status.kinds)
    .filter(({ enabled }) => enabled)
    .map(({ lastAgreedAt }) => lastAgreedAt ?? '')
  return times.sort()[0] || null
}

export function Agreement({ connection, status }: { connection: Connection; status: Status }) {
  const { mood, sentence } = judge(connection, status)
  const at = agreedAt(status)
  return (
    <div class={`agreement ${mood}`} role="status">
      <Icon mood={mood} />
      <div>
        <p class="verdict">{sentence}</p>
        {at !== null && (
          <p class="help">
            {texts.agreement.since} <Instant at={at} />.
          </p>
        )}
      </div>
    </div>
  )
}
