import type { HttpRequest, HttpResponseInit } from '@azure/functions'
import * as z from 'zod'
import { app } from '../../shared/compose'
import { ProblemAnswer, type Violation } from '../../shared/errors'
import type { Input, Route } from './route'

/** Bytes that a body may have. */
export const BODY_LIMIT = 64 * 1024
const NAME_LIMIT = 200

/** RFC 6901. */
const escaped = (part: string): string => part.replaceAll('~', '~0').replaceAll('/', '~1')

const violations = (error: z.ZodError): Violation[] =>
  error.issues.flatMap((issue) => {
    const pointer = issue.path.map((part) => `/${escaped(String(part))}`).join('')
    if (issue.code !== 'unrecognized_keys') return [{ pointer, detail: issue.message }]
    return issue.keys.map((key) => ({
      pointer: `${pointer}/${escaped(key)}`,
      detail: 'is not known here',
    }))
  })

const tooLarge = (): ProblemAnswer => {
  const detail = `A body may hold ${String(BODY_LIMIT)} bytes.`
  return new ProblemAnswer(413, 'Too large', detail, [{ pointer: '', detail }])
}

interface Read {
  readonly value: unknown
  readonly faults: readonly Violation[]
}

const fault = (pointer: string, detail: string): Read => ({
  value: undefined,
  faults: [{ pointer, detail }],
})

async function bodyOf(schema: z.ZodType | null, request: HttpRequest): Promise<Read> {
  if (Number(request.headers.get('content-length') ?? '0') > BODY_LIMIT) throw tooLarge()
  const text = await request.text()
  if (Buffer.byteLength(text) > BODY_LIMIT) throw tooLarge()
  if (text === '' && request.headers.has('transfer-encoding')) {
    // The host drops a body of unannounced length: taking it for none would confirm what nobody confirmed.
    const detail = 'A body needs a content-length.'
    throw new ProblemAnswer(411, 'Length required', detail, [{ pointer: '', detail }])
  }
  let json: unknown = {}
  try {
    if (text.trim() !== '') json = JSON.parse(text)
  } catch {
    return fault('', 'is not JSON')
  }
  if (schema === null) {
    const empty = z.strictObject({}).safeParse(json).success
    return empty ? { value: {}, faults: [] } : fault('', 'this call takes no body')
  }
  const parsed = schema.safeParse(json)
  return parsed.success
    ? { value: parsed.data, faults: [] }
    : { value: undefined, faults: violations(parsed.error) }
}

/** On whose behalf the settings page calls; absent = the back office calls by itself. */
export interface OnBehalf {
  readonly by: string | null
}

/** Parses, calls one use case, answers. Every fault of path, query, headers and body is named at once. */
export async function call(
  route: Route,
  request: HttpRequest,
  params: Readonly<Record<string, string>>,
  page?: OnBehalf,
): Promise<HttpResponseInit> {
  const given = route.params.safeParse(params)
  // `code` is the function key's other place and says nothing to us.
  const asked = Object.fromEntries([...request.query.entries()].filter(([name]) => name !== 'code'))
  const query = route.query.safeParse(asked)
  const schema = page && route.page !== null && route.page !== 'never' ? route.page : route.body
  const body = await bodyOf(schema, request)
  const by = page ? page.by : request.headers.get('x-acting-user')
  const faults = [
    ...(given.success ? [] : violations(given.error)),
    ...(query.success ? [] : violations(query.error)),
    ...body.faults,
    ...(by !== null && by.length > NAME_LIMIT
      ? [{ pointer: '/x-acting-user', detail: `may have ${String(NAME_LIMIT)} characters` }]
      : []),
  ]
  if (!given.success || !query.success || faults.length > 0) {
    throw new ProblemAnswer(400, 'Bad request', 'Nothing was done.', faults)
  }
  const input = {
    params: given.data,
    query: query.data,
    body: body.value,
    header: (name: string) => request.headers.get(name),
    by: by === '' ? null : by,
  }
  const answer = await route.handle(app(), input as Input<never, never, never>)
  return {
    status: answer.status,
    headers: { 'cache-control': 'no-store', ...answer.headers },
    ...(answer.body === undefined ? {} : { jsonBody: answer.body }),
  }
}
