/**
 * Fault rules of a stand-in: what goes wrong, for which requests, how often. A rule is plain data, so that a test gives it as an
 * object and an outside driver as JSON under `/_control/faults` (DESIGN 12).
 */
export interface FaultRule {
  /** Only this HTTP method; absent = any. */
  method?: string
  /** Regular expression tested against the decoded path plus query; absent = any. */
  path?: string
  /** Only requests of this principal (mailbox user, OAuth client …) as the stand-in names it. */
  principal?: string
  /** Lets this many matching requests pass first. */
  skip?: number
  /** How many matching requests it hits; absent = 1, 0 = until removed. */
  times?: number
  /** Answer with this status instead of the real one. `after: true` stores first, then answers so (lost or false answers). */
  status?: number
  headers?: Record<string, string>
  body?: unknown
  after?: boolean
  /** Destroy the connection: before anything is stored, or after. */
  drop?: 'before' | 'after'
  /** Wait (real time) before handling. */
  delayMs?: number
  /** Send only the first half of the answer's bytes, then destroy the connection. */
  cut?: boolean
}

export interface FaultRequest {
  method: string
  path: string
  principal?: string | undefined
}

export interface Faults {
  add(rule: FaultRule): void
  list(): FaultRule[]
  clear(): void
  /** The first rule that hits this request, counted down; undefined = none. */
  take(request: FaultRequest): FaultRule | undefined
}

export function createFaults(): Faults {
  let rules: { rule: FaultRule; skip: number; left: number }[] = []
  const hits = (rule: FaultRule, request: FaultRequest): boolean =>
    (rule.method === undefined || rule.method.toUpperCase() === request.method.toUpperCase()) &&
    (rule.path === undefined || new RegExp(rule.path).test(request.path)) &&
    (rule.principal === undefined || rule.principal === request.principal)
  return {
    add(rule) {
      const times = rule.times ?? 1
      rules.push({ rule, skip: rule.skip ?? 0, left: times === 0 ? Infinity : times })
    },
    list: () => rules.map((entry) => entry.rule),
    clear() {
      rules = []
    },
    take(request) {
      for (const entry of rules) {
        if (!hits(entry.rule, request)) continue
        if (entry.skip > 0) {
          entry.skip -= 1
          continue
        }
        entry.left -= 1
        if (entry.left <= 0) rules = rules.filter((other) => other !== entry)
        return entry.rule
      }
      return undefined
    },
  }
}
