import { createMovableClock } from './clock/movable-clock'

// Before anything else loads: what keeps a reference to the old `Date` would stay in real time (DESIGN 12).
const clock = createMovableClock()
clock.install()

/** What still runs when the end was asked for twice, or does not come, is cut off. */
const END_MS = 10_000

async function start(signal: AbortSignal): Promise<number> {
  const { readOptions, BadOptions } = await import('./demo/options.js')
  try {
    const options = readOptions(process.argv.slice(2), process.env)
    const { main } = await import('./demo/main.js')
    return await main(options, clock, signal)
  } catch (error) {
    // Whoever stops in the middle gets no report of what that interrupted.
    if (signal.aborted) return 0
    process.stderr.write(
      error instanceof BadOptions ? `${error.message}\n` : `${String((error as Error).stack)}\n`,
    )
    return 1
  }
}

const ending = new AbortController()
const end = (): void => {
  if (ending.signal.aborted) process.exit(0)
  ending.abort()
  setTimeout(() => process.exit(0), END_MS).unref()
}
process.on('SIGINT', end)
process.on('SIGTERM', end)
void start(ending.signal).then((code) => process.exit(code))
