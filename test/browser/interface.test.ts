import type * as z from 'zod'
import { ANSWERS } from '../../functions/http/answers'
import { matchPath } from '../../functions/http/route'
import { declareRoutes } from '../../functions/register'
import { EVENT_FIELDS } from '../../shared/core/event-fields'
import { TASK_FIELDS } from '../../shared/core/task-fields'
import { texts } from '../../web/texts'
import { startFakeService, type FakeService } from './fake-api'
import { heldDeletions, lastChanges, refusedTitle, someAccounts } from './fake-world'

declareRoutes()
let service: FakeService
beforeAll(async () => {
  service = await startFakeService('')
})
afterAll(() => service.close())

const user = 'organizations/1/users/42'
const patch = { syncInterval: 20 }

/** Every call that the page makes. */
const calls: [method: string, call: string, body?: object][] = [
  ...['', 'organizations/1/', `${user}/`].flatMap((at): [string, string, object?][] => [
    ['GET', `${at}settings`],
    ['PATCH', `${at}settings`, patch],
    ['GET', `${at}history`],
    ['GET', `${at}status`],
    ['POST', `${at}pause`, {}],
    ['POST', `${at}resume`, {}],
  ]),
  ['GET', 'organizations/1/accounts?limit=200'],
  ['GET', `${user}/connection`],
  ['POST', `${user}/connection`, {}],
  ['POST', `${user}/connection/check`, {}],
  ['POST', `${user}/sync`, { mode: 'changes' }],
  ['GET', 'operations/1-1'],
  ['GET', `${user}/problems`],
  ['POST', `${user}/problems/c-0123456789abcdef/retry`, {}],
  ['GET', `${user}/hold`],
  ['POST', `${user}/hold/confirm`, { ids: ['c-1'] }],
  ['POST', `${user}/hold/refuse`, { ids: ['c-2'], then: 'unlink' }],
  ['DELETE', `${user}/connection?cleanup=leave`],
]

const levelOf = (call: string): string =>
  call.startsWith(user) || call.startsWith('operations')
    ? 'user'
    : call.startsWith('organizations')
      ? 'organization'
      : 'system'

describe('the interface that the tests of the page answer from', () => {
  it.each(calls.map(([method, call, body]) => [method, call, body ?? null] as const))(
    'answers %s %s as the real one does',
    async (method, call, body) => {
      service.reset()
      const { world } = service
      Object.assign(world, {
        history: lastChanges,
        problems: [refusedTitle],
        hold: heldDeletions(2),
        accounts: someAccounts(),
      })
      if (call.startsWith('operations')) await ask('POST', `${user}/sync`, {})
      const [path = ''] = call.split('?', 1)
      const route = matchPath(path).find((match) => match.route.method === method)?.route
      if (!route) throw new Error('The real interface has no such call.')
      expect(route.page).not.toBe('never')
      const takes = (route.page ?? route.body) as z.ZodType | null
      if (takes === null) expect(body ?? {}).toEqual({})
      else expect(takes.safeParse(body).error).toBeUndefined()
      const answer = await ask(method, call, body)
      expect(answer.status).toBe(route.answer.status)
      const shape: z.ZodType | null = ANSWERS[route.answer.is]
      if (shape === null) expect(await answer.text()).toBe('')
      else expect(shape.safeParse(await answer.json()).error?.issues ?? []).toEqual([])
    },
  )

  async function ask(method: string, call: string, body: object | null): Promise<Response> {
    const headers: Record<string, string> = { authorization: `Bearer ${levelOf(call)}-token` }
    if (method === 'PATCH') {
      const url = `${service.url}/api/page/${call}`
      headers['if-match'] = (await fetch(url, { headers })).headers.get('etag') ?? ''
    }
    return fetch(`${service.url}/api/page/${call}`, {
      method,
      headers,
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
  }
})

describe('the history', () => {
  it('has a word for every field that is carried over', () => {
    const names = [...EVENT_FIELDS, ...TASK_FIELDS].map(({ name }) => name)
    expect(names.filter((name) => texts.history.fields[name] === undefined)).toEqual([])
  })
})
