import type { Fields, Json } from '../../../core/model'
import { shownText } from '../../../core/task-fields'
import { notesHtml, notesParts, withChecklist } from '../../../html/notes'

/** A description to write, and which fields are read from it in another form than given (white space that HTML does not show). */
export interface Described {
  readonly description: string
  readonly adjusted: readonly string[]
}

/** Both fields live in one stored text: is that text needed to write one of them? */
export const needsStored = (fields: Fields, keepsChecklist: boolean): boolean =>
  fields['notes'] === undefined
    ? fields['checklist'] !== undefined
    : fields['checklist'] === undefined && keepsChecklist

/**
 * The description that says the given `notes` and `checklist`; null = neither is given. A checklist alone leaves the formatted text around
 * it as it is, notes alone leave the checklist.
 *
 * @param stored the description that Oro has now, HTML
 * @param keepsChecklist whether the setting shows checklists in descriptions at all
 */
export function describe(
  fields: Fields,
  stored: string,
  keepsChecklist: boolean,
): Described | null {
  const notes = typeof fields['notes'] === 'string' ? fields['notes'] : undefined
  const checklist = lines(fields['checklist'])
  if (notes === undefined && checklist === undefined) return null
  const before = keepsChecklist ? notesParts(stored).checklist : []
  const description =
    notes === undefined
      ? withChecklist(stored, checklist ?? [])
      : notesHtml({ notes, checklist: checklist ?? before })
  const parts = notesParts(description)
  return {
    description,
    adjusted: [
      ...(notes === undefined || shownText(parts.notes) === notes ? [] : ['notes']),
      ...(checklist === undefined || parts.checklist.join('\n') === checklist.join('\n')
        ? []
        : ['checklist']),
    ],
  }
}

const lines = (value: Json | undefined): readonly string[] | undefined =>
  Array.isArray(value) ? value.filter((line) => typeof line === 'string') : undefined
