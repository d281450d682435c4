import fc from 'fast-check'
import { REWRITING, WRAPPING, EXACT } from '../../shared/adapters/memory/items'
import { calm, createStorm } from './storm'
import { step, type Step } from './steps'
import { wrongs } from './questions'

const FORMS = { exact: EXACT, wrapping: WRAPPING, rewriting: REWRITING }

/** Times as many storms; `npm run test:long` sets it. */
const FACTOR = Number(process.env['MODEL_FACTOR'] ?? 1)

/** What to paste into a test of its own to see this failure again. */
const script = (steps: readonly Step[]): string =>
  steps.map((one) => JSON.stringify(one)).join(',\n')

async function weather(
  steps: readonly Step[],
  form: keyof typeof FORMS,
  answer: 'confirm' | 'unlink' | 'recreate',
): Promise<string[]> {
  const storm = await createStorm()
  storm.person.oro.form = FORMS[form]
  storm.person.microsoft.form = FORMS[form === 'rewriting' ? 'exact' : form]
  for (const each of steps) await storm.play(each)
  await calm(storm, answer)
  return wrongs(storm)
}

describe('two calendars in a storm', () => {
  it('agree in the end, with nothing lost, doubled, echoed or mailed', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 5, maxLength: 40 }),
        fc.constantFrom('exact' as const, 'wrapping' as const, 'rewriting' as const),
        fc.constantFrom('confirm' as const, 'unlink' as const, 'recreate' as const),
        async (steps, form, answer) => {
          const found = await weather(steps, form, answer).catch((error: unknown) => [
            error instanceof Error ? (error.stack ?? error.message) : String(error),
          ])
          if (found.length > 0) throw new Error([...found, '', script(steps)].join('\n'))
        },
      ),
      {
        numRuns: 300 * FACTOR,
        ...(process.env['MODEL_SEED'] ? { seed: Number(process.env['MODEL_SEED']) } : {}),
        interruptAfterTimeLimit: 120_000 * FACTOR,
      },
    )
  }, 600_000)
})
