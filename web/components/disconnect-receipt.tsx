import type { Operation } from '../api/answers'
import { texts } from '../texts'
import { Notice } from './notice'

/** How far a disconnect is, and in the end what it has removed. */
export function DisconnectReceipt({ operation }: { operation: Operation }) {
  const removed = operation.result?.removed
  const sides = (['microsoft', 'oro'] as const).filter((side) => (removed?.[side] ?? 0) > 0)
  switch (operation.state) {
    case 'failed':
    case 'cancelled':
      return <Notice mood="bad">{texts.disconnect.failed}</Notice>
    case 'done':
      return (
        <Notice mood="good">
          <p class="strong">{texts.disconnect.done}</p>
          {sides.map((side) => (
            <p key={side}>{texts.disconnect.removed(side, removed?.[side] ?? 0)}</p>
          ))}
          {sides.length === 0 && <p>{texts.disconnect.nothingRemoved}</p>}
        </Notice>
      )
    default:
      return <Notice mood="busy">{texts.disconnect.running}</Notice>
  }
}
