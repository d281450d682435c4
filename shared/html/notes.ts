import { canonicalHtml } from './canonical'
import { blockHtml, escaped, withOtherBlock, withoutBlock, type Fence } from './fences'
import { plainText } from './plain'

/** Between these the checklist of a To Do task stands in an Oro description (`checklist: in-description`). */
const CHECKLIST: Fence = { start: '--- Checklist in To Do ---', end: '--- End of checklist ---' }

/** What stands in the description of an Oro task, taken apart. */
export interface NotesParts {
  /** The text as people read it, without our block. */
  readonly notes: string
  /** The lines of our block in their order; [] = no block. */
  readonly checklist: readonly string[]
}

/** Takes a stored description (HTML) apart. */
export function notesParts(raw: string): NotesParts {
  const { rest, lines } = withoutBlock(canonicalHtml(raw, 'html'), CHECKLIST)
  return { notes: plainText(rest), checklist: lines }
}

/** A description that `notesParts` reads as these parts, but for white space that HTML does not show. '' = nothing to say. */
export function notesHtml({ notes, checklist }: NotesParts): string {
  const text = notes.trim()
  const own = text === '' ? '' : `<p>${escaped(text).replace(/\r\n?|\n/g, '<br>')}</p>`
  return own + checklistHtml(checklist)
}

/** A stored description with another checklist; all around it stays as it is, down to its formats. */
export function withChecklist(raw: string, checklist: readonly string[]): string {
  return withOtherBlock(raw, CHECKLIST, checklist) ?? raw + checklistHtml(checklist)
}

function checklistHtml(checklist: readonly string[]): string {
  const block = blockHtml(CHECKLIST, checklist)
  return block === '' ? '' : `<p>${block}</p>`
}
