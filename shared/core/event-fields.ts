import type { FieldContext, FieldRule } from './fields'
import type { Json } from './model'

/** Oro's limit for a title, in UTF-16 units as its form counts characters at least as generously (oro/README 3.2). */
const TITLE_LIMIT = 255

/** Oro demands a title, Outlook does not (G-20). */
const NO_SUBJECT = '(No subject)'

/** What Oro shows of a private event under `private: busy` (S6). */
const PRIVATE_TITLE = 'Private'

/** Cuts at the limit without halving a character. */
function cut(text: string): string {
  if (text.length <= TITLE_LIMIT) return text
  const head = text.slice(0, TITLE_LIMIT)
  return /[\uD800-\uDBFF]$/.test(head) ? head.slice(0, -1) : head.trimEnd()
}

const same = (value: Json): Json => value

export const title: FieldRule = {
  name: 'title',
  maskable: true,
  own: false,
  toOro(value, { masked }) {
    if (masked) return PRIVATE_TITLE
    return value === '' ? NO_SUBJECT : typeof value === 'string' ? cut(value) : value
  },
  toMicrosoft: (value) => (value === NO_SUBJECT ? '' : value),
}

const description: FieldRule = {
  name: 'description',
  maskable: true,
  own: false,
  toOro: (value, { masked }) => (masked ? '' : value),
  toMicrosoft: same,
}

const record = (value: Json | undefined): Readonly<Record<string, Json>> =>
  value !== null && typeof value === 'object' && !Array.isArray(value)
    ? (value as Readonly<Record<string, Json>>)
    : {}

/** Start, end, all-day and zone are judged together (sync-rules 1). Oro keeps instants only; Outlook's zone survives (Z8). */
const when: FieldRule = {
  name: 'when',
  maskable: false,
  own: false,
  toOro(value) {
    const { start = null, end = null, allDay = false } = record(value)
    return { start, end, allDay }
  },
  toMicrosoft(value, { policy, beside }: FieldContext) {
    const { start = null, end = null, allDay = false } = record(value)
    const zone = record(beside)['zone'] ?? policy.zone
    return { start, end, allDay, zone }
  },
}

/** Minutes before the start. Oro knows none "at start time" (oro/README 3.12). */
const reminder: FieldRule = {
  name: 'reminder',
  maskable: true,
  own: true,
  // Oro does not move `updatedAt` for it (oro/README 6.1).
  unlistedOn: 'oro',
  toOro: (value, { masked }) => (masked || value === 0 ? null : value),
  toMicrosoft: same,
}

/** The people of an Oro event as lines of text in the body, under `attendees: list-in-body` (P6). */
const attendeeList: FieldRule = {
  name: 'attendeeList',
  owner: 'oro',
  maskable: false,
  own: false,
  toOro: (value) => value ?? [],
  toMicrosoft: same,
}

/** Organizer of a meeting the user only attends (C6). Oro lets it be set once (oro/README 3.11). */
const organizer: FieldRule = {
  name: 'organizer',
  owner: 'microsoft',
  onceOnly: true,
  maskable: true,
  own: false,
  toOro: (value, { masked }) => (masked ? null : value),
  toMicrosoft: same,
}

export const EVENT_FIELDS: readonly FieldRule[] = [
  title,
  description,
  when,
  reminder,
  attendeeList,
  organizer,
]
