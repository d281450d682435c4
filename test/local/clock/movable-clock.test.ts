import { inspect } from 'node:util'
import { createMovableClock } from '../../../local/clock/movable-clock'

const noon = new Date('2026-03-29T12:00:00Z')

describe('a movable clock', () => {
  it('agrees with real time until it is moved', () => {
    expect(Math.abs(createMovableClock().now() - Date.now())).toBeLessThan(50)
  })

  it('starts where it is told, goes where it is set and moves on by what it is advanced', () => {
    const clock = createMovableClock(noon)
    expect(clock.now() - noon.getTime()).toBeLessThan(1000)
    clock.set(new Date('2030-01-01T00:00:00Z'))
    clock.advance(60_000)
    expect(new Date(clock.now()).toISOString()).toMatch(/^2030-01-01T00:01:0/)
    clock.set(noon.getTime())
    expect(clock.now() - noon.getTime()).toBeLessThan(1000)
  })

  it('refuses moments that are none', () => {
    const clock = createMovableClock(noon)
    expect(() => {
      clock.set(new Date('nonsense'))
    }).toThrow('valid date')
    expect(() => {
      clock.advance(NaN)
    }).toThrow('finite')
  })

  it('runs by itself as fast as real time', async () => {
    const clock = createMovableClock(noon)
    const before = clock.now()
    const realBefore = performance.now()
    while (performance.now() - realBefore < 20) await new Promise(setImmediate)
    const virtual = clock.now() - before
    const real = performance.now() - realBefore
    expect(Math.abs(virtual - real)).toBeLessThan(15)
  })
})

describe('an installed clock', () => {
  const clock = createMovableClock(noon)
  const old = new Date('2020-02-02T02:02:02Z')
  const original = Date
  let uninstall: () => void
  beforeAll(() => {
    uninstall = clock.install()
  })
  beforeEach(() => {
    clock.set(noon)
  })
  afterAll(() => {
    uninstall()
  })

  it('is what new Date(), Date.now() and Date() say', () => {
    expect(new Date().toISOString()).toMatch(/^2026-03-29T12:00:0/)
    expect(Date.now() - noon.getTime()).toBeLessThan(1000)
    expect(Date()).toMatch(/2026/)
    expect(typeof Date()).toBe('string')
    clock.advance(86_400_000)
    expect(new Date().toISOString()).toMatch(/^2026-03-30T12:00:0/)
  })

  it('leaves dates with arguments, parse and UTC as they were', () => {
    expect(new Date(0).toISOString()).toBe('1970-01-01T00:00:00.000Z')
    expect(new Date('2020-01-01T00:00:00Z').getTime()).toBe(1_577_836_800_000)
    expect(new Date(2020, 0, 1).getFullYear()).toBe(2020)
    expect(new Date(new Date(5)).getTime()).toBe(5)
    expect(Date.parse('1970-01-01T00:00:01Z')).toBe(1000)
    expect(Date.UTC(1970, 0, 1, 0, 0, 2)).toBe(2000)
    expect(Number.isNaN(new Date(undefined as unknown as string).getTime())).toBe(true)
  })

  it('keeps instanceof, constructor, tags and subclasses, for dates made before and after', () => {
    class Birthday extends Date {}
    expect(old instanceof Date).toBe(true)
    expect(new Date() instanceof original).toBe(true)
    expect(old.constructor).toBe(Date)
    expect(new Date().constructor).toBe(Date)
    expect(Object.prototype.toString.call(new Date())).toBe('[object Date]')
    expect(inspect(new Date(0))).toBe('1970-01-01T00:00:00.000Z')
    expect(new Birthday() instanceof Birthday).toBe(true)
    expect(new Birthday().toISOString()).toMatch(/^2026-03-29T12/)
    expect(new Date() instanceof Birthday).toBe(false)
    expect(structuredClone(new Date(7)).getTime()).toBe(7)
    expect(Date.name).toBe('Date')
    expect(Date.length).toBe(7)
  })

  it('leaves timers real', async () => {
    const before = performance.now()
    const waiting = new Promise((resolve) => setTimeout(resolve, 5))
    clock.advance(3_600_000)
    await waiting
    expect(performance.now() - before).toBeLessThan(1000)
  })

  it('gives the old constructor back when it is taken away', () => {
    const other = createMovableClock(new Date('1999-01-01T00:00:00Z'))
    const away = other.install()
    expect(new Date().getUTCFullYear()).toBe(1999)
    away()
    expect(new Date().toISOString()).toMatch(/^2026-03-29T12/)
    uninstall()
    expect(Date).toBe(original)
    expect(new Date().constructor).toBe(original)
    uninstall = clock.install()
  })
})
