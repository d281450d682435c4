import { waitAfter } from '../../shared/usecases/stop'

const MINUTE = 60_000

describe('how long an account waits that could not go on', () => {
  it('is what the other system said', () => {
    expect(waitAfter(7000, 0)).toBe(7000)
    expect(waitAfter(3_600_000, 5)).toBe(3_600_000)
  })

  it('without a word a minute, doubling, half an hour at the most', () => {
    expect([0, 1, 4, 9].map((failures) => waitAfter(undefined, failures) / MINUTE)).toEqual([
      1, 2, 16, 30,
    ])
  })

  it('grows where it says "at once" again and again', () => {
    expect([0, 1, 5, 20].map((failures) => waitAfter(0, failures))).toEqual([
      1000,
      2000,
      32_000,
      10 * MINUTE,
    ])
  })
})
