import { texts } from '../texts'
import { Icon } from './icon'

interface ClosedDoorProps {
  text: { title: string; text: string }
  /** Something may have been typed that cannot be saved any more. */
  unsaved?: boolean
}

/** The page has no right, or no longer, to show anything. */
export function ClosedDoor({ text, unsaved }: ClosedDoorProps) {
  return (
    <div class="closed-door" role="alert">
      <Icon mood="locked" />
      <h2>{text.title}</h2>
      <p>{text.text}</p>
      {unsaved && <p class="help">{texts.closedDoor.expired.unsaved}</p>}
    </div>
  )
}
