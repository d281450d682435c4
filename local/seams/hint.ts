import { randomUUID } from 'node:crypto'
import { ServiceBusClient } from '@azure/service-bus'
import { LocalFault, type LocalHandler } from '../host/local-routes'

const KINDS = ['calendar', 'tasks'] as const
type Kind = (typeof KINDS)[number]

export interface Hint {
  readonly accountId: string
  readonly kind: Kind
}

export interface HintSender {
  send(hint: Hint): Promise<void>
  close(): Promise<void>
}

/**
 * Sends the message that the product itself sends for a hint (DESIGN 4: `{v: 1, accountId, kind, reason: 'hint', at}`, session =
 * account). The deployed bundle registers functions and nothing else, so its use case for hints cannot be called from here; the queue
 * is the same door, and the run checks for itself whether anything may be called for this account. What differs: equal hints are not
 * joined before the queue; the run drops those that are older than its last look.
 */
export function createHintSender(deps: {
  connectionString: string
  queues: Readonly<Record<Kind, string>>
  now: () => number
}): HintSender {
  const client = new ServiceBusClient(deps.connectionString)
  const senders = {
    calendar: client.createSender(deps.queues.calendar),
    tasks: client.createSender(deps.queues.tasks),
  }
  return {
    async send({ accountId, kind }) {
      await senders[kind].sendMessages({
        body: { v: 1, accountId, kind, reason: 'hint', at: new Date(deps.now()).toISOString() },
        sessionId: accountId,
        messageId: randomUUID(),
        contentType: 'application/json',
      })
    },
    close: () => client.close(),
  }
}

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

/** `POST /_local/hint {accountId, kind}` → 202. */
export const hintSeam =
  (sender: Pick<HintSender, 'send'>): LocalHandler =>
  async (request) => {
    await sender.send(readHint(request.json()))
    return { status: 202 }
  }
