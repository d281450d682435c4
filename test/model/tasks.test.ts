import fc from 'fast-check'
import { createTaskStorm, step, type Step } from './tasks-storm'

/** Times as many storms; `npm run test:long` sets it. */
const FACTOR = Number(process.env['MODEL_FACTOR'] ?? 1)

async function weather(steps: readonly Step[], rough: boolean): Promise<string[]> {
  const storm = await createTaskStorm(rough)
  for (const each of steps) await storm.play(each)
  await storm.calm()
  return storm.wrongs()
}

describe('tasks in a storm, with lists and moves between them', () => {
  it.each([
    ['with edits of everything', false],
    ['with faults, lost answers and dead workers', true],
  ])(
    'agree in the end, nothing lost or doubled: %s',
    async (_, rough) => {
      await fc.assert(
        fc.asyncProperty(fc.array(step(rough), { minLength: 5, maxLength: 40 }), async (steps) => {
          const found = await weather(steps, rough).catch((error: unknown) => [
            error instanceof Error ? (error.stack ?? error.message) : String(error),
          ])
          const script = steps.map((each) => JSON.stringify(each)).join(',\n')
          if (found.length > 0) throw new Error([...found, '', script].join('\n'))
        }),
        {
          numRuns: 200 * FACTOR,
          ...(process.env['MODEL_SEED'] ? { seed: Number(process.env['MODEL_SEED']) } : {}),
          interruptAfterTimeLimit: 20_000 * FACTOR,
        },
      )
    },
    600_000,
  )
})
