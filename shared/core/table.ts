import type { Side } from './model'

/** What one side of a linked item is in this run (sync-rules 2). */
export type Seen = 'same' | 'changed' | 'gone' | 'unknown'

export type Action =
  | 'nothing'
  | 'merge'
  | 'delete-oro'
  | 'delete-microsoft'
  | 're-create-oro'
  | 're-create-microsoft'
  | 'close'
  | 'park'
  | 'unlink'

type Table<A> = Readonly<Record<Seen, Readonly<Record<Seen, A>>>>

const NOTHING = {
  same: 'nothing',
  changed: 'nothing',
  gone: 'nothing',
  unknown: 'nothing',
} as const

/** Rows: Oro; columns: Microsoft. The types demand every cell. */
const BIDIRECTIONAL: Table<Action> = {
  same: { same: 'nothing', changed: 'merge', gone: 'delete-oro', unknown: 'nothing' },
  changed: { same: 'merge', changed: 'merge', gone: 're-create-microsoft', unknown: 'nothing' },
  gone: { same: 'delete-microsoft', changed: 're-create-oro', gone: 'close', unknown: 'nothing' },
  unknown: NOTHING,
}

type OneWayAction =
  'nothing' | 'merge' | 'delete-target' | 'create-target' | 'foreign-edit' | 'park' | 'close'

/** Rows: the side that is followed; columns: the side that is written. */
const ONE_WAY: Table<OneWayAction> = {
  same: { same: 'nothing', changed: 'merge', gone: 'park', unknown: 'nothing' },
  changed: { same: 'merge', changed: 'merge', gone: 'create-target', unknown: 'nothing' },
  gone: { same: 'delete-target', changed: 'foreign-edit', gone: 'close', unknown: 'nothing' },
  unknown: NOTHING,
}

interface Rule {
  readonly direction: 'bidirectional' | 'oro-to-microsoft' | 'microsoft-to-oro'
  readonly deleteVsEdit: 'keep-edit' | 'delete-wins'
  readonly foreignEdit: 'leave' | 'revert'
}

function oneWay(action: OneWayAction, target: Side, rule: Rule): Action {
  if (action === 'delete-target') return `delete-${target}`
  if (action === 'create-target') return `re-create-${target}`
  if (action === 'foreign-edit')
    return rule.foreignEdit === 'revert' ? `delete-${target}` : 'unlink'
  return action
}

/** The cell of the truth table that holds for a linked item (sync-rules 2, P1, P2, P4). */
export function actionFor(oro: Seen, microsoft: Seen, rule: Rule): Action {
  if (rule.direction === 'oro-to-microsoft') {
    return oneWay(ONE_WAY[oro][microsoft], 'microsoft', rule)
  }
  if (rule.direction === 'microsoft-to-oro') return oneWay(ONE_WAY[microsoft][oro], 'oro', rule)
  const action = BIDIRECTIONAL[oro][microsoft]
  if (rule.deleteVsEdit === 'keep-edit') return action
  // The edited side is the one that still lives: it follows the deletion.
  if (action === 're-create-microsoft') return 'delete-oro'
  return action === 're-create-oro' ? 'delete-microsoft' : action
}
