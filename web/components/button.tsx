import type { ComponentChildren } from 'preact'

interface ButtonProps {
  children: ComponentChildren
  onClick?: () => void
  look?: 'primary' | 'danger' | 'quiet' | undefined
  busy?: boolean
  disabled?: boolean
  submit?: boolean
  describedBy?: string
}

/** While busy it stays focusable, so that the keyboard does not lose its place; the work itself refuses a second start. */
export function Button({
  children,
  onClick,
  look,
  busy,
  disabled,
  submit,
  describedBy,
}: ButtonProps) {
  return (
    <button
      type={submit ? 'submit' : 'button'}
      class={look ? `button ${look}` : 'button'}
      onClick={busy ? undefined : onClick}
      aria-disabled={busy ? 'true' : undefined}
      aria-describedby={describedBy}
      disabled={disabled}
    >
      {children}
    </button>
  )
}
