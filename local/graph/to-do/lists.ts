import { GraphError } from '../errors'
import { recordList, type Teller } from './box'
import type { TaskList } from './model'

/** @throws GraphError 400 for the default and the flagged list (G-48) */
export function checkOrdinary(list: TaskList): void {
  if (list.wellknownListName === 'none') return
  throw new GraphError(400, 'invalidRequest', 'A well-known list cannot be renamed or deleted.')
}

export function renameList(teller: Teller, list: TaskList, displayName: string): void {
  list.displayName = displayName
  recordList(teller, list, 'updated')
}

/** The list with everything in it; its own delta answers 404 from now on (G-73). */
export function removeList(teller: Teller, list: TaskList): void {
  teller.box.lists.delete(list.id)
  recordList(teller, list, 'deleted')
}
