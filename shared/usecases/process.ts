import { accountId } from '../core/account'
import { isItemError, type SyncError } from '../errors'
import { itemFailed } from '../log'
import { announce, answeredIntents, type Create } from './intents'
import { reportError, type Subject } from './remember'
import { rememberGroup, type Applied } from './remember-group'
import type { RunContext } from './run-context'

/** One unit of a run: its decision and writes, finished or not begun. */
export interface Unit {
  readonly ids: { readonly oro?: string; readonly microsoft?: string }
  /** null = nothing to remember. */
  run(): Promise<Applied | null>
  /** Creates the counterpart of this item: announced first, so that a lost answer leaves a trace. */
  readonly creates?: Create
  readonly subject: Subject
}

const CONCURRENT_ITEMS = 6
const GROUP = 100

/** Carries out units in groups; answers what was not begun. A failing item is reported and stops no other (P10). */
export async function runUnits(
  context: RunContext,
  units: readonly Unit[],
  goOn: () => Promise<boolean>,
): Promise<readonly Unit[]> {
  let done = 0
  while (done < units.length) {
    if (!context.ledger.mayWrite() || !(await goOn())) break
    const group = units.slice(done, done + GROUP)
    const begun = await runGroup(context, group)
    done += begun
    if (begun < group.length) break
    const total = units.length
    if (done < total) {
      await context.ledger.flush((row) => ({ ...row, progress: { done, total } }))
    }
  }
  return units.slice(done)
}

/** Answers how many were begun: none is once the lease is too old for a write (DESIGN 4). */
async function runGroup(context: RunContext, group: readonly Unit[]): Promise<number> {
  const applied: Applied[] = []
  const fatal: unknown[] = []
  const queue = [...group]
  await announce(
    context,
    group.flatMap((unit) => unit.creates ?? []),
  )
  const worker = async (): Promise<void> => {
    while (fatal.length === 0 && context.ledger.mayWrite()) {
      const unit = queue.shift()
      if (!unit) break
      try {
        const result = await unit.run()
        const over = answeredIntents(context, unit.ids)
        if (result) applied.push({ ...result, changes: [...result.changes, ...over] })
        else if (over.length > 0) await context.ledger.add(over)
        if (result?.failure !== undefined) throw result.failure
      } catch (error) {
        if (isItemError(error)) await failed(context, unit, error)
        else fatal.push(error)
      }
    }
  }
  await Promise.all(Array.from({ length: CONCURRENT_ITEMS }, worker))
  // What was written is remembered even when the account has to stop now.
  await rememberGroup(context, applied)
  await context.ledger.keepAlive()
  if (fatal.length > 0) {
    await context.ledger.flush()
    throw fatal[0]
  }
  return group.length - queue.length
}

async function failed(context: RunContext, unit: Unit, error: SyncError): Promise<void> {
  context.tally.failed += 1
  const { code, side, transient } = error.evidence
  itemFailed(context.deps.log, {
    account: accountId(context.account),
    kind: context.kind,
    code,
    side,
    transient,
  })
  // Refused for good, nothing was created; otherwise the intent stays and the next run looks for what it left.
  const over = transient ? [] : answeredIntents(context, unit.ids)
  const fields = error.evidence.fields ?? []
  await context.ledger.add([reportError(context, unit.subject, error, fields), ...over])
}
