import { TableClient, TableServiceClient } from '@azure/data-tables'
import { SAMPLE } from '../../local/platform'
import { ANSWERS, problemDocument, type AnswerName } from '../../functions/http/answers'
import type { Answer, Company, Person } from '../scenarios/company'

/** Everything that is stored, row by row; two equal ones = nothing was stored in between. */
export async function stored({ storage }: Company): Promise<string[]> {
  const { connectionString } = storage
  const options = { allowInsecureConnection: true }
  const rows: string[] = []
  const service = TableServiceClient.fromConnectionString(connectionString, options)
  for await (const { name } of service.listTables()) {
    if (name === undefined) continue
    const table = TableClient.fromConnectionString(connectionString, name, options)
    for await (const row of table.listEntities()) rows.push(JSON.stringify({ name, ...row }))
  }
  return rows.sort()
}

/** The answer has the form that DESIGN 7 gives it. */
export function expectAnswer(answer: Answer, status: number, is: AnswerName): Answer {
  expect({ status: answer.status, body: answer.body }).toMatchObject({ status })
  const schema = ANSWERS[is]
  if (schema === null) expect(answer.body).toBe('')
  else expect(schema.safeParse(answer.body).error?.issues ?? []).toEqual([])
  return answer
}

/** A problem document; answers the pointers of its violations. */
export function expectProblem(answer: Answer, status: number): string[] {
  expect({ status: answer.status, body: answer.body }).toMatchObject({ status })
  expect(answer.headers.get('content-type')).toBe('application/problem+json')
  const parsed = problemDocument.safeParse(answer.body)
  expect(parsed.error?.issues ?? []).toEqual([])
  expect(parsed.data?.status).toBe(status)
  return (parsed.data?.errors ?? []).map(({ pointer }) => pointer)
}

/** A browser: keeps the cookies it is given, by the path they are for. */
export function browser() {
  const jar = new Map<string, string>()
  return {
    jar,
    async get(url: string | URL): Promise<Response> {
      const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
      const answer = await fetch(url, {
        redirect: 'manual',
        ...(cookie === '' ? {} : { headers: { cookie } }),
      })
      for (const line of answer.headers.getSetCookie()) {
        const [name = '', value = ''] = (line.split(';')[0] ?? '').split('=')
        if (value === '') jar.delete(name)
        else jar.set(name, value)
      }
      return answer
    },
  }
}

export type Browser = ReturnType<typeof browser>

/** Connect up to the sign-in page; answers where the pop-up was sent. */
export async function beginSignIn(
  company: Company,
  person: Person,
  tab: Browser,
): Promise<{ connectUrl: string; location: string }> {
  const { calendarId, email } = person
  const begun = await company.call('POST', `${person.path}/connection`, { calendarId, email })
  const { connectUrl } = begun.body as { connectUrl: string }
  const answer = await tab.get(connectUrl)
  return { connectUrl, location: answer.headers.get('location') ?? '' }
}

export interface PageCaller {
  readonly token: string
  call(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer>
}

/** The settings page of a level, opened by its ticket. */
export async function openPage(
  company: Company,
  levelPath: string,
  actingUser?: string,
): Promise<PageCaller> {
  const headers: Record<string, string> = actingUser ? { 'x-acting-user': actingUser } : {}
  const ticket = await company.call('POST', `${levelPath}/page-tickets`, undefined, headers)
  const opened = await fetch((ticket.body as { url: string }).url, { redirect: 'manual' })
  const fragment = new URL(opened.headers.get('location') ?? '').hash.slice(1)
  const token = new URLSearchParams(fragment).get('token') ?? ''
  return { token, call: pageCall(company, token) }
}

/** Calls below `/page/` with a page token and without a function key. */
export const pageCall =
  (company: Company, token: string): PageCaller['call'] =>
  (method, path, body, headers = {}) =>
    company.call(method, `/page${path}`, body, {
      'x-functions-key': '',
      authorization: `Bearer ${token}`,
      ...headers,
    })

export const FUNCTION_KEY = SAMPLE.functionKey
