import type { HttpResponseInit, InvocationContext } from '@azure/functions'
import { invocationLog, withLog } from '../../shared/compose'
import { requestFailed } from '../../shared/log'
import { problem, toProblem } from './problem'

/** Runs a handler with its log; whatever fails becomes an answer: a problem document, or what `show` makes of it. */
export async function answering(
  context: InvocationContext,
  name: string,
  work: () => Promise<HttpResponseInit>,
  show: (status: number, detail: string) => HttpResponseInit | null = () => null,
): Promise<HttpResponseInit> {
  return withLog(context, async () => {
    try {
      return await work()
    } catch (error) {
      const known = toProblem(error)
      if (!known) requestFailed(invocationLog, { route: name, error: traceOf(error) })
      const { status, title, detail, errors } = known ?? OURS
      return show(status, detail) ?? problem(status, title, detail, errors)
    }
  })
}

const OURS = {
  status: 500,
  title: 'Internal error',
  detail: 'Something went wrong on our side; it was logged.',
  errors: [],
}

const FRAMES = 4
/**
 * Errors of the language itself, whose text names variables, and that of the configuration, which names settings and no values. Any other
 * text may hold what somebody wrote (DESIGN 10).
 */
const SPEAKING = new Set(['TypeError', 'RangeError', 'ReferenceError', 'InvalidConfig'])

function traceOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error
  const frames = (error.stack ?? '').split('\n').filter((line) => /^ {4}at /.test(line))
  const text = SPEAKING.has(error.name) ? `${error.name}: ${error.message}` : error.name
  return [text, ...frames.slice(0, FRAMES).map((line) => line.trim())].join(' | ')
}
