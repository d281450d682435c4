import { LocalFault } from '../host/local-routes'
import { personOf } from './company-view'
import type { Person } from './people'

export type Side = 'oro' | 'outlook'

/** Reads members of an edit by hand and remembers every fault. */
export interface EditReader {
  readonly side: Side
  readonly person: Person
  readonly do: string
  value(name: string): unknown
  need(name: string, fits: boolean, what: string): void
  text(name: string): string
  /** @throws LocalFault 400 that names every fault; to be called before anything is used */
  finish(): void
}

/** @param known what `do` may say */
export function createEditReader(json: unknown, known: readonly string[]): EditReader {
  const given = (typeof json === 'object' && json !== null ? json : {}) as Record<string, unknown>
  const faults: string[] = []
  const need = (name: string, fits: boolean, what: string): void => {
    if (!fits) faults.push(`${name} must be ${what}`)
  }
  const person = personOf(typeof given['accountId'] === 'string' ? given['accountId'] : '')
  need('accountId', person !== undefined, 'that of a user of the demo company')
  const side = (['oro', 'outlook'] as const).find((one) => one === given['side'])
  need('side', side !== undefined, '"oro" or "outlook"')
  const action = String(given['do'])
  need('do', known.includes(action), `one of ${known.join(', ')}`)
  return {
    side: side as Side,
    person: person as Person,
    do: action,
    value: (name) => given[name],
    need,
    text(name) {
      const value = given[name]
      const fits = typeof value === 'string' && value.trim() !== '' && value.length <= 255
      need(name, fits, 'a text of 1 to 255 characters')
      return fits ? value.trim() : ''
    },
    finish() {
      if (faults.length > 0) throw new LocalFault(400, faults.join('; '))
    },
  }
}
