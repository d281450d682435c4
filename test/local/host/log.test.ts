import { createHostLog, type LogEntry } from '../../../local/host/log'

describe('the ring of the log', () => {
  it('keeps the latest ten thousand entries, oldest first, and prints every one', () => {
    const printed: LogEntry[] = []
    const log = createHostLog(
      () => 0,
      (entry) => printed.push(entry),
    )
    for (let n = 0; n < 25_000; n += 1) log.write('information', 'Host', 'line', { n })
    const entries = log.entries()
    expect(entries).toHaveLength(10_000)
    expect([entries[0]?.['n'], entries.at(-1)?.['n']]).toEqual([15_000, 24_999])
    expect(entries[0]?.at).toBe('1970-01-01T00:00:00.000Z')
    expect(printed).toHaveLength(25_000)
  })
})
