export const byId = (id: string): HTMLElement => {
  const found = document.getElementById(id)
  if (!found) throw new Error(`no element ${id}`)
  return found
}

interface Attributes {
  readonly text?: string
  readonly [name: string]: string | undefined
}

/** Titles come from calendars and task lists: they are set as text and never become markup. */
export function element(
  tag: string,
  attributes: Attributes = {},
  children: Node[] = [],
): HTMLElement {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (name === 'text') made.textContent = value ?? ''
    else if (value !== undefined) made.setAttribute(name, value)
  }
  made.append(...children)
  return made
}

export function input(type: string, attributes: Attributes): HTMLInputElement {
  return element('input', { type, ...attributes }) as HTMLInputElement
}

export function button(label: string, act: () => void): HTMLElement {
  const made = element('button', { type: 'button', text: label })
  made.addEventListener('click', act)
  return made
}

export async function ask<T>(method: string, path: string, body?: object): Promise<T> {
  const init = body && {
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  }
  const response = await fetch(path, { method, ...init })
  const answer = (await response.json()) as T & { error?: string }
  if (!response.ok) throw new Error(answer.error ?? `The answer was ${String(response.status)}.`)
  return answer
}
