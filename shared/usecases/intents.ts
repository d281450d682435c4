import { fingerprint } from '../core/fingerprint'
import type { Reading } from '../core/model'
import type { Intent, StateChange } from '../ports/stores'
import { rfc3339 } from './deps'
import type { Work } from './gather'
import { createToken, type RunContext } from './run-context'

const intentId = (reading: Reading): string => fingerprint([reading.side, reading.id]).slice(0, 24)

/** The create that was announced for this item is answered. */
export const answeredIntent = (reading: Reading): StateChange => ({
  remove: 'intent',
  id: intentId(reading),
})

/** Stores what a group of creates is about to do before the first call, in one commit (sync-rules 6). */
export async function announce(context: RunContext, readings: readonly Reading[]): Promise<void> {
  if (readings.length === 0) return
  for (const reading of readings) {
    const intent: Intent = {
      id: intentId(reading),
      kind: 'create',
      on: reading.side === 'oro' ? 'microsoft' : 'oro',
      from: { id: reading.id, container: reading.container },
      token: createToken(context, reading.side, reading.id, 0),
      generation: 0,
      at: rfc3339(context.deps.clock.now()),
    }
    await context.ledger.add([{ put: 'intent', intent }])
  }
  await context.ledger.flush()
}

/**
 * Looks, before anything is decided, for what an earlier worker may have created without hearing the answer: found by marker, it is tied to
 * its item instead of being taken for a newcomer (F1, F4).
 */
export async function recoverIntents(context: RunContext, work: Work): Promise<Work> {
  if (context.ledger.row().open.intents === 0) return work
  const newcomers = [...work.newcomers]
  for (const intent of await context.state.intents()) {
    const from = intent.on === 'oro' ? 'microsoft' : 'oro'
    let source = newcomers.find(
      ({ reading }) => reading.side === from && reading.id === intent.from.id,
    )?.reading
    if (!source) {
      const state = (await context.sides[from].read([intent.from])).get(intent.from.id)
      if (state?.is === 'present') {
        source = state.reading
        newcomers.push({ reading: source, previous: null })
      }
    }
    const left = source ? await context.sides[intent.on].find(source) : []
    for (const reading of left) {
      const marked = { ...reading, keys: { ...reading.keys, marker: intent.from.id } }
      const index = newcomers.findIndex((entry) => entry.reading.id === reading.id)
      if (index >= 0) newcomers.splice(index, 1)
      newcomers.push({ reading: marked, previous: null })
    }
    await context.ledger.add([{ remove: 'intent', id: intent.id }])
  }
  await context.ledger.flush()
  return { ...work, newcomers }
}
