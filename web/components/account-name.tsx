import type { Connection, ConnectionState, Kind } from '../api/answers'
import { texts } from '../texts'
import { Pill } from './pill'
import type { Mood } from './icon'

export const connectionMoods: Record<ConnectionState, Mood> = {
  none: 'off',
  connecting: 'busy',
  connected: 'good',
  'needs-reconnect': 'bad',
  'needs-attention': 'attention',
  disconnecting: 'busy',
}

/** Who is connected and in which state. */
export function AccountName({ connection }: { connection: Connection }) {
  const { microsoft, state, granted } = connection
  if (microsoft === null) {
    return (
      <div class="who">
        <p class="strong">{texts.account.none}</p>
        <p class="help">{texts.account.noneHelp}</p>
      </div>
    )
  }
  const missing = (['calendar', 'tasks'] as Kind[]).filter((kind) => !granted[kind])
  return (
    <div class="who">
      <p class="name">
        <span class="strong">{microsoft.displayName}</span>{' '}
        <Pill mood={connectionMoods[state]}>{texts.account.states[state]}</Pill>
      </p>
      <p class="help">{microsoft.username}</p>
      {state === 'connected' &&
        missing.map((kind) => (
          <p key={kind} class="help">
            {texts.account.notGranted(kind)}
          </p>
        ))}
    </div>
  )
}
