import { absorb, compact } from '../core/absorb'
import { stampOf } from '../core/linked-item'
import { masked } from '../core/policy'
import { fingerprint } from '../core/fingerprint'
import { eligible } from '../core/newcomers'
import {
  across,
  type Link,
  type Operation,
  type Reading,
  type Side,
  type SideState,
} from '../core/model'
import type { Intent, StateChange } from '../ports/stores'
import { rfc3339 } from './deps'
import type { Work } from './gather'
import { idOn, settledState } from './linked-work'
import { newLink } from './new-link'
import { createToken, uidFor, type RunContext } from './run-context'

type Ids = Readonly<Partial<Record<Side, string>>>

const intentId = (side: Side, id: string): string => fingerprint([side, id]).slice(0, 24)

/** The creates that were announced for this item are answered; the same twice says nothing twice. */
export function answeredIntents({ intents }: RunContext, ids: Ids): StateChange[] {
  return [...intents.values()]
    .filter((intent) => ids[across(intent.on)] === intent.from.id)
    .map(({ id }) => {
      intents.delete(id)
      return { remove: 'intent', id }
    })
}

/** A create that is about to be sent. */
export interface Create {
  readonly from: Reading
  readonly generation: number
  readonly operation: Operation
}

/** Stores what creates are about to do before the first call, in one commit (sync-rules 6). */
export async function announce(context: RunContext, creates: readonly Create[]): Promise<void> {
  if (creates.length === 0) return
  const { policy } = context
  for (const { from, generation, operation } of creates) {
    const id = intentId(from.side, from.id)
    const intent: Intent = {
      id,
      kind: 'create',
      on: across(from.side),
      from: { id: from.id, container: from.container },
      uid: uidFor(context, from, generation) ?? null,
      token: createToken(context, from.side, from.id, generation),
      generation,
      pairs: operation.kind === 'delete' ? {} : compact(operation.pairs),
      stamp: stampOf(policy, from.side === 'microsoft' && masked(policy, from)),
      at: rfc3339(context.deps.clock.now()),
    }
    const known = context.intents.has(id)
    context.intents.set(id, intent)
    await context.ledger.add([{ put: 'intent', intent, known }])
  }
  await context.ledger.flush()
}

/**
 * Looks, before anything is decided, for what an earlier worker may have created without hearing the answer: it is tied to its item instead
 * of being taken for a newcomer (F1, F4). An intent ends with the unit that takes it up, never before: a worker may die any number of times.
 */
export async function recoverIntents(context: RunContext, work: Work): Promise<Work> {
  if (context.ledger.row().open.intents === 0) return work
  let recovered = work
  for (const intent of await context.state.intents()) {
    context.intents.set(intent.id, intent)
    if (intent.uid !== null && intent.on === 'oro') context.uids.set(intent.uid, intent.from.id)
    recovered = await recover(context, intent, recovered)
  }
  return recovered
}

/** Ends the intents that no unit of this run takes up: nothing is left of them. */
export async function endIntents(context: RunContext, taken: readonly Ids[]): Promise<void> {
  const open = [...context.intents.values()].filter(
    ({ on, from }) => !taken.some((ids) => ids[across(on)] === from.id),
  )
  for (const { id } of open) {
    context.intents.delete(id)
    await context.ledger.add([{ remove: 'intent', id }])
  }
}

