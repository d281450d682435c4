import type { ComponentChildren } from 'preact'
import type { ApiProblem } from '../api/client'
import { texts } from '../texts'
import { Button } from './button'
import { Notice } from './notice'

interface PartProps {
  heading: string
  id: string
  children: ComponentChildren
  aside?: ComponentChildren
}

/** A section of the page with its heading. */
export function Part({ heading, id, children, aside }: PartProps) {
  return (
    <section class="part" aria-labelledby={id}>
      <div class="part-head">
        <h2 id={id}>{heading}</h2>
        {aside}
      </div>
      {children}
    </section>
  )
}

/** Shown in the place of what is being loaded, in about its size. */
export function Loading({ lines }: { lines: number }) {
  return (
    <div class="loading" role="status">
      <span class="unseen">{texts.loading}</span>
      {Array.from({ length: lines }, (_, line) => (
        <div key={line} class="bone" />
      ))}
    </div>
  )
}

/** A part that could not be loaded says why and offers another try; the rest of the page goes on. */
export function Failed({ problem, retry }: { problem: ApiProblem; retry: () => Promise<void> }) {
  return (
    <Notice mood="bad">
      <p>
        {texts.errors.section} {problem.message}
      </p>
      <Button onClick={() => void retry()}>{texts.retry}</Button>
    </Notice>
  )
}
