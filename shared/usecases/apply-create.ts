import type { Decision, Link, Operation, Reading } from '../core/model'
import { isItemError, SyncError } from '../errors'
import type { Written } from '../ports/side'
import { idOn } from './linked-work'
import { newLink } from './new-link'
import { historyOf, reportFinding, settle, subjectOf, subjectOfReading } from './remember'
import type { Applied } from './remember-group'
import { createToken, uidFor, type RunContext } from './run-context'

/** Writes one created item; raises the generation once where the token was used up by a lost item (G-31). */
async function create(
  context: RunContext,
  operation: Extract<Operation, { kind: 'create' | 'update' }>,
  from: Reading,
  generation: number,
  taken: (id: string) => Promise<boolean>,
): Promise<{ written: Written; generation: number }> {
  const { on } = operation
  const container = context.rules.home(context.connection, on)
  for (let attempt = generation; ; attempt += 1) {
    const token = createToken(context, from.side, from.id, attempt)
    const uid = attempt === generation ? uidFor(context, from, attempt) : token
    const counterpart = uid === undefined ? from : { ...from, keys: { ...from.keys, uid } }
    try {
      const { mayWrite } = context.ledger
      const draft = { fields: operation.fields, container, counterpart, token, mayWrite }
      const categories = on === 'microsoft' ? context.policy.onlyCategories.slice(0, 1) : []
      const written = await context.sides[on].create({ ...draft, categories })
      // Another item holds that id already (a copy with the same iCalUId): this one gets an id of its own.
      if (!(await taken(written.id))) return { written, generation: attempt }
    } catch (error) {
      if (!isItemError(error) || error.evidence.detail !== 'duplicate-token') throw error
    }
    if (attempt >= generation + 3) {
      throw new SyncError({ code: 'ambiguous-match', scope: 'item', side: on, transient: false })
    }
  }
}

/** Creates the counterpart of a living item and ties the two. */
export async function applyCreate(
  context: RunContext,
  input: {
    from: Reading
    operation: Operation
    decision: Pick<Decision, 'lost' | 'findings'>
    previous: Link | null
  },
): Promise<Applied> {
  const { from, operation, decision, previous } = input
  if (operation.kind === 'delete') throw new TypeError('A deletion creates nothing')
  const linkedOn = async (id: string): Promise<boolean> => {
    const found =
      operation.on === 'oro'
        ? (await context.state.linksByOro([id])).get(id)
        : (await context.state.linksByMicrosoft([id])).get(id)
    return found !== undefined && found.state !== 'closed' && idOn(found, from.side) !== from.id
  }
  const first = previous ? previous.generation + 1 : 0
  const { written, generation } = await create(context, operation, from, first, linkedOn)
  context.tally.writes[operation.on].created += 1
  const [oro, microsoft] = from.side === 'oro' ? [from, written] : [written, from]
  const link = newLink(context, { oro, microsoft, about: from, generation })
  const subject = subjectOf(link)
  const history = historyOf(context, subject, operation, decision, () => null)
  return {
    link,
    previous,
    answers: [{ on: operation.on, pairs: operation.pairs, written }],
    changes: [
      ...settle(context, subjectOfReading(from), []),
      { put: 'history', entry: history },
      ...decision.findings.map((finding) => reportFinding(context, subject, finding)),
    ],
  }
}
