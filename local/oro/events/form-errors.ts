const CHILDREN = [
  'allDay',
  'attendees',
  'backgroundColor',
  'calendar',
  'calendarAlias',
  'contexts',
  'createdAt',
  'description',
  'end',
  'id',
  'isCancelled',
  'notifyAttendees',
  'organizerDisplayName',
  'organizerEmail',
  'originalStart',
  'recurrence',
  'recurringEventId',
  'reminders',
  'start',
  'title',
  'uid',
  'updateExceptions',
]
const RULE_CHILDREN = [
  'dayOfMonth',
  'dayOfWeek',
  'endTime',
  'instance',
  'interval',
  'monthOfYear',
  'occurrences',
  'recurrenceType',
  'startTime',
  'timeZone',
]

/** Form errors in the old REST API's shape: every child listed, `[]` when clean (contract 3.14). */
export interface FormErrors {
  /** Form-level message, or one per extra field list. */
  form(message: string): void
  extraFields(keys: string[]): void
  /** A message at a child: `title`, `recurrence.interval`, `reminders.0.interval.number`, `attendees.1.email`. */
  at(path: string, message: string): void
  any(): boolean
  body(): unknown
}

export function createFormErrors(kind: { isException: boolean }): FormErrors {
  const messages: string[] = []
  const extra: string[] = []
  const children = new Map<string, string[]>()
  return {
    form(message) {
      messages.push(message)
    },
    extraFields(keys) {
      extra.push(...keys)
    },
    at(path, message) {
      children.set(path, [...(children.get(path) ?? []), message])
    },
    any: () => messages.length > 0 || extra.length > 0 || children.size > 0,
    body() {
      const all = [...messages]
      if (extra.length > 0) {
        const list = extra.map((key) => `"${key}"`).join(', ')
        all.push(`This form should not contain extra fields: ${list}.`)
      }
      const names = CHILDREN.filter((name) => name !== 'recurrence' || !kind.isException)
      const nodes = Object.fromEntries(names.map((name) => [name, node(name, children)]))
      return {
        code: 400,
        message: 'Validation Failed',
        errors: { ...(all.length > 0 ? { errors: all } : {}), children: nodes },
      }
    },
  }
}

function node(name: string, children: Map<string, string[]>): unknown {
  const own = children.get(name)
  const errors = own ? { errors: own } : {}
  if (name === 'recurrence') {
    const parts = RULE_CHILDREN.map((part) => {
      const found = children.get(`recurrence.${part}`)
      return [part, found ? { errors: found } : []]
    })
    return { ...errors, children: Object.fromEntries(parts) as unknown }
  }
  const below = [...children].filter(([path]) => path.startsWith(`${name}.`))
  if (below.length === 0) return own ? errors : []
  return { ...errors, children: items(name, below) }
}

const ITEM: Record<string, string[]> = {
  reminders: ['method', 'interval.number', 'interval.unit'],
  attendees: ['displayName', 'email', 'status', 'type'],
}

/** A collection: one node per element, up to the last faulty one. */
function items(name: string, below: [string, string[]][]): unknown[] {
  const last = Math.max(...below.map(([path]) => Number(path.split('.')[1])))
  return Array.from({ length: last + 1 }, (_, position) => {
    const leaf = (part: string): unknown => {
      const found = below.find(([path]) => path === `${name}.${String(position)}.${part}`)
      return found ? { errors: found[1] } : []
    }
    const tree: Record<string, unknown> = {}
    for (const part of ITEM[name] ?? []) {
      const [first, second] = part.split('.') as [string, string?]
      if (second === undefined) tree[first] = leaf(part)
      else {
        const group = (tree[first] ?? { children: {} }) as { children: Record<string, unknown> }
        group.children[second] = leaf(part)
        tree[first] = group
      }
    }
    const own = below.find(([path]) => path === `${name}.${String(position)}`)
    return { ...(own ? { errors: own[1] } : {}), children: tree }
  })
}
