import { parseAccountId } from '../core/account'
import { ERROR_CODES } from '../errors'
import { deadLettered } from '../log'
import { parseMessage, syncMessageSchema } from '../messages'
import { rfc3339, type Deps } from './deps'
import type { Problem } from '../ports/stores'
import { kindDone } from './operations'
import { emptyRun } from './lease'

/** A message that failed again and again becomes a problem that a person sees; the next interval tries anew (DESIGN 4). */
export async function reportDeadLetter(
  deps: Deps,
  queue: string,
  body: unknown,
  reason: string,
): Promise<void> {
  const parsed = parseMessage(syncMessageSchema, body)
  const account = parsed.ok ? parseAccountId(parsed.message.accountId) : undefined
  deadLettered(deps.log, { queue, account: parsed.ok ? parsed.message.accountId : null, reason })
  if (!parsed.ok || !account) return
  const { kind } = parsed.message
  const state = deps.stateOf(account, kind)
  const id = `${kind.charAt(0)}-00000000dead0000`
  const known = (await state.problems()).find((problem) => problem.id === id)
  const now = rfc3339(deps.clock.now())
  const problem: Problem = {
    id,
    kind,
    code: 'dead-letter',
    message: ERROR_CODES['dead-letter'],
    side: null,
    step: 'load',
    operation: 'import',
    oroId: null,
    microsoftId: null,
    microsoftContainer: null,
    label: '',
    fields: [],
    choices: ['retry', 'ignore'],
    since: known?.since ?? now,
    attempts: (known?.attempts ?? 0) + 1,
    nextTryAt: null,
    ignored: false,
  }
  // Together with the count that makes the runs look at it; who is faster is asked again by the queue.
  const found = await state.run()
  const row = found?.value ?? emptyRun()
  const etag = found?.etag ?? (await state.saveRun(row, null))
  const open = { ...row.open, problems: row.open.problems + (known ? 0 : 1) }
  await state.commit({ ...row, open }, etag, [
    { put: 'problem', problem, known: known !== undefined },
  ])
  await kindDone(deps, parsed.message, { stopped: 'dead-letter' })
}
