import { LocalFault, type LocalRequest } from '../../../local/host/local-routes'
import { hintSeam, type Hint } from '../../../local/seams/hint'
import type { Product, ProductAnswer } from '../../../local/seams/product'
import { applySeed } from '../../../local/seams/settings'

const request = (body: unknown): LocalRequest => ({
  method: 'POST',
  path: '',
  query: new URLSearchParams(),
  body: Buffer.alloc(0),
  json: () => body,
})

describe('POST /_local/hint', () => {
  it('sends one hint and answers 202', async () => {
    const sent: Hint[] = []
    const seam = hintSeam(async (hint) => void sent.push(hint))
    expect(await seam(request({ accountId: '1-42', kind: 'tasks' }))).toEqual({ status: 202 })
    expect(sent).toEqual([{ accountId: '1-42', kind: 'tasks' }])
  })

  it('answers 503 when the product cannot take it, so that it is given again', async () => {
    const away = Object.assign(new Error('Table Storage answered 500'), { name: 'Unavailable' })
    const seam = hintSeam(() => Promise.reject(away))
    const answer = Promise.resolve(seam(request({ accountId: '1-42', kind: 'tasks' })))
    await expect(answer).rejects.toMatchObject({ status: 503 })
  })

  it.each([
    [null, ['accountId']],
    [{ accountId: '1-042', kind: 'mail', why: 1 }, ['accountId', 'kind', 'why']],
    [{ accountId: 142, kind: 'calendar' }, ['accountId']],
  ])('sends nothing for %j and names each fault', async (body, names) => {
    const seam = hintSeam(() => Promise.reject(new Error('nothing may be sent')))
    const fault = await Promise.resolve(seam(request(body))).catch((error: unknown) => error)
    expect(fault).toBeInstanceOf(LocalFault)
    for (const name of names) expect((fault as LocalFault).message).toContain(name)
  })
})

describe('settings and credentials from outside', () => {
  type Call = [method: string, path: string, body: unknown, ifMatch: string | undefined]

  /** A product whose answers to writes are given; reads always show version "v1". */
  function productOf(answers: Record<string, ProductAnswer[]>): {
    product: Product
    calls: Call[]
  } {
    const calls: Call[] = []
    const product: Product = async (method, path, body, headers) => {
      calls.push([method, path, body, headers?.['if-match']])
      if (method === 'GET') return { status: 200, etag: '"v1"', body: {} }
      return answers[path]?.shift() ?? { status: 200, etag: '"v2"', body: {} }
    }
    return { product, calls }
  }

  it('go through the interface of the product, guarded by the version that was read', async () => {
    const { product, calls } = productOf({})
    const problem = await applySeed(product, {
      settings: {
        system: { syncInterval: 30 },
        organizations: { '1': { calendar: { enabled: null } } },
        users: { '1-42': { calendar: { daysBack: 7 } } },
      },
      oroCredentials: { '2': { clientId: 'sample', clientSecret: 'sample' } },
    })
    expect(problem).toBeNull()
    expect(calls.filter(([method]) => method !== 'GET')).toEqual([
      [
        'PUT',
        '/organizations/2/oro-credentials',
        { clientId: 'sample', clientSecret: 'sample' },
        undefined,
      ],
      ['PATCH', '/settings', { syncInterval: 30 }, '"v1"'],
      ['PATCH', '/organizations/1/settings', { calendar: { enabled: null } }, '"v1"'],
      ['PATCH', '/organizations/1/users/42/settings', { calendar: { daysBack: 7 } }, '"v1"'],
    ])
  })

  it('are read again when somebody else changed them in between', async () => {
    const lost = { status: 412, etag: null, body: { detail: 'changed meanwhile' } }
    const { product, calls } = productOf({ '/settings': [lost, lost] })
    expect(await applySeed(product, { system: { syncInterval: 30 } })).toBeNull()
    expect(calls.map(([method]) => method)).toEqual([
      'GET',
      'PATCH',
      'GET',
      'PATCH',
      'GET',
      'PATCH',
    ])
  })

  it('are refused with every fault by pointer, and what was stored all the same is said', async () => {
    const refused = {
      status: 422,
      etag: null,
      body: { errors: [{ pointer: '/calendar/daysBack', detail: 'too far' }] },
    }
    const { product } = productOf({ '/organizations/1/users/42/settings': [refused] })
    const problem = await applySeed(product, {
      system: {},
      organizations: { 'a/b': {} },
      users: { '1-42': { calendar: { daysBack: 7000 } } },
      people: {},
    })
    expect(problem).toMatchObject({ status: 422, detail: 'Stored: /system.' })
    expect(problem?.errors.map(({ pointer }) => pointer)).toEqual([
      '/people',
      '/organizations/a~1b',
      '/users/1-42/calendar/daysBack',
    ])
  })

  it('are put off when the product cannot ask Oro', async () => {
    const away = { status: 503, etag: null, body: { detail: 'Oro does not answer.' } }
    const { product } = productOf({ '/organizations/2/oro-credentials': [away] })
    const problem = await applySeed(product, { oroCredentials: { '2': {} } })
    expect(problem).toMatchObject({
      status: 503,
      errors: [{ pointer: '/oroCredentials/2', detail: 'Oro does not answer. (503)' }],
    })
  })

  it.each([[[]], ['system'], [null]])('must be an object, not %j', async (given) => {
    const { product, calls } = productOf({})
    expect(await applySeed(product, given)).toMatchObject({
      status: 422,
      errors: [{ pointer: '', detail: 'must be an object' }],
    })
    expect(calls).toEqual([])
  })
})
