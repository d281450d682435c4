import type { Level, Settings } from './schema'

/** Every field by its path, e.g. `calendar.direction`. A field missing in the table does not compile. */
export type FieldPath =
  | 'syncInterval'
  | `calendar.${keyof Settings['calendar']}`
  | `tasks.${keyof Settings['tasks']}`
  | `emails.${keyof Settings['emails']}`

/** Where a field stands within its section of the page. */
export type FieldGroup = 'basics' | 'scope' | 'people' | 'safety'

interface Common {
  label: string
  /** Another label at system level, where the enable boxes stand together (oro/README.md 9.2). */
  systemLabel?: string
  /** What the field is for, in one sentence. */
  help: string
  group: FieldGroup
  /** Absent = all three levels. */
  levels?: readonly Level[]
  /** Absent = in every direction. */
  appliesTo?: 'bidirectional' | 'one-way'
}

export interface ToggleField extends Common {
  type: 'toggle'
  default: boolean
  means: { on: string; off: string }
}
export interface ChoiceField extends Common {
  type: 'choice'
  default: string
  values: readonly { value: string; label: string; means: string }[]
}
export interface NumberField extends Common {
  type: 'number'
  default: number
  min: number
  max: number
  /** Shown behind the input and used in sentences. */
  unit: string
  /** One sentence with `{n}` for the number. */
  means: string
}
interface ListField extends Common {
  type: 'list'
  default: readonly string[]
  maxItems: number
  maxLength: number
  /** `some` has `{names}`. */
  means: { empty: string; some: string }
}
interface TextField extends Common {
  type: 'text'
  default: string
  maxLength: number
  multiline: boolean
  /** `some` has `{text}`. */
  means: { empty: string; some: string }
}
export type Field = ToggleField | ChoiceField | NumberField | ListField | TextField

const direction = (what: string): ChoiceField => ({
  type: 'choice',
  default: 'bidirectional',
  label: 'Sync Direction',
  help: `Which way ${what} travel.`,
  group: 'basics',
  values: [
    {
      value: 'bidirectional',
      label: 'Bidirectional',
      means: 'A change made on either side appears on the other.',
    },
    {
      value: 'oro-to-microsoft',
      label: 'Oro to Microsoft',
      means: 'Changes made in Oro appear in Microsoft 365; nothing is written to Oro.',
    },
    {
      value: 'microsoft-to-oro',
      label: 'Microsoft to Oro',
      means: 'Changes made in Microsoft 365 appear in Oro; nothing is written to Microsoft 365.',
    },
  ],
})

const conflictResolution = (item: string): ChoiceField => ({
  type: 'choice',
  default: 'oro',
  label: 'Conflict Resolution',
  help: `Who wins when the same field of ${item} was changed on both sides; the losing value is kept in the history.`,
  group: 'basics',
  appliesTo: 'bidirectional',
  values: [
    { value: 'oro', label: 'Oro wins', means: 'The value from Oro is kept on both sides.' },
    {
      value: 'microsoft',
      label: 'Microsoft wins',
      means: 'The value from Microsoft 365 is kept on both sides.',
    },
    {
      value: 'newest',
      label: 'Newest wins',
      means:
        'The side that was changed last wins (best effort; within two seconds it is a tie and Oro wins).',
    },
  ],
})

const enabled = (what: string, systemLabel: string): ToggleField => ({
  type: 'toggle',
  default: false,
  label: 'Enabled',
  systemLabel,
  help: 'Off at system level is off for everybody.',
  group: 'basics',
  means: {
    on: `${what} of connected users are synchronized.`,
    off: `${what} are neither read nor written; what is linked stays linked.`,
  },
})

const backfill = (what: string): ChoiceField => ({
  type: 'choice',
  default: 'window',
  label: 'At First Sync',
  help: `Which existing ${what} are taken along when an account is connected.`,
  group: 'scope',
  values: [
    {
      value: 'window',
      label: 'Everything current',
      means: `All current ${what} are synchronized.`,
    },
    {
      value: 'changed-after-connect',
      label: 'Only what changes from now on',
      means: `Existing ${what} are left alone until somebody changes them.`,
    },
  ],
})

