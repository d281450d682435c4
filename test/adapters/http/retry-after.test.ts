import { retryAfterMs } from '../../../shared/adapters/http/retry-after'

const NOW = Date.parse('2026-09-07T08:00:00Z')
const DAY = 86_400_000

describe('Retry-After', () => {
  it.each([
    ['7', 7000],
    ['2.128', 2128],
    ['0', 0],
    ['Mon, 07 Sep 2026 08:01:10 GMT', 70_000],
    ['Mon, 07 Sep 2026 07:00:00 GMT', 0],
    ['soon', null],
    ['-5', null],
    ['', null],
    [null, null],
  ])('%s is %s milliseconds', (value, ms) => {
    expect(retryAfterMs(value, NOW)).toBe(ms)
  })

  it.each(['31536000', '9999999999999', '9'.repeat(400), 'Fri, 07 Sep 2096 08:00:00 GMT'])(
    '%s means a day: what asks for more is broken, and must not end a sync for good',
    (value) => {
      expect(retryAfterMs(value, NOW)).toBe(DAY)
    },
  )
})
