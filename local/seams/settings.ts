import type { LocalHandler } from '../host/local-routes'
import type { Product, ProductAnswer } from './product'

/** One fault; `pointer` is a JSON pointer into what was given. */
interface Violation {
  readonly pointer: string
  readonly detail: string
}

/** An error answer in the product's form (RFC 9457). */
export interface Problem {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail: string
  readonly errors: readonly Violation[]
}

/** One call of the product that a seed stands for. */
interface Step {
  readonly pointer: string
  readonly method: 'PATCH' | 'PUT'
  readonly path: string
  readonly body: unknown
}

type Members = Readonly<Record<string, unknown>>

const isObject = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** RFC 6901. */
const escaped = (part: string): string => part.replaceAll('~', '~0').replaceAll('/', '~1')

const ORGANIZATION = /^[1-9]\d{0,9}$/
const ACCOUNT = /^[1-9]\d{0,9}-[1-9]\d{0,9}$/

/** Reads the shape of DESIGN 12: a seed, or its `settings` part alone. What the values must be is the product's own business. */
function readSteps(json: unknown): { steps: Step[]; errors: Violation[] } {
  const steps: Step[] = []
  const errors: Violation[] = []
  const fault = (pointer: string, detail: string): void => {
    errors.push({ pointer, detail })
  }
  const members = (pointer: string, value: unknown, known?: readonly string[]): Members => {
    if (value === undefined) return {}
    if (!isObject(value)) {
      fault(pointer, 'must be an object')
      return {}
    }
    for (const name of Object.keys(value)) {
      if (known && !known.includes(name)) fault(`${pointer}/${escaped(name)}`, 'is not known here')
    }
    return value
  }
  const each = (
    pointer: string,
    value: unknown,
    id: { shape: RegExp; example: string },
    step: (id: string) => Pick<Step, 'method' | 'path'>,
  ): void => {
    for (const [name, body] of Object.entries(members(pointer, value))) {
      const at = `${pointer}/${escaped(name)}`
      if (id.shape.test(name)) steps.push({ pointer: at, body, ...step(name) })
      else fault(at, `must be named by an id like "${id.example}"`)
    }
  }

  const whole = isObject(json) && ('settings' in json || 'oroCredentials' in json)
  const seed = whole ? members('', json, ['settings', 'oroCredentials']) : { settings: json }
  const base = whole ? '/settings' : ''
  each(
    '/oroCredentials',
    seed['oroCredentials'],
    { shape: ORGANIZATION, example: '2' },
    (organization) => ({ method: 'PUT', path: `/organizations/${organization}/oro-credentials` }),
  )
  const settings = members(base, seed['settings'], ['system', 'organizations', 'users'])
  if ('system' in settings) {
    const body = settings['system']
    steps.push({ pointer: `${base}/system`, method: 'PATCH', path: '/settings', body })
  }
  each(
    `${base}/organizations`,
    settings['organizations'],
    { shape: ORGANIZATION, example: '1' },
    (organization) => ({ method: 'PATCH', path: `/organizations/${organization}/settings` }),
  )
  each(`${base}/users`, settings['users'], { shape: ACCOUNT, example: '1-42' }, (account) => {
    const [organization = '', user = ''] = account.split('-')
    return { method: 'PATCH', path: `/organizations/${organization}/users/${user}/settings` }
  })
  return { steps, errors }
}

/** Somebody else may change the same level in between: the page, or another call. */
const TRIES = 5

async function carryOut(product: Product, step: Step): Promise<ProductAnswer> {
  if (step.method === 'PUT') return product('PUT', step.path, step.body)
  for (let attempt = 1; ; attempt += 1) {
    const read = await product('GET', step.path)
    if (read.status !== 200) return read
    const headers = { 'if-match': read.etag ?? '' }
    const answer = await product('PATCH', step.path, step.body, headers)
    if (answer.status !== 412 || attempt >= TRIES) return answer
  }
}

/** The product's faults, with pointers into the seed. */
function faultsOf(step: Step, answer: ProductAnswer): Violation[] {
  const body = isObject(answer.body) ? answer.body : {}
  const named = Array.isArray(body['errors']) ? (body['errors'] as Violation[]) : []
  if (named.length > 0) {
    return named.map(({ pointer, detail }) => ({ pointer: `${step.pointer}${pointer}`, detail }))
  }
  const detail = typeof body['detail'] === 'string' ? body['detail'] : 'was refused'
  return [{ pointer: step.pointer, detail: `${detail} (${String(answer.status)})` }]
}

/**
 * Enters settings and credentials of Oro applications through the product's own calls, so that its validation and history hold. Levels
 * are merged (null = inherit), as by PATCH. Each level stands for itself: one that is refused leaves the others, and the problem says
 * which were stored.
 *
 * @returns null when everything was stored, else a problem that names every fault
 */
export async function applySeed(product: Product, json: unknown): Promise<Problem | null> {
  const { steps, errors } = readSteps(json)
  const stored: string[] = []
  let unavailable = false
  for (const step of steps) {
    const answer = await carryOut(product, step)
    if (answer.status < 300) stored.push(step.pointer)
    else errors.push(...faultsOf(step, answer))
    unavailable ||= answer.status >= 500
  }
  if (errors.length === 0) return null
  return {
    type: 'about:blank',
    title: 'Not stored',
    status: unavailable ? 503 : 422,
    detail: stored.length === 0 ? 'Nothing was changed.' : `Stored: ${stored.join(', ')}.`,
    errors,
  }
}

/** `PUT /_local/settings` → 204, or the problem. */
export const settingsSeam =
  (product: Product): LocalHandler =>
  async (request) => {
    const problem = await applySeed(product, request.json())
    return problem ? { status: problem.status, body: problem } : { status: 204 }
  }
