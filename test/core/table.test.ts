import { decideLinked } from '../../shared/core/decide'
import type { Decision, SideState } from '../../shared/core/model'
import type { Policy } from '../../shared/core/policy'
import { actionFor, type Action, type Seen } from '../../shared/core/table'
import { GONE, item, present, SAME, UNKNOWN } from './samples'

/** What happens, as sync-rules 2 says it: the operation and, where there is none, the state. */
type Cell =
  | 'nothing'
  | 'write oro'
  | 'write microsoft'
  | 'merge'
  | 'delete oro'
  | 'delete microsoft'
  | 're-create oro'
  | 're-create microsoft'
  | 'close'
  | 'park'
  | 'unlink'
  | 'set back oro'
  | 'set back microsoft'

/** Rows: Oro; columns: Microsoft. A forgotten cell does not compile. */
type Table = Record<Seen, Record<Seen, Cell>>

const NOTHING: Record<Seen, Cell> = {
  same: 'nothing',
  changed: 'nothing',
  gone: 'nothing',
  unknown: 'nothing',
}

const BIDIRECTIONAL: Table = {
  same: { same: 'nothing', changed: 'write oro', gone: 'delete oro', unknown: 'nothing' },
  changed: {
    same: 'write microsoft',
    changed: 'merge',
    gone: 're-create microsoft',
    unknown: 'nothing',
  },
  gone: { same: 'delete microsoft', changed: 're-create oro', gone: 'close', unknown: 'nothing' },
  unknown: NOTHING,
}

const DELETE_WINS: Table = {
  ...BIDIRECTIONAL,
  changed: { ...BIDIRECTIONAL.changed, gone: 'delete oro' },
  gone: { ...BIDIRECTIONAL.gone, changed: 'delete microsoft' },
}

const TO_MICROSOFT: Table = {
  same: { same: 'nothing', changed: 'nothing', gone: 'park', unknown: 'nothing' },
  changed: {
    same: 'write microsoft',
    changed: 'write microsoft',
    gone: 're-create microsoft',
    unknown: 'nothing',
  },
  gone: { same: 'delete microsoft', changed: 'unlink', gone: 'close', unknown: 'nothing' },
  unknown: NOTHING,
}

const TO_MICROSOFT_REVERT: Table = {
  ...TO_MICROSOFT,
  same: { ...TO_MICROSOFT.same, changed: 'set back microsoft' },
  gone: { ...TO_MICROSOFT.gone, changed: 'delete microsoft' },
}

const TO_ORO: Table = {
  same: { same: 'nothing', changed: 'write oro', gone: 'delete oro', unknown: 'nothing' },
  changed: { same: 'nothing', changed: 'write oro', gone: 'unlink', unknown: 'nothing' },
  gone: { same: 'park', changed: 're-create oro', gone: 'close', unknown: 'nothing' },
  unknown: NOTHING,
}

const TO_ORO_REVERT: Table = {
  ...TO_ORO,
  changed: { ...TO_ORO.changed, same: 'set back oro', gone: 'delete oro' },
}

const TABLES: readonly (readonly [string, Partial<Policy>, Table])[] = [
  ['both ways', {}, BIDIRECTIONAL],
  ['both ways, deletions win', { deleteVsEdit: 'delete-wins' }, DELETE_WINS],
  ['Oro to Microsoft', { direction: 'oro-to-microsoft' }, TO_MICROSOFT],
  [
    'Oro to Microsoft, set back',
    { direction: 'oro-to-microsoft', foreignEdit: 'revert' },
    TO_MICROSOFT_REVERT,
  ],
  ['Microsoft to Oro', { direction: 'microsoft-to-oro' }, TO_ORO],
  [
    'Microsoft to Oro, set back',
    { direction: 'microsoft-to-oro', foreignEdit: 'revert' },
    TO_ORO_REVERT,
  ],
]

const SEEN = ['same', 'changed', 'gone', 'unknown'] as const satisfies readonly Seen[]

const stateFor = (side: 'oro' | 'microsoft', seen: Seen): SideState =>
  ({
    same: present(side),
    changed: present(side, { title: `Changed on ${side}` }),
    gone: GONE,
    unknown: UNKNOWN,
  })[seen]

function told(decision: Decision): Cell {
  const [operation] = decision.operations
  if (!operation) {
    const states: Partial<Record<Decision['state'], Cell>> = {
      closed: 'close',
      parked: 'park',
      unlinked: 'unlink',
    }
    return states[decision.state] ?? 'nothing'
  }
  if (operation.kind === 'delete') return `delete ${operation.on}`
  if (operation.kind === 'create') return `re-create ${operation.on}`
  if (operation.why === 'set-back') return `set back ${operation.on}`
  return `write ${operation.on}`
}

/** The strategy is `oro`: where both changed, Outlook is written. */
const expected = (cell: Cell): Cell => (cell === 'merge' ? 'write microsoft' : cell)

describe.each(TABLES)('a linked item, %s', (_, policy, table) => {
  for (const oro of SEEN) {
    for (const microsoft of SEEN) {
      it(`Oro ${oro}, Microsoft ${microsoft}: ${table[oro][microsoft]}`, () => {
        const states = { oro: stateFor('oro', oro), microsoft: stateFor('microsoft', microsoft) }
        expect(told(decideLinked(item(states, { policy })))).toBe(expected(table[oro][microsoft]))
      })
    }
  }
})

describe('the truth table', () => {
  it('reads an item that the feeds did not list like one that did not change', () => {
    for (const seen of ['gone', 'changed'] as const) {
      const listed = decideLinked(
        item({ oro: present('oro'), microsoft: stateFor('microsoft', seen) }),
      )
      const silent = decideLinked(item({ oro: SAME, microsoft: stateFor('microsoft', seen) }))
      expect(told(silent)).toBe(told(listed))
    }
  })

  it('never deletes or re-creates the side that alone is unknown', () => {
    for (const seen of SEEN) {
      const actions: Action[] = [
        actionFor('unknown', seen, {
          direction: 'bidirectional',
          deleteVsEdit: 'delete-wins',
          foreignEdit: 'revert',
        }),
        actionFor(seen, 'unknown', {
          direction: 'oro-to-microsoft',
          deleteVsEdit: 'delete-wins',
          foreignEdit: 'revert',
        }),
      ]
      expect(actions).toEqual(['nothing', 'nothing'])
    }
  })
})
