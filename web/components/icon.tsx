/** Drawn, so that meaning never hangs on colour alone. Decorative: the words beside it say the same. */
const shapes = {
  good: 'M4.5 10.5l3.5 3.5 7.5-8',
  attention: 'M10 4.5v7M10 15v.5',
  bad: 'M5.5 5.5l9 9M14.5 5.5l-9 9',
  paused: 'M7 5v10M13 5v10',
  busy: 'M4 10a6 6 0 0 1 10.5-4M16 10a6 6 0 0 1-10.5 4M14.5 2.5V6H11M5.5 17.5V14H9',
  off: 'M5 10h10',
  locked: 'M4.5 9h11v7.5h-11zM7 9V6.5a3 3 0 0 1 6 0V9',
  becomes: 'M3 10h13M11 5l5 5-5 5',
}

export type Mood = keyof typeof shapes

export function Icon({ mood }: { mood: Mood }) {
  return (
    <svg class={`icon ${mood}`} viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">
      <path d={shapes[mood]} />
    </svg>
  )
}
