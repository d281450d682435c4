import { createWork } from '../../../local/host/work'

describe('waiting until nothing is in flight', () => {
  beforeEach(() => void jest.useFakeTimers({ doNotFake: ['setImmediate', 'performance'] }))
  afterEach(() => void jest.useRealTimers())

  it('ends with the last call, not at the next look at the clock', async () => {
    const work = createWork()
    const ends = [work.begin(), work.begin()]
    const waited = [work.whenIdle(1000), work.whenIdle(1000)]
    await new Promise(setImmediate)
    for (const end of ends) end()
    expect(await Promise.all(waited)).toEqual([true, true])
    expect(jest.getTimerCount()).toBe(0)
  })

  it('goes on while what has joined is busy, which tells nobody when it ends', async () => {
    const work = createWork()
    let busy = true
    work.join({ nextScheduledAt: () => undefined, enqueueDue: () => 0, idle: () => !busy })
    const end = work.begin()
    const answers: boolean[] = []
    const waited = work.whenIdle(1000).then((answer) => answers.push(answer))
    await new Promise(setImmediate)
    end()
    await jest.advanceTimersByTimeAsync(20)
    expect(answers).toEqual([])
    busy = false
    await jest.advanceTimersByTimeAsync(20)
    await waited
    expect(answers).toEqual([true])
  })
})
