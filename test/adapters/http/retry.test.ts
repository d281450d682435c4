import { withShortRetry } from '../../../shared/adapters/http/retry'

/** A system that fails each time after `tookMs`; answers when each request began. */
async function failing(tookMs: number, repeats = 3): Promise<number[]> {
  let now = 0
  const began: number[] = []
  const fetch = withShortRetry(
    () => {
      began.push(now)
      now += tookMs
      return Promise.reject(new Error('no answer'))
    },
    {
      repeats,
      longestWaitMs: 5000,
      repeatable: () => true,
      sleep: (ms) => {
        now += ms
        return Promise.resolve()
      },
      now: () => now,
    },
  )
  await expect(fetch('https://system.example', {})).rejects.toThrow('no answer')
  return began
}

describe('a request that fails for the moment', () => {
  it('is repeated with growing waits', async () => {
    expect(await failing(10)).toEqual([0, 260, 770, 1780])
  })

  it('is never repeated at once, whatever it says about the wait', async () => {
    let now = Date.parse('2026-09-07T08:00:00Z')
    const began: number[] = []
    const over = new Date(now - 60_000).toUTCString()
    const fetch = withShortRetry(
      () => {
        began.push(now)
        const headers = { 'retry-after': began.length % 2 === 0 ? '0' : over }
        return Promise.resolve(new Response(null, { status: 429, headers }))
      },
      {
        repeats: 3,
        longestWaitMs: 5000,
        repeatable: () => true,
        sleep: (ms) => {
          now += ms
          return Promise.resolve()
        },
        now: () => now,
      },
    )
    expect((await fetch('https://system.example', {})).status).toBe(429)
    expect(began.map((at) => at - (began[0] ?? 0))).toEqual([0, 250, 750, 1750])
  })

  it('is not repeated so late that it could outlive the lease of its run', async () => {
    expect(await failing(25_000)).toEqual([0])
    expect(await failing(4_000)).toEqual([0, 4250, 8750])
  })
})
