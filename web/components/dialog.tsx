import type { ComponentChildren } from 'preact'
import { useEffect, useId, useRef } from 'preact/hooks'
import type { ApiProblem } from '../api/client'
import { texts } from '../texts'
import { Button } from './button'
import { Notice } from './notice'

interface DialogProps {
  heading: string
  children: ComponentChildren
  action: string
  look?: 'primary' | 'danger'
  busy?: boolean
  problem?: ApiProblem | undefined
  onAction: () => void
  onClose: () => void
}

/** A question that must be answered first. The browser keeps the focus inside and gives it back; Escape cancels. */
export function Dialog(props: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  const heading = useId()
  useEffect(() => dialog.current?.showModal(), [])
  return (
    <dialog ref={dialog} aria-labelledby={heading} onClose={props.onClose}>
      <form
        method="dialog"
        onSubmit={(event) => {
          event.preventDefault()
          if (!props.busy) props.onAction()
        }}
      >
        <h2 id={heading}>{props.heading}</h2>
        {props.children}
        {props.problem && <Notice mood="bad">{props.problem.message}</Notice>}
        <div class="actions end">
          <Button onClick={() => dialog.current?.close()}>{texts.cancel}</Button>
          <Button submit look={props.look ?? 'primary'} busy={props.busy ?? false}>
            {props.action}
          </Button>
        </div>
      </form>
    </dialog>
  )
}
