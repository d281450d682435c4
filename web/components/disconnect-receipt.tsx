import type { Operation } from '../api/answers'
import { texts } from '../texts'
import { Notice } from './notice'

/** How far a disconnect is, and in the end what it has removed. */
export function DisconnectReceipt({ operation }: { operation: Operation }) {
  const removed = operation.result?.removed
  switch (operation.state) {
    case 'failed':
    case 'cancelled':
      return <Notice mood="bad">{texts.disconnect.failed}</Notice>
    case 'done':
      return (
        <Notice mood="good">
          <p class="strong">{texts.disconnect.done}</p>
          {removed?.microsoft !== undefined && (
            <p>{texts.disconnect.removed('microsoft', removed.microsoft)}</p>
          )}
          {removed?.oro !== undefined && <p>{texts.disconnect.removed('oro', removed.oro)}</p>}
        </Notice>
      )
    default:
      return <Notice mood="busy">{texts.disconnect.running}</Notice>
  }
}
