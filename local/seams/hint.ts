import { LocalFault, type LocalHandler } from '../host/local-routes'

const KINDS = ['calendar', 'tasks'] as const
type Kind = (typeof KINDS)[number]

export interface Hint {
  readonly accountId: string
  readonly kind: Kind
}

/** The product's own use case for hints: equal ones are joined while one waits. */
export type SendHint = (hint: Hint) => Promise<void>

const ACCOUNT_ID = /^[1-9]\d{0,8}-[1-9]\d{0,8}$/

/** @throws LocalFault 400 that names every fault */
function readHint(json: unknown): Hint {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new LocalFault(400, 'say {"accountId": "1-42", "kind": "calendar" or "tasks"}')
  }
  const { accountId, kind, ...others } = json as Record<string, unknown>
  const known = KINDS.find((one) => one === kind)
  const faults = Object.keys(others).map((name) => `${name} is not known here`)
  if (typeof accountId !== 'string' || !ACCOUNT_ID.test(accountId)) {
    faults.push('accountId must be "{organizationId}-{userId}", for example "1-42"')
  }
  if (known === undefined) faults.push('kind must be "calendar" or "tasks"')
  if (faults.length > 0 || known === undefined) throw new LocalFault(400, faults.join('; '))
  return { accountId: accountId as string, kind: known }
}

/** `POST /_local/hint {accountId, kind}` → 202; 503 when store or queue do not take it (DESIGN 4). */
export const hintSeam =
  (send: SendHint): LocalHandler =>
  async (request) => {
    const hint = readHint(request.json())
    try {
      await send(hint)
    } catch (error) {
      // By its name: the class lives in the bundle.
      if ((error as Error).name === 'Unavailable') throw new LocalFault(503, String(error))
      throw error
    }
    return { status: 202 }
  }
