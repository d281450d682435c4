import type { ComponentChildren } from 'preact'
import { Icon, type Mood } from './icon'

/** A message in the flow of the page. Bad news interrupts a screen reader, other news waits for its turn. */
export function Notice({ mood, children }: { mood: Mood; children: ComponentChildren }) {
  return (
    <div class={`notice ${mood}`} role={mood === 'bad' ? 'alert' : 'status'}>
      <Icon mood={mood} />
      <div>{children}</div>
    </div>
  )
}
