import { SyncError } from '../../errors'
import { LONGEST_WAIT_MS, preferHeader, type GraphAnswer, type GraphClient } from './client'

/** Parts of one batch (contract section 15). */
const LARGEST = 20
const FAILED_DEPENDENCY = 424

interface PartAnswer {
  id: string
  status: number
  headers?: Record<string, string>
  body?: unknown
}

/**
 * Reads independent paths in as few round trips as possible. Every part waits for the one before it, so that a batch is one request in
 * flight (G-58); what a failed part held up, or what was throttled inside (G-60), is read on its own.
 * @returns an answer per path
 * @throws SyncError when a whole batch fails, or for what concerns the whole account: a refused sign-in, a throttled mailbox
 */
export async function readAll(
  client: GraphClient,
  paths: readonly string[],
): Promise<ReadonlyMap<string, GraphAnswer>> {
  const answers = new Map<string, GraphAnswer>()
  for (let from = 0; from < paths.length; from += LARGEST) {
    const group = paths.slice(from, from + LARGEST)
    if (group.length > 1) await readBatch(client, group, answers)
    const left = group.filter((path) => !answers.has(path))
    await Promise.all(
      left.map(async (path) => {
        const answer = await client.send({ method: 'GET', path })
        if (answer.status === 401 || answer.status === 429) throw client.failure(answer, 'account')
        answers.set(path, answer)
      }),
    )
  }
  return answers
}

async function readBatch(
  client: GraphClient,
  paths: readonly string[],
  answers: Map<string, GraphAnswer>,
): Promise<void> {
  const requests = paths.map((url, index) => ({
    id: String(index),
    method: 'GET',
    url,
    headers: { Prefer: preferHeader() },
    ...(index > 0 ? { dependsOn: [String(index - 1)] } : {}),
  }))
  const answer = await client.ask(
    {
      method: 'POST',
      path: '/$batch',
      body: { requests },
      repeatable: true,
      parts: paths.length,
    },
    'account',
  )
  const { responses = [] } = (answer.body ?? {}) as { responses?: PartAnswer[] }
  let waitMs = 0
  for (const part of responses) {
    const path = paths[Number(part.id)]
    if (path === undefined) continue
    if (part.status === FAILED_DEPENDENCY) client.meter.microsoft -= 1
    else if (part.status === 429) waitMs = Math.max(waitMs, waitOf(client, part))
    // A refused token is renewed for a request of its own.
    else if (part.status < 500 && part.status !== 401) answers.set(path, asAnswer(part))
  }
  if (waitMs > 0) await client.pause(waitMs)
}

/** How long a throttled part asks to wait. Throws what it means when that is too long for this process. */
function waitOf(client: GraphClient, part: PartAnswer): number {
  const failure = client.failure(asAnswer(part), 'account')
  const waitMs = failure instanceof SyncError ? (failure.evidence.retryAfterMs ?? 0) : 0
  if (waitMs > LONGEST_WAIT_MS) throw failure
  return waitMs
}

function asAnswer({ status, headers = {}, body }: PartAnswer): GraphAnswer {
  const lower = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
  return { status, body, header: (name) => lower.get(name.toLowerCase()) ?? null }
}
