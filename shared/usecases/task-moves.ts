import { same } from '../core/fingerprint'
import type { Link, Reading, SideState } from '../core/model'
import type { StateChange } from '../ports/stores'
import type { Work } from './gather'
import { holdBack, release } from './held-back'
import { containerOn, idOn, type LinkedWork } from './linked-work'
import { subjectOf, subjectOfReading } from './remember'
import type { RunContext } from './run-context'

/** What became of one newcomer. */
type Verdict =
  | { readonly is: 'moved'; readonly link: Link }
  | { readonly is: 'own' }
  /** The other half of a move may still come: once more is waited for it. */
  | { readonly is: 'doubtful' }
  /** What it would be told by does not answer. */
  | { readonly is: 'unread' }

/**
 * Ties tasks that were moved to another To Do list to their links again, before a removal is believed (sync-rules 7, G-42): a move gives a
 * new id there and a removal here, in either order and maybe in different rounds. A removal, and a newcomer that could be the other half
 * of one, wait for one more run. Called between gathering and deciding; nothing happens while an account has no links.
 */
export async function relinkMoves(context: RunContext, work: Work): Promise<Work> {
  const { kind, ledger, state } = context
  const row = ledger.row()
  if (kind !== 'tasks' || Object.values(row.counts).every((count) => count === 0)) return work
  const rest = new Set(row.open.rest > 0 ? (await state.rest())?.microsoft : [])
  const fresh = work.newcomers.filter(
    ({ reading, previous }) =>
      reading.side === 'microsoft' && previous === null && !rest.has(reading.id),
  )
  const gone = work.linked.filter(isRemoved)
  if (fresh.length === 0 && gone.length === 0) return work
  const read = await whole(
    context,
    fresh.map(({ reading }) => reading),
  )
  const homeless = work.linked.filter(({ microsoft }) => isLost(microsoft))
  const verdicts = await judge(context, read, gone, homeless)
  const changes: StateChange[] = []
  const moved = new Map<string, { link: Link; reading: Reading }>()
  const out = new Set<string>(fresh.map(({ reading }) => reading.id))
  const kept: Work['newcomers'][number][] = []
  for (const reading of read) {
    const verdict = verdicts.get(reading.id) ?? { is: 'own' }
    if (verdict.is === 'moved') moved.set(verdict.link.oroId, { link: verdict.link, reading })
    else {
      const how = verdict.is === 'unread' ? 'until-answered' : 'once'
      const waits =
        verdict.is !== 'own' && holdBack(context, subjectOfReading(reading), changes, how)
      if (!waits) kept.push({ reading, previous: null })
    }
  }
  const late = new Set(
    // Of a list that suddenly says nothing this run alone knows it (P5): what is gone there is for the brake, at once.
    (work.suddenlyEmpty ? [] : gone)
      .filter(({ link, oro }) => !moved.has(link.oroId) && oro.is !== 'gone')
      .filter(({ link }) => holdBack(context, subjectOf(link), changes, 'once'))
      .map(({ link }) => link.oroId),
  )
  const linked = [
    ...work.linked.filter(({ link }) => !moved.has(link.oroId) && !late.has(link.oroId)),
    ...(await relinked(context, work, moved, changes)),
  ]
  for (const change of changes) await ledger.add([change])
  // The rows of a move are written before anything is decided upon them.
  if (changes.length > 0) await ledger.flush()
  return {
    ...work,
    linked,
    newcomers: [...work.newcomers.filter(({ reading }) => !out.has(reading.id)), ...kept],
  }
}

/** Proven to be gone in To Do: a deletion, or half of a move. */
const isRemoved = ({ link, microsoft }: LinkedWork): boolean =>
  link.state === 'linked' && microsoft.is === 'gone'

/** Newcomers as they are by themselves, which tells whose counterpart they are (G-49). Those that are gone again are left out. */
async function whole(context: RunContext, readings: readonly Reading[]): Promise<Reading[]> {
  const bare = readings.filter(({ keys }) => keys.marker === undefined)
  if (bare.length === 0) return [...readings]
  const states = await context.sides.microsoft.read(bare)
  return readings.flatMap((reading) => {
    const state = states.get(reading.id)
    if (state?.is === 'present') return [state.reading]
    return state?.is === 'gone' ? [] : [reading]
  })
}

const isLost = (state: SideState): boolean =>
  state.is === 'hidden' && state.code === 'container-gone'

const isHomeless = ({ state, reason }: Link): boolean =>
  state === 'unlinked' && (reason === 'container-gone' || reason === 'access')

