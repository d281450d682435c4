import fc from 'fast-check'
import { createTaskStorm, step, type Step } from './tasks-storm'

async function weather(steps: readonly Step[], rough: boolean): Promise<string[]> {
  const storm = await createTaskStorm(rough)
  for (const each of steps) await storm.play(each)
  await storm.calm()
  return storm.wrongs()
}

/** So many storms of tasks; a failing one is shrunk to a short script of steps. The same seed gives the same storms. */
export const taskStorms = (rough: boolean, numRuns: number, seed?: number): Promise<void> =>
  fc.assert(
    fc.asyncProperty(fc.array(step(rough), { minLength: 5, maxLength: 40 }), async (steps) => {
      const found = await weather(steps, rough).catch((error: unknown) => [
        error instanceof Error ? (error.stack ?? error.message) : String(error),
      ])
      const script = steps.map((each) => JSON.stringify(each)).join(',\n')
      if (found.length > 0) throw new Error([...found, '', script].join('\n'))
    }),
    { numRuns, ...(seed === undefined ? {} : { seed }) },
  )

/** What the storms are made of. */
export const KINDS_OF_WEATHER = [
  ['with edits of everything', false],
  ['with faults, lost answers and dead workers', true],
] as const
