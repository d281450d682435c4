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

  it('is not repeated so late that it could outlive the lease of its run', async () => {
    expect(await failing(25_000)).toEqual([0])
    expect(await failing(4_000)).toEqual([0, 4250, 8750])
  })
})
