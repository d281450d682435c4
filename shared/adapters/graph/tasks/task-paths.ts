import type { ItemRef } from '../../../ports/side'
import { segment } from '../calendar-container'

export const LISTS = '/me/todo/lists'

export const listPath = (list: string): string => `${LISTS}/${segment(list)}`

export const tasksPath = (list: string): string => `${listPath(list)}/tasks`

export const taskPath = ({ id, container }: ItemRef): string =>
  `${tasksPath(container)}/${segment(id)}`
