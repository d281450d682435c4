/** What goes wrong at the broker. Plain data, so that a test gives it as an object and an outside driver as JSON (DESIGN 12). */
export interface BrokerFaultRule {
  /** Only this queue; absent = any. */
  queue?: string
  /**
   * `drop-send` accepts and loses, `refuse-send` answers `com.microsoft:server-busy`, `duplicate` enqueues twice, `delay` makes
   * the message visible `ms` later, `lose-lock` takes the lock of a delivery away as soon as it was sent. A batch or a
   * schedule request counts as one send.
   */
  kind: 'drop-send' | 'refuse-send' | 'duplicate' | 'delay' | 'lose-lock'
  /** Milliseconds on the broker's clock; only for `delay`. */
  ms?: number
  /** How many matching sends or deliveries it hits; absent = 1, 0 = until cleared. */
  times?: number
  /** Lets this many matching sends or deliveries pass first. */
  skip?: number
}

export interface BrokerFaults {
  /** @throws TypeError that names everything wrong with the rule. */
  add(rule: BrokerFaultRule): void
  list(): BrokerFaultRule[]
  clear(): void
}

type SendKind = Exclude<BrokerFaultRule['kind'], 'lose-lock'>

/** The broker's own view: takes the rule that hits, counted down. */
export interface CountedFaults extends BrokerFaults {
  takeForSend(queue: string): (BrokerFaultRule & { kind: SendKind }) | undefined
  losesLock(queue: string): boolean
}

const KINDS = ['drop-send', 'refuse-send', 'duplicate', 'delay', 'lose-lock']

export function createBrokerFaults(): CountedFaults {
  let entries: { rule: BrokerFaultRule; skip: number; left: number }[] = []
  const take = (queue: string, matches: (rule: BrokerFaultRule) => boolean) => {
    for (const entry of entries) {
      const { rule } = entry
      if (!matches(rule) || (rule.queue !== undefined && rule.queue !== queue)) continue
      if (entry.skip > 0) {
        entry.skip -= 1
        continue
      }
      entry.left -= 1
      if (entry.left <= 0) entries = entries.filter((other) => other !== entry)
      return rule
    }
    return undefined
  }
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
    takeForSend: (queue) =>
      take(queue, (rule) => rule.kind !== 'lose-lock') as
        (BrokerFaultRule & { kind: SendKind }) | undefined,
    losesLock: (queue) => take(queue, (rule) => rule.kind === 'lose-lock') !== undefined,
  }
}

function problemsOf(rule: BrokerFaultRule): string[] {
  const count = (value: unknown): boolean =>
    value === undefined || (Number.isInteger(value) && (value as number) >= 0)
  return [
    ...(KINDS.includes(rule.kind) ? [] : [`kind must be one of ${KINDS.join(', ')}`]),
    ...(rule.kind === 'delay' && !(typeof rule.ms === 'number' && rule.ms >= 0)
      ? ['delay needs ms of 0 or more']
      : []),
    ...(count(rule.times) ? [] : ['times must be a whole number of 0 or more']),
    ...(count(rule.skip) ? [] : ['skip must be a whole number of 0 or more']),
  ]
}
