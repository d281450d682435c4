import type { ComponentChildren } from 'preact'
import { Icon, type Mood } from './icon'

/** A state in a word or two. */
export function Pill({ mood, children }: { mood: Mood; children: ComponentChildren }) {
  return (
    <span class={`pill ${mood}`}>
      <Icon mood={mood} />
      {children}
    </span>
  )
}