const deleteVsEdit = (item: string): ChoiceField => ({
  type: 'choice',
  default: 'keep-edit',
  label: 'Deleted Here, Edited There',
  help: `What happens when ${item} was deleted on one side and edited on the other.`,
  group: 'safety',
  appliesTo: 'bidirectional',
  values: [
    {
      value: 'keep-edit',
      label: 'Keep the edited one',
      means: 'The edit wins: it is created again where it was deleted.',
    },
    {
      value: 'delete-wins',
      label: 'Delete it',
      means: 'The deletion wins: the edited one is deleted as well.',
    },
  ],
})

const foreignEdit = (item: string): ChoiceField => ({
  type: 'choice',
  default: 'leave',
  label: 'Edits on the Receiving Side',
  help: `What happens to ${item} that was edited on the side that only receives.`,
  group: 'safety',
  appliesTo: 'one-way',
  values: [
    { value: 'leave', label: 'Leave them', means: 'The edit stays where it was made.' },
    {
      value: 'revert',
      label: 'Set them back',
      means: 'The edit is replaced by what the sending side says.',
    },
  ],
})

const deletionLimit = (what: string): NumberField => ({
  type: 'number',
  default: 20,
  min: 0,
  max: 1000,
  unit: what,
  label: 'Hold Deletions Above',
  help: 'More deletions than this within an hour wait until somebody confirms them.',
  group: 'safety',
  means: `More than {n} deleted ${what} within an hour wait for a confirmation.`,
})

const deletionPercent = (what: string): NumberField => ({
  type: 'number',
  default: 25,
  min: 0,
  max: 100,
  unit: '%',
  label: 'Hold Deletions Above Share',
  help: 'Deletions of a larger share than this wait until somebody confirms them.',
  group: 'safety',
  means: `Deletions of more than {n} % of the linked ${what} wait for a confirmation.`,
})

