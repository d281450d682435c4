import { texts } from '../texts'
import { Icon } from './icon'

/** The page has no right, or no longer, to show anything. */
export function ClosedDoor({ reason }: { reason: 'expired' | 'unknown' }) {
  const { title, text } = texts.closedDoor[reason]
  return (
    <div class="closed-door" role="alert">
      <Icon mood="paused" />
      <h2>{title}</h2>
      <p>{text}</p>
      {reason === 'expired' && <p class="help">{texts.closedDoor.expired.unsaved}</p>}
    </div>
  )
}