async function judge(
  context: RunContext,
  readings: readonly Reading[],
  gone: readonly LinkedWork[],
  homeless: readonly LinkedWork[],
): Promise<ReadonlyMap<string, Verdict>> {
  const verdicts = new Map<string, Verdict>()
  const taken = new Set<string>()
  const removed = new Map(gone.map(({ link }) => [link.oroId, link]))
  const markers = readings.flatMap(({ keys }) => keys.marker ?? [])
  const links =
    markers.length === 0
      ? new Map<string, Link>()
      : await context.state.linksByOro([...new Set(markers)])
  const unmarked: Reading[] = []
  for (const reading of readings) {
    const link = links.get(reading.keys.marker ?? '')
    if (link === undefined || link.state === 'closed') unmarked.push(reading)
    else {
      const verdict: Verdict = taken.has(link.oroId)
        ? { is: 'own' }
        : await oldPlace(context, link, removed.has(link.oroId))
      verdicts.set(reading.id, verdict)
      if (verdict.is === 'moved') taken.add(link.oroId)
    }
  }
  if (unmarked.length === 0) return verdicts
  const all = await context.state.links()
  const lost = new Set(homeless.map(({ link }) => link.oroId))
  // A task may leave its list just before that is deleted.
  const left = all.filter(
    (link) =>
      !taken.has(link.oroId) &&
      (removed.has(link.oroId) || lost.has(link.oroId) || isHomeless(link)),
  )
  for (const reading of unmarked) {
    const equal = left.filter((link) => alike(context, link, reading))
    const [link] = equal
    const rivals = unmarked.filter((other) => link !== undefined && alike(context, link, other))
    if (link !== undefined && equal.length === 1 && rivals.length === 1) {
      verdicts.set(reading.id, { is: 'moved', link })
    }
  }
  const strangers = unmarked.filter(({ id }) => !verdicts.has(id))
  if (strangers.length === 0) return verdicts
  const living = all.filter(({ state }) => state === 'linked')
  for (const reading of strangers) {
    const twin = living.some((link) => alike(context, link, reading))
    verdicts.set(reading.id, twin ? { is: 'doubtful' } : { is: 'own' })
  }
  return verdicts
}

/** What the task that a marker's link still names says: gone = the newcomer is it, there = the newcomer is a copy, perhaps not for long. */
async function oldPlace(context: RunContext, link: Link, proven: boolean): Promise<Verdict> {
  if (proven) return { is: 'moved', link }
  const ref = { id: idOn(link, 'microsoft'), container: containerOn(link, 'microsoft') }
  const state = (await context.sides.microsoft.read([ref])).get(ref.id)
  if (state?.is === 'gone' || (state && isLost(state))) return { is: 'moved', link }
  return { is: state?.is === 'present' ? 'doubtful' : 'unread' }
}

/** Does it say everything that the link's task said when both sides last agreed? */
function alike({ rules }: RunContext, link: Link, reading: Reading): boolean {
  const known = rules.fields.filter(({ name }) => link.base[name] !== undefined)
  return (
    known.some(({ name }) => name === 'subject') &&
    known.every(({ name }) => {
      const said = reading.fields[name]
      return said === undefined || same(said, link.base[name]?.microsoft ?? null)
    })
  )
}

/** The links under their new ids, with the newcomers as what their items say now. */
async function relinked(
  context: RunContext,
  work: Work,
  moved: ReadonlyMap<string, { link: Link; reading: Reading }>,
  changes: StateChange[],
): Promise<LinkedWork[]> {
  const one = async ({ link: previous, reading }: { link: Link; reading: Reading }) => {
    // Its list had vanished from sight, not the task.
    const back = isHomeless(previous)
    const link: Link = {
      ...previous,
      microsoftId: reading.id,
      microsoftContainer: reading.container,
      versions: { ...previous.versions, microsoft: reading.version },
      ...(back ? { state: 'linked', reason: null } : {}),
    }
    const known = work.linked.find((entry) => entry.link.oroId === link.oroId)
    changes.push(
      { put: 'link', link, previous },
      ...release(context, subjectOf(previous)),
      ...release(context, subjectOfReading(reading)),
    )
    // Without an entry no feed of this run named its Oro task; what was not synced for a while may have changed in an earlier one.
    const oro: SideState = known?.oro ?? (back ? await readOro(context, link) : { is: 'same' })
    return { link, oro, microsoft: { is: 'present' as const, reading } }
  }
  return Promise.all([...moved.values()].map(one))
}

async function readOro(context: RunContext, link: Link): Promise<SideState> {
  const ref = { id: idOn(link, 'oro'), container: containerOn(link, 'oro') }
  return (await context.sides.oro.read([ref])).get(ref.id) ?? { is: 'unknown' }
}
