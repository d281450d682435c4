import {
  decideAdoption,
  decideNewcomer,
  eligible,
  pairNewcomers,
  type Match,
  type Pairing,
} from '../core/newcomers'
import type { Link, Reading, Side } from '../core/model'
import { applyLinked } from './apply'
import { applyCreate } from './apply-create'
import type { Applied } from './remember-group'
import { dissolved, type Held } from './deletions'
import type { Work } from './gather'
import { unreadUnit } from './linked-units'
import type { LinkedWork } from './linked-work'
import { newLink } from './new-link'
import type { Unit } from './process'
import { report, reportFinding, subjectOfReading } from './remember'
import type { RunContext } from './run-context'

async function adopt(
  context: RunContext,
  match: Match,
  previous: Link | null,
  held: Held,
): Promise<Applied> {
  const decision = decideAdoption(match, context.rules.fields, context.policy)
  const { oro, microsoft } = match
  const generation = previous?.generation ?? 0
  const link: Link = {
    ...newLink(context, { oro, microsoft, about: microsoft, generation }),
    stamp: decision.stamp,
    versions: { oro: oro.version, microsoft: microsoft.version },
  }
  const work: LinkedWork = {
    link,
    oro: { is: 'present', reading: match.oro },
    microsoft: { is: 'present', reading: match.microsoft },
  }
  const applied = await applyLinked(context, work, decision)
  const over = previous ? dissolved(held, previous) : []
  return { ...applied, previous, changes: [...applied.changes, ...over] }
}

/** Which newcomers of both sides are one item. */
export function pairingOf(context: RunContext, work: Work): Pairing {
  const candidates = work.newcomers
    .map((entry) => entry.reading)
    .filter((reading) => eligible(reading, context.policy, work.window))
  return pairNewcomers(candidates, context.rules.guess(context.policy))
}

/** Newcomers of both sides: tied to each other where they are one item, else created across. Exports come before imports. */
export function newcomerUnits(
  context: RunContext,
  work: Work,
  pairing: Pairing,
  held: Held,
): Unit[] {
  const previous = new Map(work.newcomers.map((entry) => [entry.reading, entry.previous]))
  const units: Unit[] = work.unread.map(({ side, id }) => {
    const nobody = { oroId: null, microsoftId: null, microsoftContainer: null, label: '' }
    const known = [...context.problems.values()].find(
      (problem) => (side === 'oro' ? problem.oroId : problem.microsoftId) === id,
    )
    const { oroId, microsoftId, microsoftContainer, label } = known ?? nobody
    const subject = { oroId, microsoftId, microsoftContainer, label }
    return unreadUnit(
      side === 'oro' ? { ...subject, oroId: id } : { ...subject, microsoftId: id },
      side,
    )
  })
  const mappable = (match: Match): boolean => !match.oro.unmappable && !match.microsoft.unmappable
  for (const match of pairing.matches) {
    const before = previous.get(match.oro) ?? previous.get(match.microsoft) ?? null
    units.push({
      ids: { oro: match.oro.id, microsoft: match.microsoft.id },
      subject: subjectOfReading(match.microsoft),
      run: () =>
        mappable(match)
          ? adopt(context, match, before, held)
          : withhold(context, match.microsoft.unmappable ? match.microsoft : match.oro),
    })
  }
  for (const reading of pairing.ambiguous) {
    units.push({ ...unitOf(reading), run: () => reportAmbiguous(context, reading) })
  }
  const bySide = (side: Side): Reading[] =>
    pairing.single.filter((reading) => reading.side === side)
  for (const reading of [...bySide('oro'), ...bySide('microsoft')]) {
    const decision = decideNewcomer(reading, context.rules.fields, context.policy, work.window)
    if (decision.is === 'withhold')
      units.push({ ...unitOf(reading), run: () => withhold(context, reading) })
    if (decision.is !== 'create' || context.rules.bygone(reading, work.window)) continue
    const before = previous.get(reading) ?? null
    const { operation } = decision
    units.push({
      ...unitOf(reading),
      creates: {
        from: reading,
        generation: before ? before.generation + 1 : 0,
        operation,
      },
      run: () =>
        applyCreate(context, {
          from: reading,
          operation,
          decision: { lost: [], findings: [] },
          previous: before,
        }),
    })
  }
  return units
}

const unitOf = (reading: Reading): Pick<Unit, 'ids' | 'subject'> => ({
  ids: { [reading.side]: reading.id },
  subject: subjectOfReading(reading),
})

/** Was this told before? One that a person wanted tried again is told anew, or it would count as over. */
const isKnown = ({ problems }: RunContext, { side, id }: Reading, code: string): boolean =>
  [...problems.values()].some(
    (problem) =>
      problem.code === code &&
      problem.nextTryAt === null &&
      (side === 'oro' ? problem.oroId : problem.microsoftId) === id,
  )

/** Not synced, reported, touched nowhere. The same reason again writes nothing. */
async function withhold(context: RunContext, reading: Reading): Promise<null> {
  const { unmappable } = reading
  if (!unmappable) return null
  if (isKnown(context, reading, unmappable.code)) return null
  const subject = subjectOfReading(reading)
  const finding = { ...unmappable, fields: [], side: reading.side }
  await context.ledger.add([reportFinding(context, subject, finding)])
  return null
}

async function reportAmbiguous(context: RunContext, reading: Reading): Promise<null> {
  if (isKnown(context, reading, 'ambiguous-match')) return null
  const change = report(context, subjectOfReading(reading), {
    code: 'ambiguous-match',
    message: 'Several items look like its counterpart; none was chosen.',
    side: reading.side,
    fields: [],
    transient: false,
    step: 'map',
  })
  await context.ledger.add([change])
  return null
}
