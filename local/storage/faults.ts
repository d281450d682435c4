export type TableOperation =
  'get' | 'query' | 'insert' | 'update' | 'merge' | 'delete' | 'transaction'

/** What goes wrong at the table service. Plain data, given as an object in tests or as JSON from outside (DESIGN 12). */
export interface StorageFaultRule {
  /** Only this operation on entities (upserts are `update` or `merge`); absent = any of them. */
  operation?: TableOperation
  table?: string
  /** How many matching requests it hits; absent = 1, 0 = until cleared. */
  times?: number
  /** Lets this many matching requests pass first. */
  skip?: number
  /** Answer with this status and store nothing. */
  status?: number
  /** Destroy the connection before anything is stored, or after it was (the answer is lost). */
  drop?: 'before' | 'after'
}

export interface StorageFaults {
  /** @throws TypeError that names everything wrong with the rule. */
  add(rule: StorageFaultRule): void
  list(): StorageFaultRule[]
  clear(): void
}

/** The service's own view: takes the rule that hits, counted down. */
export interface CountedStorageFaults extends StorageFaults {
  take(operation: TableOperation, table: string | undefined): StorageFaultRule | undefined
}

const OPERATIONS = ['get', 'query', 'insert', 'update', 'merge', 'delete', 'transaction']

export function createStorageFaults(): CountedStorageFaults {
  let entries: { rule: StorageFaultRule; skip: number; left: number }[] = []
  return {
    add(rule) {
      const problems = problemsOf(rule)
      if (problems.length > 0) throw new TypeError(`fault rule: ${problems.join('; ')}`)
      const times = rule.times ?? 1
      entries.push({ rule, skip: rule.skip ?? 0, left: times === 0 ? Infinity : times })
    },
    list: () => entries.map((entry) => entry.rule),
    clear() {
      entries = []
    },
    take(operation, table) {
      for (const entry of entries) {
        const { rule } = entry
        if (rule.operation !== undefined && rule.operation !== operation) continue
        if (rule.table !== undefined && rule.table.toLowerCase() !== table?.toLowerCase()) continue
        if (entry.skip > 0) {
          entry.skip -= 1
          continue
        }
        entry.left -= 1
        if (entry.left <= 0) entries = entries.filter((other) => other !== entry)
        return rule
      }
      return undefined
    },
  }
}

function problemsOf(rule: StorageFaultRule): string[] {
  const count = (value: unknown): boolean =>
    value === undefined || (Number.isInteger(value) && (value as number) >= 0)
  return [
    ...(rule.operation === undefined || OPERATIONS.includes(rule.operation)
      ? []
      : [`operation must be one of ${OPERATIONS.join(', ')}`]),
    ...((rule.status === undefined) === (rule.drop === undefined)
      ? ['exactly one of status and drop is needed']
      : []),
    ...(rule.status !== undefined && !(rule.status >= 400 && rule.status <= 599)
      ? ['status must be between 400 and 599']
      : []),
    ...(rule.drop !== undefined && !['before', 'after'].includes(rule.drop)
      ? ['drop must be before or after']
      : []),
    ...(count(rule.times) ? [] : ['times must be a whole number of 0 or more']),
    ...(count(rule.skip) ? [] : ['skip must be a whole number of 0 or more']),
  ]
}