/** The single source of validation, OpenAPI, page and README table (DESIGN 6). Its order is the page's. */
export const fields: { readonly [P in FieldPath]: Field } = {
  syncInterval: {
    type: 'number',
    default: 15,
    min: 5,
    max: 1440,
    unit: 'minutes',
    label: 'Sync Interval (In Minutes)',
    help: 'How often an account is compared when neither side has reported a change before.',
    group: 'basics',
    means: 'Both sides are compared at least every {n} minutes.',
  },
  'calendar.enabled': enabled('Calendar events', 'Enable Calendar Sync'),
  'tasks.enabled': enabled('Tasks', 'Enable Tasks Sync'),
  'emails.enabled': {
    type: 'toggle',
    default: false,
    label: 'Enable Emails Sync',
    help: 'Kept for Oro’s own settings: this service does not synchronize e-mails.',
    group: 'basics',
    levels: ['system'],
    means: {
      on: 'Nothing runs behind this yet: no e-mail is read or written.',
      off: 'No e-mail is read or written.',
    },
  },
  'calendar.direction': direction('calendar events'),
  'calendar.conflictResolution': conflictResolution('an event'),
  'calendar.daysBack': {
    type: 'number',
    default: 30,
    min: 0,
    max: 1825,
    unit: 'days',
    label: 'Days Back',
    help: 'How far into the past events are synchronized; older ones stay as they are.',
    group: 'scope',
    means: 'Events of the last {n} days are synchronized.',
  },
  'calendar.daysAhead': {
    type: 'number',
    default: 365,
    min: 1,
    max: 1825,
    unit: 'days',
    label: 'Days Ahead',
    help: 'How far into the future events are synchronized.',
    group: 'scope',
    means: 'Events of the next {n} days are synchronized.',
  },
  'calendar.backfill': backfill('events'),
  'calendar.onlyCategories': {
    type: 'list',
    default: [],
    maxItems: 50,
    maxLength: 255,
    label: 'Only Categories',
    help: 'Outlook categories to synchronize; an event made in Oro gets the first of them.',
    group: 'scope',
    means: {
      empty: 'Events of every category are synchronized.',
      some: 'Only events of the categories {names} are synchronized.',
    },
  },
  'calendar.exceptCategories': {
    type: 'list',
    default: [],
    maxItems: 50,
    maxLength: 255,
    label: 'Except Categories',
    help: 'Outlook categories that are left out.',
    group: 'scope',
    means: {
      empty: 'No category is left out.',
      some: 'Events of the categories {names} are left out.',
    },
  },
  'calendar.attendees': {
    type: 'choice',
    default: 'none',
    label: 'Attendees',
    help: 'What Outlook learns about the attendees of an event made in Oro.',
    group: 'people',
    values: [
      {
        value: 'none',
        label: 'Do not send',
        means: 'Attendees stay in Oro; Outlook mails nobody.',
      },
      {
        value: 'list-in-body',
        label: 'List in the description',
        means: 'Their names are listed in the description; Outlook mails nobody.',
      },
      {
        value: 'invite',
        label: 'Invite',
        means: 'They become attendees in Outlook, which mails an invitation to everyone added.',
      },
    ],
  },
  'calendar.private': {
    type: 'choice',
    default: 'busy',
    label: 'Private Events',
    help: 'What Oro learns about an event marked private or confidential in Outlook.',
    group: 'people',
    values: [
      {
        value: 'busy',
        label: 'Only that the time is taken',
        means: 'Oro shows “Private” and the times, nothing else.',
      },
      { value: 'full', label: 'Everything', means: 'Oro shows private events like any other.' },
      { value: 'skip', label: 'Nothing', means: 'Private events do not appear in Oro.' },
    ],
  },
  'calendar.cancelMessage': {
    type: 'text',
    default: '',
    maxLength: 1000,
    multiline: true,
    label: 'Cancellation Message',
    help: 'Sent to the attendees when the organizer deletes a meeting in Oro.',
    group: 'people',
    means: {
      empty: 'A deleted meeting is removed from Outlook without a message of ours.',
      some: 'A deleted meeting is cancelled in Outlook with the message “{text}”.',
    },
  },
  'calendar.deleteVsEdit': deleteVsEdit('an event'),
  'calendar.foreignEdit': foreignEdit('an event'),
  'calendar.deletionLimit': deletionLimit('events'),
  'calendar.deletionPercent': deletionPercent('events'),
  'tasks.direction': direction('tasks'),
  'tasks.conflictResolution': conflictResolution('a task'),
  'tasks.list': {
    type: 'text',
    default: '',
    maxLength: 255,
    multiline: false,
    label: 'To Do List',
    help: 'Name of the list in which tasks made in Oro are created; all lists but flagged e-mails are read.',
    group: 'scope',
    means: {
      empty: 'Tasks made in Oro go to the default list.',
      some: 'Tasks made in Oro go to the list “{text}”.',
    },
  },
  'tasks.backfill': backfill('tasks'),
  'tasks.checklist': {
    type: 'choice',
    default: 'off',
    label: 'Checklist',
    help: 'Whether the steps of a To Do task are shown in Oro.',
    group: 'scope',
    values: [
      { value: 'off', label: 'Do not show', means: 'Steps stay in To Do.' },
      {
        value: 'in-description',
        label: 'Show in the description',
        means: 'Steps and ticks are shown below the description of the Oro task.',
      },
    ],
  },
  'tasks.deleteVsEdit': deleteVsEdit('a task'),
  'tasks.foreignEdit': foreignEdit('a task'),
  'tasks.deletionLimit': deletionLimit('tasks'),
  'tasks.deletionPercent': deletionPercent('tasks'),
}

export const fieldPaths = Object.keys(fields) as FieldPath[]

/** The fields that a level shows and accepts, in the order of the page. */
export function fieldsAt(level: Level): FieldPath[] {
  return fieldPaths.filter((path) => fields[path].levels?.includes(level) ?? true)
}

/** `calendar.direction` → `['calendar', 'direction']`, `syncInterval` → `['syncInterval']`. */
export function pathParts(path: FieldPath): [string, string?] {
  return path.split('.') as [string, string?]
}

export function labelOf(path: FieldPath, level: Level): string {
  const { label, systemLabel } = fields[path]
  return level === 'system' ? (systemLabel ?? label) : label
}