async function recover(context: RunContext, intent: Intent, work: Work): Promise<Work> {
  const from = across(intent.on)
  const link = await linkOf(context, from, intent.from.id)
  const source = await sourceOf(context, intent, work)
  const reading = source.is === 'present' ? source.reading : stub(intent)
  const { uid } = intent
  const sent = Object.entries(intent.pairs).map(([name, pair]) => [name, pair[from]] as const)
  const asSent = { ...reading, fields: { ...reading.fields, ...Object.fromEntries(sent) } }
  const known = uid === null ? asSent : { ...asSent, keys: { ...asSent.keys, uid } }
  const found = await context.sides[intent.on].find(known)
  const orphans = await unlinked(context, intent.on, found)
  const [first] = orphans
  if (!first) return work
  const ids = new Set(orphans.map((orphan) => orphan.id))
  const linked = work.linked.filter((entry) => entry.link.oroId !== link?.oroId)
  const newcomers = work.newcomers.filter(
    ({ reading: { side, id } }) =>
      !(side === intent.on && ids.has(id)) && !(side === from && id === intent.from.id),
  )
  const open = (one: Reading): boolean => eligible(one, context.policy, work.window)
  if (orphans.length > 1 && source.is === 'present' && [reading, ...orphans].every(open)) {
    const marked = orphans.map((orphan) => ({ reading: tied(orphan, intent), previous: null }))
    const again = { reading: tied(reading, intent), previous: link ?? null }
    return { ...work, linked, newcomers: [...newcomers, again, ...marked] }
  }
  if (source.is === 'unknown') {
    // What cannot be read now is left as it is; its intent lives on with the next run.
    context.intents.delete(intent.id)
    return { ...work, newcomers }
  }
  const about = intent.on === 'oro' && source.is === 'present' ? reading : first
  const next: Link = {
    ...newLink(context, { ...ofSides(intent, first), about, generation: intent.generation }),
    stamp: intent.stamp,
    ...absorb(
      { base: {}, drift: {} },
      intent.on,
      arrived(intent, first),
      first,
      adjusted(intent, first),
    ),
  }
  await context.ledger.add([{ put: 'link', link: next, previous: link ?? null }])
  const present: SideState = { is: 'present', reading: first }
  const both = { [from]: source, [intent.on]: present } as Record<Side, SideState>
  return { ...work, newcomers, linked: [...linked, { link: next, ...both }] }
}

/** The sent values; of what the item that was found does not state (a task's status, before it is set) nothing has arrived. */
const arrived = ({ pairs }: Intent, { fields }: Reading): Intent['pairs'] =>
  Object.fromEntries(
    Object.entries(pairs).map(([name, pair]) => [
      name,
      fields[name] === undefined ? { oro: null, microsoft: null } : pair,
    ]),
  )

/** Oro keeps no reminder whose time has passed, and its answer would have said so (oro/README 3.12). */
const adjusted = ({ on, pairs }: Intent, { fields }: Reading): string[] =>
  on === 'oro' && pairs['reminder'] !== undefined && fields['reminder'] === null ? ['reminder'] : []

const ofSides = (intent: Intent, orphan: Reading) =>
  intent.on === 'microsoft'
    ? { oro: intent.from, microsoft: orphan }
    : { oro: orphan, microsoft: intent.from }

/**
 * The keys by which the pairing of newcomers knows the two for one item. Where nothing of ours is kept (tasks in Oro) several may look like
 * it: then none is chosen (sync-rules 7).
 */
function tied(reading: Reading, { on, from, uid, token }: Intent): Reading {
  if (on === 'oro') return { ...reading, keys: { ...reading.keys, uid: uid ?? token } }
  if (reading.side === 'oro') return reading
  return { ...reading, keys: { ...reading.keys, marker: from.id } }
}

async function linkOf(context: RunContext, side: Side, id: string): Promise<Link | undefined> {
  const { state } = context
  return (await (side === 'oro' ? state.linksByOro([id]) : state.linksByMicrosoft([id]))).get(id)
}

async function unlinked(
  context: RunContext,
  side: Side,
  found: readonly Reading[],
): Promise<Reading[]> {
  const orphans: Reading[] = []
  for (const reading of found) {
    const link = await linkOf(context, side, reading.id)
    if (!link || link.state === 'closed') orphans.push(reading)
  }
  return orphans
}

async function sourceOf(context: RunContext, intent: Intent, work: Work): Promise<SideState> {
  const from = across(intent.on)
  const newcomer = work.newcomers.find(
    ({ reading }) => reading.side === from && reading.id === intent.from.id,
  )
  if (newcomer) return settledState({ is: 'present', reading: newcomer.reading })
  const linked = work.linked.find(({ link }) => idOn(link, from) === intent.from.id)
  if (linked && linked[from].is !== 'same') return linked[from]
  const states = await context.sides[from].read([intent.from])
  return settledState(states.get(intent.from.id) ?? { is: 'unknown' })
}

/** As much of an item that is not there as is needed to find what was made of it. */
const stub = ({ on, from, uid }: Intent): Reading => ({
  side: across(on),
  id: from.id,
  container: from.container,
  version: '',
  modifiedAt: '1970-01-01T00:00:00Z',
  fields: {},
  role: 'organizer',
  cancelled: false,
  private: false,
  categories: [],
  keys: uid === null ? {} : { uid },
  span: null,
  unmappable: null,
  label: '',
  audience: 0,
})
