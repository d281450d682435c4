import fc from 'fast-check'
import { EXACT, REWRITING, WRAPPING } from '../../shared/adapters/memory/items'
import { wrongs } from './questions'
import { step, type Step } from './steps'
import { calm, createStorm } from './storm'

const FORMS = { exact: EXACT, wrapping: WRAPPING, rewriting: REWRITING }

/** What to paste into a test of its own to see this failure again. */
const script = (steps: readonly Step[]): string =>
  steps.map((one) => JSON.stringify(one)).join(',\n')

/** One storm and the calm after it; answers what is wrong then. */
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

/** So many storms; a failing one is shrunk to a short script of steps. The same seed gives the same storms. */
export const storms = (numRuns: number, seed?: number): Promise<void> =>
  fc.assert(
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
    { numRuns, ...(seed === undefined ? {} : { seed }) },
  )
