import { EVENT_FIELDS } from '../../shared/core/event-fields'
import { stampOf, type LinkedItem } from '../../shared/core/linked-item'
import type { Fields, Link, Pair, Reading, Side, SideState } from '../../shared/core/model'
import type { Policy } from '../../shared/core/policy'

export const WINDOW = { start: '2026-08-01T00:00:00Z', end: '2027-08-01T00:00:00Z' }

export const policy = (more: Partial<Policy> = {}): Policy => ({
  kind: 'calendar',
  direction: 'bidirectional',
  conflictResolution: 'oro',
  deleteVsEdit: 'keep-edit',
  foreignEdit: 'leave',
  private: 'busy',
  attendees: 'none',
  checklist: 'off',
  onlyCategories: [],
  exceptCategories: [],
  deletionLimit: 20,
  deletionPercent: 25,
  zone: 'Europe/Berlin',
  ...more,
})

const SPAN = { start: '2026-09-10T12:00:00Z', end: '2026-09-10T13:00:00Z' }

const fieldsOf = (side: Side): Fields => ({
  title: 'Lunch',
  description: 'At noon',
  when: { ...SPAN, allDay: false, ...(side === 'microsoft' ? { zone: 'Europe/Berlin' } : {}) },
  reminder: 15,
})

export const reading = (
  side: Side,
  fields: Fields = {},
  more: Partial<Omit<Reading, 'fields' | 'side'>> = {},
): Reading => ({
  side,
  id: side === 'oro' ? '1001' : 'AAMk1',
  container: side === 'oro' ? 'calendar' : 'outlook',
  version: '1',
  modifiedAt: '2026-09-01T08:00:00Z',
  fields: { ...fieldsOf(side), ...fields },
  role: 'organizer',
  cancelled: false,
  private: false,
  categories: [],
  keys: {},
  span: SPAN,
  unmappable: null,
  label: 'Lunch',
  audience: 0,
  ...more,
})

export const present = (
  side: Side,
  fields: Fields = {},
  more: Partial<Omit<Reading, 'fields' | 'side'>> = {},
): SideState => ({ is: 'present', reading: reading(side, fields, more) })

export const GONE: SideState = { is: 'gone', how: 'deleted' }
export const SAME: SideState = { is: 'same' }
export const UNKNOWN: SideState = { is: 'unknown' }

const BASE: Readonly<Record<string, Pair>> = Object.fromEntries(
  Object.keys(fieldsOf('oro')).map((name) => [
    name,
    { oro: fieldsOf('oro')[name] ?? null, microsoft: fieldsOf('microsoft')[name] ?? null },
  ]),
)

export const link = (more: Partial<Link> = {}): Link => ({
  oroId: '1001',
  microsoftId: 'AAMk1',
  oroContainer: 'calendar',
  microsoftContainer: 'outlook',
  containers: 'home|calendar',
  state: 'linked',
  reason: null,
  generation: 0,
  role: 'organizer',
  base: BASE,
  stamp: stampOf(policy(), false),
  versions: { oro: '1', microsoft: '1' },
  refused: {},
  drift: {},
  span: SPAN,
  label: 'Lunch',
  audience: 0,
  agreedAt: '2026-09-01T08:00:00Z',
  ...more,
})

export const item = (
  states: Partial<Record<Side, SideState>> = {},
  more: { policy?: Partial<Policy>; link?: Partial<Link>; formerTarget?: Side } = {},
): LinkedItem => ({
  link: link(more.link),
  oro: states.oro ?? SAME,
  microsoft: states.microsoft ?? SAME,
  policy: policy(more.policy),
  rules: EVENT_FIELDS,
  window: WINDOW,
  formerTarget: more.formerTarget ?? null,
})
