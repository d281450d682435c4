/** A clock that runs at the speed of real time and can be put to any moment. */
export interface MovableClock {
  /** Milliseconds since 1970, like `Date.now()`. */
  now(): number
  set(date: Date | number): void
  /** Negative values go back. */
  advance(ms: number): void
  /**
   * Makes the global `Date` follow this clock; timers stay real. To be called before other modules load: what has
   * kept a reference to the old constructor keeps real time. Returns the way back.
   */
  install(): () => void
}

// Taken when this module loads, so that a clock created under an installed one still counts real milliseconds.
const realNow = Date.now.bind(Date)

/** Virtual time = real time + an offset; without `start` the two agree until the clock is moved. */
export function createMovableClock(start?: Date): MovableClock {
  let offset = start === undefined ? 0 : start.getTime() - realNow()
  const now = (): number => realNow() + offset
  return {
    now,
    set(date) {
      const at = typeof date === 'number' ? date : date.getTime()
      if (!Number.isFinite(at)) throw new RangeError('The clock can only be set to a valid date.')
      offset = at - realNow()
    },
    advance(ms) {
      if (!Number.isFinite(ms)) throw new RangeError('The clock can only advance by a finite time.')
      offset += ms
    },
    install: () => install(now),
  }
}

function install(now: () => number): () => void {
  const original = globalThis.Date
  // A proxy and not a subclass: instances, prototype, parse, UTC, tags and `instanceof` stay those of the original,
  // also for dates made before and after; only the moment taken when no arguments are given is another.
  const moved = new Proxy(original, {
    apply: () => new original(now()).toString(),
    construct: (target, args, newTarget) =>
      Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget) as Date,
    get: (target, property, receiver) =>
      property === 'now' ? now : (Reflect.get(target, property, receiver) as unknown),
  })
  const link = (constructor: DateConstructor): void => {
    globalThis.Date = constructor
    Object.defineProperty(original.prototype, 'constructor', {
      value: constructor,
      writable: true,
      enumerable: false,
      configurable: true,
    })
  }
  link(moved)
  return () => {
    if (globalThis.Date === moved) link(original)
  }
}
